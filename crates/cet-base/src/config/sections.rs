//! One struct per section, with the default and the check beside each field.

mod gateway;
mod network;
mod retention;
mod staff;
mod telemetry;
mod waiting;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

pub use gateway::{
    Alipay, Bank, Gateways, MacText, Payease, PlatformKey, QueryTrust, Sandbox, Wechat, WechatSandbox,
};
pub use network::Network;
pub use retention::Retention;
use serde::Deserialize;
pub use staff::{Staff, TwoPeople};
pub use telemetry::Telemetry;
pub use waiting::{Waiting, WaitingMode};

use crate::store::{Address, AddressError};

/// Reports that the value of a key is wrong, and what was expected.
pub(in crate::config) type Say<'a> = &'a mut dyn FnMut(&str, String);

/// `[server]`: the addresses and the name of this node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port of the site.
    pub listen: SocketAddr,
    /// Address and port of `/healthz`, `/readyz` and `/metrics`; never public. `None`: not served.
    #[serde(default)]
    pub admin_listen: Option<SocketAddr>,
    /// `https://host` of the public network: links in mails begin with it (P3).
    pub public_origin: String,
    /// `https://host` of the education network.
    #[serde(default)]
    pub education_origin: Option<String>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    #[serde(default)]
    pub trusted_proxies: Vec<Network>,
    /// A short name for this node in the footer, which support staff ask for.
    #[serde(default = "default_mark")]
    pub node_mark: String,
    /// This node's number in the ids it makes, 0 to 1023; nodes of one database need different ones.
    #[serde(default)]
    pub node: u16,
    /// Seconds for which a stopping node still serves requests, so that the load balancer notices that it is not ready.
    #[serde(default = "default_drain")]
    pub drain: u64,
}

fn default_drain() -> u64 {
    5
}

fn default_mark() -> String {
    "3320330".to_owned()
}

impl Server {
    pub(super) fn check(&self, rehearsal: bool, say: Say<'_>) {
        let origins = [
            ("server.public_origin", Some(&self.public_origin)),
            ("server.education_origin", self.education_origin.as_ref()),
        ];
        for (key, origin) in origins {
            let Some(origin) = origin else { continue };
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            let good = host.is_some_and(network::is_host);
            if !good {
                say(
                    key,
                    format!(
                        "\"{origin}\": expected scheme and host without a path, as https://cet.example.cn"
                    ),
                );
            } else if origin.starts_with("http://")
                && !rehearsal
                && !(self.listen.ip().is_loopback() && host.is_some_and(network::is_loopback))
            {
                // A proxy in front makes the listening address a loopback one: what browsers see decides.
                say(
                    key,
                    format!(
                        "\"{origin}\": plain http is allowed only for 127.0.0.1 or localhost, or with \
                         rehearsal = true; expected https://"
                    ),
                );
            }
        }
        if self.drain > 300 {
            say("server.drain", format!("{}: expected seconds, 0..=300", self.drain));
        }
        if self.admin_listen == Some(self.listen) {
            say("server.admin_listen", "expected another address or port than server.listen".to_owned());
        }
        if !rehearsal && self.admin_listen.is_some_and(|address| address.ip().is_unspecified()) {
            let text = "expected one address that only the monitoring reaches, as 127.0.0.1:9090";
            say("server.admin_listen", text.to_owned());
        }
        if !rehearsal && self.trusted_proxies.iter().any(Network::is_everybody) {
            say(
                "server.trusted_proxies",
                "expected the addresses of your own proxies: whoever is believed can pass for anybody"
                    .to_owned(),
            );
        }
        if self.node > 1023 {
            say("server.node", format!("{}: expected 0..=1023", self.node));
        }
        if self.node_mark.is_empty()
            || self.node_mark.len() > 16
            || !self.node_mark.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            say("server.node_mark", format!("\"{}\": expected 1 to 16 letters and digits", self.node_mark));
        }
    }
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections of this node to PostgreSQL.
    #[serde(default = "default_pool")]
    pub pool: usize,
}

