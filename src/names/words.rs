//! Turns a C name into a plain WIT label.
//!
//! A label consists of words separated by hyphens. A word consists of lower-case letters and digits, and begins with a
//! letter. The words depend only on the C name. Collisions, reserved labels and keywords are not handled here.

use heck::ToKebabCase;

use super::{hash::Fnv, scope::Key};

/// The letter that is put before a digit at the start of a label. It is also put before a digit at the start of a word
/// if the word before it ends with a digit.
const DIGIT_PREFIX: char = 'n';
/// The label of a name without ASCII letters and digits.
const NOTHING: &str = "unnamed";

/// Appends the plain label of a C name to `out`.
pub(crate) fn push_label(out: &mut String, c_name: &str) {
    push(out, c_name);
}

/// Properties of a label that cost little to determine while the label is made.
#[derive(Clone, Copy)]
pub(super) struct LabelProperties {
    pub key: Key,
    /// If true, the label is the name with hyphens in place of underscores. If false, this is not known.
    pub exact: bool,
}

/// Appends the plain label of a C name, and returns its properties.
pub(super) fn push(out: &mut String, c_name: &str) -> LabelProperties {
    let start = out.len();
    if let Some(made) = push_easy(out, c_name) {
        return made;
    }
    let mut label = Label::begin(out);
    label.push_name(c_name);
    label.end();
    LabelProperties {
        key: Key::of(&out[start..]),
        exact: false,
    }
}

/// Fast path for nearly all names of a kernel. Such a name has at most [`MAX_EASY`] bytes without the underscores at
/// its ends. All its letters have the same case, each word begins with a letter, there is one underscore between two
/// words, and no short word (see [`BEGIN`]) follows another one. The label and its key are made in one pass, without
/// branches on the characters. If the name is not so simple, this function appends nothing and returns `None`, and
/// [`Label`] must be used.
fn push_easy(out: &mut String, c_name: &str) -> Option<LabelProperties> {
    let mut name = c_name.as_bytes();
    while let [b'_', rest @ ..] | [rest @ .., b'_'] = name {
        name = rest;
    }
    let lower = name.first()?.is_ascii_lowercase();
    let steps = if lower { &LOWER } else { &UPPER };
    let mut hash = Fnv::new();
    let mut state = BEGIN;
    let mut label = [0; MAX_EASY];
    let label = label.get_mut(..name.len())?;
    for (out, &byte) in label.iter_mut().zip(name) {
        let step = steps[usize::from(byte)];
        state = step >> state & MASK;
        *out = (step >> LABEL) as u8;
        hash = hash.byte_unless(*out == b'-', *out);
    }
    if !EASY_ENDS.contains(&state) {
        return None;
    }
    out.push_str(std::str::from_utf8(label).ok()?);
    Some(LabelProperties {
        key: Key::of_hash(hash),
        exact: lower && name.len() == c_name.len(),
    })
}

/// The maximum length in bytes of a name on the fast path.
const MAX_EASY: usize = 64;

/// A state of the automaton that reads a simple name.
///
/// The value of a state is a shift width. If the number in [`Steps`] for the next byte is shifted right by this width,
/// the lowest bits of the result are the next state. So one shift finds the next state.
type State = u64;

/// The name is too complicated for the fast path.
const NOT_EASY: State = 0;
/// At the beginning of the name, or of a word after a word that is not short. A short word is one letter, possibly
/// followed by digits.
const BEGIN: State = 5;
/// After the first letter of a word that began in [`BEGIN`].
const LETTER: State = 10;
/// In a word whose second character is a letter.
const LONG: State = 15;
/// In a word whose second character is a digit. The fast path treats such a word as short even if letters follow.
const SHORT: State = 20;
/// At the beginning of a word after a short one. This word must not be short, or else [`Label::joins`] would join both.
const BEGIN_LONG: State = 25;
/// After the first letter of a word that began in [`BEGIN_LONG`].
const LETTER_LONG: State = 30;
const MASK: State = 31;
/// The number of bits by which a number in [`Steps`] is shifted right to get the byte of the label.
const LABEL: u32 = u64::BITS - u8::BITS;

