//! The SQL statements in the sources, as the program sends them: texts built with `concat!` and with the modules'
//! macros are expanded here too. Statements built at run time are unknown; such calls are listed separately.

use std::collections::BTreeMap;

use self::tokens::Token::{self, Mark, Text, Word};
use self::tokens::{inside, split, tokens, without_tests};

#[path = "statements/tokens.rs"]
mod tokens;

/// A statement and its location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Statement {
    /// The file, relative to the root.
    pub(crate) path: String,
    /// The SQL on one line, with single spaces.
    pub(crate) sql: String,
}

/// All statements in the sources.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// Every text that is a statement, once per file.
    pub(crate) known: Vec<Statement>,
    /// Calls whose text is built at run time: the file, and the argument's source text.
    pub(crate) made: Vec<(String, String)>,
}

/// Reads sources, given as paths and texts.
pub(crate) fn read<'s>(sources: impl IntoIterator<Item = (&'s str, &'s str)>) -> Statements {
    let files: Vec<File> = sources.into_iter().map(|(path, text)| File::of(path, text)).collect();
    let for_tests: Vec<String> = files.iter().flat_map(|file| file.for_tests.iter().cloned()).collect();
    let program = Program::of(&files);
    let mut found = Statements::default();
    for file in files.iter().filter(|file| !file.is_of_tests(&for_tests)) {
        program.texts(file, &file.tokens, &mut found);
        program.calls(file, &mut found);
    }
    found.known.sort();
    found.known.dedup();
    found.made.sort();
    found.made.dedup();
    found
}

const CALLS: [&str; 5] = ["query", "query_opt", "query_one", "execute", "execute_soon"];
const VERBS: [&str; 5] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "];

struct File {
    path: String,
    tokens: Vec<Token>,
    macros: BTreeMap<String, Vec<Rule>>,
    /// The modules that are compiled for tests only: paths without extension.
    for_tests: Vec<String>,
}

struct Rule {
    pattern: Vec<Token>,
    body: Vec<Token>,
}

impl File {
    fn of(path: &str, text: &str) -> Self {
        let (tokens, modules) = without_tests(&tokens(text));
        let mut macros = BTreeMap::new();
        for at in 0..tokens.len() {
            if tokens[at] == Word("macro_rules".to_owned())
                && let Some(Word(name)) = tokens.get(at + 2)
            {
                macros.insert(name.clone(), rules(inside(&tokens, at + 3)));
            }
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        let is_door = matches!(name, "mod.rs" | "lib.rs" | "main.rs");
        let below = if is_door { folder } else { path.trim_end_matches(".rs") };
        let for_tests = modules.iter().map(|module| format!("{below}/{module}")).collect();
        Self { path: path.to_owned(), tokens, macros, for_tests }
    }

    fn is_of_tests(&self, modules: &[String]) -> bool {
        let below = |module: &String| {
            self.path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        };
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || modules.iter().any(below)
    }
}

fn rules(mut rest: &[Token]) -> Vec<Rule> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let pattern = inside(rest, 0).to_vec();
        // Skips the `=>` between the two.
        let body_at = pattern.len() + 4;
        let body = inside(rest, body_at).to_vec();
        let end = body_at + body.len() + 2;
        found.push(Rule { pattern, body });
        rest = rest.get(end..).unwrap_or_default();
        rest = rest.strip_prefix(&[Mark(';')]).unwrap_or(rest);
    }
    found
}

struct Program<'f> {
    /// Macros with a name that is unique among all files.
    macros: BTreeMap<&'f str, &'f Vec<Rule>>,
}

impl<'f> Program<'f> {
    fn of(files: &'f [File]) -> Self {
        let mut macros = BTreeMap::new();
        let mut twice = Vec::new();
        for (name, rules) in files.iter().flat_map(|file| &file.macros) {
            if macros.insert(name.as_str(), rules).is_some() {
                twice.push(name.as_str());
            }
        }
        macros.retain(|name, _| !twice.contains(name));
        Self { macros }
    }

