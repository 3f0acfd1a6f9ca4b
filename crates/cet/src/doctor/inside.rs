//! What only the operator can see: keys, clocks, disk, backups, gateways, mail.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Finding;
use super::outside::apart_by;
use crate::config::Config;
use crate::outbox::delivery::Delivery;
use crate::payment;
use crate::payment::probe::Probe;
use crate::store::{Db, DbError, Tx};
use crate::words::time::Time;
use cet_domain::nodes::{self, NodeRow};

/// Less room than this is a reason to look, and less than a tenth of it is wrong.
const ROOM: u64 = 5 << 30;
/// A backup older than this is a reason to look.
const BACKUP_AGE: Duration = Duration::from_hours(25);

/// The database's clock against this machine's.
pub(crate) async fn clock(db: &Db, rehearsal: bool) -> Result<(Time, Finding), DbError> {
    let now = db.read(async |tx: &mut Tx<'_>| tx.now().await).await?;
    let own = db.clock().process_now();
    let apart = own.micros().saturating_sub(now.micros()).unsigned_abs() / 1_000_000;
    if rehearsal && apart > 30 {
        let found = format!("the rehearsal's clock is {apart} s apart from this machine's");
        return Ok((now, Finding::look("clock", found, "That is right if somebody has set it.")));
    }
    Ok((now, apart_by("clock", "this machine's clock and the database's", apart)))
}

/// The nodes that hold a number, and when they were seen.
pub(crate) async fn nodes(db: &Db, now: Time) -> Vec<Finding> {
    match db.read(async |tx: &mut Tx<'_>| nodes::all(tx).await).await {
        Ok(rows) if rows.is_empty() => {
            vec![Finding::look("nodes", "none is running", "Start one: `cet serve`.")]
        }
        Ok(rows) => rows.iter().map(|row| node(row, now)).collect(),
        Err(error) => vec![Finding::wrong("nodes", error.to_string(), "The database does not answer.")],
    }
}

fn node(row: &NodeRow, now: Time) -> Finding {
    let what = format!("node {}", row.number);
    let seconds = now.since(row.seen_at).as_secs().max(0);
    let found = format!("\"{}\", seen {seconds} s ago, running since {}", row.mark, row.since);
    if nodes::is_lapsed(row, now) {
        let to_do =
            "It was killed, or can't reach the database. Start it again; it is forgotten after a week.";
        return Finding::look(&what, found, to_do);
    }
    Finding::good(&what, found)
}

/// The room on the disk of the database, where it is on this machine.
pub(crate) fn disk(config: &Config) -> Finding {
    let url = config.database_url();
    let Some(path) = url.strip_prefix("sqlite:") else {
        return Finding::look(
            "disk",
            "the database is a server's",
            "Watch the disk there (packaging/monitoring).",
        );
    };
    let folder =
        Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // `df` is the way that POSIX gives to every program; the standard library has none.
    let said = std::process::Command::new("df").arg("-Pk").arg(folder).env("LC_ALL", "C").output();
    match said.map(|said| free_kilobytes(&String::from_utf8_lossy(&said.stdout))) {
        Ok(Some(kilobytes)) => room(folder, kilobytes.saturating_mul(1024)),
        Ok(None) => {
            Finding::look("disk", format!("`df` does not know {}", folder.display()), "Look at it yourself.")
        }
        Err(error) => {
            Finding::look("disk", format!("`df` can't be run: {error}"), "Look at the disk yourself.")
        }
    }
}

/// The fourth column of the second line of `df -P`.
fn free_kilobytes(said: &str) -> Option<u64> {
    said.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn room(folder: &Path, bytes: u64) -> Finding {
    let found = format!("{} MB are free in {}", bytes >> 20, folder.display());
    if bytes >= ROOM {
        Finding::good("disk", found)
    } else if bytes >= ROOM / 10 {
        Finding::look("disk", found, "Make room before it is full: a full disk stops all registration.")
    } else {
        Finding::wrong("disk", found, "Make room now: a full disk stops all registration.")
    }
}

/// The newest file of the folder of backups.
pub(crate) fn backups(folder: Option<&Path>, now: SystemTime) -> Finding {
    let Some(folder) = folder else {
        return Finding::look("backups", "not looked at", "Name their folder with --backups.");
    };
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) => {
            let to_do = "Name the folder that `cet backup` writes to.";
            return Finding::wrong("backups", format!("{}: {error}", folder.display()), to_do);
        }
    };
    let times = files
        .filter_map(|file| file.ok()?.metadata().ok().filter(std::fs::Metadata::is_file)?.modified().ok());
    let to_do = "Run `cet backup FOLDER --every 15m --keep 96` as a service; restore one on another machine now and then.";
    match times.max() {
        None => Finding::wrong("backups", format!("there is none in {}", folder.display()), to_do),
        Some(newest) => {
            let age = now.duration_since(newest).unwrap_or_default();
            let found = format!("the newest is {} h old", age.as_secs() / 3_600);
            if age <= BACKUP_AGE {
                Finding::good("backups", found)
            } else {
                Finding::wrong("backups", found, to_do)
            }
        }
    }
}