/// The states in which a simple name may end.
const EASY_ENDS: [State; 3] = [LETTER, LONG, SHORT];

/// For each byte of a name, one number with two contents. At the shift width of each state, the number has the state
/// that follows this state after the byte. In its highest 8 bits, the number has the byte that the label gets.
type Steps = [u64; 256];

static LOWER: Steps = steps(b'a');
static UPPER: Steps = steps(b'A');

/// Returns the steps for names with letters of one case. `a` is the first letter of this case, `a` or `A`.
const fn steps(a: u8) -> Steps {
    let letter = LETTER << BEGIN
        | LONG << LETTER
        | LONG << LONG
        | SHORT << SHORT
        | LETTER_LONG << BEGIN_LONG
        | LONG << LETTER_LONG;
    let digit = SHORT << LETTER | LONG << LONG | SHORT << SHORT;
    let underscore = BEGIN_LONG << LETTER | BEGIN << LONG | BEGIN_LONG << SHORT;
    let mut steps = [NOT_EASY; 256];
    let mut byte = 0;
    while byte < 26 {
        steps[(a + byte) as usize] = letter | ((b'a' + byte) as u64) << LABEL;
        byte += 1;
    }
    let mut byte = b'0';
    while byte <= b'9' {
        steps[byte as usize] = digit | (byte as u64) << LABEL;
        byte += 1;
    }
    steps[b'_' as usize] = underscore | (b'-' as u64) << LABEL;
    steps
}

/// A label that is being made at the end of a text.
pub(crate) struct Label<'a> {
    out: &'a mut String,
    start: usize,
    /// The offset of the last word in bytes.
    word: usize,
}

