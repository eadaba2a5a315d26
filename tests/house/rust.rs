//! Just enough of Rust's lexical rules to look at code, at string literals, and past tests.

/// A Rust source taken apart.
pub struct Parts {
    /// The code: comments are gone and string literals empty; line breaks are kept.
    pub code: String,
    /// The string literals with their line, counted from 1.
    pub literals: Vec<(usize, String)>,
}

/// Takes a source apart, leaving out every item under `#[cfg(test)]`.
pub fn parts_without_tests(text: &str) -> Parts {
    let all = parts(text);
    let tests = test_lines(&all.code);
    let within = |line: usize| tests.iter().any(|(from, to)| (*from..=*to).contains(&line));
    let code = (1..)
        .zip(all.code.lines())
        .map(|(n, line)| if within(n) { "" } else { line })
        .collect::<Vec<_>>()
        .join("\n");
    let literals = all
        .literals
        .into_iter()
        .filter(|(line, _)| !within(*line))
        .collect();
    Parts { code, literals }
}

fn parts(text: &str) -> Parts {
    let mut code = String::new();
    let mut literals = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some((whole, inner)) = string(rest, &code) {
            literals.push((line, inner.to_owned()));
            code.push_str("\"\"");
            whole
        } else if let Some(whole) = letter(rest) {
            code.push_str("' '");
            whole
        } else {
            code.push(first);
            if first == '\n' {
                line += 1;
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        };
        let (gone, next) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        let breaks = gone.matches('\n').count();
        code.extend(std::iter::repeat_n('\n', breaks));
        line += breaks;
        rest = next;
    }
    Parts { code, literals }
}

/// Length of the block comment that begins here; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length and content of the string literal that begins here, if one does.
fn string<'t>(text: &'t str, before: &str) -> Option<(usize, &'t str)> {
    let part_of_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|p| {
        text.strip_prefix(p)
            .is_some_and(|t| t.starts_with(['"', '#']))
    })?;
    if part_of_word && !prefix.is_empty() {
        return None;
    }
    let body = text.strip_prefix(prefix)?;
    if prefix.ends_with('r') {
        let marks = body.chars().take_while(|c| *c == '#').count();
        let inner = body.get(marks..)?.strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(marks));
        let length = inner.find(&end)?;
        let whole = prefix.len() + marks + 1 + length + end.len();
        return Some((whole, inner.get(..length)?));
    }
    let inner = body.strip_prefix('"')?;
    let mut escaped = false;
    let length = inner.find(|c: char| {
        let end = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        end
    })?;
    Some((prefix.len() + length + 2, inner.get(..length)?))
}

/// Length of the character literal that begins here, if it is one and not a lifetime.
fn letter(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    let after = if first == '\\' {
        let escape = inner.chars().nth(1)?;
        2 + inner.get(1 + escape.len_utf8()..)?.find('\'')? + escape.len_utf8() - 1
    } else {
        first.len_utf8()
    };
    inner.get(after..)?.starts_with('\'').then_some(after + 2)
}

/// First and last line of every item under `#[cfg(test)]`.
fn test_lines(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let line_of = |at: usize| 1 + code.get(..at).map_or(0, |c| c.matches('\n').count());
        let mut depth = 0_i32;
        let end = code.get(at..).and_then(|rest| {
            rest.find(|c: char| {
                depth += match c {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                depth == 0 && matches!(c, '}' | ';')
            })
        });
        found.push((line_of(at), line_of(at + end.unwrap_or(0))));
    }
    found
}

#[test]
fn a_source_is_taken_apart() {
    let text = r####"
let a = "SELECT \" 1"; // "not this"
let b = 'x'; let c: &'static str = r#"raw "it" "#; /* "nor /* this */ one" */
let d = '\''; let e = '"'; let f = b"bytes";
#[cfg(test)]
mod tests {
    fn g() { let h = "hidden"; }
}
let i = "after
two lines"; let j = "k";
"####;
    let found = parts_without_tests(text);
    let literals: Vec<(usize, &str)> = found.literals.iter().map(|(n, t)| (*n, &**t)).collect();
    assert_eq!(
        literals,
        [
            (2, r#"SELECT \" 1"#),
            (3, r#"raw "it" "#),
            (4, "bytes"),
            (9, "after\ntwo lines"),
            (10, "k")
        ]
    );
    assert!(!found.code.contains("fn g"), "{}", found.code);
    assert!(found.code.contains("let j"), "{}", found.code);
}
