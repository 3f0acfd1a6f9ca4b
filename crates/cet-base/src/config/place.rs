//! Finds the line of a key in the file.

/// The line (from 1) of a byte.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count().saturating_add(1)
}

/// The line of a key like `gateway.alipay.endpoint`, if the file has it.
pub(super) fn key_line(text: &str, path: &str) -> Option<usize> {
    let table = toml::de::DeTable::parse(text).ok()?;
    let mut here = table.get_ref();
    let mut words = path.split('.').peekable();
    while let Some(word) = words.next() {
        let (key, value) = here.iter().find(|(key, _)| key.get_ref() == word)?;
        if words.peek().is_none() {
            return Some(line_of(text, key.span().start));
        }
        here = value.get_ref().as_table()?;
    }
    None
}

/// The sections, and the key that stands outside of them.
const SECTIONS: [&str; 17] = [
    "REHEARSAL",
    "SERVER",
    "DATABASE",
    "SESSION",
    "CAPTCHA",
    "LIMITS",
    "MAIL",
    "GATEWAY",
    "COLLECTIVE_PAYMENT",
    "STAFF",
    "TICKETS",
    "PORTAL",
    "TELEMETRY",
    "RETENTION",
    "WAITING",
    "SANDBOX",
    "VAULT",
];

/// What a variable `CET_…` with one underscore probably means; `None` for one that is no setting, as `CET_LOG`.
pub(super) fn meant(name: &str) -> Option<String> {
    let of = |section: &&&str| {
        let rest = name.strip_prefix(**section);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    let section = SECTIONS.iter().find(of)?;
    match name.strip_prefix(section).and_then(|rest| rest.strip_prefix('_')) {
        Some(key) => Some(format!("two underscores part section and key, as CET_{section}__{key}")),
        None => Some("set it in the file, or a key of it as CET_SECTION__KEY".to_owned()),
    }
}

/// Sets the value at a path, creating tables as needed. A value that parses as TOML is used as such, else as text.
pub(super) fn set(table: &mut toml::Table, path: &[String], value: &str) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        let parsed: Option<toml::Table> = toml::from_str(&format!("value = {value}")).ok();
        let value = parsed
            .and_then(|mut table| table.remove("value"))
            .unwrap_or_else(|| toml::Value::String(value.to_owned()));
        table.insert(first.clone(), value);
        return;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(inner) = inner {
        set(inner, rest, value);
    }
}