    /// Collects every statement among the texts of a file.
    fn texts(&self, file: &File, tokens: &[Token], found: &mut Statements) {
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at] == Word("macro_rules".to_owned()) {
                at += inside(tokens, at + 3).len() + 5;
                continue;
            }
            let Some((texts, end)) = is_text(tokens, at).then(|| self.text(file, tokens, at)).flatten()
            else {
                at += 1;
                continue;
            };
            for sql in texts.into_iter().filter(|text| is_statement(text)) {
                // A text with placeholders, or one that is continued, is unknown.
                let goes_on = [" VALUES", "(VALUES", "("].iter().any(|end| sql.trim_end().ends_with(end));
                if goes_on || sql.contains('{') {
                    found.made.push((file.path.clone(), sql));
                } else {
                    found.known.push(Statement { path: file.path.clone(), sql });
                }
            }
            at = end;
        }
    }

    /// Collects the calls of a transaction or a scope whose statement is not among the texts.
    fn calls(&self, file: &File, found: &mut Statements) {
        let tokens = &file.tokens;
        for at in 1..tokens.len() {
            let Some(open) = call(tokens, at) else { continue };
            let mut arguments = split(inside(tokens, open));
            if arguments.first().is_some_and(|(_, first)| *first == [Word("tx".to_owned())]) {
                arguments.remove(0);
            }
            let Some((from, argument)) = arguments.first() else { continue };
            match self.text(file, tokens, open + 1 + from) {
                Some((texts, _)) => found
                    .known
                    .extend(texts.into_iter().map(|sql| Statement { path: file.path.clone(), sql })),
                None => found.made.push((file.path.clone(), written(argument))),
            }
        }
    }

    /// The possible texts of an expression, and the position after it.
    fn text(&self, file: &File, tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
        match tokens.get(at)? {
            Text(text) => Some((vec![single_spaced(text)], at + 1)),
            Mark('&') => self.text(file, tokens, at + 1),
            Word(word) if word == "const" && tokens.get(at + 1) == Some(&Mark('{')) => {
                let block = inside(tokens, at + 1);
                let (texts, end) = self.text(file, block, 0)?;
                (end == block.len()).then_some((texts, at + block.len() + 3))
            }
            Word(word) if word == "if" => self.choice(file, tokens, at),
            Word(word) if word.starts_with(|first: char| first.is_ascii_digit()) => {
                Some((vec![word.clone()], at + 1))
            }
            Word(_) => self.named(file, tokens, at),
            Mark(_) => None,
        }
    }

    /// `if … { text } else { text }`.
    fn choice(&self, file: &File, tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
        let open = (at..tokens.len()).find(|at| tokens[*at] == Mark('{'))?;
        let block = inside(tokens, open);
        let (mut texts, _) = self.text(file, block, 0)?;
        let after = open + block.len() + 2;
        if tokens.get(after) != Some(&Word("else".to_owned())) {
            return None;
        }
        let (others, end) = match tokens.get(after + 1)? {
            Mark('{') => {
                let block = inside(tokens, after + 1);
                (self.text(file, block, 0)?.0, after + block.len() + 3)
            }
            _ => self.text(file, tokens, after + 1)?,
        };
        texts.extend(others);
        Some((texts, end))
    }

    /// An expression that begins with a name: a macro's text, the text in a `…::new(…)`, a constant or a variable.
    fn named(&self, file: &File, tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
        let mut last = at;
        while tokens.get(last + 1..last + 3) == Some(&[Mark(':'), Mark(':')]) {
            last += 3;
        }
        let Some(Word(name)) = tokens.get(last) else { return None };
        match tokens.get(last + 1) {
            Some(Mark('!')) => {
                let arguments = inside(tokens, last + 2);
                let texts = if name == "concat" {
                    self.joined(file, arguments)?
                } else {
                    let rules = file.macros.get(name).or_else(|| self.macros.get(name.as_str()).copied())?;
                    let body = rules.iter().find_map(|rule| expanded(rule, arguments))?;
                    self.text(file, &body, 0)?.0
                };
                Some((texts, last + arguments.len() + 4))
            }
            Some(Mark('(')) if name == "new" => {
                let arguments = inside(tokens, last + 1);
                let (texts, end) = self.text(file, arguments, 0)?;
                (end == arguments.len()).then_some((texts, last + arguments.len() + 3))
            }
            _ => Some((self.value(file, name, last)?, last + 1)),
        }
    }

    fn joined(&self, file: &File, arguments: &[Token]) -> Option<Vec<String>> {
        let mut all = vec![String::new()];
        for (_, argument) in split(arguments) {
            let (texts, _) = self.text(file, argument, 0)?;
            all = all
                .iter()
                .flat_map(|so_far| texts.iter().map(move |text| format!("{so_far}{text}")))
                .collect();
        }
        Some(all.iter().map(|text| single_spaced(text)).collect())
    }

    /// The value of a constant of the file, or of the variable bound last before this position.
    fn value(&self, file: &File, name: &str, before: usize) -> Option<Vec<String>> {
        let tokens = &file.tokens;
        let bound = |at: &usize| tokens[*at] == Word(name.to_owned()) && *at > 0;
        let kind = |at: usize, word: &str| tokens[at - 1] == Word(word.to_owned());
        let variables = (0..before.min(tokens.len())).rev().filter(bound);
        let at = variables
            .filter(|at| kind(*at, "let") || kind(*at, "for"))
            .chain((0..tokens.len()).filter(bound).filter(|at| kind(*at, "const")))
            .next()?;
        if kind(at, "for") {
            let list = inside(tokens, at + 2);
            let texts = split(list).into_iter().map(|(_, one)| Some(self.text(file, one, 0)?.0));
            return Some(texts.collect::<Option<Vec<_>>>()?.concat());
        }
        let is = (at..tokens.len()).find(|at| matches!(tokens[*at], Mark('=' | ';')))?;
        self.text(file, tokens, is + 1).map(|(texts, _)| texts)
    }
}

