//! The server's processor time and memory, where it runs on this machine.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A process that listens on the site's port.
pub(crate) struct Server {
    folder: PathBuf,
}

/// What a process has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// Processor time, user and system, in milliseconds.
    pub(crate) processor_ms: u64,
    /// Resident memory in kB, now and at most.
    pub(crate) resident_kb: u64,
    pub(crate) most_kb: u64,
}

impl Reading {
    /// What was used since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self { processor_ms: self.processor_ms.saturating_sub(before.processor_ms), ..self }
    }

    pub(crate) fn processor(self) -> Duration {
        Duration::from_millis(self.processor_ms)
    }
}

impl Server {
    /// The process that listens on the port of `origin`, if it is one of this machine and its user may see it.
    pub(crate) fn of(origin: &str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://")?;
        let (host, port) =
            rest.rsplit_once(':').unwrap_or((rest, if scheme == "https" { "443" } else { "80" }));
        if !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
            return None;
        }
        let port: u16 = port.parse().ok()?;
        let sockets: HashSet<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
            .iter()
            .filter_map(|file| std::fs::read_to_string(file).ok())
            .flat_map(|table| listening(&table, port))
            .map(|inode| format!("socket:[{inode}]"))
            .collect();
        let processes = std::fs::read_dir("/proc").ok()?.filter_map(Result::ok);
        let owns = |folder: &PathBuf| {
            let open = std::fs::read_dir(folder.join("fd")).into_iter().flatten().filter_map(Result::ok);
            open.filter_map(|file| std::fs::read_link(file.path()).ok())
                .any(|to| sockets.contains(to.to_string_lossy().as_ref()))
        };
        let numbered = |folder: &PathBuf| {
            folder.file_name().is_some_and(|name| name.to_string_lossy().bytes().all(|b| b.is_ascii_digit()))
        };
        processes.map(|entry| entry.path()).filter(numbered).find(owns).map(|folder| Self { folder })
    }

    /// What several have used together; `None` where one of them is not seen, or none.
    pub(crate) fn read_all(servers: &[Self]) -> Option<Reading> {
        let each: Option<Vec<Reading>> = servers.iter().map(Self::read).collect();
        each?.into_iter().reduce(|one, other| Reading {
            processor_ms: one.processor_ms.saturating_add(other.processor_ms),
            resident_kb: one.resident_kb.saturating_add(other.resident_kb),
            most_kb: one.most_kb.saturating_add(other.most_kb),
        })
    }

    fn read(&self) -> Option<Reading> {
        let stat = std::fs::read_to_string(self.folder.join("stat")).ok()?;
        let status = std::fs::read_to_string(self.folder.join("status")).ok()?;
        let (_, rest) = stat.rsplit_once(") ")?;
        let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        let kilobytes = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
        };
        // Linux counts in hundredths of a second, on every machine.
        let processor_ms = ticks.saturating_mul(10);
        Some(Reading { processor_ms, resident_kb: kilobytes("VmRSS:"), most_kb: kilobytes("VmHWM:") })
    }
}

/// The sockets of a table of `/proc/net` that listen on `port`.
fn listening(table: &str, port: u16) -> Vec<u64> {
    const LISTENS: &str = "0A";
    let wanted = format!(":{port:04X}");
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| {
        row.get(1).is_some_and(|local| local.ends_with(&wanted)) && row.get(3) == Some(&LISTENS)
    })
    .filter_map(|row| row.get(9)?.parse().ok())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_process_is_found_by_the_port_that_it_listens_on() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server::of(&format!("http://127.0.0.1:{port}")).unwrap();
        assert_eq!(server.folder, PathBuf::from(format!("/proc/{}", std::process::id())));
        let reading = server.read().unwrap();
        assert!(reading.resident_kb > 1_000 && reading.most_kb >= reading.resident_kb);
        drop(listener);
        assert!(Server::of(&format!("http://127.0.0.1:{port}")).is_none());
        assert!(Server::of("https://example.cn").is_none());
    }
}
