//! The address of a PostgreSQL database, parsed once at startup: tokio-postgres parses it, but supports only three of
//! libpq's values of `sslmode` and no `sslrootcert`.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};

use super::Cause;

/// A `postgres://…` address, with its TLS parameters interpreted as libpq documents them.
#[derive(Clone, Debug)]
pub struct Address {
    pub(super) config: Config,
    pub(super) tls: Tls,
}

/// libpq's `sslmode`. A mode that verifies has the file of the trusted authorities (`sslrootcert`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// Never encrypted.
    Disable,
    /// Encrypted if the server offers it; its certificate is not verified.
    Prefer,
    /// Encrypted or refused; the server's certificate is not verified.
    Require,
    /// Encrypted, with a certificate signed by a trusted authority, for any host.
    VerifyCa(PathBuf),
    /// Encrypted, with a certificate signed by a trusted authority for the host of the address.
    VerifyFull(PathBuf),
}

/// Why an address of PostgreSQL can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It is not `postgres://user:password@host:port/name?key=value&…`, or a key or a value is unknown.
    Syntax(Cause),
    /// `sslmode` has this unknown value.
    Mode(String),
    /// A TLS parameter of libpq that is not supported.
    Unsupported(String),
    /// This `sslmode` verifies, but no `sslrootcert` names the authority.
    NoAuthority(String),
    /// This `sslmode` does not verify, so `sslrootcert` would have no effect.
    UnusedAuthority(String),
    /// `sslnegotiation=direct` with an `sslmode` that allows a connection without TLS.
    WeakDirect,
    /// The file of `sslrootcert` can't be used.
    Authority(PathBuf, Cause),
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(cause) => {
                write!(f, "expected postgres://user:password@host:port/name?key=value&…: {cause}")
            }
            Self::Mode(mode) => {
                write!(f, "sslmode={mode}: expected disable, prefer, require, verify-ca or verify-full")
            }
            Self::Unsupported(key) => {
                write!(f, "{key} is not supported: expected sslmode, sslrootcert and sslnegotiation only")
            }
            Self::NoAuthority(mode) => {
                write!(
                    f,
                    "sslmode={mode}: expected sslrootcert=FILE beside it, the authority's certificate as PEM"
                )
            }
            Self::UnusedAuthority(mode) => write!(
                f,
                "sslrootcert: expected sslmode=verify-full (or verify-ca) beside it; {mode} verifies no certificate"
            ),
            Self::WeakDirect => f.write_str(
                "sslnegotiation=direct: expected sslmode=require, verify-ca or verify-full beside it",
            ),
            Self::Authority(file, cause) => {
                write!(f, "sslrootcert={}: expected certificates as PEM: {cause}", file.display())
            }
        }
    }
}

impl Error for AddressError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Syntax(cause) | Self::Authority(_, cause) => Some(cause.inner()),
            Self::Mode(_)
            | Self::Unsupported(_)
            | Self::NoAuthority(_)
            | Self::UnusedAuthority(_)
            | Self::WeakDirect => None,
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(url: &str) -> Result<Self, AddressError> {
        let (base, pairs) = split(url);
        let (mut others, mut mode, mut authority) = (Vec::new(), None, None);
        // If a key occurs twice, the last one counts, as with libpq.
        for pair in pairs {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match &*decode(key)? {
                "sslmode" => mode = Some(decode(value)?),
                "sslrootcert" => authority = Some(decode(value)?).filter(|file| !file.is_empty()),
                key if key.starts_with("ssl") && key != "sslnegotiation" => {
                    return Err(AddressError::Unsupported(key.to_owned()));
                }
                _ => others.push(pair),
            }
        }
        let rest = if others.is_empty() { base } else { format!("{base}?{}", others.join("&")) };
        let config: Result<Config, tokio_postgres::Error> = rest.parse();
        let mut config = config.map_err(|error| AddressError::Syntax(Cause::new(error)))?;
        let tls = Tls::new(mode.as_deref().unwrap_or("prefer"), authority.as_deref())?;
        if config.get_ssl_negotiation() == SslNegotiation::Direct && !tls.is_required() {
            return Err(AddressError::WeakDirect);
        }
        // A certificate is checked against the host name, also if only `hostaddr` gives it.
        if config.get_hosts().is_empty() {
            for address in config.get_hostaddrs().to_vec() {
                config.host(address.to_string());
            }
        }
        // libpq: a Unix socket is never encrypted, whatever `sslmode` is; PostgreSQL offers no TLS there.
        let sockets = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        config.ssl_mode(match tls {
            _ if sockets => SslMode::Disable,
            Tls::Disable => SslMode::Disable,
            Tls::Prefer => SslMode::Prefer,
            Tls::Require | Tls::VerifyCa(_) | Tls::VerifyFull(_) => SslMode::Require,
        });
        Ok(Self { config, tls })
    }
}

