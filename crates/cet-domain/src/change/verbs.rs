//! Making, approving, refusing and undoing changes.

mod decide;
mod due;
mod faults;
mod record;

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::current;
use super::refusal::ChangeRefusal;
use super::rules::{self, TwoPeople};
use super::setting::{Line, Wanted};
use super::store::{self, Change, StoredLine};
use super::touch;
use crate::audit::Actor;
use crate::sitting::plan::{Plan, SittingState};
use crate::sitting::store as sittings;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::staff::{Role, Scope};
use crate::words::text::is_free_text;
use crate::words::time::Time;

pub use decide::{approve, end_already_so, is_lapsed, refuse, undo};
pub(crate) use due::come_due;
pub use due::{close, overtaken};
use faults::faults;
pub(super) use record::seal;
use record::{record, record_alone, widest};

/// How long a change waits for a second person (season.md 1.3).
pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 500;

/// Whoever makes or decides a change.
#[derive(Clone, Debug)]
pub enum By {
    /// A member of staff.
    Staff {
        /// The account's name.
        account: String,
        /// The person.
        person: String,
        /// The role.
        role: Role,
        /// The scope.
        scope: Scope,
        /// The network address.
        address: String,
    },
    /// An operator's command, which two people need not approve.
    Command(&'static str),
    /// A background job, the same.
    Job(&'static str),
}

impl By {
    fn actor(&self) -> Actor {
        match self {
            Self::Staff { account, .. } => Actor::Staff(account.clone()),
            Self::Command(name) => Actor::Command(name),
            Self::Job(name) => Actor::Job(name),
        }
    }

    fn account(&self) -> &str {
        match self {
            Self::Staff { account, .. } => account,
            Self::Command(name) | Self::Job(name) => name,
        }
    }

    fn person(&self) -> &str {
        match self {
            Self::Staff { person, .. } => person,
            Self::Command(_) | Self::Job(_) => "",
        }
    }

    fn address(&self) -> &str {
        match self {
            Self::Staff { address, .. } => address,
            Self::Command(_) | Self::Job(_) => "",
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Staff { scope, .. } => scope.clone(),
            Self::Command(_) | Self::Job(_) => Scope::nation(),
        }
    }
}

/// What an installation has decided about changes.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The changes by staff that wait for a second person.
    pub two_people: BTreeSet<TwoPeople>,
}

impl Policy {
    /// The policy of a configuration.
    #[must_use]
    pub fn of(config: &cet_base::config::Staff) -> Self {
        Self { two_people: config.two_people.iter().copied().collect() }
    }
}

/// A proposed change.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The sitting.
    pub sitting: SittingCode,
    /// Where it comes from: `web`, `file`, `copy`, `undo`, `found` or `job`.
    pub origin: &'static str,
    /// The settings with their new values.
    pub wanted: Vec<Wanted>,
    /// Why.
    pub reason: String,
    /// The change that it undoes.
    pub undoes: Option<i64>,
    /// From when on it holds; `None`: at once.
    pub from: Option<Time>,
    /// The version of the reference tables that the form was made from (R19); `None`: it is not compared.
    pub seen: Option<i64>,
}

/// A change as it would be made: what pages preview.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The lines that differ.
    pub lines: Vec<Line>,
    /// What needs a second person.
    pub second: BTreeSet<TwoPeople>,
    /// The sitting before.
    pub before: Plan,
    /// The sitting after.
    pub after: Plan,
}

/// The result of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// It took effect.
    Done(i64),
    /// It waits for a second person.
    Asked(i64),
    /// It waits for its time.
    Scheduled(i64),
}

impl Made {
    /// The id of the change.
    #[must_use]
    pub const fn id(&self) -> i64 {
        match self {
            Self::Done(id) | Self::Asked(id) | Self::Scheduled(id) => *id,
        }
    }
}

/// Computes a change without making it, with every reason against it.
///
/// # Errors
/// All [`ChangeRefusal`]s; [`DbError`].
pub async fn preview(
    tx: &mut Tx<'_>,
    by: &By,
    policy: &Policy,
    proposal: &Proposal,
) -> Result<Preview, Stop<Vec<ChangeRefusal>>> {
    if let Some(from) = proposal.from
        && from <= tx.now().await?
    {
        return Err(Stop::Refused(vec![ChangeRefusal::FromPast]));
    }
    let plan = sittings::load_one(tx, &proposal.sitting).await?;
    let lines = current::lines(tx, &proposal.sitting, plan.as_ref(), &proposal.wanted).await?;
    // A repeat of a form whose first answer was lost finds its own values.
    if lines.is_empty() {
        return Err(Stop::Refused(vec![ChangeRefusal::Nothing]));
    }
    if let Some(seen) = proposal.seen {
        let mut changed = Vec::new();
        for line in &lines {
            if store::changed_after(tx, proposal.sitting.as_str(), &line.key, seen).await? {
                changed.push(line.clone());
            }
        }
        if !changed.is_empty() {
            return Err(Stop::Refused(vec![ChangeRefusal::Meanwhile(changed)]));
        }
    }
    let before = plan.unwrap_or_else(|| Plan::empty(proposal.sitting.clone()));
    let mut after = before.clone();
    for line in &lines {
        rules::apply(&mut after, line);
    }
    let faults = faults(tx, (by, proposal.origin), &lines, (&before, &after)).await?;
    if !faults.is_empty() {
        return Err(Stop::Refused(faults));
    }
    let second = match by {
        By::Staff { .. } => {
            let needs = rules::needs_second(&lines, (&before, &after), tx.now().await?);
            needs.intersection(&policy.two_people).copied().collect()
        }
        By::Command(_) | By::Job(_) => BTreeSet::new(),
    };
    Ok(Preview { lines, second, before, after })
}

