//! Parses the types that the caller chooses for the records of a map. For a map `events`, the caller writes
//! `events=event` if all records have one type, and `events=kind:1=opened,2=closed` if the member `kind` says which
//! type a record has.

/// The types that the caller chooses for the records of one map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventChoice<'a> {
    /// The whole text, as the caller wrote it.
    pub text: &'a str,
    pub map: &'a str,
    pub record_types: ChosenTypes<'a>,
}

/// The types of a map's records, as the caller wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChosenTypes<'a> {
    One(&'a str),
    /// Several types. A number in each record says which of them the record has.
    Several {
        types: Vec<&'a str>,
        /// The member that has the number, and the type for each of its values, such as `kind:1=opened,2=closed`. Arm
        /// choices have the same form.
        tag: &'a str,
    },
}

impl<'a> EventChoice<'a> {
    /// Parses `MAP=TYPE` and `MAP=MEMBER:VALUE=TYPE,VALUE=TYPE`.
    pub fn parse(text: &'a str) -> Result<EventChoice<'a>, String> {
        let usage = || "use MAP=TYPE, as in events=event".to_owned();
        let (map, behind) = text.split_once('=').ok_or_else(usage)?;
        let (map, behind) = (map.trim(), behind.trim());
        if map.is_empty() || behind.is_empty() {
            return Err(usage());
        }
        let record_types = match behind.split_once(':') {
            Some((_, values)) if values.contains('=') => ChosenTypes::Several {
                types: types(values)?,
                tag: behind,
            },
            _ if behind.contains(',') => {
                return Err(format!(
                    "name the member that tells the types apart, and its values: {map}=kind:1={}",
                    behind.replacen(',', ",2=", 1)
                ));
            }
            _ => ChosenTypes::One(behind),
        };
        Ok(EventChoice {
            text,
            map,
            record_types,
        })
    }
}

/// Returns the types in a text such as `1=opened,2=closed`, each once.
fn types(values: &str) -> Result<Vec<&str>, String> {
    let mut types: Vec<&str> = Vec::new();
    for value in values.split(',') {
        let (_, ty) = value
            .split_once('=')
            .ok_or_else(|| format!("'{}' is not VALUE=TYPE", value.trim()))?;
        let ty = ty.trim();
        if !types.contains(&ty) {
            types.push(ty);
        }
    }
    Ok(types)
}

#[cfg(test)]
mod tests {
    use super::{ChosenTypes, EventChoice};

    #[test]
    fn a_map_has_one_type_or_several() {
        let one = EventChoice::parse("events=struct event").map(|choice| choice.record_types);
        assert_eq!(one, Ok(ChosenTypes::One("struct event")));
        let several = EventChoice::parse("events=kind:1=opened,2=closed,3=closed");
        let types = vec!["opened", "closed"];
        let tag = "kind:1=opened,2=closed,3=closed";
        assert_eq!(
            several.map(|choice| choice.record_types),
            Ok(ChosenTypes::Several { types, tag })
        );
    }

    #[test]
    fn a_choice_without_a_member_says_what_to_write() {
        let error = EventChoice::parse("events=opened,closed").err();
        let error = error.unwrap_or_default();
        assert!(error.ends_with("events=kind:1=opened,2=closed"), "{error}");
    }
}
