//! 100,000 sessions that are alive at the same time.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use cet_base::config::Config;
use cet_base::store::{Clock, DbError, Stop, Tx};
use cet_base::texts::Lang;
use cet_base::words::email::Email;
use cet_domain::installation::open_database;
use cet_domain::passport::device::Device;
use cet_domain::passport::rules::Profile;
use cet_domain::passport::session;
use cet_domain::passport::verbs::{NewPassport, Registered, register};
use cet_site::app::App;

use super::load;
use super::server::{Fault, Folder, Server};
use super::{Plan, wire};

const SESSIONS: usize = 100_000;
/// Passports created per transaction.
const BATCH: usize = 1_000;

/// An [`App`] on the same database in this process, with its own node number for ids.
pub(crate) async fn beside(folder: &Folder) -> Result<App, Fault> {
    let config = Config::load(&folder.file("cet.toml"), std::iter::empty()).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    let db = open_database(&config, Clock::Real { rehearsal: true }, config.server.node ^ 0x200).await?;
    Ok(App::start(config, db).await?)
}

/// Creates passports with sessions, then requests a page with each session in turn.
pub(crate) async fn run(plan: &Plan, server: &Server, folder: &Folder) -> Result<(), Fault> {
    let app = beside(folder).await?;
    let begun = Instant::now();
    let mut requests: Vec<Arc<[u8]>> = Vec::with_capacity(SESSIONS);
    for first in (0..SESSIONS).step_by(BATCH) {
        for token in batch(&app, first).await? {
            let cookie = format!("cookie: {}={token}\r\n", cet_site::passport::cookies::cookie_name(&app));
            requests.push(wire::get(server.address(), "/home", &cookie));
        }
    }
    println!(
        "{SESSIONS} passports and sessions written by the verbs that register and log in, without the hash of a \
         password, in {:.1?}",
        begun.elapsed()
    );
    println!("cet serve with {SESSIONS} sessions: {}", server.memory()?);
    let done = load::run(server, &plan.load(requests, 200)).await?;
    println!("{:<34}{done}", "front page, each time another one");
    println!("cet serve after that: {}", server.memory()?);
    Ok(())
}

async fn batch(app: &App, first: usize) -> Result<Vec<String>, Fault> {
    let mut new = Vec::with_capacity(BATCH);
    for n in first..first.saturating_add(BATCH) {
        let email = Email::parse(&format!("session{n}@example.cn")).map_err(|_| "no address")?;
        let passport = NewPassport {
            email,
            password_hash: String::new(),
            profile: Profile::default(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        new.push((passport, session::new_token(&app.vault)?));
    }
    let tokens = new.iter().map(|(_, token)| token.clone()).collect();
    let in_app = app.clone();
    let written = app.db.write(async move |tx: &mut Tx<'_>| {
        for (passport, token) in &new {
            match register(tx, &in_app, passport, Lang::Zh).await {
                Ok(Registered::Made(id)) => {
                    session::begin(tx, id, token, &Device::default()).await?;
                }
                Ok(Registered::Taken) | Err(Stop::Refused(_)) => {
                    return Err(DbError::Other("a passport was not made".to_owned()));
                }
                Err(Stop::Fault(fault)) => return Err(fault),
            }
        }
        Ok(())
    });
    written.await?;
    Ok(tokens)
}
