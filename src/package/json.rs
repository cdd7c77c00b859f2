//! Writes the JSON document of a package. Without a target, each item is written as soon as it is made, so only the
//! fingerprints of all items are in memory at once.

use std::collections::BTreeMap;
use std::convert::Infallible;

use serde::ser::{Error as _, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::Package;
use crate::layout::{Item, SCHEMA};

/// The document of kind `items`, which `docs/schema.md` describes.
pub(super) struct Document<'a> {
    pub package: &'a Package,
    /// The fingerprints of the items, by their labels.
    pub fingerprints: BTreeMap<String, u64>,
}

/// An item with the fingerprint of its layout. The fingerprint is text, since many readers of JSON round large numbers.
#[derive(Serialize)]
struct Fingerprinted {
    #[serde(flatten)]
    item: Item,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Document {
            package,
            fingerprints,
        } = self;
        let fingerprinted = |item: Item| {
            let fingerprint = fingerprints.get(&item.wit);
            Fingerprinted {
                fingerprint: fingerprint.map(|number| format!("{number:#018x}")),
                item,
            }
        };
        let mut document = serializer.serialize_struct("Document", 11)?;
        document.serialize_field("schema", &SCHEMA)?;
        document.serialize_field("document", "items")?;
        document.serialize_field("tool", concat!("btf2wit ", env!("CARGO_PKG_VERSION")))?;
        document.serialize_field("source", &package.source())?;
        document.serialize_field("package", &package.id())?;
        document.serialize_field("interface", package.interface())?;
        document.serialize_field(
            "items",
            &Streamed(|| package.items().map(|item| item.map(fingerprinted))),
        )?;
        document.serialize_field(
            "functions",
            &Streamed(|| package.functions().map(Ok::<_, Infallible>)),
        )?;
        document.serialize_field("maps", &package.maps())?;
        document.serialize_field("globals", &package.globals())?;
        document.serialize_field("programs", &package.programs())?;
        document.end()
    }
}

/// A sequence whose elements are made one at a time, while they are written. The value is a function that returns an
/// iterator over the elements.
struct Streamed<F>(F);

impl<F, I, T, E> Serialize for Streamed<F>
where
    F: Fn() -> I,
    I: Iterator<Item = Result<T, E>>,
    T: Serialize,
    E: std::fmt::Display,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        for item in (self.0)() {
            sequence.serialize_element(&item.map_err(S::Error::custom)?)?;
        }
        sequence.end()
    }
}
