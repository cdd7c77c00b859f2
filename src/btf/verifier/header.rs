//! The header and where the sections lie: `btf_parse_hdr`, `btf_check_sec_info`, `btf_parse_str_sec`.
//! Then what the first pass over the types met.

use std::ops::Range;

use super::super::{types::TypeId, warning::Rule};
use super::{Place, Verifier};

impl Verifier<'_> {
    pub(super) fn header(&mut self) {
        let wire = self.btf.wire;
        let (types, strings) = (&wire.type_section, &wire.strings);
        let rules = [
            (wire.has_unknown_header, Rule::Header),
            ((types.start - wire.header) % 4 != 0, Rule::Alignment),
            (types.start > strings.start, Rule::SectionOrder),
            (self.btf.own == TypeId(1) && wire.types == 0, Rule::NoTypes),
        ];
        for (_, rule) in rules.into_iter().filter(|(broken, _)| *broken) {
            self.note(rule, Place::Whole);
        }
        let stray = self.stray();
        if stray > 0 {
            self.note_all(Rule::StrayBytes, Place::Whole, stray);
        }
    }

    /// What every `btf_*_check_meta` wants to be 0.
    pub(super) fn odd_words(&mut self) {
        let odd = self.btf.wire.odd;
        let rules = [
            (odd.names, Rule::Named),
            (odd.words, Rule::Unused),
            (odd.linkages, Rule::Linkage),
        ];
        for (tally, rule) in rules.into_iter().filter(|(tally, _)| tally.count > 0) {
            self.note_all(rule, Place::Type(TypeId(tally.first)), tally.count);
        }
    }

    /// Bytes after the header that belong to no section.
    fn stray(&self) -> usize {
        let wire = self.btf.wire;
        let mut sections: Vec<&Range<usize>> = [&wire.type_section, &wire.strings]
            .into_iter()
            .chain(&wire.layout)
            .collect();
        sections.sort_by_key(|section| section.start);
        let (mut stray, mut end) = (0, wire.header);
        for section in sections {
            stray += section.start.saturating_sub(end);
            end = end.max(section.end);
        }
        stray += wire.length.saturating_sub(end);
        // The layout section is aligned.
        match &wire.layout {
            Some(_) if stray < 4 => 0,
            _ => stray,
        }
    }
}
