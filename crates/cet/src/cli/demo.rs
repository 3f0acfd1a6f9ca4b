//! `cet demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Done, Failed, load, say};
use crate::app::App;
use crate::demo::folder::{Addresses, StaffMember};
use crate::demo::{Folder, people};
use crate::node::{self, StopSignals};
use crate::rehearsal;
use crate::staff::demo::DemoAccount;
use crate::store::{Clock, Db, DbError, Tx};
use crate::web::server;
use crate::words::time::Time;
use cet_domain::installation::open_database;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The address and port of the site.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder of the demo's files.
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// The demo's time at its first start (RFC 3339, or 2017-12-16 09:00 in China).
    #[arg(long)]
    now: Option<String>,
    /// Deletes the demo's data and starts over.
    #[arg(long)]
    fresh: bool,
}

pub(super) async fn run(arguments: Arguments) -> Done {
    let wanted = arguments.now.as_deref().map(Time::parse_local).transpose()?;
    let folder = Folder::open(&arguments.dir, arguments.fresh)?;
    folder.keys()?;
    let listener = server::listen(arguments.listen)?;
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let (alipay, payease) = (TcpListener::bind(loopback).await?, TcpListener::bind(loopback).await?);
    let addresses = Addresses {
        site: listener.local_addr()?,
        alipay: alipay.local_addr()?,
        payease: payease.local_addr()?,
    };
    folder.configuration(&addresses)?;
    let config = load(&folder.file("cet.toml"))?;
    let db = open_database(&config, Clock::Real { rehearsal: true }, config.server.node).await?;
    db.migrate().await?;
    let now = set_clock(&db, wanted).await?;
    folder.seed(now)?;
    import_seed(&config, &db, &folder).await?;
    let app = App::start(config, db).await?;
    let candidates = people::people();
    let url = app.config.server.public_origin.clone();
    let staff = crate::staff::demo::seed(&app.db, &app.vault, &app.passwords).await?;
    folder.demo_json(&url, &candidates, &staff.iter().map(in_json).collect::<Vec<_>>())?;
    let sandbox = rehearsal::gateways::open(&app.config, &app.db)?;
    let sandboxes = tokio::spawn(super::sandbox::serve(sandbox, alipay, payease, std::future::pending()));
    let signals = StopSignals::take()?;
    announce(&app, &candidates);
    announce_staff(&staff);
    node::run(app, listener, async || signals.next().await).await?;
    sandboxes.abort();
    Ok(ExitCode::SUCCESS)
}

/// Imports the seeded files with the same commands that an installation uses. A file that is already imported changes
/// nothing, so that an interrupted first start is continued by the next one.
async fn import_seed(config: &crate::config::Config, db: &Db, folder: &Folder) -> Result<(), Failed> {
    use super::import;
    let vault = cet_domain::installation::check_installation(config, db).await?;
    if crate::sitting::catalogue::CatalogueCell::open(db).await?.get().current().is_none() {
        import::sitting(db, &folder.file("sitting.toml"), true).await?;
    }
    let quiet = || -> Arc<crate::import::Watch> { Arc::new(|_, _, _| {}) };
    let roster = folder.file("roster.csv");
    import::roster(db, Arc::clone(&vault), &roster, "2017-2", false, quiet()).await?;
    import::scores(db, vault, &folder.file("scores.csv"), false, quiet()).await?;
    Ok(())
}

/// Sets the rehearsal's clock: shifted at the first start, later only forward.
async fn set_clock(db: &Db, wanted: Option<Time>) -> Result<Time, Failed> {
    let real = db.clock().process_now();
    let shift = wanted.map_or(0, |wanted| wanted.micros().saturating_sub(real.micros()));
    let now = db.write(async move |tx: &mut Tx<'_>| {
        rehearsal::store::begin(tx, shift).await?;
        let now = tx.now().await?;
        if let Some(wanted) = wanted {
            let ahead = wanted.micros().saturating_sub(now.micros());
            if ahead > 0 {
                rehearsal::store::advance(
                    tx,
                    u32::try_from(ahead % 1_000_000).unwrap_or(0),
                    ahead / 1_000_000,
                )
                .await?;
            }
        }
        Ok::<_, DbError>(now.max(wanted.unwrap_or(now)))
    });
    Ok(now.await?)
}

fn announce(app: &App, candidates: &[people::Person]) {
    say(format_args!("cet demo: {}", app.config.server.public_origin));
    say(format_args!("  also:   {}", app.config.server.education_origin.as_deref().unwrap_or("-")));
    say(format_args!("  mailbox, clock, gateways: {}/rehearsal", app.config.server.public_origin));
    say("  candidates (register any e-mail address, then look one of these up):");
    for person in candidates {
        say(format_args!(
            "    {}  {} {}  campus {}{}",
            person.name,
            person.document_kind,
            person.document_number,
            person.campus,
            person.cet4_ticket.map_or_else(String::new, |ticket| format!("  CET4 ticket {ticket}"))
        ));
    }
    if let Some(warning) = node::rehearsal_warning(&app.config) {
        say(format_args!("  note: {warning}"));
    }
}

/// An account, as in `demo.json`.
fn in_json(account: &DemoAccount) -> StaffMember {
    StaffMember {
        name: account.name.to_owned(),
        password: account.password.clone(),
        role: account.role.wire().to_owned(),
        scope: account.scope.to_owned(),
        totp_secret: account.totp_secret.clone(),
    }
}

fn announce_staff(accounts: &[DemoAccount]) {
    say("  staff (/staff/login; the second factor's secret is in demo.json too):");
    for account in accounts {
        say(format_args!("    {:<13} {}  {}", account.name, account.password, account.totp_secret));
    }
}
