//! Decides which alternative of the mapping each type and member gets.
//!
//! The caller makes choices for all types, or for one type or member by its C name: `union addr=record`,
//! `event.comm=string`. This module finds the types and members with these names, and checks that the choices are
//! possible. `lower` and `select` ask this module for the results.
//!
//! Members are *flat members* here, as `c::members` lists them: the members of an unnamed struct belong to its parent.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::c::members::{FlatMember, FlatMembers, MemberName, body, unnamed};
use crate::error::{Error, UnknownType};
use crate::names::{Children, EntityId, Names, Owner};
use crate::nearest;
use crate::options::{Arrays, CharArrays, Choice, Enums, Options, Unions};
use crate::patterns;

/// The choices of one conversion.
pub(crate) struct Choices {
    unions: Unions,
    enums: Enums,
    pub arrays: Arrays,
    pub char_arrays: CharArrays,
    /// The excluded items. Their values are written as numbers or bytes.
    excluded: BTreeSet<EntityId>,
    /// The positions of the excluded functions in the list of all functions.
    excluded_functions: HashSet<usize>,
    /// The choices that were made for single items.
    types: HashMap<EntityId, Choice>,
    /// The choices that were made for single members. The key is the item and the position among its flat members. A
    /// choice for the anonymous type of a member is in `types`.
    members: HashMap<(EntityId, usize), Choice>,
}

impl Choices {
    pub fn new(btf: &Btf, names: &Names, options: &Options) -> Result<Choices, Error> {
        let mut choices = Choices {
            unions: options.unions,
            enums: options.enums,
            arrays: options.arrays,
            char_arrays: options.char_arrays,
            excluded: BTreeSet::new(),
            excluded_functions: HashSet::new(),
            types: HashMap::new(),
            members: HashMap::new(),
        };
        for pattern in &options.exclude {
            let matches = patterns::find_all(btf, names, pattern)?;
            choices.excluded.extend(matches.items);
            choices.excluded_functions.extend(matches.functions);
        }
        if let Some(wanted) = options.filter.wanted() {
            let named = names.entities().filter(|(_, e)| e.owner == Owner::Named);
            let unwanted = named.filter(|(_, e)| !wanted(e.kind, btf.name_of(e.ty)));
            choices.excluded.extend(unwanted.map(|(id, _)| id));
        }
        let mut setter = Setter {
            btf,
            names,
            flat: FlatMembers::new(btf),
            choices: &mut choices,
        };
        for set in &options.set {
            setter.set(set)?;
        }
        Ok(choices)
    }

    /// Returns whether an item is excluded. The values of an excluded item are written as numbers or bytes.
    pub fn excludes(&self, id: EntityId) -> bool {
        !self.excluded.is_empty() && self.excluded.contains(&id)
    }

    /// Returns whether the function at this position in the list of all functions is excluded.
    pub fn excludes_function(&self, position: usize) -> bool {
        !self.excluded_functions.is_empty() && self.excluded_functions.contains(&position)
    }

    /// Returns the excluded items, in ascending order of their ids.
    pub fn excluded(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.excluded.iter().copied()
    }

    /// Returns the form of an item that is a union.
    pub fn union(&self, id: EntityId) -> Unions {
        match self.of_item(id) {
            Some(Choice::Variant) => Unions::Variant,
            Some(Choice::Record) => Unions::Record,
            Some(Choice::Bytes) => Unions::Bytes,
            _ => self.unions,
        }
    }

    /// Returns the form of an item that is an enum.
    pub fn enumeration(&self, id: EntityId) -> Enums {
        match self.of_item(id) {
            Some(Choice::Auto) => Enums::Auto,
            Some(Choice::Enum) => Enums::Enum,
            Some(Choice::Integer) => Enums::Integer,
            _ => self.enums,
        }
    }

    /// Returns the choice that was made for this single item, or `None` if no such choice was made.
    pub fn of_item(&self, id: EntityId) -> Option<Choice> {
        self.types.get(&id).copied()
    }

    /// Returns the choice that was made for a member of an item, or `None` if none was made. `position` is the position
    /// among the flat members.
    pub fn member(&self, id: EntityId, position: usize) -> Option<Choice> {
        self.members.get(&(id, position)).copied()
    }
}

