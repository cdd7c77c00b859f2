//! Makes labels for names that have a scope of their own: the maps, variables and programs of an object.

use std::collections::HashMap;

use super::{
    collision::{self, Alternatives},
    scope::{Key, Scope},
    words::push_label,
};

/// Returns a label for each name. A label depends only on its own name, unless several names claim the same label. If
/// they do, the name with the smallest [spelling distance](collision::spelling_distance) gets this label, and the
/// labels of the others get numbers. Before that, `word` is appended to each plain label for which `is_free` returns
/// false.
pub(crate) fn peer_labels(
    names: &[&str],
    word: &str,
    is_free: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let plain = |name: &&str| {
        let mut label = String::new();
        push_label(&mut label, name);
        if !is_free(&label) {
            label.push('-');
            label.push_str(word);
        }
        label
    };
    let mut labels: Vec<String> = names.iter().map(plain).collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|at| {
        (
            collision::spelling_distance(names[*at], &labels[*at]),
            names[*at],
        )
    });
    let mut taken = Scope::default();
    let colliding: Vec<usize> = order
        .into_iter()
        .filter(|at| !taken.claim(Key::of(&labels[*at])))
        .collect();
    let mut numbers: HashMap<Key, u32> = HashMap::new();
    for at in colliding {
        let number = numbers
            .entry(Key::of(&labels[at]))
            .or_insert(collision::FIRST);
        let alternatives = Alternatives::new(&labels[at], None, number);
        labels[at] =
            alternatives.first_accepted(|label| is_free(label) && taken.claim(Key::of(label)));
    }
    labels
}

/// Returns whether two labels collide. The component model compares labels in lower case and without hyphens.
pub(crate) fn collide(one: &str, other: &str) -> bool {
    Key::of(&one.to_ascii_lowercase()) == Key::of(&other.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::peer_labels;

    #[test]
    fn labels_depend_on_their_names_alone() {
        let labels = peer_labels(&["my_map", "types", "a"], "map", &|label| label != "types");
        assert_eq!(labels, ["my-map", "types-map", "a"]);
    }

    #[test]
    fn the_name_that_a_label_spells_best_gets_it() {
        let labels = peer_labels(&["myMap", "my_map", "MY_MAP"], "map", &|_| true);
        assert_eq!(labels, ["my-map-alt2", "my-map", "my-map-alt3"]);
    }
}