impl Tls {
    fn new(mode: &str, authority: Option<&str>) -> Result<Self, AddressError> {
        match (mode, authority) {
            ("disable", None) => Ok(Self::Disable),
            ("prefer", None) => Ok(Self::Prefer),
            ("require", None) => Ok(Self::Require),
            ("verify-ca", Some(file)) => Ok(Self::VerifyCa(file.into())),
            ("verify-full", Some(file)) => Ok(Self::VerifyFull(file.into())),
            // libpq verifies in these modes if the file exists. We refuse, because a typing error would silently turn
            // that off.
            ("disable" | "prefer" | "require", Some(_)) => {
                Err(AddressError::UnusedAuthority(mode.to_owned()))
            }
            ("verify-ca" | "verify-full", None) => Err(AddressError::NoAuthority(mode.to_owned())),
            _ => Err(AddressError::Mode(mode.to_owned())),
        }
    }

    fn is_required(&self) -> bool {
        !matches!(self, Self::Disable | Self::Prefer)
    }
}

impl Address {
    /// The file of the trusted authorities, if `sslmode` verifies.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        match &self.tls {
            Tls::VerifyCa(file) | Tls::VerifyFull(file) => Some(file),
            Tls::Disable | Tls::Prefer | Tls::Require => None,
        }
    }

    /// The address as text with a relative `sslrootcert` resolved against a folder.
    #[must_use]
    pub fn with_authority_in(url: &str, folder: &Path) -> String {
        let (base, pairs) = split(url);
        let pairs: Vec<Cow<'_, str>> = pairs
            .map(|pair| {
                let file = pair.split_once('=').filter(|(key, file)| {
                    decode(key).is_ok_and(|key| key == "sslrootcert") && !file.is_empty()
                });
                match file.and_then(|(_, file)| decode(file).ok()) {
                    Some(file) => {
                        let file = folder.join(&*file).display().to_string();
                        format!("sslrootcert={}", utf8_percent_encode(&file, NON_ALPHANUMERIC)).into()
                    }
                    None => pair.into(),
                }
            })
            .collect();
        if pairs.is_empty() { url.to_owned() } else { format!("{base}?{}", pairs.join("&")) }
    }

    /// Whether every server of the address is this machine.
    pub(crate) fn is_local(&self) -> bool {
        let addresses = self.config.get_hostaddrs();
        if !addresses.is_empty() {
            return addresses.iter().all(std::net::IpAddr::is_loopback);
        }
        self.config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
            }
        })
    }
}

/// The address up to the `?`, and the raw pairs after it. As in tokio-postgres, a `?` before the `@` belongs to the
/// password.
fn split(url: &str) -> (String, impl Iterator<Item = &str>) {
    let (account, rest) = match url.split_once('@') {
        Some((account, rest)) => (format!("{account}@"), rest),
        None => (String::new(), url),
    };
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    (format!("{account}{base}"), query.split('&').filter(|pair| !pair.is_empty()))
}

