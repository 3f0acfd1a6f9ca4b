//! `cet demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use tokio::net::TcpListener;

use super::{Done, Failed, load, say};
use crate::app::App;
use crate::demo::folder::{Addresses, StaffMember};
use crate::demo::season::{self, Season};
use crate::demo::{Folder, people};
use crate::node::{self, StopSignals};
use crate::rehearsal;
use crate::sitting::SittingState;
use crate::staff::demo::DemoAccount;
use crate::store::{Clock, Db, DbError, Tx};
use crate::words::time::Time;
use cet_domain::installation::open_database;

/// The sitting of the manual's people.
const SITTING: &str = "2017-2";

const OPEN_TO_OTHERS: &str = "--listen: the demo is a rehearsal: who reaches it can read every mail, shift its clock and log in \
                              as its staff. Listen on a loopback address, or add --i-know";

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
    /// Allows an address that others can reach, although the demo's passwords and keys are known to everybody.
    #[arg(long)]
    i_know: bool,
    /// Leaves the season out: the sitting has nobody but its people and 2,000 students, of whom none has registered.
    #[arg(long)]
    empty: bool,
}

pub(super) async fn run(arguments: Arguments) -> Done {
    let wanted = arguments.now.as_deref().map(|now| {
        Time::parse_local(now)
            .map_err(|_| Failed(format!("--now {now}: expected a time of China, as \"2017-09-20 10:00\"")))
    });
    let wanted = wanted.transpose()?;
    if !arguments.listen.ip().is_loopback() && !arguments.i_know {
        return Err(Failed(OPEN_TO_OTHERS.to_owned()));
    }
    let folder = Folder::open(&arguments.dir, arguments.fresh)?;
    folder.keys()?;
    let listener = super::serve::listening("--listen", arguments.listen)?;
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let (alipay, payease) = (TcpListener::bind(loopback).await?, TcpListener::bind(loopback).await?);
    let wechat = TcpListener::bind(loopback).await?;
    let addresses = Addresses {
        site: listener.local_addr()?,
        alipay: alipay.local_addr()?,
        payease: payease.local_addr()?,
        wechat: wechat.local_addr()?,
    };
    folder.configuration(&addresses)?;
    let config = load(&folder.file("cet.toml"))?;
    let admin = super::serve::monitored(&config)?;
    let db = open_database(&config, Clock::Real { rehearsal: true }, config.server.node).await?;
    db.migrate().await?;
    let season = if arguments.empty || folder.is_seeded() {
        let now = set_clock(&db, wanted).await?;
        folder.seed(now, false)?;
        import_seed(&config, &db, &folder).await?;
        None
    } else {
        Some(begin_season(&db, &folder, wanted).await?)
    };
    let app = App::start(config, db).await?;
    node::take_number(&app).await?;
    let candidates = people::people();
    let url = app.config.server.public_origin.clone();
    let staff = crate::staff::demo::seed(&app.db, &app.vault, &app.passwords).await?;
    let sandbox = rehearsal::gateways::open(&app.config, &app.db)?;
    let listeners = super::sandbox::Listeners { alipay, payease, wechat: Some(wechat) };
    let sandboxes = tokio::spawn(super::sandbox::serve(sandbox, listeners, std::future::pending()));
    if let Some(until) = season {
        make_season(&app, &folder, &staff, until).await?;
    }
    folder.demo_json(&url, &candidates, &staff.iter().map(in_json).collect::<Vec<_>>())?;
    let signals = StopSignals::take()?;
    announce(&app, &candidates);
    announce_staff(&staff);
    node::run(app, (listener, admin), async || signals.next().await).await?;
    sandboxes.abort();
    Ok(ExitCode::SUCCESS)
}

/// Writes the seed, and sets the clock to when the season begins; returns by how many microseconds the clock is to be off
/// once the season is made.
async fn begin_season(db: &Db, folder: &Folder, wanted: Option<Time>) -> Result<i64, Failed> {
    folder.season(true)?;
    let real = db.clock().process_now();
    let start = wanted.unwrap_or(real);
    let until = start.micros().saturating_sub(real.micros());
    let begins = i64::try_from(season::BEGINS.as_micros()).unwrap_or(0);
    let shift = until.saturating_sub(begins);
    let begin = async move |tx: &mut Tx<'_>| rehearsal::store::begin(tx, shift).await;
    let begun: Result<(), DbError> = db.write(begin).await;
    begun?;
    folder.seed(start, true)?;
    Ok(until)
}

/// Makes the season; the current sitting and its people are imported between the past and the present.
async fn make_season(app: &App, folder: &Folder, staff: &[DemoAccount], until: i64) -> Result<(), Failed> {
    let begun = Instant::now();
    let season = Season::new(app, staff, until).await?;
    season.before(folder.path()).await?;
    import_seed(&app.config, &app.db, folder).await?;
    let candidates = season.now(folder.path()).await?;
    folder.season(false)?;
    let seconds = begun.elapsed().as_secs();
    let tenths = begun.elapsed().subsec_millis() / 100;
    say(format_args!("season: {candidates} made-up candidates in {seconds}.{tenths} s"));
    say(format_args!("  e-mail {}, password {}", season::SAMPLE, season::PASSWORD));
    Ok(())
}

/// Imports the seeded files with the same commands that an installation uses. A file that is already imported changes
/// nothing, so that an interrupted first start is continued by the next one.
async fn import_seed(config: &crate::config::Config, db: &Db, folder: &Folder) -> Result<(), Failed> {
    use super::import;
    let vault = cet_domain::installation::check_installation(config, db).await?;
    let there = crate::sitting::catalogue::CatalogueCell::open(db).await?.get();
    let code = cet_base::words::codes::SittingCode::parse(SITTING).ok();
    match code.and_then(|code| there.sitting(&code).map(|plan| plan.state)) {
        None => drop(import::sitting(db, &folder.file("sitting.toml"), true).await?),
        Some(SittingState::Draft | SittingState::Published) => {}
        // Its season is over: nothing of it is missing, and nothing may be added.
        Some(SittingState::Closed | SittingState::Archived) => return Ok(()),
    }
    let quiet = || -> Arc<crate::import::Watch> { Arc::new(|_, _, _| {}) };
    let roster = folder.file("roster.csv");
    import::roster(db, Arc::clone(&vault), &roster, SITTING, false, quiet()).await?;
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
    say(
        "  the sitting has the manual's name; its dates are counted from the first start, so that registration is open",
    );
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
