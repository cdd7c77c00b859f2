//! Which arm of a union holds: what the caller says of it, by place, by type, by another member's value
//! or by a function.

use std::fmt;

use super::value::Value;
use crate::nearest;
use crate::plan::{Base, Body, Cases, Field, Node, Plan, Ty};

/// A function that says which arm holds.
pub(super) type Ask = Box<dyn Fn(&Union<'_, '_>) -> Option<usize> + Send + Sync>;

/// What was chosen for a union.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The position of an arm.
    Always(usize),
    By(Selector),
}

/// A member beside the union, whose value says which arm holds.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    pub name: String,
    /// Its position among the fields of the struct that the union is a member of.
    pub field: usize,
    values: Vec<(i128, usize)>,
    others: Option<usize>,
}

impl Selector {
    /// The position of the arm for a value.
    pub fn arm(&self, value: i128) -> Option<usize> {
        let own = self.values.iter().find(|(own, _)| *own == value);
        own.map(|(_, arm)| *arm).or(self.others)
    }
}

/// A record that is being read, or an arm of a variant, around what is read now.
pub(super) struct Frame<'f, 'a> {
    pub node: &'a Node,
    /// Bits from the start of the bytes.
    pub at: u64,
    /// The C name of the member that is read now.
    pub name: &'a str,
    /// What was read before.
    pub fields: &'f [(&'a str, Value<'a>)],
    pub outer: Option<&'f Frame<'f, 'a>>,
}

/// A union whose arm is asked for, with what was read before it.
pub struct Union<'f, 'a> {
    node: &'a Node,
    arms: &'a [Field],
    bytes: &'a [u8],
    frame: Option<&'f Frame<'f, 'a>>,
}

impl<'f, 'a> Union<'f, 'a> {
    pub(super) fn new(
        node: &'a Node,
        arms: &'a [Field],
        bytes: &'a [u8],
        frame: Option<&'f Frame<'f, 'a>>,
    ) -> Self {
        Union {
            node,
            arms,
            bytes,
            frame,
        }
    }

    /// The C name of the member that the union is, that of its first member where it has none itself;
    /// nothing for the outermost type.
    pub fn name(&self) -> Option<&str> {
        self.frame.map(|frame| frame.name)
    }

    /// The label of the union's item in the interface.
    pub fn item(&self) -> &str {
        &self.node.label
    }

    /// The label of the item around it; nothing for the outermost type.
    pub fn holder(&self) -> Option<&str> {
        self.frame.map(|frame| frame.node.label.as_str())
    }

    /// The labels of the arms.
    pub fn arms(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().map(|arm| &*arm.label)
    }

    /// The position of the arm of a label, or of a C name.
    pub fn arm(&self, name: &str) -> Option<usize> {
        position(self.arms, name)
    }

    /// The bytes of the union.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The field of a label that was read before the union: in the record around it, or else in one
    /// further out.
    pub fn get(&self, label: &str) -> Option<&'f Value<'a>> {
        let mut frame = self.frame;
        while let Some(Frame { fields, outer, .. }) = frame {
            if let Some((_, value)) = fields.iter().find(|(own, _)| *own == label) {
                return Some(value);
            }
            frame = *outer;
        }
        None
    }

    /// The fields that were read before the union in the record around it.
    pub fn record(&self) -> &'f [(&'a str, Value<'a>)] {
        self.frame.map_or(&[], |frame| frame.fields)
    }
}

impl fmt::Debug for Union<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Union")
            .field("name", &self.name())
            .field("arms", &self.arms().collect::<Vec<_>>())
            .field("record", &self.record())
            .finish_non_exhaustive()
    }
}

/// The unions of a decoder, for choosing.
pub(super) struct Unions<'a> {
    /// What paths begin with.
    pub name: &'a str,
    pub root: &'a Ty,
    pub plan: &'a mut Plan,
    pub answers: &'a mut Vec<Option<Answer>>,
}

