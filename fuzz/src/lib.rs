//! The parsers that read what strangers send, each with what must hold for any bytes. A law that is broken panics: that is
//! what `cargo fuzz` looks for, and what `crates/cet/tests/fuzz` finds on stable over the corpora and mutations of them.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fuzz target says by a panic that a law is broken"
)]

mod files;
mod gateways;
mod requests;
mod texts;

/// One parser.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its file in `fuzz_targets` and of its folder in `corpus`.
    pub name: &'static str,
    /// Parses the bytes and asserts what must hold.
    pub run: fn(&[u8]),
    /// What the corpus begins with, where the code makes it: signed messages and archives.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its language, which chance would not find.
    pub words: &'static [&'static str],
    /// How many mutations a run on stable has time for.
    pub mutations: usize,
}

/// All of them, as `security.md` lists them.
pub const TARGETS: [Target; 17] = [
    gateways::ALIPAY_NOTICE,
    gateways::PAYEASE_NOTICE,
    gateways::QUERY_ANSWER,
    requests::FORM,
    requests::COOKIE,
    requests::TOKEN,
    requests::COMMAND,
    requests::REDIRECT,
    requests::HOST,
    files::CSV_ROSTER,
    files::XLSX_CONTAINER,
    files::XLSX_SHEET,
    files::CSV_WRITER,
    texts::DOCUMENT,
    texts::MAIL,
    texts::NOTICE_HTML,
    texts::PDF,
];

/// Runs the target with this name.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    (target.run)(data);
}