/// The opening bracket of `tx.query(…)` or `scope.query(…)`, if the word at this position is that call's.
fn call(tokens: &[Token], at: usize) -> Option<usize> {
    let Some(Word(name)) = tokens.get(at) else { return None };
    let on = tokens.get(at.checked_sub(2)?)?;
    let of_ours = *on == Word("tx".to_owned()) || *on == Word("scope".to_owned());
    if !CALLS.contains(&name.as_str()) || !of_ours || tokens[at - 1] != Mark('.') {
        return None;
    }
    // Skips `::<(i64,)>`.
    (at + 1..tokens.len().min(at + 40)).find(|at| tokens[*at] == Mark('(') && tokens[at - 1] != Mark('<'))
}

/// Whether a text or a macro begins here.
fn is_text(tokens: &[Token], mut at: usize) -> bool {
    if matches!(tokens[at], Text(_)) {
        return true;
    }
    while matches!(tokens[at], Word(_))
        && tokens.get(at + 1..at + 3) == Some(&[Mark(':'), Mark(':')])
        && at + 3 < tokens.len()
    {
        at += 3;
    }
    matches!(tokens[at], Word(_)) && tokens.get(at + 1) == Some(&Mark('!'))
}

fn is_statement(text: &str) -> bool {
    VERBS.iter().any(|verb| text.starts_with(verb))
}

fn single_spaced(text: &str) -> String {
    let mut spaced = String::new();
    for c in text.chars() {
        match c {
            c if !c.is_whitespace() => spaced.push(c),
            _ if spaced.ends_with(' ') => {}
            _ => spaced.push(' '),
        }
    }
    spaced
}

fn written(tokens: &[Token]) -> String {
    let one = |token: &Token| match token {
        Text(text) => format!("{text:?}"),
        Word(word) => word.clone(),
        Mark(mark) => mark.to_string(),
    };
    tokens.iter().map(one).collect()
}

/// Expands a macro's rule with these arguments; `None` if the pattern does not match.
fn expanded(rule: &Rule, arguments: &[Token]) -> Option<Vec<Token>> {
    let (mut given, mut rest, mut at) = (BTreeMap::new(), arguments, 0);
    while at < rule.pattern.len() {
        match (&rule.pattern[at], rule.pattern.get(at + 1)) {
            (Mark('$'), Some(Mark('('))) => {
                let group = inside(&rule.pattern, at + 1);
                if let Some(Word(name)) = group.get(1) {
                    given.insert(name.clone(), std::mem::take(&mut rest));
                }
                at += group.len() + 4;
            }
            (Mark('$'), Some(Word(name))) => {
                let (_, first) = *split(rest).first()?;
                given.insert(name.clone(), first);
                rest = &rest[first.len()..];
                at += 4;
            }
            (token, _) => {
                rest = rest.strip_prefix(std::slice::from_ref(token))?;
                at += 1;
            }
        }
    }
    let rest = rest.strip_prefix(&[Mark(',')]).unwrap_or(rest);
    rest.is_empty().then(|| filled(&rule.body, &given))
}

fn filled(body: &[Token], given: &BTreeMap<String, &[Token]>) -> Vec<Token> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < body.len() {
        match (&body[at], body.get(at + 1)) {
            (Mark('$'), Some(Mark('('))) => {
                let group = inside(body, at + 1);
                out.extend(filled(group, given));
                at += group.len() + 4;
            }
            (Mark('$'), Some(Word(name))) => {
                match given.get(name) {
                    Some(tokens) => out.extend_from_slice(tokens),
                    None => out.push(Word(name.clone())),
                }
                at += 2;
            }
            (token, _) => {
                out.push(token.clone());
                at += 1;
            }
        }
    }
    out
}
