//! Parses a choice of a union's arm, such as `event.addr=kind:4=v4,6=v6`, and applies it to a plan.

use super::arms::{ArmChoice, Tag};
use super::path::{PathTarget, Search, Segment, position, segments};
use super::{BaseType, Node, NodeField, NodeKind, Plan, value};
use crate::nearest;

/// Names with which a path may begin, besides the names of the types in the plan.
#[derive(Clone, Copy, Default)]
pub(crate) struct Roots<'a> {
    /// The name and the node of the outermost type. A path that begins with this name, or with another name of that
    /// node, applies only to that node.
    pub root: Option<(&'a str, u32)>,
    /// More names for nodes. Each is a text that selects the node's type, such as the name of a typedef or an address.
    pub aliases: &'a [(String, u32)],
}

/// The reason why a choice cannot be applied.
#[derive(Debug)]
pub(crate) enum ChoiceError {
    /// The plan has no type with the name at the start of the path.
    NoType {
        name: String,
        /// A suggestion to append to the message, or an empty string.
        hint: String,
    },
    Invalid(String),
}

impl From<String> for ChoiceError {
    fn from(what: String) -> ChoiceError {
        ChoiceError::Invalid(what)
    }
}

/// A choice that is split into its parts.
struct ParsedChoice<'c> {
    /// The nodes at which the path begins. There may be several, since several types may have the same name.
    starts: Vec<u32>,
    /// The name of these nodes, as it is written in the choice.
    start: &'c str,
    members: Vec<Segment<'c>>,
    /// The text after the path and the equals sign. It is an arm, or a number with its values.
    what: &'c str,
}

impl Plan {
    /// Applies a choice to the plan. If the path names a member, the union of that member gets a node of its own, so
    /// that the choice does not affect other members with the same union.
    pub fn choose(&mut self, roots: Roots<'_>, text: &str) -> Result<(), ChoiceError> {
        let parts = self.parts(roots, text)?;
        for start in &parts.starts {
            let fields = self.path_to_union(*start, &parts.members)?;
            let chain = self.chain(*start, &fields);
            let choice = self.parse_choice(&chain, &parts)?;
            let mut node = *start;
            for field in fields {
                node = self.dedicated_node(node, field);
            }
            if let Some(slot) = self.arm_choices.get_mut(node as usize) {
                *slot = Some(choice);
            }
        }
        Ok(())
    }

