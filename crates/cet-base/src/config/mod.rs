//! The configuration: one TOML file, overridden by `CET_SECTION__KEY` in the environment (interface section 5).
//!
//! A wrong key or value stops the start, reported with file and line; all errors are reported at once, those of form before those
//! of meaning.

mod faults;
mod place;
mod sections;

use std::collections::BTreeMap;
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
        let mut table = parsed(name, text)?;
        let (mut faults, mut set) = (Vec::new(), BTreeMap::new());
        for (variable, value) in environment {
            let Some(path) = variable.strip_prefix("CET_") else { continue };
            if path.contains("__") {
                let path: Vec<String> = path.split("__").map(str::to_lowercase).collect();
                place::set(&mut table, &path, &value);
                set.insert(path.join("."), variable);
            } else if let Some(meant) = place::meant(path) {
                let text = format!("no setting has this name, and it has no effect: {meant}");
                faults.push(Fault { place: variable, text });
            }
        }
        let place_of = |path: &str| match (set.get(path), place::key_line(text, path)) {
            (Some(variable), _) => variable.clone(),
            (None, Some(line)) => format!("{name}:{line}"),
            // A section that only variables have.
            (None, None) => {
                let is_below = |key: &str| key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
                let below = set.iter().find(|(key, _)| is_below(key));
                below.map_or_else(|| name.to_owned(), |(_, variable)| variable.clone())
            }
        };
        let meant = |(path, text): (String, String)| Fault {
            place: place_of(&path),
            text: format!("{path}: {text}"),
        };
        let Ok(mut config) = table.clone().try_into::<Self>() else {
            let found = faults::of(&table);
            faults.extend(found.wrong.iter().map(|wrong| {
                let path = wrong.path.join(".");
                // These messages name the key themselves.
                let named = path.is_empty() || wrong.text.starts_with("unknown field");
                let text = if named { wrong.text.clone() } else { format!("{path}: {}", wrong.text) };
                Fault { place: place_of(&path), text }
            }));
            let rest = found.rest.clone().map(|mut rest| {
                rest.folder = folder;
                rest.check()
            });
            let counts = |(path, text): &(String, String)| found.counts(path, text);
            faults.extend(rest.into_iter().flatten().filter(counts).map(meant));
            return Err(faults);
        };
        config.folder = folder;
        faults.extend(config.check().into_iter().map(meant));
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

    /// The number in the ids of a command, which may run beside the node of this configuration: theirs must not collide.
    #[must_use]
    pub fn command_node(&self) -> u16 {
        self.server.node ^ 0x200
    }

    /// Whether the site is served over https, which decides the cookie's name and flags.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.server.public_origin.starts_with("https://")
    }

    /// Whether others than this machine reach the site: a proxy in front makes the listening address a loopback one.
    fn is_reached_from_outside(&self) -> bool {
        let server = &self.server;
        let origins = std::iter::once(&server.public_origin).chain(&server.education_origin);
        !server.listen.ip().is_loopback()
            || !server.trusted_proxies.is_empty()
            || origins.into_iter().any(|origin| origin.starts_with("https://"))
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
        if self.captcha.mode == CaptchaMode::Off && !self.rehearsal && self.is_reached_from_outside() {
            let text =
                "\"off\" is allowed only on loopback without https and proxies, or with rehearsal = true";
            say("captcha.mode", text.to_owned());
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
        if let Some(folder) = self.database.folder().filter(|folder| !self.path(folder).is_dir()) {
            say("database.url", format!("\"{}\": no such folder", folder.display()));
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

/// The file as a table, or everything that is no TOML in it.
fn parsed(name: &str, text: &str) -> Result<toml::Table, Vec<Fault>> {
    toml::from_str(text).map_err(|first: toml::de::Error| {
        let (_, all) = toml::de::DeTable::parse_recoverable(text);
        let all = if all.is_empty() { vec![first] } else { all };
        let fault = |error: toml::de::Error| {
            let Some(span) = error.span() else {
                return Fault { place: name.to_owned(), text: one_line(error.message()) };
            };
            let place = format!("{name}:{}", place::line_of(text, span.start));
            let found = text.get(span).map(one_line).filter(|found| !found.is_empty() && found.len() <= 60);
            let found = found.map(|found| format!(": `{found}`")).unwrap_or_default();
            Fault { place, text: format!("{}{found}", one_line(error.message())) }
        };
        all.into_iter().map(fault).collect()
    })
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
