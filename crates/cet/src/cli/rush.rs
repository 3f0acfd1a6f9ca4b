//! `cet rush`: whole journeys against a rehearsal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cet_domain::installation::open_database;
use indicatif::ProgressBar;

use super::{Done, Failed, load, say};
use crate::private_file;
use crate::rush::arrivals::Arrivals;
use crate::rush::compare::Comparison;
use crate::rush::report::Report;
use crate::rush::{self, Plan, Progress, Route, Rushed, Site, people, plot};
use crate::sitting::catalogue::CatalogueCell;
use crate::store::Clock;
use crate::verify;

/// How often the line of a running rush is written anew.
const LIVE: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// The site: a rehearsal.
    #[arg(long, required_unless_present = "compare")]
    url: Option<String>,
    /// What is connected to in place of the site's address, such as `http://127.0.0.1:8081`; once for each node, as behind a
    /// balancer.
    #[arg(long)]
    node: Vec<String>,
    /// How many candidates come.
    #[arg(long, default_value_t = 100)]
    candidates: usize,
    /// Closed loop: so many are under way at a time, each followed by the next.
    #[arg(long, default_value_t = 16, conflicts_with_all = ["rate", "opening"])]
    concurrency: usize,
    /// Open loop: so many candidates come a second (a Poisson process), however long the others take.
    #[arg(long, conflicts_with = "opening")]
    rate: Option<f64>,
    /// Everybody is logged in before, waits so many seconds, and then comes.
    #[arg(long, value_name = "SECONDS")]
    opening: Option<u64>,
    /// At an opening: within how many seconds all of them come.
    #[arg(long, default_value_t = 1.0, value_name = "SECONDS")]
    within: f64,
    /// Everybody has an account and is logged in before the clock starts.
    #[arg(long)]
    prepared: bool,
    /// The imported roster (CSV) whose people come; `roster.csv` beside the configuration without it.
    #[arg(long)]
    roster: Option<PathBuf>,
    /// Passes over so many people of the roster, for a further rush against the same site.
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// Enters an oral subject too, where one is offered.
    #[arg(long)]
    oral: bool,
    /// Ends the journeys at the information page: nobody pays.
    #[arg(long)]
    unpaid: bool,
    /// After how many seconds a candidate gives up.
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    patience: u64,
    /// What the arrivals are drawn from: the same seed, the same arrivals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Writes the figures to this file (JSON).
    #[arg(long)]
    out: Option<PathBuf>,
    /// Writes a picture of rate, latency and people over time to this file (SVG).
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Compares the figures of two earlier rushes, and runs none.
    #[arg(long, num_args = 2, value_names = ["BEFORE", "AFTER"])]
    compare: Option<Vec<PathBuf>>,
    /// The site's configuration: with it, what the candidates were told is compared with the database afterwards.
    #[arg(long, default_value = "cet.toml")]
    config: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> Done {
    if let Some([before, after]) = arguments.compare.as_deref() {
        say(Comparison(&figures(before)?, &figures(after)?));
        return Ok(ExitCode::SUCCESS);
    }
    let mark = u64::try_from(begun_at().as_millisecond()).unwrap_or(0).to_string();
    let plan = plan(&arguments, mark.clone())?;
    let load = described(&arguments);
    let progress = Arc::new(Progress::default());
    let line = tokio::spawn(live(Arc::clone(&progress)));
    let rushed = rush::run(plan, progress).await;
    line.abort();
    let rushed = rushed?;
    let report = Report::of(load, &rushed);
    say(&report);
    if let Some(file) = &arguments.out {
        private_file::write(file, &serde_json::to_vec_pretty(&report)?)?;
    }
    if let Some(file) = &arguments.plot {
        private_file::write(file, plot::svg(&report).as_bytes())?;
    }
    let exact = check(&arguments.config, &mark, &rushed).await?;
    let good = exact && report.broken.is_empty() && report.pushed_back == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The time that marks this rush's accounts.
#[expect(
    clippy::disallowed_methods,
    reason = "it only makes the addresses of one rush differ from those of another"
)]
fn begun_at() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn figures(file: &Path) -> Result<Report, Failed> {
    let text =
        std::fs::read_to_string(file).map_err(|error| Failed(format!("{}: {error}", file.display())))?;
    serde_json::from_str(&text).map_err(|error| Failed(format!("{}: {error}", file.display())))
}

