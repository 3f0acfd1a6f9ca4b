//! Shows a full document number once, after a reason for it was recorded in the audit log.

use super::StaffMember;
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Refused};
use cet_base::store::DbError;
use cet_base::texts::Texts;
use cet_base::words::codes::SchoolCode;
use cet_domain::audit::{self, Changes, Event};

/// What the number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A registration.
    Registration,
    /// A student of the roster.
    Student,
    /// An application for a review.
    Review,
    /// A report of a wrong record.
    Report,
}

impl Holder {
    const fn wire(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Student => "student",
            Self::Review => "review",
            Self::Report => "report",
        }
    }
}

/// The reasons for showing a full number, with their text keys.
const REASONS: [(&str, &str); 4] = [
    ("record", "staff-reason-record"),
    ("candidate", "staff-reason-candidate"),
    ("review", "staff-reason-review"),
    ("rebind", "staff-reason-rebind"),
];

/// A reason in words; `None` for one that is not known.
#[must_use]
pub fn reason_words(t: &'static Texts, reason: &str) -> Option<&'static str> {
    REASONS.iter().find(|(known, _)| *known == reason).and_then(|(_, key)| t.find(key))
}

/// The reasons as options of a form.
#[must_use]
pub fn reasons(page: &Page) -> Vec<Choice> {
    REASONS
        .map(|(value, key)| Choice {
            value: value.to_owned(),
            text: page.t.find(key).unwrap_or(value).to_owned(),
        })
        .to_vec()
}

/// Records that a member sees the full number of this object, for the submitted reason.
///
/// # Errors
/// [`PageError`] if the database can't be queried; the inner error if no reason was given.
pub async fn recorded(
    member: &StaffMember,
    school: SchoolCode,
    (holder, id): (Holder, i64),
    sent: &str,
) -> Result<Result<(), Refused>, PageError> {
    let page = member.page();
    let Some((reason, _)) = REASONS.iter().find(|(known, _)| *known == sent) else {
        let refused =
            Refused::new(page.t, "field-invalid").at("reason").saying(page.m("staff-reason-needed"));
        return Ok(Err(refused));
    };
    let (actor, from, detail) = (member.actor(), member.from(), format!("reason={reason}"));
    let object = id.to_string();
    let written: Result<(), DbError> = member
        .app
        .db
        .write(async move |tx| {
            let event = Event {
                school,
                actor: actor.clone(),
                action: "document-shown",
                object_kind: holder.wire(),
                object: &object,
                address: &from,
                detail: &detail,
                changes: Changes::NONE,
            };
            audit::record(tx, &event).await
        })
        .await;
    written?;
    Ok(Ok(()))
}