impl Unions<'_> {
    /// Takes a choice, `event.addr=v4`. Where a union is named by its place, it gets a node of its own, so
    /// that others of its type are not meant.
    pub fn choose(self, choice: &str) -> Result<(), String> {
        let Some((path, what)) = choice.split_once('=') else {
            return Err("say MEMBER=ARM, as in event.addr=v4".to_owned());
        };
        let (starts, members) = self.starts(path.trim())?;
        for start in starts {
            let fields = walk(self.plan, start, &members)?;
            let answer = answer(self.plan, start, &fields, what)?;
            let mut node = start;
            for field in fields {
                node = own_node(self.plan, self.answers, node, field);
            }
            if let Some(slot) = self.answers.get_mut(node as usize) {
                *slot = Some(answer);
            }
        }
        Ok(())
    }

    /// The nodes that a path begins at, and the members that follow. Rust's names have dots of their
    /// own, so that the longest name that is there counts.
    fn starts<'p>(&self, path: &'p str) -> Result<(Vec<u32>, Vec<&'p str>), String> {
        let mut shorter = path;
        loop {
            let found = self.called(shorter);
            if !found.is_empty() {
                let rest = path.get(shorter.len()..).unwrap_or_default();
                return Ok((found, rest.split('.').skip(1).collect()));
            }
            match shorter.rsplit_once('.') {
                Some((front, _)) => shorter = front,
                None => break,
            }
        }
        let names = self.plan.nodes.iter().filter_map(bare);
        let hint = nearest::hint(nearest::find(shorter, names.chain([self.name])));
        Err(format!("'{}' holds no type '{shorter}'{hint}", self.name))
    }

    /// The nodes of a C name or a label; the root goes first, and alone.
    fn called(&self, name: &str) -> Vec<u32> {
        let is = |node: &Node| {
            node.label == name || node.c.as_deref() == Some(name) || bare(node) == Some(name)
        };
        if let Base::Node(root) = self.root.base {
            if self.name == name || self.plan.node(root).is_some_and(is) {
                return vec![root];
            }
        }
        let nodes = self.plan.nodes.iter().enumerate();
        nodes
            .filter(|(_, node)| is(node))
            .map(|(at, _)| at as u32)
            .collect()
    }
}

/// A C name without the word for its kind.
fn bare(node: &Node) -> Option<&str> {
    let c = node.c.as_deref()?;
    Some(c.rsplit_once(' ').map_or(c, |(_, name)| name))
}

/// The positions of the members of a path.
fn walk(plan: &Plan, start: u32, members: &[&str]) -> Result<Vec<usize>, String> {
    let mut node = plan.node(start);
    let mut found = Vec::new();
    for name in members {
        let fields = match node.map(|node| &node.body) {
            Some(Body::Record(fields) | Body::Variant(fields)) => fields,
            _ => return Err(format!("what is before '{name}' has no members")),
        };
        let Some(at) = position(fields, name) else {
            let names = fields.iter().map(|field| &*field.name);
            let hint = nearest::hint(nearest::find(name, names));
            return Err(format!("there is no member '{name}'{hint}"));
        };
        found.push(at);
        let base = fields.get(at).and_then(|f| f.ty.as_ref()).map(|ty| ty.base);
        node = match base {
            Some(Base::Node(node)) => plan.node(node),
            _ => None,
        };
    }
    match node.map(|node| &node.body) {
        Some(Body::Variant(_)) => Ok(found),
        _ => Err("is no union that is a variant".to_owned()),
    }
}

/// Gives what a field holds a node of its own.
fn own_node(plan: &mut Plan, answers: &mut Vec<Option<Answer>>, holder: u32, field: usize) -> u32 {
    let new = plan.nodes.len() as u32;
    let body = plan.nodes.get_mut(holder as usize).map(|n| &mut n.body);
    let Some(Body::Record(fields) | Body::Variant(fields)) = body else {
        return holder;
    };
    let ty = fields.get_mut(field).and_then(|field| field.ty.as_mut());
    let Some((base, old)) = ty.and_then(|ty| match ty.base {
        Base::Node(old) => Some((&mut ty.base, old as usize)),
        _ => None,
    }) else {
        return holder;
    };
    *base = Base::Node(new);
    let copy = plan.nodes.get(old).cloned();
    let answer = answers.get(old).cloned().flatten();
    plan.nodes.extend(copy);
    answers.push(answer);
    new
}

