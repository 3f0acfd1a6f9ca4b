//! Connections to PostgreSQL: one pool per kind of work, so that none starves another, and limits in each session.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Config;

use super::tls::Connector;
use super::{Address, Cause, DbError, Limits, OpenError};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Use cases that may write.
    Write,
    /// Lookups of a page.
    Read,
    /// Long reads and migrations.
    Long,
    /// `/readyz` and `/metrics`.
    Probe,
}

impl Lane {
    pub(super) const ALL: [Self; 4] = [Self::Write, Self::Read, Self::Long, Self::Probe];

    /// The label in `/metrics`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
            Self::Long => "long",
            Self::Probe => "probe",
        }
    }
}

/// Connections for long reads.
const LONG: usize = 4;
/// Connections for `/readyz` and `/metrics`.
const PROBE: usize = 2;
/// TCP keepalive: probes start after this idle time and repeat every few seconds; a dead connection is soon dropped.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(15);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;

/// One pool per lane.
#[derive(Clone)]
pub(super) struct Pools {
    write: Pool,
    read: Pool,
    long: Pool,
    probe: Pool,
}

impl Pools {
    /// At most this many connections for writing, and half as many for reading; each is opened on demand.
    pub(super) fn open(address: &Address, connections: usize, limits: &Limits) -> Result<Self, OpenError> {
        let tls = address.connector()?;
        let pool = |lane, size| pool(&address.config, &tls, lane, size, limits);
        Ok(Self {
            write: pool(Lane::Write, connections.max(1))?,
            read: pool(Lane::Read, connections.div_ceil(2).max(2))?,
            long: pool(Lane::Long, LONG)?,
            probe: pool(Lane::Probe, PROBE)?,
        })
    }

    pub(super) fn of(&self, lane: Lane) -> &Pool {
        match lane {
            Lane::Write => &self.write,
            Lane::Read => &self.read,
            Lane::Long => &self.long,
            Lane::Probe => &self.probe,
        }
    }
}

impl Limits {
    /// The statement timeout of this lane.
    fn statement_of(&self, lane: Lane) -> Duration {
        match lane {
            Lane::Write | Lane::Read => self.statement,
            Lane::Long => self.long,
            Lane::Probe => self.probe,
        }
    }

    /// How long the client waits for an answer.
    pub(super) fn answer(&self, lane: Lane) -> Duration {
        self.statement_of(lane).saturating_add(self.grace)
    }
}

fn pool(
    config: &Config,
    tls: &Connector,
    lane: Lane,
    size: usize,
    limits: &Limits,
) -> Result<Pool, OpenError> {
    let mut config = config.clone();
    config.application_name("cet");
    config.options(options(config.get_options(), lane, limits));
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(limits.connect);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(limits.answer(Lane::Write));
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_idle(KEEPALIVE_IDLE);
        config.keepalives_interval(KEEPALIVE_INTERVAL);
        config.keepalives_retries(KEEPALIVE_RETRIES);
    }
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, tls.clone(), recycling);
    let wait = if lane == Lane::Probe { limits.probe } else { limits.wait };
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(wait))
        .create_timeout(Some(limits.connect))
        .build()
        .map_err(|error| OpenError::Database(DbError::Engine(Cause::new(error))))
}

/// How each session plans. The plan of a prepared statement does not know how many rows a scope has: by a bitmap it would
/// collect all rows of a school or of the nation and sort them, where the index has them in order and a page needs 50. No
/// statement needs two indexes at once.
pub(super) const PLANNING: &str = "enable_bitmapscan=off";

/// The session's limits, in milliseconds; parameters of the operator's address come last and win.
fn options(given: Option<&str>, lane: Lane, limits: &Limits) -> String {
    format!(
        "-c {PLANNING} -c lock_timeout={} -c statement_timeout={} -c idle_in_transaction_session_timeout={} {}",
        limits.lock.as_millis(),
        limits.statement_of(lane).as_millis(),
        limits.idle.as_millis(),
        given.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_writes_into_the_address_wins() {
        let given = options(Some("-c lock_timeout=1"), Lane::Long, &Limits::default());
        assert!(
            given.starts_with(
                "-c enable_bitmapscan=off -c lock_timeout=3000 -c statement_timeout=600000 -c idle"
            ),
            "{given}"
        );
        assert!(given.ends_with("=10000 -c lock_timeout=1"), "{given}");
    }
}