/// Applies the choices for single types and members.
struct Setter<'a> {
    btf: &'a Btf,
    names: &'a Names,
    flat: FlatMembers,
    choices: &'a mut Choices,
}

/// The type or member to which a choice applies.
enum Target {
    Type(EntityId),
    /// A member: the item that has it, its position among the flat members, and the member itself.
    Member(EntityId, usize, FlatMember),
}

impl Setter<'_> {
    fn set(&mut self, text: &str) -> Result<(), Error> {
        let Some((path, word)) = text.rsplit_once('=') else {
            return Err(not_understood(
                text,
                "use ITEM=CHOICE, as in event.comm=string",
            ));
        };
        let Some(choice) = Choice::parse(word) else {
            let words: Vec<&str> = Choice::ALL.iter().map(|(word, _)| *word).collect();
            let what = format!("'{word}' is not one of {}", words.join(", "));
            return Err(not_understood(path, &what));
        };
        let (types, members) = self.types(path)?;
        for ty in types {
            let mut target = Target::Type(ty);
            for member in &members {
                target = self.step(path, target, member)?;
            }
            self.apply(path, target, choice)?;
        }
        Ok(())
    }

    /// Splits `TYPE.MEMBER.MEMBER` into the items of the type and the names of the members.
    ///
    /// Names of Rust types may contain dots. Therefore the type is the longest prefix that is the name of a type.
    fn types<'i>(&self, path: &'i str) -> Result<(Vec<EntityId>, Vec<&'i str>), UnknownType> {
        let mut shorter = path;
        loop {
            match patterns::find(self.btf, self.names, shorter) {
                Ok(found) => {
                    let rest = path[shorter.len()..].split('.').skip(1);
                    return Ok((found, rest.collect()));
                }
                Err(unknown) => match shorter.rsplit_once('.') {
                    Some((front, _)) => shorter = front,
                    None => return Err(unknown),
                },
            }
        }
    }

    /// Returns the member `name` of `target`. `target` is a type, or a member whose type is anonymous.
    fn step(&mut self, path: &str, target: Target, name: &str) -> Result<Target, Error> {
        let holder = match target {
            Target::Type(id) => id,
            Target::Member(id, position, member) => match self.child(id, position)? {
                Some(child) => child,
                None => {
                    let mut c_type = String::new();
                    crate::c::declaration::declare(&mut c_type, self.btf, member.ty, "");
                    let what = format!("the member before '{name}' is a '{c_type}': begin there");
                    return Err(wrong(path, &what));
                }
            },
        };
        self.read(holder)?;
        let is_named = |member: &FlatMember| match member.name {
            MemberName::Named(own) => self.btf.name(own) == name,
            MemberName::Unnamed(n) => name == unnamed(n),
        };
        match self.flat.members.iter().position(is_named) {
            Some(position) => Ok(Target::Member(
                holder,
                position,
                self.flat.members[position],
            )),
            None => Err(wrong(path, &self.no_member(name))),
        }
    }

    /// Returns the error message for a name that no flat member has. The message suggests similar names.
    fn no_member(&self, name: &str) -> String {
        let members = self
            .flat
            .members
            .iter()
            .filter_map(|member| match member.name {
                MemberName::Named(own) => Some(self.btf.name(own)),
                MemberName::Unnamed(_) => None,
            });
        let mut what = format!("there is no member '{name}'");
        what.push_str(&nearest::hint(nearest::find(name, members)));
        what
    }

    fn read(&mut self, id: EntityId) -> Result<(), Error> {
        let body = body(self.btf, self.names.entity(id).ty);
        let read = self.flat.read(self.btf, body);
        read.map_err(|source: Malformed| wrong("", &source.to_string()))
    }

    /// Returns the item of a member's type or, if the member is an array, of its element type. Returns `None` if this
    /// type is not anonymous.
    fn child(&mut self, id: EntityId, position: usize) -> Result<Option<EntityId>, Error> {
        self.read(id)?;
        let mut children = Children::of(id);
        let anonymous = self.flat.anonymous(self.btf);
        let mut items = anonymous.map(|(at, ty)| (at, children.take(self.names, ty)));
        let child = items.find(|(at, _)| *at == position);
        Ok(child.map(|(_, child)| child))
    }

    fn apply(&mut self, path: &str, target: Target, choice: Choice) -> Result<(), Error> {
        let (ty, member) = match target {
            Target::Type(id) => (body(self.btf, self.names.entity(id).ty), None),
            Target::Member(id, position, member) => {
                if let Some(child) = self.child(id, position)? {
                    if !is_for_arrays(choice) {
                        return self.apply(path, Target::Type(child), choice);
                    }
                }
                (member.ty, Some(position))
            }
        };
        let allowed = self.allowed(ty, member.is_some());
        if !allowed.contains(&choice) {
            return Err(wrong(
                path,
                &refusal(&allowed, self.elsewhere(ty, member.is_some())),
            ));
        }
        match target {
            Target::Type(id) => self.choices.types.insert(id, choice),
            Target::Member(id, position, _) => self.choices.members.insert((id, position), choice),
        };
        Ok(())
    }

    /// Returns the possible choices for a type. If `member` is true, returns those for a member of type `ty`.
    fn allowed(&self, ty: TypeId, member: bool) -> Vec<Choice> {
        let is_definition = !member && self.btf.resolved(ty) == ty;
        match self.btf.ty(self.btf.resolved(ty)) {
            Type::Union(_) if is_definition => vec![Choice::Variant, Choice::Record, Choice::Bytes],
            Type::Union(_) if member => vec![Choice::Bytes],
            Type::Enum(e) if !e.is_number() => Vec::new(),
            Type::Enum(_) if is_definition => vec![Choice::Auto, Choice::Enum, Choice::Integer],
            Type::Enum(_) if member => vec![Choice::Integer],
            _ => self.allowed_for_array(self.written(ty, member)),
        }
    }

    /// Returns the type whose form a choice decides, without qualifiers and type tags: for a typedef that is not the
    /// type of a member, the target of the typedef; otherwise `ty` itself.
    fn written(&self, ty: TypeId, member: bool) -> TypeId {
        match *self.btf.ty(ty) {
            Type::Typedef { target, .. } if !member => self.btf.unqualified(target),
            _ => self.btf.unqualified(ty),
        }
    }

    fn allowed_for_array(&self, ty: TypeId) -> Vec<Choice> {
        let Type::Array { element, .. } = self.btf.ty(ty) else {
            return Vec::new();
        };
        let element = self.btf.resolved(self.btf.element(*element));
        match self.btf.ty(element) {
            Type::Int(int) if self.btf.is_char(int) => {
                vec![Choice::Bytes, Choice::String, Choice::List, Choice::Fixed]
            }
            _ => vec![Choice::List, Choice::Fixed],
        }
    }

    /// If a member or typedef only refers to another type, and the choice must be made for that type, returns the name
    /// of that type. Returns `None` otherwise.
    fn elsewhere(&self, ty: TypeId, member: bool) -> Option<String> {
        let written = self.btf.element(self.written(ty, member));
        let named = self
            .names
            .own_item(written)
            .filter(|_| member || written != ty)?;
        let chosen = self.btf.resolved(written);
        let mut name = String::new();
        match self.btf.ty(chosen) {
            Type::Union(_) | Type::Enum(_) if !self.btf.is_anonymous(chosen) => {
                crate::c::declaration::tag(&mut name, self.btf, chosen);
            }
            Type::Array { .. } | Type::Union(_) | Type::Enum(_) => {
                name.push_str(self.btf.name_of(self.names.entity(named).ty));
            }
            _ => return None,
        }
        Some(name)
    }
}

fn is_for_arrays(choice: Choice) -> bool {
    matches!(choice, Choice::List | Choice::Fixed | Choice::String)
}

fn refusal(allowed: &[Choice], other_type: Option<String>) -> String {
    let mut what = match allowed {
        [] => "there is nothing to choose for it".to_owned(),
        _ => {
            let named = Choice::ALL
                .iter()
                .filter(|(_, choice)| allowed.contains(choice));
            let words: Vec<&str> = named.map(|(word, _)| *word).collect();
            format!("the choices are {}", words.join(", "))
        }
    };
    if let Some(name) = other_type {
        what.push_str(&format!("; to choose for every '{name}', set that"));
    }
    what
}

fn not_understood(choice: &str, what: &str) -> Error {
    Error::Syntax {
        choice: choice.to_owned(),
        what: what.to_owned(),
    }
}

fn wrong(item: &str, what: &str) -> Error {
    Error::Choice {
        item: item.to_owned(),
        what: what.to_owned(),
    }
}
