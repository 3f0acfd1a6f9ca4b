//! How many connections are served at once: as many as the process may open files for, and only a share of them for one
//! network, so that one client can't take them all (TH58).

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use cet_base::config::{Config, Network};
use cet_domain::limit;

/// The most connections of a node; more wait in the kernel's queue.
const MOST: usize = 20_000;
/// Of the files that the process may open, one in so many is kept for the database, files of the site and other servers.
const RESERVED: usize = 4;
/// One network has one connection in so many at most: a school's computers behind one address are hundreds.
const SHARE: usize = 8;

/// Which connections are accepted.
#[derive(Clone, Debug)]
pub struct Connections {
    room: Arc<Semaphore>,
    /// How many of them one network may have.
    share: usize,
    /// The proxies, behind each of which everybody comes from one address.
    exempt: Arc<[Network]>,
    open: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// The place of one connection, until it is dropped.
#[derive(Debug)]
pub struct Place {
    network: Option<String>,
    open: Arc<Mutex<BTreeMap<String, usize>>>,
    _room: OwnedSemaphorePermit,
}

impl Connections {
    /// By what this process may open, and the proxies of the configuration. The machine itself is not limited.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let most = of_files(open_files());
        if most < MOST {
            tracing::warn!(most, "few files may be opened: connections are limited to {most} (LimitNOFILE)");
        }
        let exempt = config.server.trusted_proxies.iter().chain(&config.limits.exempt).copied();
        let here = ["127.0.0.0/8", "::1/128"].into_iter().filter_map(|network| network.parse().ok());
        Self::limited(most, most / SHARE, exempt.chain(here).collect())
    }

    /// For servers that are not public.
    #[must_use]
    pub fn inside() -> Self {
        Self::limited(MOST, MOST, Vec::new())
    }

    /// So many in all and for each network.
    #[must_use]
    pub fn limited(most: usize, share: usize, exempt: Vec<Network>) -> Self {
        Self { room: Arc::new(Semaphore::new(most)), share, exempt: exempt.into(), open: Arc::default() }
    }

    /// Waits until there is room for one more; `None` never comes, since nobody closes the semaphore.
    pub(super) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).acquire_owned().await.ok()
    }

    /// The place of a connection that was accepted; `None` if its network has its share already.
    pub(super) fn place(&self, room: OwnedSemaphorePermit, peer: SocketAddr) -> Option<Place> {
        let network = self.counted(peer.ip());
        if let Some(network) = &network {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = open.get(network).copied().unwrap_or(0);
            if count >= self.share {
                return None;
            }
            open.insert(network.clone(), count.saturating_add(1));
        }
        Some(Place { network, open: Arc::clone(&self.open), _room: room })
    }

    /// Under which name a connection counts; `None` for one that does not.
    fn counted(&self, peer: IpAddr) -> Option<String> {
        (!self.exempt.iter().any(|network| network.contains(peer))).then(|| limit::network(peer))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(network) = &self.network else { return };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get(network).copied() {
            Some(count) if count > 1 => {
                open.insert(network.clone(), count.saturating_sub(1));
            }
            Some(_) | None => {
                open.remove(network);
            }
        }
    }
}

/// How many connections fit into so many open files.
fn of_files(files: Option<usize>) -> usize {
    files.map_or(MOST, |files| files.saturating_sub(files / RESERVED).clamp(1, MOST))
}

/// How many files this process may open; `None` where the system does not say, or does not limit them.
fn open_files() -> Option<usize> {
    files_in(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

/// The soft limit in `/proc/self/limits`.
fn files_in(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_open_files_is_kept_for_everything_else() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             62987                62987                processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(files_in(limits), Some(1_024));
        assert_eq!(files_in(&limits.replace("1024  ", "unlimited  ")), None);
        assert_eq!(files_in(""), None);
        for (files, most) in [(Some(1_024), 768), (Some(65_536), MOST), (Some(1), 1), (None, MOST)] {
            assert_eq!(of_files(files), most, "{files:?}");
        }
        assert!(open_files().is_some_and(|files| files > 16), "the system says so");
    }

    #[test]
    fn a_line_of_ipv6_is_one_network_and_proxies_are_none() {
        let all = Connections::limited(9, 1, vec!["10.0.0.0/8".parse().unwrap()]);
        let counted = |text: &str| all.counted(text.parse().unwrap());
        assert_eq!(counted("2001:db8:1:2::1"), counted("2001:db8:1:2:3::4"));
        assert!(
            counted("2001:db8:1:2::1").is_some() && counted("2001:db8:1:3::1") != counted("2001:db8:1:2::1")
        );
        assert_eq!((counted("10.1.2.3"), counted("::ffff:10.1.2.3")), (None, None));
    }
}
