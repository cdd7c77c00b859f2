//! Checks the header and the sections as the kernel's `btf_parse_hdr`, `btf_check_sec_info` and `btf_parse_str_sec` do.
//! Also reports the violations that `sections` counted in its first pass over the types.

use std::ops::Range;

use super::super::{types::TypeId, warning::Rule};
use super::{Location, Verifier};

impl Verifier<'_> {
    pub(super) fn header(&mut self) {
        let sections = self.btf.sections;
        let (types, strings) = (&sections.type_section, &sections.strings);
        let rules = [
            (sections.has_unknown_header, Rule::Header),
            ((types.start - sections.header) % 4 != 0, Rule::Alignment),
            (types.start > strings.start, Rule::SectionOrder),
            (
                self.btf.start_id == TypeId(1) && sections.types == 0,
                Rule::NoTypes,
            ),
        ];
        for (_, rule) in rules.into_iter().filter(|(broken, _)| *broken) {
            self.note(rule, Location::Whole);
        }
        let stray = self.stray_bytes();
        if stray > 0 {
            self.note_all(Rule::StrayBytes, Location::Whole, stray);
        }
    }

    /// Reports names and other words that are not 0 although the kernel's `btf_*_check_meta` functions require 0. Also
    /// reports unknown linkages.
    pub(super) fn unused_words(&mut self) {
        let violations = self.btf.sections.violations;
        let rules = [
            (violations.names, Rule::Named),
            (violations.words, Rule::Unused),
            (violations.linkages, Rule::Linkage),
        ];
        for (tally, rule) in rules.into_iter().filter(|(tally, _)| tally.count > 0) {
            self.note_all(rule, Location::Type(TypeId(tally.first)), tally.count);
        }
    }

    /// Returns the number of bytes after the header that belong to no section, or 0 if they may be padding.
    fn stray_bytes(&self) -> usize {
        let btf = self.btf.sections;
        let mut sections: Vec<&Range<usize>> = [&btf.type_section, &btf.strings]
            .into_iter()
            .chain(&btf.layout)
            .collect();
        sections.sort_by_key(|section| section.start);
        let (mut stray, mut end) = (0, btf.header);
        for section in sections {
            stray += section.start.saturating_sub(end);
            end = end.max(section.end);
        }
        stray += btf.length.saturating_sub(end);
        // The layout section is aligned to 4 bytes, so up to 3 bytes of padding may precede it. The position of these
        // bytes is not checked.
        match &btf.layout {
            Some(_) if stray < 4 => 0,
            _ => stray,
        }
    }
}
