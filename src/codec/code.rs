//! Builds the body of one generated function: its lines, its locals, and the way in which it returns after a problem.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// One step of the path in an error. The path leads from the value that the function reads or writes to the part with
/// the problem.
#[derive(Clone, Debug)]
pub(super) enum Segment {
    /// A member. The value is the address of its name.
    Member(u64),
    /// A member that the target lacks. The value is the address of its name. The offset of a problem in such a member
    /// is that of the struct or union that lacks it.
    Missing(u64),
    /// An element of an array. The value is the local that holds its index.
    Element(String),
}

impl Segment {
    /// Returns the segment of a member. `name` is the address of its name, and `missing` says whether the target lacks
    /// it.
    pub fn of(name: u64, missing: bool) -> Segment {
        match missing {
            true => Segment::Missing(name),
            false => Segment::Member(name),
        }
    }
}

/// An address: the value of a local plus an offset in bytes.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub local: String,
    pub offset: u64,
}

impl Address {
    pub fn new(local: &str) -> Address {
        Address {
            local: local.to_owned(),
            offset: 0,
        }
    }

    pub fn plus(&self, bytes: u64) -> Address {
        Address {
            local: self.local.clone(),
            offset: self.offset + bytes,
        }
    }

    /// Returns an expression for the address.
    pub fn expr(&self) -> String {
        match self.offset {
            0 => format!("(local.get {})", self.local),
            offset => format!("(i32.add (local.get {}) (i32.const {offset}))", self.local),
        }
    }

    /// Returns the text of a load or a store at this address, without the parentheses around it. For a store, the
    /// caller appends the value.
    pub fn access(&self, instruction: &str) -> String {
        match self.offset {
            0 => format!("{instruction} (local.get {})", self.local),
            offset => format!("{instruction} offset={offset} (local.get {})", self.local),
        }
    }
}

/// The body of a function that is being generated.
pub(super) struct Code {
    lines: String,
    depth: usize,
    locals: BTreeSet<(String, &'static str)>,
    /// The path from the value that the function reads or writes to the part for which code is being added.
    pub path: Vec<Segment>,
    /// The number of open loops. It is appended to the names of a loop's locals, so that nested loops have different
    /// locals.
    pub loops: usize,
    /// Whether the function can fail. If it can, `finish` gives it a result, which is 0 if there is no problem.
    pub fails: bool,
    /// The statement that leaves the function when it finds a problem.
    leave: String,
}

impl Code {
    /// Begins a function that returns 1 when it finds a problem.
    pub fn new() -> Code {
        Code::leaving("(return (i32.const 1))".to_owned())
    }

    /// Begins a function that runs the statement `leave` when it finds a problem. The statement has to leave the
    /// function.
    pub fn leaving(leave: String) -> Code {
        Code {
            lines: String::new(),
            depth: 0,
            locals: BTreeSet::new(),
            path: Vec::new(),
            loops: 0,
            fails: false,
            leave,
        }
    }

