//! Every fault of form in the configuration at once: serde tells only the first one, and without its key.
//!
//! What is wrong is found by trying: without the key that the message is about, the message is another one. So nothing here
//! knows the keys, and a new setting needs no second list.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{Config, one_line};

/// More are not looked for: each costs a reading of the configuration for each of its keys.
const MOST: usize = 60;

type Path = Vec<String>;

/// A fault of form: the key, if one is to blame, and what serde says.
pub(super) struct Wrong {
    pub(super) path: Path,
    pub(super) text: String,
}

/// What is wrong with the form of a configuration, and the rest of it.
pub(super) struct Found {
    pub(super) wrong: Vec<Wrong>,
    /// The configuration with defaults, or anything of the right type, for what can't be read; `None` if that did not help.
    pub(super) rest: Option<Config>,
}

impl Found {
    /// Whether a fault of meaning says something of what was typed: not of a key that can't be read, nor of one beside it.
    pub(super) fn counts(&self, path: &str, text: &str) -> bool {
        let unread: Vec<String> = self.wrong.iter().map(|wrong| wrong.path.join(".")).collect();
        unread.iter().filter(|of| !of.is_empty()).all(|of| {
            let is_or_holds =
                path.strip_prefix(of.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            !is_or_holds && !names(text, of)
        })
    }
}

/// Whether a sentence names a key: `session.absolute` is not named by `session.absolut`.
fn names(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let behind = text.get(at.saturating_add(key.len())..).and_then(|rest| rest.chars().next());
        behind.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_')
    })
}

/// Everything that is wrong with the form of a configuration; nothing if it can be read.
pub(super) fn of(table: &Table) -> Found {
    let mut search = Search { table: table.clone(), ..Search::default() };
    for _ in 0..MOST {
        let Some(message) = says(&search.table) else { break };
        if !search.step(&message) {
            break;
        }
    }
    let mut rest = search.table.try_into::<Config>().ok();
    if let Some(rest) = rest.as_mut().filter(|_| search.found.iter().any(|wrong| wrong.path == ["rehearsal"]))
    {
        // Whether it is one is not known: what is wrong in either case is told.
        rest.rehearsal = true;
    }
    Found { wrong: search.found, rest }
}

fn says(table: &Table) -> Option<String> {
    table.clone().try_into::<Config>().err().map(|error| one_line(error.message()))
}

#[derive(Default)]
struct Search {
    table: Table,
    found: Vec<Wrong>,
    removed: BTreeSet<Path>,
    /// What stands in for missing keys, so that the faults behind them are found, and which of the candidates it is.
    stand_ins: BTreeMap<Path, usize>,
}

impl Search {
    /// Takes what one message is about out of the way; whether the search can go on.
    fn step(&mut self, message: &str) -> bool {
        if let Some(name) = quoted(message, "missing field `") {
            return self.stand_in(name, message);
        }
        let mut paths = Vec::new();
        leaves(&self.table, &mut Vec::new(), &mut paths);
        let Some(path) = paths.into_iter().find(|path| self.is_to_blame(path, message)) else {
            self.found.push(Wrong { path: Vec::new(), text: message.to_owned() });
            return false;
        };
        remove(&mut self.table, &path);
        if let Some(tried) = self.stand_ins.get(&path).copied() {
            return self.try_next(path, tried.saturating_add(1));
        }
        self.found.push(Wrong { text: with_section(&path, message), path: path.clone() });
        self.removed.insert(path);
        true
    }

    /// Whether a message is about this key: it is another one without the key, and with whatever else stands there. Without a
    /// required key that is right it is another one too, but not with another value of its type.
    fn is_to_blame(&self, path: &[String], message: &str) -> bool {
        let mut changed = self.table.clone();
        remove(&mut changed, path);
        if says(&changed).as_deref() == Some(message) {
            return false;
        }
        // A key that nobody knows is wrong whatever stands there.
        if let Some(name) = quoted(message, "unknown field `") {
            return path.last().is_some_and(|last| last == name);
        }
        let now = value(&self.table, path);
        probes().into_iter().filter(|other| now != Some(other)).all(|other| {
            set(&mut changed, path, other);
            says(&changed).as_deref() != Some(message)
        })
    }