impl<'a> Label<'a> {
    pub fn begin(out: &'a mut String) -> Label<'a> {
        let start = out.len();
        Label {
            out,
            start,
            word: start,
        }
    }

    /// Begins a label that starts with all words of another label.
    pub fn continued(out: &'a mut String, label: &str) -> Label<'a> {
        let start = out.len();
        out.push_str(label);
        Label {
            start,
            word: start + label.rfind('-').map_or(0, |hyphen| hyphen + 1),
            out,
        }
    }

    /// Appends the words of a C name.
    ///
    /// ASCII words are split as the crate heck splits them: at characters other than letters and digits, and where the
    /// case changes, as in `fooBar` and `XMLNode`. heck itself is called only for words that have a lower-case letter
    /// and, behind the first character, an upper-case letter.
    pub fn push_name(&mut self, c_name: &str) {
        // Characters that are not ASCII separate words, since WIT allows only ASCII letters. heck would keep other
        // letters.
        for word in c_name.split(|c: char| !c.is_ascii_alphanumeric()) {
            let has_small = word.bytes().any(|byte| byte.is_ascii_lowercase());
            let has_capital = word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
            if has_small && has_capital {
                self.push_label(&word.to_kebab_case());
                continue;
            }
            let start = self.out.len();
            self.push_word(word);
            self.out[start..].make_ascii_lowercase();
        }
    }

    /// Appends the words of another label.
    pub fn push_label(&mut self, label: &str) {
        for word in label.split('-') {
            self.push_word(word);
        }
    }

    /// Appends one word of letters and digits. Does nothing if the word is empty.
    fn push_word(&mut self, word: &str) {
        let Some(first) = word.bytes().next() else {
            return;
        };
        let first_is_digit = first.is_ascii_digit();
        if self.out.len() == self.start {
            if first_is_digit {
                self.out.push(DIGIT_PREFIX);
            }
            self.out.push_str(word);
            return;
        }
        // Until October 2025, wit-parser refused words that begin with a digit. Therefore `list_2` becomes `list2`,
        // without a hyphen. `sm3_256` becomes `sm3-n256`, since `sm3256` would join two numbers.
        let prefixed = first_is_digit && self.out.ends_with(|c: char| c.is_ascii_digit());
        if first_is_digit && !prefixed {
            self.out.push_str(word);
            return;
        }
        if !self.joins(word, prefixed) {
            self.out.push('-');
            self.word = self.out.len();
        }
        if prefixed {
            self.out.push(DIGIT_PREFIX);
        }
        self.out.push_str(word);
    }

    /// Returns whether a word is appended to the word before it without a hyphen. `prefixed` says whether the word gets
    /// [`DIGIT_PREFIX`].
    ///
    /// wasmtime's `bindgen!` converts some names to camel case twice, so `d-u` becomes `DU` and then `Du`. The second
    /// conversion changes a name if the word before `word` is short (one letter, possibly followed by digits) and
    /// `word` has no letter as its second character. Such words are joined.
    fn joins(&self, word: &str, prefixed: bool) -> bool {
        let second = word.as_bytes().get(1);
        if !prefixed && second.is_some_and(u8::is_ascii_alphabetic) {
            return false;
        }
        let before = self.out.as_bytes().get(self.word + 1..).unwrap_or_default();
        before.iter().all(u8::is_ascii_digit)
    }

    /// Ends the label. A label without words becomes [`NOTHING`].
    pub fn end(self) {
        if self.out.len() == self.start {
            self.out.push_str(NOTHING);
        }
    }
}

#[cfg(test)]
mod tests {
    use heck::ToUpperCamelCase;
    use proptest::prelude::*;

    use super::*;

    fn label(c_name: &str) -> String {
        let mut label = String::new();
        push_label(&mut label, c_name);
        label
    }

    /// Generates names like those in kernels, and hostile names.
    fn names() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z0-9_]{0,12}",
            "[A-Z0-9_]{0,12}",
            "[a-zA-Z0-9_]{0,12}",
            "([a-z]{1,3}|[A-Z][a-z]?|[0-9]{1,2}|_){0,8}",
            ".{0,8}",
        ]
    }

    #[test]
    fn long_names_keep_their_words() {
        for length in MAX_EASY - 3..MAX_EASY + 4 {
            let name = format!("{}_{}", "a".repeat(9), "b".repeat(length - 10));
            assert_eq!(label(&name), name.replace('_', "-"));
            assert_eq!(label(&name.to_uppercase()), name.replace('_', "-"));
            assert_eq!(label(&format!("__{name}_")), name.replace('_', "-"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 20_000,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(1),
            ..ProptestConfig::default()
        })]

        #[test]
        fn every_label_is_plain(name in names()) {
            let label = label(&name);
            for word in label.split('-') {
                prop_assert!(word.starts_with(|c: char| c.is_ascii_lowercase()), "{label}");
                prop_assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            }
        }

        #[test]
        fn camel_casing_twice_is_camel_casing_once(name in names()) {
            let camel = label(&name).to_upper_camel_case();
            prop_assert_eq!(camel.to_upper_camel_case(), camel);
        }

        #[test]
        fn a_label_is_its_own_label(name in names()) {
            let once = label(&name);
            prop_assert_eq!(label(&once.replace('-', "_")), once);
        }

        #[test]
        fn the_fast_path_makes_the_same_label(name in names()) {
            let mut easy = String::new();
            if let Some(known) = push_easy(&mut easy, &name) {
                let mut made = String::new();
                let mut label = Label::begin(&mut made);
                label.push_name(&name);
                label.end();
                prop_assert_eq!(&easy, &made);
                prop_assert_eq!(known.key, Key::of(&made));
                prop_assert_eq!(known.exact, name.replace('_', "-") == made);
            }
        }

        #[test]
        fn names_that_skip_heck_are_split_as_by_heck(
            name in "[a-z0-9_]{0,12}|[A-Z0-9_]{0,12}|[A-Z][a-z0-9_]{0,12}",
        ) {
            let mut by_heck = String::new();
            let mut words = Label::begin(&mut by_heck);
            words.push_label(&name.to_kebab_case());
            words.end();
            prop_assert_eq!(label(&name), by_heck);
        }
    }
}
