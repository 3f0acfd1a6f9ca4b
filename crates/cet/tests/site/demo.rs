//! `cet demo` as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A running demo on free ports, in a folder that goes with it.
pub(crate) struct Demo {
    /// Its address, as `http://127.0.0.1:41234`.
    pub(crate) url: String,
    folder: TempDir,
    database: Option<String>,
    /// The mode of the captchas.
    captcha: &'static str,
    process: Child,
}

/// A student of the demo's roster.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "the glossary calls 学号 so")]
pub(crate) struct Student {
    pub(crate) name: String,
    /// As in forms.
    pub(crate) document_kind: &'static str,
    pub(crate) document_number: String,
    pub(crate) student_number: String,
}

impl Demo {
    /// A fresh demo on SQLite, or on the (empty) PostgreSQL database that is named, without captchas.
    pub(crate) fn start(database: Option<String>) -> Self {
        Self::begin(database, "off")
    }

    /// A fresh demo on SQLite as a visitor meets it.
    pub(crate) fn with_captchas() -> Self {
        Self::begin(None, "on")
    }

    fn begin(database: Option<String>, captcha: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, url) = spawn(&folder, database.as_ref(), captcha, None);
        Self { url, folder, database, captcha, process }
    }

    /// A fresh demo on SQLite that logs everything and has an admin address at this port; [`Demo::log`] is what it said.
    pub(crate) fn overheard(admin: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, url) = spawn(&folder, None, "off", Some(admin));
        Self { url, folder, database: None, captcha: "off", process }
    }

    /// Everything that an [`Demo::overheard`] demo has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Ends the process at once, as a power cut would, and starts it again on what it left.
    pub(crate) fn crash_and_restart(&mut self) {
        self.crash();
        let (process, url) = spawn(&self.folder, self.database.as_ref(), self.captcha, None);
        self.process = process;
        self.url = url;
    }

    /// `kill -9`.
    pub(crate) fn crash(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Its file for scripts.
    pub(crate) fn json(&self) -> String {
        std::fs::read_to_string(self.file("demo.json")).unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("demo").join(name)
    }

    /// What `cet verify` says; fails when it found a violation.
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

    /// Runs a command of the operator beside the running demo: whether it ended well, and all that it said.
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

    /// One of the manual's people, by the name in the demo's list.
    pub(crate) fn person(&self, name: &str) -> Student {
        self.students().into_iter().find(|student| student.name == name).unwrap()
    }

    /// Everybody in the demo's roster, in its order.
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

fn spawn(folder: &TempDir, database: Option<&String>, captcha: &str, admin: Option<u16>) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cet"));
    command
        .args(["demo", "--listen", "127.0.0.1:0", "--dir"])
        .arg(folder.path().join("demo"))
        .env("CET_CAPTCHA__MODE", captcha)
        .env("CET_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if let Some(url) = database {
        command.env("CET_DATABASE__URL", url);
    }
    if let Some(port) = admin {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        command
            .env("CET_SERVER__ADMIN_LISTEN", format!("127.0.0.1:{port}"))
            .env("CET_LOG", "info,cet=trace,gateway=trace,gateway_sandbox=trace,ticket_pdf=trace")
            .stderr(log);
    }
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let url = loop {
        let line = lines.next().expect("the demo ended before it said its address").unwrap();
        if let Some(url) = line.strip_prefix("cet demo: ") {
            break url.to_owned();
        }
    };
    // Read on, so that the demo never waits for somebody to take what it prints.
    std::thread::spawn(move || lines.for_each(drop));
    (process, url)
}