    /// Splits a choice at the first equals sign before which the text begins with the name of a known type. Names of
    /// Rust types may also contain equals signs, so earlier ones are skipped.
    fn parts<'c>(
        &self,
        roots: Roots<'_>,
        choice: &'c str,
    ) -> Result<ParsedChoice<'c>, ChoiceError> {
        let mut first_error = None;
        for (at, _) in choice.match_indices('=') {
            let (path, what) = (choice[..at].trim(), &choice[at + 1..]);
            match self.starts(roots, path) {
                Ok((starts, start, members)) => {
                    let members = members.map(segments).transpose()?.unwrap_or_default();
                    if members.iter().any(|member| !member.indexes.is_empty()) {
                        let what = "a choice is for all elements of an array: leave out the \
                                    brackets";
                        return Err(ChoiceError::Invalid(what.to_owned()));
                    }
                    return Ok(ParsedChoice {
                        starts,
                        start,
                        members,
                        what,
                    });
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        let usage = || ChoiceError::Invalid("use MEMBER=ARM, as in event.addr=v4".to_owned());
        Err(first_error.unwrap_or_else(usage))
    }

    /// Returns the nodes at which a path begins, their name in the path, and the rest of the path. Names of Rust types
    /// may contain dots, so the longest known name at the start of the path is used.
    #[allow(clippy::type_complexity, reason = "the three parts of a path")]
    fn starts<'p>(
        &self,
        roots: Roots<'_>,
        path: &'p str,
    ) -> Result<(Vec<u32>, &'p str, Option<&'p str>), ChoiceError> {
        let mut shorter = path;
        loop {
            let found = self.nodes_named(roots, shorter);
            if !found.is_empty() {
                let rest = path.get(shorter.len() + 1..);
                return Ok((found, shorter, rest));
            }
            match shorter.rsplit_once('.') {
                Some((front, _)) => shorter = front,
                None => break,
            }
        }
        let name = shorter.to_owned();
        let hint = self.type_hint(roots, shorter);
        Err(ChoiceError::NoType { name, hint })
    }

    /// Returns a suggestion for a choice that begins with the name of a type that does not exist.
    fn type_hint(&self, roots: Roots<'_>, name: &str) -> String {
        let is_union = |field: &&NodeField| {
            let node = field.ty.as_ref().and_then(|ty| ty.base.node());
            *field.name == *name && node.is_some_and(|node| self.is_variant(node))
        };
        for (at, node) in (0..).zip(&self.nodes) {
            if let Some(field) = self.fields(at).and_then(|f| f.iter().find(is_union)) {
                let root = roots.root.filter(|(_, root)| *root == at);
                let holder = root.map(|(name, _)| name).or(bare(node));
                let holder = holder.unwrap_or(&node.label);
                return format!("; a member follows its type: use {holder}.{}", field.name);
            }
        }
        let names = self.nodes.iter().filter_map(bare);
        let others = roots.root.map(|(name, _)| name);
        let aliases = roots.aliases.iter().map(|(name, _)| name.as_str());
        nearest::hint(nearest::find(name, names.chain(others).chain(aliases)))
    }

    /// Returns the root if it has the name. Otherwise returns the nodes whose C name or label is `name`, or else the
    /// nodes of the aliases with this name. A C name may be given with or without its keyword.
    fn nodes_named(&self, roots: Roots<'_>, name: &str) -> Vec<u32> {
        let is = |node: &Node| {
            node.label == name || node.c.as_deref() == Some(name) || bare(node) == Some(name)
        };
        if let Some((own, root)) = roots.root {
            if own == name || self.node(root).is_some_and(is) {
                return vec![root];
            }
        }
        let nodes = (0..).zip(&self.nodes);
        let found: Vec<u32> = nodes.filter(|(_, n)| is(n)).map(|(at, _)| at).collect();
        if !found.is_empty() {
            return found;
        }
        let aliases = roots.aliases.iter().filter(|(own, _)| own == name);
        aliases.map(|(_, node)| *node).collect()
    }

    /// Returns the positions of the fields that lead from a node to a union.
    fn path_to_union(&self, start: u32, members: &[Segment<'_>]) -> Result<Vec<usize>, String> {
        const NO_UNION: &str = "is not a union that is written as a variant";
        if members.is_empty() {
            let found = self.is_variant(start).then(Vec::new);
            return found.ok_or_else(|| NO_UNION.to_owned());
        }
        let accept = |target: PathTarget<'_>| {
            let node = target.base.node();
            node.filter(|node| self.is_variant(*node))
        };
        let search = Search::new(self, true, &accept);
        let found = search.from(start, members).map(|(_, fields)| fields);
        found.ok_or_else(|| match search.dead_end(start, members) {
            Some((_, what)) => what,
            None => NO_UNION.to_owned(),
        })
    }

    fn is_variant(&self, node: u32) -> bool {
        let kind = self.node(node).map(|node| &node.kind);
        matches!(kind, Some(NodeKind::Variant(_)))
    }

    /// Returns the node `start` and the nodes to which the fields lead from it, in this order.
    fn chain(&self, start: u32, fields: &[usize]) -> Vec<u32> {
        let mut chain = vec![start];
        let mut node = start;
        for field in fields {
            let ty = self
                .fields(node)
                .and_then(|own| own.get(*field)?.ty.as_ref());
            if let Some(inner) = ty.and_then(|ty| ty.base.node()) {
                node = inner;
                chain.push(node);
            }
        }
        chain
    }

    /// Returns the node to which a field leads. If other fields may lead to the same node, this field first gets a copy
    /// of the node.
    fn dedicated_node(&mut self, holder: u32, field: usize) -> u32 {
        let new = self.nodes.len() as u32;
        let body = self.nodes.get_mut(holder as usize).map(|n| &mut n.kind);
        let Some(NodeKind::Record(fields) | NodeKind::Variant(fields)) = body else {
            return holder;
        };
        let ty = fields.get_mut(field).and_then(|field| field.ty.as_mut());
        let Some((base, old)) = ty.and_then(|ty| match ty.base {
            BaseType::Node(old) => Some((&mut ty.base, old)),
            _ => None,
        }) else {
            return holder;
        };
        if self.owners.get(old as usize) == Some(&Some((holder, field))) {
            return old;
        }
        *base = BaseType::Node(new);
        let copy = self.nodes.get(old as usize).cloned();
        self.nodes.extend(copy);
        self.equivalent_arms.push(self.has_equivalent_arms(old));
        self.arm_choices.push(self.arm_choice(old).cloned());
        self.owners.push(Some((holder, field)));
        self.second_layouts.push(self.is_second_layout(old));
        new
    }

    /// Parses the part of a choice after its path: an arm, or a number with its values and their arms.
    fn parse_choice(&self, chain: &[u32], parts: &ParsedChoice<'_>) -> Result<ArmChoice, String> {
        let what = parts.what.trim();
        let arms = chain.last().and_then(|node| self.fields(*node));
        let arms = arms.unwrap_or_default();
        if let Some(arm) = position(arms, what) {
            return Ok(ArmChoice::Always(arm));
        }
        let head = what
            .find('=')
            .and_then(|end| what.get(..end))
            .unwrap_or(what);
        let Some((name, _)) = head.rsplit_once(':') else {
            return Err(no_arm(arms, what));
        };
        let values = what.get(name.len() + 1..).unwrap_or_default();
        let name = name.trim();
        let (level, target) = self.tag(chain, parts.start, name)?;
        let number = value::TagType::of(self, target).ok_or_else(|| not_a_number(name))?;
        let mut tag = Tag {
            name: name.to_owned(),
            level,
            bit_offset: target.bit_offset,
            width: number.width,
            kind: number.kind,
            values: Vec::new(),
            others: None,
        };
        for pair in values.split(',') {
            let Some((value, arm)) = pair.split_once('=') else {
                return Err(format!("'{pair}' is not VALUE=ARM, as in {name}:4=v4,6=v6"));
            };
            let (value, arm) = (value.trim(), arm.trim());
            let arm = position(arms, arm).ok_or_else(|| no_arm(arms, arm))?;
            add(&mut tag, &number, value, arm)?;
        }
        if target.missing {
            // The target BTF lacks the number, so it always reads as zero, and the arm is known here.
            let arm = tag.arm(0);
            return arm.map(ArmChoice::Always).ok_or_else(|| {
                format!("'{name}' is missing in the target and reads as 0, which selects no arm")
            });
        }
        Ok(ArmChoice::By(tag))
    }

    /// Finds the number `name` that selects an arm. Returns its level (see [`Tag::level`]) and its place.
    ///
    /// If several numbers have the name, the nearest one is returned: next to the union, inside it, or in a node
    /// further out. If no number has the name and `name` begins with `start`, the name of the outermost node, the rest
    /// of `name` is looked up in that node.
    fn tag(
        &self,
        chain: &[u32],
        start: &str,
        name: &str,
    ) -> Result<(usize, PathTarget<'_>), String> {
        let path = segments(name)?;
        let outermost = chain.len().saturating_sub(1);
        let node = |level: usize| chain.get(outermost.checked_sub(level)?).copied();
        let accept = |target| value::TagType::of(self, target).map(|_| target);
        let search = Search::new(self, false, &accept);
        let mut levels: Vec<usize> = (0..chain.len()).collect();
        if levels.len() > 1 {
            levels.swap(0, 1);
        }
        for level in &levels {
            if let Some((target, _)) = node(*level).and_then(|node| search.from(node, &path)) {
                return Ok((*level, target));
            }
        }
        let whole = name
            .strip_prefix(start)
            .and_then(|rest| rest.strip_prefix('.'));
        if let (Some(rest), Some(start)) = (whole, node(outermost)) {
            let path = segments(rest)?;
            return match search.from(start, &path) {
                Some((target, _)) => Ok((outermost, target)),
                None => Err(search
                    .dead_end(start, &path)
                    .map_or_else(|| not_a_number(name), |(_, what)| what)),
            };
        }
        let levels = levels.iter().filter_map(|level| node(*level));
        let ends = levels.clone().map(|node| {
            let end = search.dead_end(node, &path);
            end.unwrap_or_else(|| (path.len(), not_a_number(name)))
        });
        Err(self.no_tag(&path, chain, levels.clone(), ends))
    }

    /// Returns the message for a path that leads to a number in none of the searched nodes, `levels`. For each of these
    /// nodes, `ends` has the number of members at the start of the path that exist, and the error after them.
    fn no_tag(
        &self,
        path: &[Segment<'_>],
        chain: &[u32],
        levels: impl Iterator<Item = u32>,
        ends: impl Iterator<Item = (usize, String)>,
    ) -> String {
        // The user most likely meant the node in which most members of the path exist.
        let furthest = ends.reduce(|best, end| if end.0 > best.0 { end } else { best });
        match furthest {
            Some((0, _)) | None => {
                let fields = levels.filter_map(|node| self.fields(node)).flatten();
                self.no_first_member(path, chain, fields.map(|field| &*field.name))
            }
            Some((_, what)) => what,
        }
    }

    /// Returns the message for a path whose first member exists neither inside the union nor in a node around it.
    fn no_first_member<'p>(
        &self,
        path: &[Segment<'_>],
        chain: &[u32],
        names: impl Iterator<Item = &'p str>,
    ) -> String {
        let name = path.first().map_or("", |first| first.name);
        let hint = nearest::hint(nearest::find(name, names));
        let start = chain.first().and_then(|start| self.node(*start));
        let start = start.map_or("", |start| bare(start).unwrap_or(&start.label));
        match chain {
            [_] if hint.is_empty() => format!(
                "no member '{name}' is in the union: begin with the type that holds it, as in event.addr"
            ),
            [_] => format!("no member '{name}' is in the union{hint}"),
            _ if hint.is_empty() => format!(
                "no member '{name}' is in the union, beside it or around it, up to '{start}' where the choice \
                 begins"
            ),
            _ => format!("no member '{name}' is in the union, beside it or around it{hint}"),
        }
    }
}

/// Adds a value to a tag. `arm` is the position of the arm that the value selects. `*` stands for all other values.
fn add(tag: &mut Tag, number: &value::TagType<'_>, value: &str, arm: usize) -> Result<(), String> {
    let twice = || format!("'{value}' is there twice");
    if value == "*" {
        return match tag.others.replace(arm) {
            None => Ok(()),
            Some(_) => Err(twice()),
        };
    }
    let bits = number.bits(value)?;
    if tag.values.iter().any(|(own, _)| *own == bits) {
        return Err(twice());
    }
    tag.values.push((bits, arm));
    Ok(())
}

/// Returns the C name of a node without the keyword `struct`, `union` or `enum`.
fn bare(node: &Node) -> Option<&str> {
    let c = node.c.as_deref()?;
    Some(c.rsplit_once(' ').map_or(c, |(_, name)| name))
}

fn not_a_number(name: &str) -> String {
    format!("'{name}' is not a number")
}

fn no_arm(arms: &[NodeField], name: &str) -> String {
    let labels: Vec<&str> = arms.iter().map(|arm| &*arm.label).collect();
    format!("'{name}' is not an arm: there are {}", labels.join(", "))
}