fn default_pool() -> usize {
    16
}

impl Database {
    pub(super) fn check(&self, rehearsal: bool, say: Say<'_>) {
        let starts = ["sqlite:", "postgres://", "postgresql://"];
        let named = |start: &str| self.url.strip_prefix(start).is_some_and(|rest| !rest.trim().is_empty());
        if !(1..=500).contains(&self.pool) {
            say("database.pool", format!("{}: expected 1..=500 connections", self.pool));
        }
        if !starts.into_iter().any(named) {
            say("database.url", "expected sqlite:PATH or postgres://…".to_owned());
            return;
        }
        match self.address() {
            Err(error) => say("database.url", error.to_string()),
            Ok(Some(address)) if !rehearsal && !address.is_local() && address.authority().is_none() => say(
                "database.url",
                "the database is on another machine, and whoever is between could pass for it: expected \
                 sslmode=verify-full and sslrootcert=FILE"
                    .to_owned(),
            ),
            Ok(_) => {}
        }
    }

    /// The address, if the database is PostgreSQL.
    fn address(&self) -> Result<Option<Address>, AddressError> {
        if self.url.starts_with("sqlite:") { Ok(None) } else { self.url.parse().map(Some) }
    }

    /// The folder of SQLite's file, unless it is the configuration's own.
    pub(super) fn folder(&self) -> Option<&Path> {
        let file = Path::new(self.url.strip_prefix("sqlite:")?);
        file.parent().filter(|folder| !folder.as_os_str().is_empty())
    }

    pub(super) fn files(&self) -> Option<(&'static str, PathBuf)> {
        let address = self.address().ok()??;
        Some(("database.url", address.authority()?.to_owned()))
    }
}

/// `[session]`: A8, TH11.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Minutes without a request after which a session ends.
    pub idle: i64,
    /// Minutes after login at which it ends in any case.
    pub absolute: i64,
}

impl Default for Session {
    fn default() -> Self {
        Self { idle: 30, absolute: 8 * 60 }
    }
}

impl Session {
    pub(super) fn check(&self, say: Say<'_>) {
        for (key, value) in [("session.idle", self.idle), ("session.absolute", self.absolute)] {
            if !(1..=7 * 24 * 60).contains(&value) {
                say(key, format!("{value}: expected minutes, 1..=10080"));
            }
        }
        if self.idle > self.absolute {
            say(
                "session.idle",
                format!("{}: expected at most session.absolute ({})", self.idle, self.absolute),
            );
        }
    }
}

/// `[collective_payment]`: Y6.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CollectivePayment {
    /// Days for which a collective payment locks its entries before it unlocks them itself.
    pub lock_days: i64,
}

impl Default for CollectivePayment {
    fn default() -> Self {
        Self { lock_days: 7 }
    }
}

impl CollectivePayment {
    pub(super) fn check(&self, say: Say<'_>) {
        if !(1..=60).contains(&self.lock_days) {
            say("collective_payment.lock_days", format!("{}: expected days, 1..=60", self.lock_days));
        }
    }
}

/// `[captcha]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Captcha {
    /// `"on"` or `"off"`; off only on loopback or in a rehearsal.
    pub mode: CaptchaMode,
}

/// Whether forms ask for a captcha.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaptchaMode {
    /// They do.
    #[default]
    On,
    /// They do not.
    Off,
}

