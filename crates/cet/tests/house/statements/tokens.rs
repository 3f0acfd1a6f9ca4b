//! Tokenises sources and matches their brackets.

use self::Token::{Mark, Text, Word};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Text(String),
    /// A name, a number or a lifetime.
    Word(String),
    Mark(char),
}

/// The tokens between the bracket at a position and its closing bracket.
pub(super) fn inside(tokens: &[Token], open: usize) -> &[Token] {
    let mut depth = 0;
    for at in open..tokens.len() {
        match tokens[at] {
            Mark('(' | '[' | '{') => depth += 1,
            Mark(')' | ']' | '}') => depth -= 1,
            Text(_) | Word(_) | Mark(_) => {}
        }
        if depth == 0 {
            return tokens.get(open + 1..at).unwrap_or_default();
        }
    }
    &[]
}

/// Splits arguments, with their positions.
pub(super) fn split(tokens: &[Token]) -> Vec<(usize, &[Token])> {
    let (mut found, mut from, mut depth) = (Vec::new(), 0, 0);
    for at in 0..=tokens.len() {
        match tokens.get(at) {
            Some(Mark('(' | '[' | '{')) => depth += 1,
            Some(Mark(')' | ']' | '}')) => depth -= 1,
            Some(Mark(',')) | None if depth == 0 => {
                if from < at {
                    found.push((from, &tokens[from..at]));
                }
                from = at + 1;
            }
            Some(_) | None => {}
        }
    }
    found
}

/// Removes what is compiled for tests only, and returns the names of test modules in other files.
pub(super) fn without_tests(all: &[Token]) -> (Vec<Token>, Vec<String>) {
    let mark = tokens("#[cfg(test)]");
    let (mut out, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < all.len() {
        if !all[at..].starts_with(&mark) {
            out.push(all[at].clone());
            at += 1;
            continue;
        }
        at += mark.len();
        while all.get(at..at + 2) == Some(&[Mark('#'), Mark('[')]) {
            at += inside(all, at + 1).len() + 3;
        }
        let from = at;
        while at < all.len() && !matches!(all[at], Mark(';' | '{' | ',')) {
            at += if matches!(all[at], Mark('(' | '[')) { inside(all, at).len() + 2 } else { 1 };
        }
        if all.get(at) == Some(&Mark('{')) {
            at += inside(all, at).len() + 2;
        } else {
            if let Some(name) = all[from..at.min(all.len())]
                .iter()
                .skip_while(|token| **token != Word("mod".to_owned()))
                .nth(1)
                && let Word(name) = name
            {
                modules.push(name.clone());
            }
            at += 1;
        }
    }
    (out, modules)
}

pub(super) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        match chars[at] {
            '/' if next == '/' => at = find(&chars, at, |c| c == '\n'),
            'r' if next == '"'
                || next == '#' && chars.get(at + 2).is_some_and(|c| matches!(c, '"' | '#')) =>
            {
                let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let rest: String = chars[at + hashes + 2..].iter().collect();
                let text = rest.split(&end).next().unwrap_or_default();
                at += hashes * 2 + 3 + text.chars().count();
                found.push(Text(text.to_owned()));
            }
            '"' => {
                let (text, end) = quoted(&chars, at + 1);
                found.push(Text(text));
                at = end;
            }
            '\'' if next == '\\' => at = find(&chars, at + 3, |c| c == '\'') + 1,
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            c if c.is_alphanumeric() || matches!(c, '_' | '\'') => {
                let end = find(&chars, at + 1, |c| !c.is_alphanumeric() && c != '_');
                found.push(Word(chars[at..end].iter().collect()));
                at = end;
            }
            c => {
                if !c.is_whitespace() {
                    found.push(Mark(c));
                }
                at += 1;
            }
        }
    }
    found
}

fn find(chars: &[char], from: usize, wanted: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| wanted(chars[*at])).unwrap_or(chars.len())
}

/// Reads a text after its first quote; returns it and the position after its last quote.
fn quoted(chars: &[char], mut at: usize) -> (String, usize) {
    let mut text = String::new();
    while let Some(c) = chars.get(at) {
        match (c, chars.get(at + 1)) {
            ('"', _) => return (text, at + 1),
            ('\\', Some('\n')) => at = find(chars, at + 2, |c| !c.is_whitespace()),
            ('\\', Some(escaped)) => {
                text.push(if *escaped == 'n' { '\n' } else { *escaped });
                at += 2;
            }
            (c, _) => {
                text.push(*c);
                at += 1;
            }
        }
    }
    (text, at)
}
