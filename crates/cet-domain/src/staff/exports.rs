//! Export files that need approval (TH27): whole document numbers, or more rows than one person may download alone.
//!
//! A request needs a reason. Up to [`FILE_ROWS`] rows it is ready at once; above, a second person of the same scope or
//! above must approve, which a CHECK of the table enforces as well. The filters, the number of rows and the reason are
//! frozen at the request.

use jiff::SignedDuration;

use super::rebind::By;
use super::rules::{Permission, Role};
use super::store::exports::{self, Export};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::text::is_free_text;

/// The most rows of a file that one person may download alone (TH27): more need narrower filters, or a second person.
pub const FILE_ROWS: i64 = 5_000;
/// How long a request can be approved, and its file downloaded.
pub const LIFE: SignedDuration = SignedDuration::from_hours(72);
/// How long a repeated request counts as the same one.
const REPEATED: SignedDuration = SignedDuration::from_mins(10);
/// How many of the newest requests are searched for a repeat.
const NEWEST: i64 = 20;
/// The most rows of any file.
pub const MOST_ROWS: i64 = 100_000;
/// The longest reason in characters.
pub const LONGEST: usize = 500;

/// A list that can be exported this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `/staff/registrations`.
    Registrations,
    /// `/staff/students`.
    Students,
    /// `/staff/orders`.
    Orders,
    /// `/staff/refunds`.
    Refunds,
    /// `/staff/audit`.
    Audit,
}

impl What {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] =
        [Self::Registrations, Self::Students, Self::Orders, Self::Refunds, Self::Audit];

    /// The name in the database, in URLs and of the file.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Registrations => "registrations",
            Self::Students => "students",
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Audit => "audit",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.wire() == text)
    }

    /// The message key.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Registrations => "staff-registrations",
            Self::Students => "staff-students",
            Self::Orders => "staff-orders",
            Self::Refunds => "staff-refunds",
            Self::Audit => "staff-audit",
        }
    }

    /// The permission to see the list.
    #[must_use]
    pub const fn needs(self) -> Permission {
        match self {
            Self::Registrations => Permission::FindRegistrations,
            Self::Students => Permission::Students,
            Self::Orders => Permission::Orders,
            Self::Refunds => Permission::Refunds,
            Self::Audit => Permission::ReadAudit,
        }
    }

    /// Whether its rows have document numbers.
    #[must_use]
    pub(crate) const fn has_documents(self) -> bool {
        match self {
            Self::Registrations | Self::Students => true,
            Self::Orders | Self::Refunds | Self::Audit => false,
        }
    }
}

/// Whether a role may export this list: with whole numbers only if it may see one.
#[must_use]
pub const fn may_take(role: Role, what: What, whole: bool) -> bool {
    role.may(what.needs()) && (!whole || (what.has_documents() && role.may(Permission::ShowDocument)))
}

/// Whether a file with this many rows needs a second person's approval.
#[must_use]
pub const fn takes_two(rows: i64) -> bool {
    rows > FILE_ROWS
}

/// Whether a role may approve another person's request.
#[must_use]
pub const fn may_approve(role: Role, what: What) -> bool {
    role.may(what.needs()) && !matches!(role, Role::CustomerService)
}

/// The lists whose files a role may approve, in the form of [`exports::Sought`].
#[must_use]
pub fn approvable(role: Role) -> String {
    let names: Vec<&str> =
        What::ALL.into_iter().filter(|what| may_approve(role, *what)).map(What::wire).collect();
    format!(";{};", names.join(";"))
}

/// Why a file, or a decision about one, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportRefusal {
    /// No such request in the scope.
    NotFound,
    /// The reason is missing or too long.
    NoReason,
    /// There is nothing to export.
    Nothing,
    /// More rows than any file may have.
    TooMany,
    /// The requester cannot approve, under whatever account.
    SamePerson,
    /// It waits for another person: there is no file yet.
    Waits,
    /// Already decided, or expired.
    Over,
}

