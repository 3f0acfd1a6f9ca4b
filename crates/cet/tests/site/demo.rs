//! `cet demo` in a separate process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::wait::free_address;

/// A running demo on free ports, in a folder that is deleted with it.
pub(crate) struct Demo {
    /// Its origin, such as `http://127.0.0.1:41234`.
    pub(crate) url: String,
    folder: TempDir,
    database: Option<String>,
    start: Start,
    /// What it said before its address.
    said: Vec<String>,
    process: Child,
}

/// How a demo is started.
#[derive(Clone, Copy)]
struct Start {
    /// The captcha mode.
    captcha: &'static str,
    /// Its admin address; its log is kept then.
    admin: Option<SocketAddr>,
    /// Whether it is left with the manual's people only.
    empty: bool,
}

/// A student of the demo's roster.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "the glossary calls 学号 so")]
pub(crate) struct Student {
    pub(crate) name: String,
    /// The kind of document, as in forms.
    pub(crate) document_kind: &'static str,
    pub(crate) document_number: String,
    pub(crate) student_number: String,
}

impl Demo {
    /// A fresh demo on SQLite, or on the named (empty) PostgreSQL database, without captchas and without the season.
    pub(crate) fn start(database: Option<String>) -> Self {
        Self::begin(database, Start { captcha: "off", admin: None, empty: true })
    }

    /// As [`Demo::start`], with the season: what an operator gets.
    pub(crate) fn with_season_on(database: Option<String>) -> Self {
        Self::begin(database, Start { captcha: "off", admin: None, empty: false })
    }

    /// A fresh demo on SQLite with the season, without captchas.
    pub(crate) fn with_season() -> Self {
        Self::with_season_on(None)
    }

    /// A fresh demo on SQLite with default settings, including captchas.
    pub(crate) fn with_captchas() -> Self {
        Self::begin(None, Start { captcha: "on", admin: None, empty: true })
    }

    fn begin(database: Option<String>, start: Start) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, url, said) = spawn(&folder, database.as_ref(), start);
        Self { url, folder, database, start, said, process }
    }

    /// The lines that it said before its address.
    pub(crate) fn said(&self) -> &[String] {
        &self.said
    }

    /// A fresh demo on SQLite that logs at every level and has this admin address; [`Demo::log`] returns its
    /// log.
    pub(crate) fn overheard(admin: SocketAddr) -> Self {
        Self::begin(None, Start { captcha: "off", admin: Some(admin), empty: true })
    }

    /// Everything that a [`Demo::overheard`] demo has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Kills the process at once, like a power failure, and restarts it on the same folder.
    pub(crate) fn crash_and_restart(&mut self) {
        self.crash();
        let (process, url, said) = spawn(&self.folder, self.database.as_ref(), self.start);
        self.process = process;
        self.url = url;
        self.said = said;
    }

    /// Starts a crashed demo at the address that it had: what a browser keeps belongs to an address.
    pub(crate) fn again(&mut self) {
        let at = self.url.trim_start_matches("http://").to_owned();
        let (process, url, said) = spawn_at(&self.folder, self.database.as_ref(), self.start, &at);
        assert_eq!(url, self.url);
        self.process = process;
        self.said = said;
    }

    /// `kill -9`.
    pub(crate) fn crash(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The contents of `demo.json`.
    pub(crate) fn json(&self) -> String {
        std::fs::read_to_string(self.file("demo.json")).unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("demo").join(name)
    }

    /// The output of `cet verify`; fails if it found a violation.
    pub(crate) fn verify(&self) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
        command.args(["verify", "--config"]).arg(self.file("cet.toml")).env("CET_CAPTCHA__MODE", "off");
        if let Some(url) = &self.database {
            command.env("CET_DATABASE__URL", url);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Runs an operator's command while the demo is running; returns whether it succeeded, and its output.
    pub(crate) fn command(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
        command.args(arguments).arg("--config").arg(self.file("cet.toml")).env("CET_CAPTCHA__MODE", "off");
        if let Some(url) = &self.database {
            command.env("CET_DATABASE__URL", url);
        }
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// One of the manual's people, by name.
    pub(crate) fn person(&self, name: &str) -> Student {
        self.students().into_iter().find(|student| student.name == name).unwrap()
    }

    /// Everyone in the demo's roster, in order.
    pub(crate) fn students(&self) -> Vec<Student> {
        let roster = std::fs::read_to_string(self.file("roster.csv")).unwrap();
        let lines = roster.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        lines
            .map(|columns| Student {
                name: columns[0].to_owned(),
                document_kind: if columns[2].contains("澳门") { "macau-id" } else { "resident-id" },
                document_number: columns[3].to_owned(),
                student_number: columns[13].to_owned(),
            })
            .collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

fn spawn(folder: &TempDir, database: Option<&String>, start: Start) -> (Child, String, Vec<String>) {
    spawn_at(folder, database, start, &free_address().to_string())
}

fn spawn_at(
    folder: &TempDir,
    database: Option<&String>,
    start: Start,
    listen: &str,
) -> (Child, String, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
    command
        .args(["demo", "--listen", listen, "--dir"])
        .arg(folder.path().join("demo"))
        .env("CET_CAPTCHA__MODE", start.captcha)
        .env("CET_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if start.empty {
        command.arg("--empty");
    }
    if let Some(url) = database {
        command.env("CET_DATABASE__URL", url);
    }
    if let Some(admin) = start.admin {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        command
            .env("CET_SERVER__ADMIN_LISTEN", admin.to_string())
            .env("CET_LOG", "info,cet=trace,gateway=trace,gateway_sandbox=trace,ticket_pdf=trace")
            .stderr(log);
    }
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    let url = loop {
        let line = lines.next().expect("the demo ended before it said its address").unwrap();
        if let Some(url) = line.strip_prefix("cet demo: ") {
            break url.to_owned();
        }
        said.push(line);
    };
    // Keep reading, so that the demo never blocks on its output.
    std::thread::spawn(move || lines.for_each(drop));
    (process, url, said)
}
