//! Sets the members of random structs to random values, and makes the expected results.

use fastrand::Rng;
use serde_json::{Value as Json, json};

use super::{Aggregate, Enum, Member, MemberType, Target};
use crate::expect::{Expect, integer, wide};
use crate::pick;
use crate::sample::{Assignment, Round};

/// Returns a value for a type. `number` is the number of the round, on which some values depend.
pub(super) fn round(rng: &mut Rng, target: Target, number: usize, aggregate: &Aggregate) -> Round {
    let mut maker = ValueMaker {
        rng,
        target,
        number,
        round: Round::default(),
    };
    let expected = maker.aggregate(aggregate, "");
    maker.round.expected = Some(expected);
    maker.round
}

/// Makes values for the members of a type.
struct ValueMaker<'r> {
    rng: &'r mut Rng,
    target: Target,
    number: usize,
    round: Round,
}

impl ValueMaker<'_> {
    fn assign(&mut self, path: &str, value: String) {
        self.round.assignments.push(Assignment {
            path: path.to_owned(),
            byte: None,
            value,
        });
    }

    fn aggregate(&mut self, aggregate: &Aggregate, path: &str) -> Expect {
        if aggregate.union {
            let arm = self.rng.usize(..aggregate.members.len());
            self.round.arms.push((arm, aggregate.members.len() > 1));
            let arm = &aggregate.members[arm];
            let held = self.member(arm, path);
            return Expect::Variant(label(arm), Some(Box::new(held)));
        }
        let mut fields = Vec::new();
        self.fields(aggregate, path, &mut fields);
        Expect::Record(fields)
    }

    /// Adds the members of a struct. The members of an unnamed struct inside it belong to the outer struct.
    fn fields(&mut self, aggregate: &Aggregate, path: &str, fields: &mut Vec<(String, Expect)>) {
        for member in &aggregate.members {
            match (&member.name, &member.ty) {
                (None, MemberType::Aggregate(own)) if !own.union => self.fields(own, path, fields),
                (None, MemberType::Int(_)) => {}
                _ => {
                    let expected = self.member(member, path);
                    fields.push((label(member), expected));
                }
            }
        }
    }

    fn member(&mut self, member: &Member, path: &str) -> Expect {
        let path = match &member.name {
            Some(name) => format!("{path}.{name}"),
            None => path.to_owned(),
        };
        self.elements(member, &member.dimensions, &path)
    }

    fn elements(&mut self, member: &Member, dimensions: &[u32], path: &str) -> Expect {
        let Some((length, inner)) = dimensions.split_first() else {
            return self.value(member, path);
        };
        let elements =
            (0..*length).map(|at| self.elements(member, inner, &format!("{path}[{at}]")));
        Expect::List(elements.collect())
    }

    fn value(&mut self, member: &Member, path: &str) -> Expect {
        match &member.ty {
            MemberType::Aggregate(own) => self.aggregate(own, path),
            MemberType::Int(int) => {
                let width = member.bits.unwrap_or(int.width);
                let bits = pick::bits(self.rng, width, self.number);
                let number = pick::number(bits, width, int.signed);
                self.assign(path, pick::literal(number));
                // In WIT, a bitfield of at most 64 bits is a plain integer, even if its type has 128 bits. Otherwise it
                // is a tuple.
                if width <= 64 {
                    return Expect::Is(integer(number));
                }
                Expect::Is(wide(number as u128, int.signed))
            }
            MemberType::Bool => {
                let value = self.rng.bool();
                self.assign(path, u8::from(value).to_string());
                Expect::Is(json!(value))
            }
            MemberType::Char => {
                // Compilers disagree on whether `char` is signed, so only values are used that are the same in both
                // cases.
                let value = self.rng.u8(0..128);
                self.assign(path, value.to_string());
                Expect::Is(json!(value))
            }
            MemberType::Pointer(_) => {
                let value = pick::bits(self.rng, 32, self.number) as u32;
                self.assign(path, format!("(void *){value}UL"));
                Expect::Is(json!(value))
            }
            MemberType::Float { double } => {
                let value = pick::float(self.rng);
                self.assign(path, format!("{value:?}"));
                Expect::Is(match (self.target.floats, double) {
                    (true, _) => json!(value),
                    (false, true) => integer(value.to_bits().into()),
                    (false, false) => integer((value as f32).to_bits().into()),
                })
            }
            MemberType::Enum(own) => {
                let width = member.bits.unwrap_or(6).min(6);
                self.enumeration(own, width, path)
            }
        }
    }

    /// Picks a case. Sometimes picks a number instead, which may have no case.
    fn enumeration(&mut self, own: &Enum, width: u32, path: &str) -> Expect {
        let number = match self.rng.u8(0..3) {
            0 => self.rng.i128(0..1 << width),
            _ => own.cases[self.rng.usize(..own.cases.len())].1,
        };
        self.assign(path, pick::literal(number));
        if own.flags {
            let set = own.cases.iter().filter(|(_, bit)| number & bit != 0);
            let mut labels: Vec<Json> = set.map(|(name, _)| json!(case(name))).collect();
            let rest = number & !15;
            labels.extend((rest != 0).then(|| integer(rest)));
            return Expect::Is(Json::Array(labels));
        }
        let found = own.cases.iter().find(|(_, value)| *value == number);
        Expect::Is(found.map_or_else(|| integer(number), |(name, _)| json!(case(name))))
    }
}

/// Returns the label of a member. If the member has no name, this is the label of its first named member.
fn label(member: &Member) -> String {
    match (&member.name, &member.ty) {
        (Some(name), _) => name.clone(),
        (None, MemberType::Aggregate(own)) => {
            let mut named = own
                .members
                .iter()
                .filter(|m| !matches!((&m.name, &m.ty), (None, MemberType::Int(_))));
            named.next().map(label).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Returns the label of an enumerator.
fn case(name: &str) -> String {
    name.to_lowercase()
}