/// Makes a change, or stores it for a second person. The sitting's row is locked first.
///
/// # Errors
/// All [`ChangeRefusal`]s; [`DbError`].
pub async fn make(
    tx: &mut Tx<'_>,
    by: &By,
    policy: &Policy,
    proposal: &Proposal,
) -> Result<Made, Stop<Vec<ChangeRefusal>>> {
    sittings::lock(tx, proposal.sitting.as_str()).await?;
    let preview = preview(tx, by, policy, proposal).await?;
    let reason = proposal.reason.trim();
    let needs_reason = matches!(by, By::Staff { .. }) && preview.before.state != SittingState::Draft;
    if needs_reason && reason.is_empty() || reason.chars().count() > LONGEST_REASON || !is_free_text(reason) {
        return Err(Stop::Refused(vec![ChangeRefusal::NoReason]));
    }
    let stored = preview.lines.iter().map(StoredLine::of).collect::<Result<Vec<_>, _>>()?;
    let now = tx.now().await?;
    let asked = !preview.second.is_empty();
    let waits = asked || proposal.from.is_some();
    let version = if waits {
        None
    } else {
        take_effect(tx, &proposal.sitting, &preview.lines).await?;
        Some(sittings::bump_version(tx).await?)
    };
    let state = match (asked, waits) {
        (true, _) => "asked",
        (false, true) => "scheduled",
        (false, false) => "done",
    };
    let lapses = now.plus(LIFE);
    let mut change = Change {
        id: tx.new_id(),
        sitting: proposal.sitting.to_string(),
        place: widest(&preview.lines).to_string(),
        origin: proposal.origin.to_owned(),
        state: state.to_owned(),
        reason: reason.to_owned(),
        account: by.account().to_owned(),
        person: by.person().to_owned(),
        scope: by.scope().prefix().to_owned(),
        asked_at: now,
        // What nobody approves before its time comes to nothing.
        expires_at: asked.then(|| proposal.from.map_or(lapses, |from| from.min(lapses))),
        approver: None,
        approver_person: None,
        decided_at: (!waits).then_some(now),
        undoes: proposal.undoes,
        version,
        hash: Vec::new(),
        from_at: proposal.from,
    };
    if waits {
        // What waits already is answered as the first time, whoever asked it: of two, one would live on when the other is
        // refused.
        for id in store::waiting_like(tx, &change).await? {
            if store::lines(tx, id).await? == stored {
                return Ok(if asked { Made::Asked(id) } else { Made::Scheduled(id) });
            }
        }
    }
    change = seal(change, &stored);
    store::insert(tx, &change).await?;
    store::insert_lines(tx, &change, &stored).await?;
    if asked {
        record(tx, by, ("change-asked", &change), &preview.lines).await?;
        return Ok(Made::Asked(change.id));
    }
    if waits {
        record(tx, by, ("change-scheduled", &change), &preview.lines).await?;
        return Ok(Made::Scheduled(change.id));
    }
    touch::keep(tx, change.id, &preview).await?;
    record_alone(tx, by, ("change-made", &change), &preview.lines, &alone(by, &preview, now)).await?;
    Ok(Made::Done(change.id))
}

/// What takes effect without the second person whom staff would need. Whoever has the server's shell could write the tables
/// too, so an operator's command waits for nobody; but the log says so.
fn alone(by: &By, of: &Preview, now: Time) -> BTreeSet<TwoPeople> {
    match by {
        By::Command(_) => rules::needs_second(&of.lines, (&of.before, &of.after), now),
        By::Staff { .. } | By::Job(_) => BTreeSet::new(),
    }
}

async fn take_effect(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    lines: &[Line],
) -> Result<(), Stop<Vec<ChangeRefusal>>> {
    let mut refused = Vec::new();
    for line in lines {
        match current::write(tx, sitting, line).await {
            Ok(()) => {}
            Err(Stop::Refused(refusal)) => refused.push(refusal),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Stop::Refused(refused)) }
}

/// The lines of a change.
///
/// # Errors
/// [`DbError`].
pub async fn stored_lines(tx: &mut Tx<'_>, id: i64) -> Result<Vec<Line>, DbError> {
    store::lines(tx, id).await?.iter().map(StoredLine::line).collect()
}

#[cfg(test)]
#[path = "tests/verbs.rs"]
mod tests;
