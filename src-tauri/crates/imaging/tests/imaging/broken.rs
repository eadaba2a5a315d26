//! What becomes of broken files of every kind; `cargo run --example broken_files` looks at ten thousand.

use std::collections::BTreeMap;

use crate::mutants::{Originals, look_at};

#[test]
fn no_broken_file_of_any_kind_stops_the_process() {
    let originals = Originals::small();
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..400 {
        let (_, file) = originals.mutant(seed);
        *outcomes.entry(look_at(&file)).or_default() += 1;
    }
    // Every way out is met, or the mutants would be too tame to show anything.
    for outcome in [
        "taken",
        "not_an_image",
        "picture_format_unsupported",
        "picture_truncated",
        "picture_too_large",
        "picture_broken",
    ] {
        assert!(outcomes.contains_key(outcome), "{outcome}: {outcomes:?}");
    }
}