/// `[limits]`: rate limits against guessing; failures are counted, not successes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Networks exempt from the per-network limits; only in a rehearsal.
    pub exempt: Vec<Network>,
    /// Successful registrations from one network in an hour.
    pub registrations: i64,
    /// `email-taken` refusals for one network in an hour.
    pub taken_emails: i64,
    /// Wrong passwords for one account from one network in 15 minutes.
    pub passwords: i64,
    /// Wrong passwords from one network in 15 minutes, whatever the account.
    pub network_passwords: i64,
    /// Distinct documents that one passport looks up in a day.
    pub documents: i64,
    /// Unsuccessful lookups from one network in an hour.
    pub lookups: i64,
    /// Requests for a new password from one network in an hour.
    pub recoveries: i64,
    /// Account retrievals from one network in an hour, found or not.
    pub retrievals: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            exempt: Vec::new(),
            registrations: 600,
            taken_emails: 3,
            passwords: 10,
            network_passwords: 200,
            documents: 5,
            lookups: 30,
            recoveries: 60,
            retrievals: 5,
        }
    }
}

impl Limits {
    pub(super) fn check(&self, rehearsal: bool, say: Say<'_>) {
        if !self.exempt.is_empty() && !rehearsal {
            say("limits.exempt", "allowed only with rehearsal = true".to_owned());
        }
        let all = [
            ("limits.registrations", self.registrations),
            ("limits.taken_emails", self.taken_emails),
            ("limits.passwords", self.passwords),
            ("limits.network_passwords", self.network_passwords),
            ("limits.documents", self.documents),
            ("limits.lookups", self.lookups),
            ("limits.recoveries", self.recoveries),
            ("limits.retrievals", self.retrievals),
        ];
        for (key, value) in all {
            if value < 1 {
                say(key, format!("{value}: expected 1 or more"));
            }
        }
    }

    /// Whether this address is exempt from the per-network limits.
    #[must_use]
    pub fn is_exempt(&self, address: IpAddr) -> bool {
        self.exempt.iter().any(|network| network.contains(address))
    }
}

/// `[mail]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// `smtp://host:port` or `smtps://user:password@host`; empty in a rehearsal: the mailbox page.
    pub smtp_url: String,
    /// The sender's address.
    pub from: String,
}

impl Mail {
    pub(super) fn check(&self, rehearsal: bool, say: Say<'_>) {
        if self.smtp_url.is_empty() {
            if !rehearsal {
                say(
                    "mail.smtp_url",
                    "expected smtp://… or smtps://…; only a rehearsal can do without".to_owned(),
                );
            }
        } else if !self.smtp_url.starts_with("smtp://") && !self.smtp_url.starts_with("smtps://") {
            say("mail.smtp_url", "expected smtp://… or smtps://…".to_owned());
        } else if self.from.is_empty() {
            say("mail.from", "expected the sender's address".to_owned());
        }
    }
}

/// `[tickets]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tickets {
    /// The Ed25519 key that signs tickets.
    pub signing_key_file: Option<PathBuf>,
    /// Fonts for characters that the shipped ones do not have, the first before the others.
    pub font_files: Vec<PathBuf>,
}

impl Tickets {
    pub(super) fn files(&self) -> Vec<(&'static str, PathBuf)> {
        let key = self.signing_key_file.iter().map(|file| ("tickets.signing_key_file", file.clone()));
        key.chain(self.font_files.iter().map(|file| ("tickets.font_files", file.clone()))).collect()
    }
}

/// `[portal]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Portal {
    /// A folder of Markdown pages (`zh/about.md`, `en/faq.md` …) that replace the shipped ones.
    pub texts: Option<PathBuf>,
    /// The service telephone.
    pub telephone: String,
    /// The ICP number.
    pub icp: String,
}

impl Portal {
    pub(super) fn check(&self, say: Say<'_>) {
        for (key, value) in [("portal.telephone", &self.telephone), ("portal.icp", &self.icp)] {
            if value.chars().count() > 60 || value.contains(char::is_control) || value.trim() != value {
                say(key, format!("{value:?}: expected one line of at most 60 characters, or nothing"));
            }
        }
    }
}

/// `[vault]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultFile {
    /// Keys that seal documents and telephones; `cet config new-key` makes one.
    pub key_file: PathBuf,
}
