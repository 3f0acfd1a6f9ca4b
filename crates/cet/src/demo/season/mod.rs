//! A season in the middle (season.md section 6): some 600 made-up candidates in every state besides the manual's people,
//! the last sitting in the archive, the next one as a draft.
//!
//! Everything is done by the verbs behind forms, files and jobs, at the times at which people would do it: the
//! rehearsal's clock begins half a year before the demo's first start and is moved forward. Nothing happens at the
//! manual's campuses but English 4, of which they have seats for everybody.

mod candidates;
mod clock;
mod line;
mod money;
mod people;
mod reports;
mod staff;
mod story;
mod uploads;

use std::path::Path;
use std::sync::Arc;

use cet_domain::context::Context;
use cet_domain::payment::context::PaymentContext;
use cet_domain::staff::demo::DemoAccount;
use jiff::SignedDuration;

pub use clock::BEGINS;
use clock::Times;

use super::sitting::{self, Half, OPEN_FOR};
use crate::app::App;
use crate::passport::turns::Asker;
use crate::store::{DbError, Stop};
use crate::words::time::Time;

/// The password of every candidate of the season.
pub const PASSWORD: &str = "made-up-candidate-2017";

/// The address of one of them.
pub const SAMPLE: &str = "made-up-001@example.cn";

/// What the files of the season are called.
const LAST_SITTING: &str = "last-sitting.toml";
const LAST_ROSTER: &str = "last-roster.csv";
const ROSTER: &str = "season-roster.csv";
const SCORES: &str = "season-scores.csv";

/// Why the season could not be made.
#[derive(Debug)]
pub struct Fault(String);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the demo's season: {}", self.0)
    }
}

impl std::error::Error for Fault {}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Self(error.to_string())
    }
}

/// The result of a verb that must not refuse.
fn sound<T, R: std::fmt::Debug>(what: &str, result: Result<T, Stop<R>>) -> Result<T, Fault> {
    result.map_err(|stop| match stop {
        Stop::Refused(why) => Fault(format!("{what} was refused: {why:?}")),
        Stop::Fault(fault) => Fault(format!("{what}: {fault}")),
    })
}

/// When the last sitting's registration was open, counted from the demo's first start.
fn last_start(start: Time) -> Time {
    start.minus(SignedDuration::from_hours(24 * 184))
}

/// The places of the season, to be put behind the current sitting.
pub(super) fn places(start: Time) -> String {
    let days = |days: i64| start.plus(SignedDuration::from_hours(24 * days));
    people::places(days(-1), days(OPEN_FOR))
}

/// Name and text of the files of the season, as schools and the authority send them.
pub(super) fn files(start: Time) -> Vec<(&'static str, String)> {
    let of_file = |head: &str, lines: Vec<String>| [vec![head.to_owned()], lines].concat().join("\n") + "\n";
    let all = people::students();
    let roster = |all: &[people::Student]| {
        let lines = all.iter().map(|student| student.roster_line(student.place.campus)).collect();
        of_file(super::people::ROSTER_HEADER, lines)
    };
    let returning: Vec<_> =
        all.iter().filter(|student| student.number < people::RETURNING).cloned().collect();
    let last = last_start(start);
    let scores = all.iter().filter_map(people::Student::score_line).collect();
    vec![
        (LAST_SITTING, sitting::file(last, Half::First) + &places(last)),
        (LAST_ROSTER, roster(&returning)),
        (ROSTER, roster(&all)),
        (SCORES, of_file(super::people::SCORE_HEADER, scores)),
    ]
}

/// What the season is made with.
struct Seeding {
    context: Context,
    payments: PaymentContext,
    staff: Vec<DemoAccount>,
    /// Hashed once: a hash is meant to take a tenth of a second, and 600 of them would take a minute. They are stored by
    /// the verb that registers a passport, which takes a hash anyway.
    password_hash: String,
    times: Times,
    /// The origins of the sandbox gateways.
    alipay: String,
    payease: String,
    wechat: String,
}

impl Seeding {
    /// Reads the reference tables again, as every node does within seconds.
    async fn refresh(&self) -> Result<(), Fault> {
        self.payments.catalogue.refresh(&self.context.db).await?;
        Ok(())
    }
}

/// A season that is being made: first what was before the current sitting, then the candidates of today.
pub struct Season(Seeding);

impl Season {
    /// Prepares the season of a demo whose clock will be off by `until` microseconds.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn new(app: &App, staff: &[DemoAccount], until: i64) -> Result<Self, Fault> {
        let hashed = app.passwords.hash(&app.vault, PASSWORD, &Asker::candidate(candidates::FROM)).await;
        let origin = |endpoint: Option<&String>| {
            let url: Option<http::Uri> = endpoint.and_then(|url| url.parse().ok());
            url.and_then(|url| Some(format!("{}://{}", url.scheme_str()?, url.authority()?)))
                .unwrap_or_default()
        };
        let gateways = &app.config.gateway;
        Ok(Self(Seeding {
            context: app.context.clone(),
            payments: app.payments.clone(),
            staff: staff.to_vec(),
            password_hash: hashed.map_err(|error| Fault(error.to_string()))?,
            times: Times::new(app.db.clone(), until),
            alipay: origin(gateways.alipay.as_ref().map(|section| &section.endpoint)),
            payease: origin(gateways.payease.as_ref().map(|section| &section.endpoint)),
            wechat: origin(gateways.wechat.as_ref().map(|section| &section.endpoint)),
        }))
    }

    /// The last sitting, from its draft to the archive.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn before(&self, folder: &Path) -> Result<(), Fault> {
        let fault = |error: &dyn std::fmt::Display| Fault(error.to_string());
        let with = &self.0;
        let imported = crate::setup::files::sitting(&with.context.db, &folder.join(LAST_SITTING), true).await;
        imported.map_err(|error| fault(&error))?;
        with.import_roster(&folder.join(LAST_ROSTER), "2017-1").await?;
        with.last_sitting().await
    }

    /// The current sitting, which was imported just now; returns the number of candidates.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn now(&self, folder: &Path) -> Result<usize, Fault> {
        let with = &self.0;
        with.refresh().await?;
        with.import_roster(&folder.join(ROSTER), "2017-2").await?;
        let quiet: Arc<crate::import::Watch> = Arc::new(|_, _, _| {});
        let vault = Arc::clone(&with.context.vault);
        let scores = folder.join(SCORES);
        crate::score::file::import(&with.context.db, vault, &scores, false, quiet)
            .await
            .map_err(|error| Fault(error.to_string()))?;
        with.current_sitting().await
    }
}

impl Seeding {
    async fn import_roster(&self, file: &Path, sitting: &str) -> Result<(), Fault> {
        let quiet: Arc<crate::import::Watch> = Arc::new(|_, _, _| {});
        let vault = Arc::clone(&self.context.vault);
        crate::roster::file::import(&self.context.db, vault, file, sitting, false, quiet)
            .await
            .map_err(|error| Fault(error.to_string()))?;
        Ok(())
    }
}