    pub fn line(&mut self, line: &str) {
        for _ in 0..self.depth + 2 {
            self.lines.push_str("  ");
        }
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    pub fn comment(&mut self, text: &str) {
        let is_plain = |c: &char| !c.is_control();
        let text: String = text.chars().filter(is_plain).collect();
        self.line(&format!(";; {text}"));
    }

    pub fn deeper(&mut self) {
        self.depth += 1;
    }

    pub fn shallower(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Declares a local, unless it is already declared. Returns its name with a `$` in front.
    pub fn local(&mut self, name: &str, ty: &'static str) -> String {
        let name = format!("${name}");
        self.locals.insert((name.clone(), ty));
        name
    }

    /// Declares a new local. If a local of the same type has the name, a number is appended to it. Returns the
    /// resulting name with a `$` in front.
    pub fn numbered(&mut self, name: &str, ty: &'static str) -> String {
        let numbers = (2..).map(|number: u32| format!("{name}{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbers);
        let is_new = |name: &String| !self.locals.contains(&(format!("${name}"), ty));
        let name = names.find(is_new).unwrap_or_default();
        self.local(&name, ty)
    }

    pub fn set(&mut self, local: &str, value: &str) {
        self.line(&format!("(local.set {local} {value})"));
    }

    /// Adds code that leaves the function if `condition` is not 0. `condition` is an expression that is 1 if a problem
    /// was recorded. The added code puts the current path before the path of the problem.
    pub fn fail_if(&mut self, condition: &str) {
        self.fails = true;
        self.line(&format!("(if {condition}"));
        self.deeper();
        self.line("(then");
        self.deeper();
        for segment in self.path.clone().iter().rev() {
            if let Segment::Missing(_) = segment {
                self.line("(global.set $at (local.get $from))");
            }
            self.line(&match segment {
                Segment::Member(name) | Segment::Missing(name) => {
                    format!("(call $in (i32.const {name}))")
                }
                Segment::Element(index) => format!("(call $in-element (local.get {index}))"),
            });
        }
        let leave = format!("{}))", self.leave);
        self.line(&leave);
        self.shallower();
        self.shallower();
    }

    /// Begins a loop over `count` elements, where `count` is an expression. Each cursor has a local, an expression for
    /// its first value, and the number of bytes by which it grows with each element.
    pub fn begin_loop(&mut self, count: &str, cursors: &[(String, String, u64)]) -> Loop {
        let number = self.loops;
        self.loops += 1;
        let index = self.local(&format!("index{number}"), "i32");
        let limit = self.local(&format!("count{number}"), "i32");
        self.set(&limit, count);
        self.set(&index, "(i32.const 0)");
        for (local, start, _) in cursors {
            self.set(local, start);
        }
        self.line(&format!(
            "(if (local.get {limit}) (then (loop $elements{number}"
        ));
        self.deeper();
        self.path.push(Segment::Element(index.clone()));
        Loop {
            number,
            index,
            limit,
            cursors: cursors
                .iter()
                .map(|(l, _, step)| (l.clone(), *step))
                .collect(),
        }
    }

    pub fn end_loop(&mut self, open: Loop) {
        self.path.pop();
        for (local, step) in &open.cursors {
            self.set(
                local,
                &format!("(i32.add (local.get {local}) (i32.const {step}))"),
            );
        }
        let (index, limit) = (&open.index, &open.limit);
        self.line(&format!(
            "(br_if $elements{} (i32.lt_u (local.tee {index} (i32.add (local.get {index}) \
             (i32.const 1))) (local.get {limit}))))))",
            open.number
        ));
        self.shallower();
        self.loops -= 1;
    }

    /// Returns the text of a function that returns the value of its last line. `head` holds the function's name,
    /// parameters and result. `comment` is the comment above the function.
    pub fn finish_value(mut self, comment: &str, head: &str) -> String {
        self.fails = false;
        self.finish(comment, head, "").replacen(" \n", "\n", 1)
    }

    /// Returns the text of a function. `parameters` is the text after the function's name, and `comment` is the comment
    /// above the function.
    pub fn finish(self, comment: &str, name: &str, parameters: &str) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "  ;; {}", comment.replace(char::is_control, " "));
        let _ = write!(out, "  (func {name} {parameters}");
        if self.fails {
            out.push_str(" (result i32)");
        }
        out.push('\n');
        if !self.locals.is_empty() {
            out.push_str("   ");
            for (name, ty) in &self.locals {
                let _ = write!(out, " (local {name} {ty})");
            }
            out.push('\n');
        }
        out.push_str(&self.lines);
        let end = if self.fails {
            "    (i32.const 0))\n"
        } else {
            "  )\n"
        };
        out.push_str(end);
        out
    }
}

/// A loop that has begun and that `end_loop` ends.
pub(super) struct Loop {
    number: usize,
    index: String,
    limit: String,
    cursors: Vec<(String, u64)>,
}