fn plan(arguments: &Arguments, mark: String) -> Result<Plan, Failed> {
    let beside = || arguments.config.parent().unwrap_or(Path::new("")).join("roster.csv");
    let roster = arguments.roster.clone().unwrap_or_else(beside);
    let people = people::read(&roster, arguments.skip, arguments.candidates)?;
    let positive = |name: &str, value: f64| {
        let good = value.is_finite() && value > 0.0 && value < 1e6;
        good.then_some(value).ok_or_else(|| Failed(format!("--{name}: expected a number above 0")))
    };
    let arrivals = match (arguments.rate, arguments.opening) {
        (Some(rate), _) => Arrivals::Open { rate: positive("rate", rate)? },
        (None, Some(_)) => {
            Arrivals::Opening { within: Duration::from_secs_f64(positive("within", arguments.within)?) }
        }
        (None, None) => Arrivals::Closed(arguments.concurrency.max(1)),
    };
    Ok(Plan {
        site: Site {
            origin: arguments.url.as_deref().unwrap_or_default().trim_end_matches('/').to_owned(),
            nodes: arguments.node.iter().map(|node| node.trim_end_matches('/').to_owned()).collect(),
        },
        people,
        arrivals,
        prepared: arguments.prepared || arguments.opening.is_some(),
        route: Route { oral: arguments.oral, pays: !arguments.unpaid },
        patience: Duration::from_secs(arguments.patience),
        seed: arguments.seed,
        mark,
        opening: arguments.opening.map(Duration::from_secs),
    })
}

fn described(arguments: &Arguments) -> String {
    let how = match (arguments.rate, arguments.opening) {
        (Some(rate), _) => format!("{rate} candidates come a second (seed {})", arguments.seed),
        (None, Some(_)) => {
            format!("all come within {} s of the opening (seed {})", arguments.within, arguments.seed)
        }
        (None, None) => format!("{} candidates at a time", arguments.concurrency.max(1)),
    };
    let from =
        if arguments.prepared || arguments.opening.is_some() { "the agreement" } else { "registering" };
    let to = if arguments.unpaid { "the information page" } else { "paid" };
    let oral = if arguments.oral { ", with an oral subject" } else { "" };
    format!("{} candidates from {from} to {to}{oral}: {how}", arguments.candidates)
}

/// Writes how it goes, until it is ended.
async fn live(progress: Arc<Progress>) {
    let bar = ProgressBar::new_spinner();
    loop {
        let of = |n: &std::sync::atomic::AtomicUsize| n.load(Ordering::Relaxed);
        bar.set_message(format!(
            "{} prepared, {} under way, {} done, {} not done",
            of(&progress.prepared),
            of(&progress.under_way),
            of(&progress.done),
            of(&progress.not_done)
        ));
        bar.tick();
        tokio::time::sleep(LIVE).await;
    }
}

/// Compares the candidates' ledgers with the database, and asks for every invariant; `true` when all is as told.
async fn check(file: &Path, mark: &str, rushed: &Rushed) -> Result<bool, Failed> {
    if !file.is_file() {
        say(
            "ledger: not compared; name the site's configuration with --config to compare it with the database",
        );
        return Ok(true);
    }
    let config = load(file)?;
    let clock = Clock::Real { rehearsal: config.rehearsal };
    let db = open_database(&config, clock, config.server.node ^ 0x300).await?;
    let differences = rush::check(&db, mark, &rushed.records).await?;
    for difference in &differences {
        say(format_args!("LEDGER {difference}"));
    }
    let told = rushed.records.len();
    say(format_args!(
        "ledger: {told} candidates compared with the database, {} differences",
        differences.len()
    ));
    let catalogue = CatalogueCell::open(&db).await?;
    let findings = verify::run(&db, &catalogue.get()).await?;
    let bad: Vec<_> = findings.iter().filter(|finding| !finding.violations.is_empty()).collect();
    for finding in &bad {
        say(finding);
    }
    say(format_args!("verify: {} invariants, {} violated", findings.len(), bad.len()));
    Ok(differences.is_empty() && bad.is_empty())
}
