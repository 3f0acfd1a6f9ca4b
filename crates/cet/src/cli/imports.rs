//! `cet import list` and `cet import withdraw`.

use std::process::ExitCode;

use cet_domain::upload::imports::{self, WithdrawRefusal};
use cet_domain::upload::verbs::Withdrawn;

use super::{Done, Failed, say};
use crate::audit::Actor;
use crate::store::{Db, Stop, Tx};

pub(super) async fn list(db: &Db, limit: u16) -> Done {
    let all = db.read_long(async move |tx: &mut Tx<'_>| imports::list(tx, limit.into()).await).await?;
    if all.is_empty() {
        say("nothing was imported yet");
    }
    for import in all {
        let published = import.published_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let from = import.upload.map_or_else(String::new, |upload| format!("  upload {upload}"));
        say(format_args!(
            "{:>20}  {:<6}  {:<8}  {:>9} rows  {:<10}  {published}  {}{from}",
            import.id, import.kind, import.sitting, import.rows, import.state, import.file_name
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn withdraw(db: &Db, id: i64, reason: &str) -> Done {
    // Some students a transaction: who waits for the writer meanwhile has a turn between two of them.
    let done = loop {
        let (reason, actor) = (reason.to_owned(), Actor::Command("import"));
        let step = db
            .write(async move |tx: &mut Tx<'_>| imports::withdraw(tx, id, &reason, (&actor, "")).await)
            .await;
        match step {
            Ok((_, Withdrawn::Begun)) => {}
            Ok((import, Withdrawn::Done(kept))) => break Ok((import, kept)),
            Err(stop) => break Err(stop),
        }
    };
    let (import, kept) = match done {
        Ok(done) => done,
        Err(Stop::Refused(WithdrawRefusal::Unknown)) => {
            return Err(Failed(format!("there is no import {id}: `cet import list` shows them")));
        }
        Err(Stop::Refused(WithdrawRefusal::State(state))) => {
            return Err(Failed(format!("import {id} is {state}: only a published one can be withdrawn")));
        }
        Err(Stop::Refused(WithdrawRefusal::NothingKept)) => {
            return Err(Failed(format!(
                "import {id} can't be withdrawn: it changed nothing, or what stood before it is no longer kept"
            )));
        }
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    say(format_args!("{} withdrawn: {} rows of {}", id, import.rows, import.file_name));
    if kept > 0 && matches!(&*import.kind, "photos" | "campuses") {
        say(format_args!("{kept} stay as they are, because something came later or refers to them"));
    } else if kept > 0 {
        say(format_args!(
            "{kept} students stay, because they have saved a registration; --reason takes them out too"
        ));
    }
    Ok(ExitCode::SUCCESS)
}