fn decode(text: &str) -> Result<Cow<'_, str>, AddressError> {
    percent_decode_str(text).decode_utf8().map_err(|error| AddressError::Syntax(Cause::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<(Tls, SslMode), String> {
        let address: Address = url.parse().map_err(|error: AddressError| error.to_string())?;
        Ok((address.tls, address.config.get_ssl_mode()))
    }

    #[test]
    fn every_sslmode_of_libpq_but_allow_is_known_and_prefer_is_the_default() {
        let ca = || PathBuf::from("/etc/my ca.pem");
        for (query, tls, wire) in [
            ("", Tls::Prefer, SslMode::Prefer),
            ("?application_name=x", Tls::Prefer, SslMode::Prefer),
            ("?sslrootcert=", Tls::Prefer, SslMode::Prefer),
            ("?sslmode=prefer", Tls::Prefer, SslMode::Prefer),
            ("?sslmode=disable", Tls::Disable, SslMode::Disable),
            ("?sslmode=require", Tls::Require, SslMode::Require),
            ("?sslmode=require&sslnegotiation=direct", Tls::Require, SslMode::Require),
            ("?sslmode=disable&connect_timeout=3&sslmode=require", Tls::Require, SslMode::Require),
            ("?sslmode=verify-ca&sslrootcert=/etc/my%20ca.pem", Tls::VerifyCa(ca()), SslMode::Require),
            ("?sslrootcert=/etc/my%20ca.pem&ssl%6Dode=verify-full", Tls::VerifyFull(ca()), SslMode::Require),
        ] {
            assert_eq!(parse(&format!("postgres://u:p%40@h:1/d{query}")), Ok((tls, wire)), "{query}");
        }
    }

    #[test]
    fn what_is_not_known_or_does_not_fit_together_is_named_with_what_is_expected() {
        for (query, words) in [
            ("sslmode=on", "sslmode=on: expected disable, prefer, require, verify-ca or verify-full"),
            ("sslmode=allow", "sslmode=allow: expected"),
            ("sslmode=", "sslmode=: expected"),
            ("sslmode=verify-full", "sslmode=verify-full: expected sslrootcert=FILE"),
            ("sslmode=verify-ca&sslrootcert=", "sslmode=verify-ca: expected sslrootcert=FILE"),
            ("sslrootcert=ca.pem", "sslrootcert: expected sslmode=verify-full"),
            ("sslmode=require&sslrootcert=ca.pem", "require verifies no certificate"),
            ("sslmode=require&sslcert=me.pem", "sslcert is not supported"),
            ("sslnegotiation=direct", "sslnegotiation=direct: expected sslmode=require"),
            ("connect_timout=3", "unknown option `connect_timout`"),
            ("sslmode", "sslmode=: expected"),
            ("x&sslmode=require", "expected postgres://"),
        ] {
            let said = parse(&format!("postgres://u:p@h/d?{query}")).unwrap_err();
            assert!(said.contains(words), "{query}: {said}");
        }
    }

    #[test]
    fn a_password_is_never_taken_for_settings() {
        let address: Address = "postgres://u:a?sslmode=disable&b@h/d?sslmode=require".parse().unwrap();
        assert_eq!(address.config.get_password(), Some(&b"a?sslmode=disable&b"[..]));
        assert_eq!(address.tls, Tls::Require);
    }

    #[test]
    fn a_socket_is_not_encrypted_and_an_address_alone_is_also_the_name() {
        let socket = parse("postgres://u@%2Fvar%2Frun%2Fpostgresql/d?sslmode=require");
        assert_eq!(socket, Ok((Tls::Require, SslMode::Disable)));
        let address: Address = "postgres:///d?hostaddr=10.0.0.1&sslmode=require".parse().unwrap();
        assert_eq!(address.config.get_hosts(), [Host::Tcp("10.0.0.1".to_owned())]);
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
    }

    #[test]
    fn only_loopback_and_sockets_are_this_machine() {
        let local = |url: &str| url.parse::<Address>().unwrap().is_local();
        for url in [
            "postgres://localhost/d",
            "postgres://127.0.0.2/d",
            "postgres://[::1]/d",
            "postgres://%2Frun/d",
            "postgres://elsewhere/d?hostaddr=127.0.0.1",
        ] {
            assert!(local(url), "{url}");
        }
        for url in [
            "postgres://10.0.0.1/d",
            "postgres://localhost.example.cn/d",
            "postgres://localhost,database/d",
            "postgres://localhost/d?hostaddr=10.0.0.1",
        ] {
            assert!(!local(url), "{url}");
        }
    }

    #[test]
    fn a_relative_file_of_the_authority_is_looked_for_in_the_folder() {
        let rooted = |url: &str| Address::with_authority_in(url, Path::new("/etc/cet"));
        let url = rooted("postgres://u:?@h/d?sslmode=verify-full&sslrootcert=my%20ca.pem&connect_timeout=3");
        let address: Address = url.parse().unwrap();
        assert_eq!(address.authority(), Some(Path::new("/etc/cet/my ca.pem")));
        assert_eq!(address.config.get_connect_timeout(), Some(&std::time::Duration::from_secs(3)));
        for same in ["postgres://u:p@h/d", "postgres://u:p@h/d?sslmode=verify-full&sslrootcert="] {
            assert_eq!(rooted(same), same);
        }
        let absolute = rooted("postgres://h/d?sslmode=verify-ca&sslrootcert=/ca.pem").parse::<Address>();
        assert_eq!(absolute.unwrap().authority(), Some(Path::new("/ca.pem")));
    }
}