/// What is chosen: an arm, or a member with values and arms.
fn answer(plan: &Plan, start: u32, fields: &[usize], what: &str) -> Result<Answer, String> {
    let mut holder = None;
    let mut node = plan.node(start);
    for field in fields {
        holder = node;
        node = node.and_then(|node| child(plan, node, *field));
    }
    let Some(Body::Variant(arms)) = node.map(|node| &node.body) else {
        return Err("is no union that is a variant".to_owned());
    };
    if let Some(arm) = position(arms, what.trim()) {
        return Ok(Answer::Always(arm));
    }
    let Some((selector, values)) = what.split_once(':') else {
        return Err(no_arm(arms, what.trim()));
    };
    let Some(Body::Record(members)) = holder.map(|node| &node.body) else {
        let what = "only a union that is a member of a struct has members beside it: name it so, as in \
                    event.addr";
        return Err(what.to_owned());
    };
    selector_of(plan, members, arms, selector.trim(), values).map(Answer::By)
}

fn child<'p>(plan: &'p Plan, node: &Node, field: usize) -> Option<&'p Node> {
    let (Body::Record(fields) | Body::Variant(fields)) = &node.body else {
        return None;
    };
    match fields.get(field)?.ty.as_ref()?.base {
        Base::Node(node) => plan.node(node),
        _ => None,
    }
}

fn selector_of(
    plan: &Plan,
    members: &[Field],
    arms: &[Field],
    name: &str,
    values: &str,
) -> Result<Selector, String> {
    let Some(field) = position(members, name) else {
        let names = members.iter().map(|field| &*field.name);
        let hint = nearest::hint(nearest::find(name, names));
        return Err(format!("beside the union is no member '{name}'{hint}"));
    };
    let member = members.get(field).and_then(|field| field.ty.as_ref());
    let scalar = member.filter(|ty| ty.dims.is_empty()).map(|ty| ty.base);
    let cases = match scalar {
        Some(Base::Bool { .. } | Base::Int { .. } | Base::Wide { .. }) => None,
        Some(Base::Node(node)) => match plan.node(node).map(|node| &node.body) {
            Some(Body::Enum(cases) | Body::Flags(cases)) => Some(cases),
            _ => return Err(format!("'{name}' is no number")),
        },
        _ => return Err(format!("'{name}' is no number")),
    };
    let mut selector = Selector {
        name: name.to_owned(),
        field,
        values: Vec::new(),
        others: None,
    };
    for pair in values.split(',') {
        let Some((value, arm)) = pair.split_once('=') else {
            return Err(format!("'{pair}' is no VALUE=ARM, as in {name}:4=v4,6=v6"));
        };
        let (value, arm) = (value.trim(), arm.trim());
        let Some(arm) = position(arms, arm) else {
            return Err(no_arm(arms, arm));
        };
        match value {
            "*" => selector.others = Some(arm),
            value => selector.values.push((number(cases, value)?, arm)),
        }
    }
    Ok(selector)
}

/// A number as C writes it, or the name of an enumerator.
fn number(cases: Option<&Cases>, text: &str) -> Result<i128, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    // Rust takes a sign there, too.
    let unsigned = digits.starts_with(|c: char| c.is_ascii_hexdigit());
    if let (true, Ok(number)) = (unsigned, i128::from_str_radix(digits, radix)) {
        return Ok(if negative { -number } else { number });
    }
    match (text, cases) {
        ("true", None) => Ok(1),
        ("false", None) => Ok(0),
        (_, Some(cases)) => {
            let named = |case: &&crate::plan::Case| {
                *case.label == *text || case.names.iter().any(|name| **name == *text)
            };
            let case = cases.cases.iter().find(named);
            case.map(|case| cases.number(case.value)).ok_or_else(|| {
                let names = cases.cases.iter().flat_map(|case| &case.names);
                let hint = nearest::hint(nearest::find(text, names.map(AsRef::as_ref)));
                format!("'{text}' is no enumerator of it{hint}")
            })
        }
        (_, None) => Err(format!("'{text}' is no number")),
    }
}

/// The position of the field of a C name, or else of a label.
fn position(fields: &[Field], name: &str) -> Option<usize> {
    let by_name = fields.iter().position(|field| *field.name == *name);
    by_name.or_else(|| fields.iter().position(|field| *field.label == *name))
}

fn no_arm(arms: &[Field], name: &str) -> String {
    let labels: Vec<&str> = arms.iter().map(|arm| &*arm.label).collect();
    format!("'{name}' is no arm: there are {}", labels.join(", "))
}
