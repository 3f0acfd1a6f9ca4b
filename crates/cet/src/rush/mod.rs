//! `cet rush`: whole journeys of candidates over HTTP against a rehearsal, measured, and checked afterwards (O6).
//!
//! What a candidate sees is all that is used: pages, their forms and marks (interface sections 1 and 2).

pub(crate) mod arrivals;
mod browser;
pub(crate) mod compare;
mod forms;
mod journey;
mod ledger;
pub(crate) mod people;
pub(crate) mod plot;
mod record;
pub(crate) mod report;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use tokio::task::JoinSet;

use arrivals::Arrivals;
use browser::Browser;
pub(crate) use browser::Site;
pub(crate) use journey::Route;
pub(crate) use ledger::check;
use people::Person;
use record::{End, Record, Step};
pub(crate) use server::{Reading, Server};

/// How long a request may take.
const REQUEST: Duration = Duration::from_mins(1);
/// Log-ins that are prepared at a time: each costs a password hash, more would only wait.
const PREPARED_AT_A_TIME: usize = 8;

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) site: Site,
    pub(crate) people: Vec<Person>,
    pub(crate) arrivals: Arrivals,
    /// Whether everybody has an account and is logged in before the clock starts.
    pub(crate) prepared: bool,
    pub(crate) route: Route,
    pub(crate) patience: Duration,
    /// What the arrivals are drawn from.
    pub(crate) seed: u64,
    /// What is in the addresses of this rush's candidates and of no other's.
    pub(crate) mark: String,
    /// How long everybody waits before the start, from the end of the preparations.
    pub(crate) opening: Option<Duration>,
}

/// How many are where, while it runs.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) prepared: AtomicUsize,
    pub(crate) under_way: AtomicUsize,
    pub(crate) done: AtomicUsize,
    pub(crate) not_done: AtomicUsize,
    /// Seconds since the start at which the latest one was done.
    pub(crate) last: AtomicU64,
}

/// Why a rush can't begin.
#[derive(Debug)]
pub(crate) enum RushError {
    Client(reqwest::Error),
    /// The site can't be reached.
    Unreachable(reqwest::Error),
    /// The site is not a rehearsal.
    NotARehearsal,
    /// A candidate could not be prepared.
    Prepare(End),
    /// A candidate's task failed.
    Task(tokio::task::JoinError),
}

impl std::fmt::Display for RushError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Client(error) => write!(f, "the HTTP client can't be made: {error}"),
            Self::Unreachable(error) => write!(f, "the site can't be reached: {error}"),
            Self::NotARehearsal => f.write_str(
                "this site is not a rehearsal: it has no /rehearsal. Made-up candidates are only let loose on a rehearsal",
            ),
            Self::Prepare(End::Broken(why)) => write!(f, "a candidate could not be prepared: {why}"),
            Self::Prepare(end) => write!(f, "a candidate could not be prepared: {end:?}"),
            Self::Task(error) => write!(f, "a candidate's task failed: {error}"),
        }
    }
}

impl std::error::Error for RushError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(error) | Self::Unreachable(error) => Some(error),
            Self::Task(error) => Some(error),
            Self::NotARehearsal | Self::Prepare(_) => None,
        }
    }
}

/// The records of all candidates, how long it took, and what it cost the server where that can be seen.
pub(crate) struct Rushed {
    pub(crate) records: Vec<Record>,
    pub(crate) took: Duration,
    pub(crate) server: Option<Reading>,
}

/// Runs the plan.
///
/// # Errors
/// [`RushError`] when it can't begin. What goes wrong for a candidate is in his record.
pub(crate) async fn run(plan: Plan, progress: Arc<Progress>) -> Result<Rushed, RushError> {
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(REQUEST)
        .pool_max_idle_per_host(usize::MAX)
        .build()
        .map_err(RushError::Client)?;
    let now = Instant::now();
    let patience = now.checked_add(REQUEST).unwrap_or(now);
    let asked = Browser::new(&client, (&plan.site, 0), now, patience).visit("/rehearsal").await;
    if asked.map_err(RushError::Unreachable)? != 200 {
        return Err(RushError::NotARehearsal);
    }
    let crowd = Arc::new(Crowd { plan, client, progress });
    let ready = if crowd.plan.prepared { crowd.prepare().await? } else { Vec::new() };
    if let Some(time) = crowd.plan.opening {
        tokio::time::sleep(time).await;
    }
    let site = &crowd.plan.site;
    let servers: Vec<Server> = std::iter::once(&site.origin)
        .filter(|_| site.nodes.is_empty())
        .chain(&site.nodes)
        .filter_map(|origin| Server::of(origin))
        .collect();
    let before = Server::read_all(&servers);
    let start = Instant::now();
    let records = match crowd.plan.arrivals.times(crowd.plan.people.len(), crowd.plan.seed) {
        Some(times) => crowd.open(start, &times, ready).await?,
        None => crowd.closed(start, ready).await?,
    };
    let took = start.elapsed();
    let after = Server::read_all(&servers);
    let server = before.zip(after).map(|(before, after)| after.since(before));
    Ok(Rushed { records, took, server })
}