/// Stores a request; returns its id. One with few enough rows is ready at once. Idempotent.
///
/// # Errors
/// [`ExportRefusal`]; [`DbError`].
pub async fn ask(tx: &mut Tx<'_>, by: &By, mut new: Export) -> Result<i64, Stop<ExportRefusal>> {
    let reason = new.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST || !is_free_text(&reason) {
        return Err(Stop::Refused(ExportRefusal::NoReason));
    }
    if new.row_count == 0 {
        return Err(Stop::Refused(ExportRefusal::Nothing));
    }
    if new.row_count > MOST_ROWS {
        return Err(Stop::Refused(ExportRefusal::TooMany));
    }
    let now = tx.now().await?;
    new.reason = reason;
    if let Some(id) = asked_before(tx, &new).await? {
        return Ok(id);
    }
    new.id = tx.new_id();
    let state = if takes_two(new.row_count) { "asked" } else { "ready" };
    state.clone_into(&mut new.state);
    new.asked_at = now;
    new.expires_at = now.plus(LIFE);
    exports::insert(tx, &new).await?;
    let changes = Changes::NONE.set("state", Value::code(state));
    record(tx, by, &new, ("export-asked", changes)).await?;
    Ok(new.id)
}

/// The same request by this account a few minutes ago, if it was not refused: the form was submitted again.
async fn asked_before(tx: &mut Tx<'_>, new: &Export) -> Result<Option<i64>, DbError> {
    let now = tx.now().await?;
    let sought = exports::Sought {
        scope: new.scope.clone(),
        whats: format!(";{};", new.what),
        account: new.requester.clone(),
        state: String::new(),
    };
    let same = |of: &Export| {
        let asked = (&of.what, &of.query, &of.form, of.whole, of.row_count, &of.reason);
        asked == (&new.what, &new.query, &new.form, new.whole, new.row_count, &new.reason)
            && (&of.requester, &of.scope) == (&new.requester, &new.scope)
            && of.state != "refused"
            && now < of.asked_at.plus(REPEATED)
    };
    let newest = exports::list(tx, &sought, i64::MAX, NEWEST).await?;
    Ok(newest.iter().find(|of| same(of)).map(|of| of.id))
}

/// Approves or refuses another person's request; idempotent for the same decision of the same account.
///
/// # Errors
/// [`ExportRefusal`]; [`DbError`].
pub async fn decide(
    tx: &mut Tx<'_>,
    by: &By,
    role: Role,
    id: i64,
    approve: bool,
) -> Result<(), Stop<ExportRefusal>> {
    let of = exports::lock(tx, id).await?.filter(|of| by.scope.holds(of.scope.prefix()));
    let of = of.ok_or(Stop::Refused(ExportRefusal::NotFound))?;
    if !What::from_wire(&of.what).is_some_and(|what| may_approve(role, what)) {
        return Err(Stop::Refused(ExportRefusal::NotFound));
    }
    if of.requester_person == by.person {
        return Err(Stop::Refused(ExportRefusal::SamePerson));
    }
    let state = if approve { "ready" } else { "refused" };
    if of.state == state && of.approver.as_ref() == Some(&by.account) {
        return Ok(());
    }
    if !exports::decide(tx, id, state, (&by.account, &by.person)).await? {
        return Err(Stop::Refused(ExportRefusal::Over));
    }
    let action = if approve { "export-approved" } else { "export-refused" };
    let changes = Changes::NONE.field("state", Value::code(&of.state), Value::code(state));
    record(tx, by, &of, (action, changes)).await?;
    Ok(())
}

async fn record(
    tx: &mut Tx<'_>,
    by: &By,
    of: &Export,
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = Event {
        school: of.scope.school().unwrap_or(SchoolCode::NONE),
        actor: Actor::Staff(by.account.clone()),
        action,
        object_kind: "export",
        object: &of.id.to_string(),
        address: &by.address,
        detail: &format!(
            "list={} rows={} whole={} scope={} by={}",
            of.what,
            of.row_count,
            of.whole,
            of.scope.prefix(),
            of.requester
        ),
        changes,
    };
    audit::record(tx, &event).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_need_a_role_that_may_see_one() {
        assert!(may_take(Role::School, What::Registrations, true));
        assert!(may_take(Role::Province, What::Registrations, false));
        assert!(!may_take(Role::Province, What::Registrations, true));
        assert!(!may_take(Role::Auditor, What::Audit, true));
        assert!(!may_take(Role::Finance, What::Registrations, false));
    }

    #[test]
    fn a_clerk_approves_no_file() {
        assert!(may_approve(Role::National, What::Registrations));
        assert!(!may_approve(Role::CustomerService, What::Registrations));
        assert!(!may_approve(Role::National, What::Audit));
    }
}
