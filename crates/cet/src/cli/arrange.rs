//! `cet arrange`: assigns rooms, seats and ticket numbers to paid entries (T1).

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{Done, Failed, load, say};
use crate::arrangement::Unit;
use crate::arrangement::whole::{self, Outcome, Task, Watch};
use crate::audit::Actor;
use crate::sitting::SittingState;
use crate::sitting::catalogue::CatalogueCell;
use crate::store::Stop;
use crate::words::codes::{CampusCode, SittingCode};
use cet_domain::installation::open_installation;

/// What to arrange.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The code of the sitting, such as 2017-2.
    #[arg(long)]
    sitting: String,
    /// Only this arranging campus.
    #[arg(long)]
    campus: Option<String>,
    /// The seed to draw from; without it one is generated, recorded and printed.
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..))]
    seed: Option<i64>,
    /// Publishes the draw: it can't be changed afterwards.
    #[arg(long, conflicts_with = "replay")]
    publish: bool,
    /// Draws again from the recorded seeds, those of late draws too, and compares; nothing is changed.
    #[arg(long, conflicts_with = "seed")]
    replay: bool,
    #[command(flatten)]
    config: super::ConfigFile,
}

pub(super) async fn run(arguments: Arguments) -> Done {
    let wrong = |what: &str, text: &str| Failed(format!("{text}: no such {what}"));
    let code = SittingCode::parse(&arguments.sitting).map_err(|_| wrong("sitting", &arguments.sitting))?;
    let only = match &arguments.campus {
        Some(text) => Some(CampusCode::parse(text).map_err(|_| wrong("campus", text))?),
        None => None,
    };
    let config = load(&arguments.config.config)?;
    let (db, _) = open_installation(&config, config.command_node()).await?;
    let catalogue = CatalogueCell::open(&db).await?.get();
    let plan = catalogue.sitting(&code).ok_or_else(|| wrong("sitting", &arguments.sitting))?;
    if plan.state == SittingState::Draft {
        return Err(Failed(format!(
            "{code} is a draft: publish it first (`cet import sitting FILE --publish`)"
        )));
    }
    let task = if arguments.replay {
        Task::Replay
    } else {
        let seed = arguments.seed.map_or_else(made_up_seed, Ok)?;
        say(format_args!("seed {seed}"));
        Task::Arrange { seed, publish: arguments.publish, actor: Actor::Command("arrange") }
    };
    let outcomes = whole::run(&db, plan, only, &task, progress()).await.map_err(|stop| match stop {
        Stop::Refused(refusal) => Failed(refusal.to_string()),
        Stop::Fault(fault) => fault.into(),
    })?;
    if outcomes.is_empty() {
        return Err(Failed("the sitting has no such campus".to_owned()));
    }
    let mut good = true;
    let mut seats = 0_usize;
    for (unit, outcome) in &outcomes {
        let (fine, count) = told(unit, outcome);
        good &= fine;
        seats = seats.saturating_add(count);
    }
    let (seats, units) = (counted(seats, "seat", "seats"), outcomes.len());
    say(format_args!("{seats} in {}", counted(units, "subject of a campus", "subjects of campuses")));
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints the outcome of one unit; returns whether it succeeded, and the number of seats.
fn told(unit: &Unit, outcome: &Outcome) -> (bool, usize) {
    let seated = |candidates: usize, rooms: usize| {
        let candidates = counted(candidates, "candidate", "candidates");
        format!("{candidates} in {}", counted(rooms, "room", "rooms"))
    };
    match outcome {
        Outcome::Nothing => (true, 0),
        Outcome::Drawn(summary) if summary.arrangement.is_none() => (true, 0),
        Outcome::Drawn(summary) => {
            say(format_args!("{unit}: {}, draft", seated(summary.candidates, summary.rooms)));
            (true, summary.candidates)
        }
        Outcome::Late(summary) if summary.candidates == 0 => {
            say(format_args!("{unit}: already published, every paid candidate has a seat"));
            (true, 0)
        }
        Outcome::Late(summary) => {
            say(format_args!(
                "{unit}: already published, {} got seats in {}, no one was moved",
                counted(summary.candidates, "more candidate", "more candidates"),
                counted(summary.rooms, "room", "rooms")
            ));
            (true, summary.candidates)
        }
        Outcome::Published(summary) => {
            say(format_args!("{unit}: {}, published", seated(summary.candidates, summary.rooms)));
            (true, summary.candidates)
        }
        Outcome::Unpublished(summary, refusal) => {
            say(format_args!(
                "{unit}: {}, draft, not published [{}]: {refusal}",
                seated(summary.candidates, summary.rooms),
                refusal.code()
            ));
            (false, summary.candidates)
        }
        Outcome::Refused(refusal) => {
            say(format_args!("{unit}: refused [{}]: {refusal}", refusal.code()));
            (false, 0)
        }
        Outcome::Replayed(replay) => {
            let state = if replay.published { "published" } else { "draft" };
            let differing = replay.differing.len();
            say(format_args!(
                "{unit}: {} from seed {} and {}, {state}, {differing} differ",
                counted(replay.seats, "seat", "seats"),
                replay.seed,
                counted(replay.late, "late draw", "late draws")
            ));
            for entry in replay.differing.iter().take(20) {
                say(format_args!("  entry {entry}"));
            }
            (differing == 0, replay.seats)
        }
    }
}

/// `1 room`, `2 rooms`.
fn counted(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

fn made_up_seed() -> Result<i64, Failed> {
    let mut bytes = [0; 8];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Failed("the system returned no random bytes".to_owned()))?;
    Ok(i64::from_be_bytes(bytes) & i64::MAX)
}

/// A progress bar on a terminal, otherwise nothing: each unit prints its line at the end.
fn progress() -> Arc<Watch> {
    if !std::io::stderr().is_terminal() {
        return Arc::new(|_, _| ());
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("arranging {wide_bar} {human_pos}/{human_len}") {
        bar.set_style(style);
    }
    Arc::new(move |done, total| {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        bar.set_length(count(total));
        bar.set_position(count(done));
        if done == total {
            bar.finish_and_clear();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_room_is_no_rooms() {
        let said = [0, 1, 2].map(|number| counted(number, "room", "rooms"));
        assert_eq!(said, ["0 rooms", "1 room", "2 rooms"]);
    }
}
