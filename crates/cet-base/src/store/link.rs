//! The state of the connection to the database, described for an operator.

use std::fmt;

use super::address::{Address, Tls};

/// The kind of connection to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// SQLite: a file of this machine.
    File,
    /// A connection to PostgreSQL.
    Server {
        /// The server's major version.
        version: i64,
        /// The TLS version, as `TLSv1.3`; `None` if not encrypted.
        tls: Option<String>,
        /// What was verified of the server.
        verified: Verified,
        /// Whether the server is on this machine.
        local: bool,
    },
}

/// What was verified of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Nothing.
    Nothing,
    /// A trusted authority signed its certificate.
    Authority,
    /// A trusted authority signed its certificate for its host.
    AuthorityAndHost,
}

impl Link {
    pub(super) fn to_server(address: &Address, version: i64, tls: Option<String>) -> Self {
        let verified = match &address.tls {
            Tls::Disable | Tls::Prefer | Tls::Require => Verified::Nothing,
            Tls::VerifyCa(_) => Verified::Authority,
            Tls::VerifyFull(_) => Verified::AuthorityAndHost,
        };
        Self::Server { version, tls, verified, local: address.is_local() }
    }

    /// Advice for the operator if others could read or change the traffic.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Server { tls: None, local: false, .. } => Some(
                "the database is on another machine and the connection is not encrypted: whoever is between can read and \
                 change everything. Turn `ssl` on at the server and end database.url with \
                 ?sslmode=verify-full&sslrootcert=FILE (docs/operator.md)",
            ),
            Self::Server { tls: Some(_), verified: Verified::Nothing, local: false, .. } => Some(
                "the database is on another machine and its certificate is not verified: whoever is between can pass for \
                 it. End database.url with ?sslmode=verify-full&sslrootcert=FILE (docs/operator.md)",
            ),
            Self::File | Self::Server { .. } => None,
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Server { version, tls, verified, .. } = self else { return f.write_str("SQLite") };
        write!(f, "PostgreSQL {version}, ")?;
        let Some(tls) = tls else { return f.write_str("not encrypted") };
        let verified = match verified {
            Verified::Nothing => "certificate not verified",
            Verified::Authority => "certificate verified, but not for its host",
            Verified::AuthorityAndHost => "certificate verified",
        };
        write!(f, "{}, {verified}", tls.replace("TLSv", "TLS "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(url: &str, tls: Option<&str>) -> Link {
        Link::to_server(&url.parse().unwrap(), 15, tls.map(str::to_owned))
    }

    #[test]
    fn an_operator_reads_what_the_connection_has() {
        assert_eq!(Link::File.to_string(), "SQLite");
        let ca = "postgres://h/d?sslrootcert=ca.pem&sslmode=verify";
        for (url, tls, words) in [
            ("postgres://h/d", None, "PostgreSQL 15, not encrypted"),
            ("postgres://h/d", Some("TLSv1.3"), "PostgreSQL 15, TLS 1.3, certificate not verified"),
            (
                &format!("{ca}-ca"),
                Some("TLSv1.2"),
                "PostgreSQL 15, TLS 1.2, certificate verified, but not for its host",
            ),
            (&format!("{ca}-full"), Some("TLSv1.3"), "PostgreSQL 15, TLS 1.3, certificate verified"),
        ] {
            assert_eq!(link(url, tls).to_string(), words);
        }
    }

    #[test]
    fn who_talks_to_another_machine_unprotected_is_told_what_to_do() {
        let said = |url: &str, tls| link(url, tls).advice().unwrap_or_default();
        assert!(said("postgres://h/d", None).contains("is not encrypted"));
        assert!(said("postgres://h/d", Some("TLSv1.3")).contains("is not verified"));
        for (url, tls) in [
            ("postgres://127.0.0.1/d", None),
            ("postgres://%2Frun/d", None),
            ("postgres://localhost/d", Some("TLSv1.3")),
            ("postgres://h/d?sslmode=verify-ca&sslrootcert=ca.pem", Some("TLSv1.3")),
            ("postgres://h/d?sslmode=verify-full&sslrootcert=ca.pem", Some("TLSv1.3")),
        ] {
            assert_eq!(said(url, tls), "", "{url}");
        }
        assert_eq!(Link::File.advice(), None);
    }
}
