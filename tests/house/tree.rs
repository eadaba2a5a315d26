//! The files of the repository, as far as they are ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One of our files.
pub struct Source {
    /// Its path inside the repository, with `/` between folders.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl Source {
    pub fn has_ending(&self, endings: &[&str]) -> bool {
        let ending = self.path.rsplit_once('.').map_or("", |(_, e)| e);
        endings.contains(&ending)
    }

    /// Whether it is there only to test or to measure.
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.ends_with("/tests.rs")
            || ["/tests/", "/benches/", "/examples/", ".test."]
                .iter()
                .any(|part| self.path.contains(part))
    }

    pub fn is_within(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }
}

/// Where the repository begins.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|dir| dir.join("schema").is_dir() && dir.join("sync").is_dir())
        .map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Every text file of ours: neither built, nor fetched, nor generated.
pub fn sources() -> &'static [Source] {
    static ALL: OnceLock<Vec<Source>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut found = Vec::new();
        walk(&root(), "", &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    })
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<Source>) {
    const NOT_OURS: [&str; 8] = [
        ".git",
        ".run",
        "bindings",
        "dist",
        "gen",
        "node_modules",
        "out",
        "target",
    ];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
            walk(&entry.path(), &path, found);
        } else if kind.is_file()
            && !name.ends_with(".lock")
            && name != "package-lock.json"
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            found.push(Source { path, text });
        }
    }
}
