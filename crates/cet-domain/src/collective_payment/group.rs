//! 集体报名: a school enters its candidates in one subject, by the same rules as the candidates themselves (S2).

use crate::audit::Actor;
use crate::entry::verbs::{Submission, enter_registration};
use crate::entry::{EntryChannel, EntryRefusal};
use crate::registration;
use crate::sitting::{Catalogue, Subject};
use crate::store::{Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RegistrationId;
use crate::words::staff::Scope;

/// The most candidates of one form.
pub const MOST_PEOPLE: usize = 500;

/// The candidate and the subject to enter.
#[derive(Clone, Debug)]
pub struct GroupCommand {
    /// The school.
    pub school: SchoolCode,
    /// The account's scope.
    pub scope: Scope,
    /// The sitting.
    pub sitting: SittingCode,
    /// Whose registration.
    pub registration: RegistrationId,
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
/// Locks: the registration, then the pools by key, last of all.
///
/// # Errors
/// All refusals that apply; [`EntryRefusal::NotBound`] for a registration outside the scope.
pub async fn enter_one(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &GroupCommand,
) -> Result<(), Stop<Vec<EntryRefusal>>> {
    let not_bound = || Stop::Refused(vec![EntryRefusal::NotBound]);
    let of = registration::store::lock(tx, cmd.school, cmd.registration).await?.ok_or_else(not_bound)?;
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
