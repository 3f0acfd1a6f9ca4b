//! 集体报名: a school enters its candidates in one subject, by the same rules as the candidates themselves (S2).

use crate::audit::Actor;
use crate::binding::{self, RegisterCommand};
use crate::entry::verbs::{Submission, enter_registration};
use crate::entry::{EntryChannel, EntryRefusal};
use crate::registration::{self, Registration, RegistrationRefusal};
use crate::sitting::{Catalogue, Subject};
use crate::store::{Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{RecordId, RegistrationId};
use crate::words::staff::Scope;

/// The most candidates of one form.
pub const MOST_PEOPLE: usize = 500;

/// Whom to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// A registered candidate.
    Registration(RegistrationId),
    /// A student of the roster, whom the school registers with it if nobody has.
    Student(RecordId),
}

/// The candidate and the subject to enter.
#[derive(Clone, Debug)]
pub struct GroupCommand {
    /// The school.
    pub school: SchoolCode,
    /// The account's scope.
    pub scope: Scope,
    /// The sitting.
    pub sitting: SittingCode,
    /// Whom.
    pub whom: Whom,
    /// The subject.
    pub subject: Subject,
    /// The form's command id: a repeat gets the first result.
    pub command: Option<String>,
    /// The account.
    pub by: String,
    /// The network address, for the log.
    pub address: String,
}

/// Enters one candidate. Each is a transaction of its own: a refusal does not affect others, and pools are locked only
/// briefly.
///
/// Locks: of a student the record; the registration, then the pools by key, last of all.
///
/// # Errors
/// All refusals that apply; [`EntryRefusal::NotBound`] for whoever is outside the scope.
pub async fn enter_one(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &GroupCommand,
) -> Result<(), Stop<Vec<EntryRefusal>>> {
    let not_bound = || Stop::Refused(vec![EntryRefusal::NotBound]);
    let of = match cmd.whom {
        Whom::Registration(id) => registration::store::lock(tx, cmd.school, id).await?,
        Whom::Student(record) => Some(registered(tx, catalogue, cmd, record).await?),
    };
    let of = of.ok_or_else(not_bound)?;
    if of.sitting != cmd.sitting || !cmd.scope.contains(of.school, of.campus) {
        return Err(not_bound());
    }
    let submission = Submission {
        mode: cmd.subject.mode,
        subjects: vec![cmd.subject.code],
        campus: None,
        command: cmd.command.clone(),
        by: Actor::Staff(cmd.by.clone()),
        channel: EntryChannel::School,
        address: cmd.address.clone(),
    };
    enter_registration(tx, catalogue, &of, &submission).await?;
    Ok(())
}

/// The registration of a student, made by the school if there is none.
async fn registered(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &GroupCommand,
    record: RecordId,
) -> Result<Registration, Stop<Vec<EntryRefusal>>> {
    let register = RegisterCommand {
        scope: &cmd.scope,
        sitting: &cmd.sitting,
        record: (cmd.school, record),
        by: Actor::Staff(cmd.by.clone()),
        address: &cmd.address,
    };
    let made = binding::register(tx, catalogue, &register).await;
    made.map_err(|stop| {
        stop.map(|why| match why {
            RegistrationRefusal::StudentBound => vec![EntryRefusal::HeldElsewhere],
            _ => vec![EntryRefusal::NotBound],
        })
    })
}
