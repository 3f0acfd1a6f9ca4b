//! What the tests of this module share.

use std::sync::Arc;

use crate::entry::testing::*;
use crate::handout::StandbyRefusal;
use crate::handout::verbs::{JoinCommand, LeaveCommand, Place, join, leave, places};
use crate::store::{Db, Stop};
use crate::words::ids::{PassportId, StandbyId};

/// Fails unless `waiting` of every pool is what stands in its line, and each registration knows for how much it waits.
pub(in crate::handout) async fn assert_lines_agree(world: &World) {
    world.assert_sums_agree().await;
    let wrong = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
    let wrong: Vec<_> = wrong
        .into_iter()
        .filter(|finding| ["I30", "R15"].contains(&finding.invariant))
        .filter(|finding| !finding.violations.is_empty())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

pub(in crate::handout) fn command(who: PassportId, code: &str, campuses: &[&str]) -> JoinCommand {
    JoinCommand {
        passport: who,
        sitting: sitting(),
        subject: subject(code),
        campuses: campuses.iter().map(|code| campus(code)).collect(),
        address: String::new(),
    }
}

/// Joins on any node.
pub(in crate::handout) async fn joined(
    db: &Db,
    world: &World,
    cmd: JoinCommand,
) -> Result<StandbyId, Vec<&'static str>> {
    let catalogue = Arc::clone(&world.catalogue);
    let done = db.write(async move |tx| join(tx, &catalogue, &cmd).await).await;
    done.map_err(|stop| match stop {
        Stop::Refused(all) => all.iter().map(StandbyRefusal::code).collect(),
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

pub(in crate::handout) async fn waits(world: &World, who: PassportId, code: &str) -> StandbyId {
    joined(&world.t.db, world, command(who, code, &[])).await.unwrap()
}

pub(in crate::handout) async fn left(
    world: &World,
    who: PassportId,
    standby: StandbyId,
) -> Result<(), &'static str> {
    let cmd = LeaveCommand { passport: who, sitting: sitting(), standby, address: String::new() };
    let done = world.t.db.write(async move |tx| leave(tx, &cmd).await).await;
    done.map_err(|stop| match stop {
        Stop::Refused(why) => why.code(),
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

/// Runs the job until nothing is left to do.
pub(in crate::handout) async fn hand_out(world: &World) {
    while crate::handout::jobs::round(&world.t.db, Arc::clone(&world.catalogue)).await.unwrap() > 0 {}
}

pub(in crate::handout) async fn own_places(world: &World, who: PassportId) -> Vec<Place> {
    let (catalogue, of) = (Arc::clone(&world.catalogue), world.registration(who).await.unwrap());
    world
        .t
        .db
        .read(async move |tx| places(tx, catalogue.sitting(&of.sitting).unwrap(), &of).await)
        .await
        .unwrap()
}

/// The place in the line of the wanted campus, the first being 1; 0 for whoever does not wait.
pub(in crate::handout) async fn place(world: &World, who: PassportId) -> i64 {
    own_places(world, who).await.first().map_or(0, |place| place.at[0].place)
}
