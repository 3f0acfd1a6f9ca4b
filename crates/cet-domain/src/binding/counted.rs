//! Saving with the student number as proof: what was typed is counted before it is compared, so that of many tries at once
//! no more are looked at than one after another (R24, TH71).

use std::sync::Arc;

use jiff::SignedDuration;

use super::{SaveCommand, save};
use crate::limit::{self, Spent};
use crate::registration::{Registration, RegistrationRefusal, brakes};
use crate::sitting::Catalogue;
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::time::Time;

/// As [`save`]. Whoever typed too many wrong numbers is treated as having typed none until the wait is over, and told so
/// where one is needed.
///
/// # Errors
/// As [`save`].
pub async fn save_counted(
    db: &Db,
    catalogue: Arc<Catalogue>,
    mut cmd: SaveCommand,
) -> Result<Registration, Stop<Vec<RegistrationRefusal>>> {
    let typed = !cmd.shown.student_number.trim().is_empty();
    let counted = if typed { Some(spend(db, &cmd).await?) } else { None };
    if matches!(counted, Some(Err(_))) {
        cmd.shown.student_number.clear();
    }
    let done = db.write_again(async move |tx: &mut Tx<'_>| save(tx, &catalogue, &cmd).await).await;
    let wrong = match &done {
        Ok(_) => false,
        Err(Stop::Refused(why)) => why.contains(&RegistrationRefusal::ProofNeeded(true)),
        // It is not known whether it was compared.
        Err(Stop::Fault(_)) => true,
    };
    match counted {
        None => done,
        Some(Ok(spent)) => {
            if !wrong {
                let back: Result<(), DbError> =
                    db.write(async move |tx: &mut Tx<'_>| limit::give_back(tx, &spent).await).await;
                // What was saved is saved: it costs this passport one try too many, for an hour.
                if let Err(fault) = back {
                    tracing::warn!(error = %fault, "a counted student number could not be taken back");
                }
            }
            done
        }
        Some(Err(until)) => done.map_err(|stop| stop.map(|why| told_to_wait(why, until))),
    }
}

/// Counts the number for its passport; until when it has to wait, if it typed too many wrong ones.
async fn spend(db: &Db, cmd: &SaveCommand) -> Result<Result<Spent, Time>, DbError> {
    let passport = cmd.passport.to_string();
    db.write(async move |tx: &mut Tx<'_>| match limit::spend(tx, &brakes::NUMBERS, &passport).await {
        Ok(spent) => Ok(Ok(spent)),
        Err(Stop::Refused(wait)) => {
            let wait = SignedDuration::from_secs(i64::try_from(wait.seconds).unwrap_or(i64::MAX));
            Ok(Err(tx.now().await?.plus(wait)))
        }
        Err(Stop::Fault(fault)) => Err(fault),
    })
    .await
}

fn told_to_wait(why: Vec<RegistrationRefusal>, until: Time) -> Vec<RegistrationRefusal> {
    let waits = |of| match of {
        RegistrationRefusal::ProofNeeded(_) => RegistrationRefusal::TooMany(until),
        other => other,
    };
    why.into_iter().map(waits).collect()
}