/// Everybody of a rush.
struct Crowd {
    plan: Plan,
    client: Client,
    progress: Arc<Progress>,
}

/// The cookies and the ledger of a candidate who is logged in already.
type Ready = browser::Kept;

impl Crowd {
    fn email(&self, n: usize) -> String {
        format!("rush-{}-{n}@example.cn", self.plan.mark)
    }

    fn person(&self, n: usize) -> Person {
        self.plan.people.get(n).cloned().unwrap_or_else(|| Person {
            name: String::new(),
            document_kind: "resident-id",
            document_number: String::new(),
        })
    }

    /// Registers everybody and logs them in.
    async fn prepare(self: &Arc<Self>) -> Result<Vec<Ready>, RushError> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..PREPARED_AT_A_TIME {
            let (crowd, next) = (Arc::clone(self), Arc::clone(&next));
            tasks.spawn(async move {
                let mut own = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= crowd.plan.people.len() {
                        return Ok(own);
                    }
                    let now = Instant::now();
                    let mut browser = crowd.browser(n, now, now);
                    let (person, email) = (crowd.person(n), crowd.email(n));
                    journey::register(&mut browser, &person, &email).await?;
                    journey::log_in(&mut browser, &email).await?;
                    own.push((n, browser.keep()));
                    crowd.progress.prepared.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut all = Vec::new();
        while let Some(done) = tasks.join_next().await {
            all.extend(done.map_err(RushError::Task)?.map_err(RushError::Prepare)?);
        }
        all.sort_by_key(|(n, _)| *n);
        Ok(all.into_iter().map(|(_, ready)| ready).collect())
    }

    fn browser(&self, n: usize, start: Instant, came: Instant) -> Browser<'_> {
        let gives_up = came.checked_add(self.plan.patience).unwrap_or(came);
        Browser::new(&self.client, (&self.plan.site, n), start, gives_up)
    }

    /// So many at a time, each followed by the next.
    async fn closed(self: &Arc<Self>, start: Instant, ready: Vec<Ready>) -> Result<Vec<Record>, RushError> {
        let Arrivals::Closed(at_a_time) = self.plan.arrivals else { return Ok(Vec::new()) };
        let next = Arc::new(AtomicUsize::new(0));
        let ready = Arc::new(ready);
        let mut tasks = JoinSet::new();
        for _ in 0..at_a_time {
            let (crowd, next, ready) = (Arc::clone(self), Arc::clone(&next), Arc::clone(&ready));
            tasks.spawn(async move {
                let mut own = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= crowd.plan.people.len() {
                        return own;
                    }
                    own.push(crowd.one(n, start, Instant::now(), ready.get(n)).await);
                }
            });
        }
        let mut records = Vec::new();
        while let Some(own) = tasks.join_next().await {
            records.extend(own.map_err(RushError::Task)?);
        }
        Ok(records)
    }

    /// Everybody at a time of their own.
    async fn open(
        self: &Arc<Self>,
        start: Instant,
        times: &[Duration],
        ready: Vec<Ready>,
    ) -> Result<Vec<Record>, RushError> {
        let ready = Arc::new(ready);
        let mut tasks = JoinSet::new();
        for (n, after) in times.iter().copied().enumerate() {
            let (crowd, ready) = (Arc::clone(self), Arc::clone(&ready));
            let came = start.checked_add(after).unwrap_or(start);
            tokio::time::sleep_until(came.into()).await;
            tasks.spawn(async move { crowd.one(n, start, came, ready.get(n)).await });
        }
        let mut records = Vec::with_capacity(times.len());
        while let Some(record) = tasks.join_next().await {
            records.push(record.map_err(RushError::Task)?);
        }
        Ok(records)
    }

    /// One candidate who meant to come at `came`.
    async fn one(&self, n: usize, start: Instant, came: Instant, ready: Option<&Ready>) -> Record {
        self.progress.under_way.fetch_add(1, Ordering::Relaxed);
        let mut browser = self.browser(n, start, came);
        let done = self.journey(&mut browser, n, ready).await;
        browser.note(Step::Journey, came.elapsed());
        self.progress.under_way.fetch_sub(1, Ordering::Relaxed);
        let (end, count) = match done {
            Ok(()) => (End::Done, &self.progress.done),
            Err(end) => (end, &self.progress.not_done),
        };
        count.fetch_add(1, Ordering::Relaxed);
        self.progress.last.fetch_max(start.elapsed().as_secs(), Ordering::Relaxed);
        browser.record(end)
    }

    async fn journey(&self, browser: &mut Browser<'_>, n: usize, ready: Option<&Ready>) -> Result<(), End> {
        let person = self.person(n);
        if let Some(ready) = ready {
            browser.take(ready.clone());
        } else {
            let email = self.email(n);
            journey::register(browser, &person, &email).await?;
            journey::log_in(browser, &email).await?;
        }
        journey::walk(browser, &person, self.plan.route).await
    }
}