/// Asks each gateway for an order that there is not.
pub(crate) async fn gateways(config: &Config, now: Time) -> Vec<Finding> {
    let gateways = match payment::setup::gateways(config) {
        Ok(gateways) => gateways,
        Err(error) => {
            return vec![Finding::wrong("gateways", error.to_string(), "Nobody can pay until it is mended.")];
        }
    };
    let mut all = Vec::new();
    for gateway in &gateways.all {
        let what = format!("gateway {}", gateway.code().as_str());
        all.push(match gateways.probe(gateway.as_ref(), now).await {
            Probe::Understood => {
                Finding::good(&what, "it does not know an order that there is not, and both sides' keys fit")
            }
            Probe::Odd => Finding::look(
                &what,
                "it claims to know an order that there is not",
                "Ask the gateway's support whose order of number 0 it has.",
            ),
            Probe::Silence(why) => Finding::wrong(
                &what,
                format!("no answer that can be believed: {why}"),
                "Check its endpoint, our number there, both keys, and that this machine may connect to it.",
            ),
        });
    }
    if all.is_empty() {
        all.push(Finding::wrong("gateways", "none", "Nobody can pay until there is a section [gateway.…]."));
    }
    all
}

/// Sends a mail to whoever asks.
pub(crate) async fn mail(config: &Config, to: Option<&str>) -> Finding {
    let Some(to) = to else {
        return Finding::look("mail", "none was sent", "Have one sent to yourself with --mail-to ADDRESS.");
    };
    let sent = match Delivery::open(&config.mail) {
        Err(error) => return Finding::wrong("mail", error, "Mend [mail]."),
        Ok(Delivery::Mailbox) => {
            return Finding::look(
                "mail",
                "it goes to the rehearsal's mailbox page",
                "Set mail.smtp_url for real mails.",
            );
        }
        Ok(Delivery::Smtp { transport, from }) => {
            crate::outbox::delivery::send_test(&transport, &from, to).await
        }
    };
    match sent {
        Ok(()) => Finding::good(
            "mail",
            format!("one is on its way to {to}: look whether it arrives, and not as spam"),
        ),
        Err(error) => Finding::wrong(
            "mail",
            format!("the server did not take one to {to}: {error}"),
            "Check mail.smtp_url, the sender's address, and what the server's log says.",
        ),
    }
}

/// Whether this node says that it can serve.
pub(crate) async fn ready(config: &Config) -> Finding {
    let Some(address) = config.server.admin_listen else {
        return Finding::look(
            "readiness",
            "server.admin_listen is not set",
            "Set it, so that the load balancer and the monitoring can ask.",
        );
    };
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build();
    let answer = match client {
        Ok(client) => client.get(format!("http://{address}/readyz")).send().await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) if answer.status().is_success() => {
            Finding::good("readiness", "the node of this configuration can serve")
        }
        Ok(answer) => {
            let status = answer.status().as_u16();
            let why = answer.text().await.unwrap_or_default();
            Finding::wrong(
                "readiness",
                format!("it says {status}: {}", why.trim()),
                "It says what is missing.",
            )
        }
        Err(_) => Finding::wrong(
            "readiness",
            format!("nobody answers at http://{address}/readyz"),
            "Is the node of this configuration running on this machine?",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_node_that_was_not_seen_for_some_seconds_is_one_to_look_at() {
        let row = |seen_at| NodeRow {
            number: 3,
            boot: String::new(),
            mark: "north".to_owned(),
            beats: 1,
            since: Time::from_micros(0),
            seen_at: Time::from_micros(seen_at),
        };
        let now = Time::from_micros(60_000_000);
        let found = node(&row(59_000_000), now);
        assert_eq!((found.state, found.what.as_str()), (State::Good, "node 3"));
        assert!(found.found.starts_with("\"north\", seen 1 s ago, running since 1970-01-01T"), "{found}");
        assert_eq!(node(&row(50_000_000), now).state, State::Look);
        // The rehearsal's clock was set back.
        assert_eq!(node(&row(70_000_000), now).state, State::Good);
    }

    #[test]
    fn the_free_room_is_read_from_df() {
        let said = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 100 40 60 40% /\n";
        assert_eq!(free_kilobytes(said), Some(60));
        assert_eq!(free_kilobytes("df: no such file\n"), None);
    }

    #[test]
    fn little_room_is_told_before_there_is_none() {
        let state = |bytes| room(Path::new("/"), bytes).state;
        assert_eq!([ROOM, ROOM - 1, ROOM / 10 - 1].map(state), [State::Good, State::Look, State::Wrong]);
    }

    #[test]
    fn the_newest_backup_may_be_a_day_old() {
        let folder = tempfile::tempdir().unwrap();
        let at = |hours| {
            std::fs::metadata(folder.path()).unwrap().modified().unwrap() + Duration::from_hours(hours)
        };
        assert_eq!(backups(Some(folder.path()), at(0)).state, State::Wrong, "there is none");
        std::fs::write(folder.path().join("one"), "x").unwrap();
        assert_eq!(backups(Some(folder.path()), at(24)).state, State::Good);
        assert_eq!(backups(Some(folder.path()), at(26)).state, State::Wrong);
        assert_eq!(backups(Some(&folder.path().join("none")), at(0)).state, State::Wrong);
        assert_eq!(backups(None, at(0)).state, State::Look);
    }
}
