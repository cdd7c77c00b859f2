//! Attaches programs, and detaches them by the numbers of their links.

use libbpf_rs::{Link, ProgramMut};

use crate::bpf::Bpf;
use crate::by_aya::ByAya;
use crate::error::{Outcome, Refusal};
use crate::target;

/// The maximum number of links that a guest has at the same time.
const MAX_LINKS: usize = 1024;

/// Keeps a program attached. Dropping the value detaches the program.
pub(crate) enum Attached {
    Link(#[expect(dead_code, reason = "held until it is dropped")] Link),
    ByAya(#[expect(dead_code, reason = "held until it is dropped")] Box<ByAya>),
}

impl Bpf {
    /// Returns a program of the object. Fails if the object is not loaded, or has no such program.
    pub(crate) fn program(&self, name: &str) -> Outcome<ProgramMut<'_>> {
        let mut programs = self.loaded()?.progs_mut();
        let found = programs.find(|program| program.name() == name);
        found.ok_or_else(|| no_program(name))
    }

    /// Attaches a program to `target`, or to what the program's section names if `target` is `None`. Returns the number
    /// of the new link. If a file of records takes the place of the kernel, the link attaches nothing.
    pub fn attach(&mut self, name: &str, target: Option<&str>) -> Outcome<u32> {
        if self.links.len() >= MAX_LINKS {
            let what = format!("there are {MAX_LINKS} links already: detach some");
            return Err(Refusal::new(what));
        }
        let is_replayed = self.replayed()?.is_some();
        let attached = match is_replayed {
            false => Some(self.attached(name, target)?),
            true if self.programs().iter().any(|program| program == name) => None,
            true => return Err(no_program(name)),
        };
        self.links.insert(self.next_link, attached);
        self.next_link += 1;
        Ok(self.next_link - 1)
    }

    fn attached(&self, name: &str, target: Option<&str>) -> Outcome<Attached> {
        let program = self.program(name)?;
        target::attach(&program, target).map_err(|refusal| {
            let section = program.section().to_string_lossy();
            let to = target.unwrap_or(&section);
            refusal.at(format!("program '{name}' cannot be attached to '{to}'"))
        })
    }

    /// Removes the link with the number `link`. This detaches the program.
    pub fn detach(&mut self, link: u32) -> Outcome<()> {
        match self.links.remove(&link) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(format!("there is no link {link}"))),
        }
    }
}

fn no_program(name: &str) -> Refusal {
    Refusal::new(format!("the object has no program '{name}'"))
}
