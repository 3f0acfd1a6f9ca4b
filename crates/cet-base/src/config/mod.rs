//! The configuration: one TOML file, overridden by `CET_SECTION__KEY` in the environment (interface section 5).
//!
//! A wrong key or value stops the start, reported with file and line; all semantic errors are reported at once.

mod place;
mod sections;

use std::path::{Path, PathBuf};

pub use sections::{
    Alipay, Bank, Captcha, CaptchaMode, CollectivePayment, Database, Gateways, Limits, MacText, Mail,
    Network, Payease, PlatformKey, Portal, QueryTrust, Retention, Sandbox, Server, Session, Staff, Telemetry,
    Tickets, TwoPeople, VaultFile, Waiting, WaitingMode, Wechat, WechatSandbox,
};
use serde::Deserialize;

use crate::store::Address;

/// Everything an operator can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Marks every page and allows the sandbox gateways, the mailbox page and the shifted clock.
    #[serde(default)]
    pub rehearsal: bool,
    /// The addresses and the name of this node.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// How long a session lives.
    #[serde(default)]
    pub session: Session,
    /// Whether forms ask for a captcha.
    #[serde(default)]
    pub captcha: Captcha,
    /// Rate limits against guessing.
    #[serde(default)]
    pub limits: Limits,
    /// Outgoing mail.
    #[serde(default)]
    pub mail: Mail,
    /// The payment gateways.
    #[serde(default)]
    pub gateway: Gateways,
    /// Collective payment by schools.
    #[serde(default)]
    pub collective_payment: CollectivePayment,
    /// The work of the authority.
    #[serde(default)]
    pub staff: Staff,
    /// Admission tickets.
    #[serde(default)]
    pub tickets: Tickets,
    /// Contact data and texts of the portal.
    #[serde(default)]
    pub portal: Portal,
    /// Where metrics go besides `/metrics`.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// How long data is kept.
    #[serde(default)]
    pub retention: Retention,
    /// The waiting room.
    #[serde(default)]
    pub waiting: Waiting,
    /// The sandbox gateways of a rehearsal.
    #[serde(default)]
    pub sandbox: Option<Sandbox>,
    /// The keys that seal personal data.
    pub vault: VaultFile,
    /// The folder that relative paths are resolved against: the one of the configuration file.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// One error in the configuration, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `cet.toml:14` or `CET_SERVER__LISTEN`.
    pub place: String,
    /// What was found and what was expected.
    pub text: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

impl Config {
    /// Reads and checks the file and the environment.
    ///
    /// # Errors
    /// Every [`Fault`] that was found.
    pub fn load(
        file: &Path,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Fault>> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|error| vec![Fault { place: name.clone(), text: format!("can't be read: {error}") }])?;
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        Self::parse(&name, &text, folder, environment)
    }

    /// Reads and checks a file's text; `name` is the file name in messages, before the line number.
    ///
    /// # Errors
    /// Every [`Fault`] that was found.
    pub fn parse(
        name: &str,
        text: &str,
        folder: PathBuf,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Fault>> {
        let at = |span: Option<std::ops::Range<usize>>| match span {
            Some(span) => format!("{name}:{}", place::line_of(text, span.start)),
            None => name.to_owned(),
        };
        let wrong =
            |error: toml::de::Error| vec![Fault { place: at(error.span()), text: one_line(error.message()) }];
        let mut table: toml::Table = toml::from_str(text).map_err(wrong)?;
        let mut config: Self = toml::from_str(text).map_err(wrong)?;
        let mut faults = Vec::new();
        for (variable, value) in environment {
            let Some(path) = variable.strip_prefix("CET_").filter(|path| path.contains("__")) else {
                continue;
            };
            let path: Vec<String> = path.split("__").map(str::to_lowercase).collect();
            let before = table.clone();
            place::set(&mut table, &path, &value);
            match table.clone().try_into::<Self>() {
                Ok(changed) => config = changed,
                Err(error) => {
                    table = before;
                    faults.push(Fault { place: variable, text: one_line(error.message()) });
                }
            }
        }
        config.folder = folder;
        for (path, text_of_fault) in config.check() {
            let place = place::key_line(text, &path)
                .map_or_else(|| format!("{name}: {path}"), |line| format!("{name}:{line}: {path}"));
            faults.push(Fault { place, text: text_of_fault });
        }
        if faults.is_empty() { Ok(config) } else { Err(faults) }
    }

    /// Resolves a path of the configuration against the file's folder.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The database's address with relative paths (SQLite's file, `sslrootcert`) resolved against the file's folder.
    #[must_use]
    pub fn database_url(&self) -> String {
        match self.database.url.strip_prefix("sqlite:") {
            Some(path) => format!("sqlite:{}", self.path(Path::new(path)).display()),
            None => Address::with_authority_in(&self.database.url, &self.folder),
        }
    }

    /// Whether the site is served over https, which decides the cookie's name and flags.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.server.public_origin.starts_with("https://")
    }

    /// Semantic errors: key and message.
    fn check(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut say = |key: &str, text: String| faults.push((key.to_owned(), text));
        self.server.check(self.rehearsal, &mut say);
        self.database.check(self.rehearsal, &mut say);
        self.session.check(&mut say);
        self.limits.check(self.rehearsal, &mut say);
        self.gateway.check(&mut say);
        self.mail.check(self.rehearsal, &mut say);
        self.collective_payment.check(&mut say);
        self.portal.check(&mut say);
        self.telemetry.check(&mut say);
        self.retention.check(&mut say);
        self.waiting.check(&mut say);
        let loopback = self.server.listen.ip().is_loopback();
        if self.captcha.mode == CaptchaMode::Off && !loopback && !self.rehearsal {
            say("captcha.mode", "\"off\" is allowed only on loopback or with rehearsal = true".to_owned());
        }
        if self.sandbox.is_some() && !self.rehearsal {
            say("sandbox", "allowed only with rehearsal = true".to_owned());
        }
        if self.rehearsal && !cfg!(feature = "rehearsal") {
            say("rehearsal", "this program was built without the parts of a rehearsal".to_owned());
        }
        if let Some(texts) = self.portal.texts.as_ref().filter(|texts| !self.path(texts).is_dir()) {
            say("portal.texts", format!("\"{}\": no such folder", texts.display()));
        }
        let sandbox = self.sandbox.iter().flat_map(Sandbox::files);
        let files = self
            .gateway
            .files()
            .into_iter()
            .chain(sandbox)
            .chain(self.tickets.files())
            .chain(self.database.files())
            .chain([("vault.key_file", self.vault.key_file.clone())]);
        for (key, file) in files {
            if !self.path(&file).is_file() {
                say(key, format!("\"{}\": no such file", file.display()));
            }
        }
        faults
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
