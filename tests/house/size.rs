//! How long a file may be, and that it says what it is about.

use crate::none;
use crate::tree::sources;

/// Above this a file has more than one subject.
const LONGEST: usize = 600;

/// A table of every state and action may be longer, yet not without end.
const LONGEST_TEST: usize = 1000;

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let code = ["rs", "ts", "mjs", "svelte", "css", "sql"];
    let breaches = sources()
        .iter()
        .filter(|s| s.has_ending(&code))
        .filter_map(|s| {
            let lines = s.text.lines().count();
            let most = if s.is_test() { LONGEST_TEST } else { LONGEST };
            (lines > most).then(|| format!("{}: {lines} lines", s.path))
        });
    none("split by subject", breaches.collect());
}

#[test]
fn a_source_says_in_its_first_line_what_it_is_about() {
    let breaches = sources()
        .iter()
        .filter(|s| s.has_ending(&["rs"]) && !s.path.ends_with("build.rs"))
        .filter(|s| !s.text.starts_with("//! ") && !s.text.starts_with("#![doc = include_str!("))
        .map(|s| s.path.clone());
    none("begins with no `//!` line", breaches.collect());
}