    /// Finds the table that lacks a key, and puts something there.
    fn stand_in(&mut self, name: &str, message: &str) -> bool {
        let mut tables = vec![Vec::new()];
        inner(&self.table, &mut Vec::new(), &mut tables);
        for mut path in tables {
            path.push(name.to_owned());
            if value(&self.table, &path).is_some() {
                continue;
            }
            let mut with = self.table.clone();
            set(&mut with, &path, candidate(0).unwrap_or(Value::Boolean(true)));
            let now = says(&with);
            // Elsewhere other keys may be unknown; that this one is unknown here says that it belongs to another table.
            let is_foreign = |now: &str| quoted(now, "unknown field `") == Some(name);
            let helps = now.as_deref().is_none_or(|now| now != message && !is_foreign(now));
            if helps {
                if !self.removed.contains(&path) {
                    self.found.push(Wrong { path: path.clone(), text: message.to_owned() });
                }
                return self.try_next(path, 0);
            }
        }
        self.found.push(Wrong { path: Vec::new(), text: message.to_owned() });
        false
    }

    fn try_next(&mut self, path: Path, which: usize) -> bool {
        let Some(value) = candidate(which) else { return false };
        set(&mut self.table, &path, value);
        self.stand_ins.insert(path, which);
        true
    }
}

/// What may stand in for a missing key: one of them is of its type.
fn candidate(which: usize) -> Option<Value> {
    match which {
        0 => Some(Value::String("127.0.0.1:1".to_owned())),
        1 => Some(Value::Table(Table::new())),
        2 => Some(Value::Integer(1)),
        3 => Some(Value::Array(Vec::new())),
        4 => Some(Value::Boolean(true)),
        _ => None,
    }
}

/// What is tried in place of a value: two of each type, so that one of a right value's type is another one than it.
fn probes() -> [Value; 8] {
    [
        Value::String("127.0.0.1:1".to_owned()),
        Value::String("127.0.0.1:2".to_owned()),
        Value::Table(Table::new()),
        Value::Integer(1),
        Value::Integer(2),
        Value::Array(Vec::new()),
        Value::Boolean(true),
        Value::Boolean(false),
    ]
}

/// A message about an unknown key with its section, which serde leaves out.
fn with_section(path: &[String], message: &str) -> String {
    match (path.split_last(), quoted(message, "unknown field `")) {
        (Some((_, section)), Some(name)) if !section.is_empty() => {
            let known = format!("unknown field `{name}`");
            let rest = message.strip_prefix(known.as_str()).unwrap_or_default();
            format!("{known} in [{}]{rest}", section.join("."))
        }
        _ => message.to_owned(),
    }
}

/// The key of a message that begins like this.
fn quoted<'m>(message: &'m str, start: &str) -> Option<&'m str> {
    message.strip_prefix(start)?.split('`').next()
}

/// The paths of all values that are no tables, and of tables as a whole after what is in them.
fn leaves(table: &Table, here: &mut Path, paths: &mut Vec<Path>) {
    for (key, value) in table {
        here.push(key.clone());
        if let Value::Table(inner) = value {
            leaves(inner, here, paths);
        }
        paths.push(here.clone());
        here.pop();
    }
}

/// The paths of all tables.
fn inner(table: &Table, here: &mut Path, paths: &mut Vec<Path>) {
    for (key, value) in table {
        if let Value::Table(of) = value {
            here.push(key.clone());
            paths.push(here.clone());
            inner(of, here, paths);
            here.pop();
        }
    }
}

fn value<'t>(table: &'t Table, path: &[String]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    let found = table.get(first)?;
    if rest.is_empty() { Some(found) } else { value(found.as_table()?, rest) }
}

fn remove(table: &mut Table, path: &[String]) {
    match path.split_first() {
        Some((first, [])) => {
            table.remove(first);
        }
        Some((first, rest)) => {
            if let Some(Value::Table(of)) = table.get_mut(first) {
                remove(of, rest);
            }
        }
        None => {}
    }
}

fn set(table: &mut Table, path: &[String], value: Value) {
    match path.split_first() {
        Some((first, [])) => {
            table.insert(first.clone(), value);
        }
        Some((first, rest)) => {
            if let Value::Table(of) = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()))
            {
                set(of, rest, value);
            }
        }
        None => {}
    }
}
