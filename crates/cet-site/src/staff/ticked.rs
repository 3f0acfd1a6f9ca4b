//! Rows that staff ticked in the list of students or of registrations: reading them from a form, and the pages that ask
//! before something is done with them and tell afterwards what became of each (S2).

mod pages;

use std::collections::BTreeSet;

pub use self::pages::{AskView, DoneView, MessageView, Named, Outcome, Outcomes};
use super::list::Asked;
use super::member::StaffMember;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page, Refused};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{SchoolCode, SittingCode, SubjectCode};
use cet_base::words::ids::{RecordId, RegistrationId};
use cet_domain::collective_payment::group::Whom;
use cet_domain::registration::store::scoped::{self, Seen};
use cet_domain::roster::StudentRecord;
use cet_domain::roster::ticked::{self, Key, MOST_TICKED, Ticked};
use cet_domain::sitting::Plan;

/// The query of the list where the rows were ticked, so that the way back leads there.
const LIST: &str = "list";

/// The list where rows are ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The school's roster.
    Students,
    /// What candidates have saved.
    Registrations,
}

impl At {
    /// The list that a form comes from, by the name of its ticks.
    #[must_use]
    pub fn of(form: &FormData) -> Self {
        let is_of_registrations = form.many(Self::Registrations.field()).next().is_some();
        if is_of_registrations { Self::Registrations } else { Self::Students }
    }

    /// The field of a ticked row.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Students => "student",
            Self::Registrations => "registration",
        }
    }

    /// The list's address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Students => "/staff/students",
            Self::Registrations => "/staff/registrations",
        }
    }

    /// The list's filters.
    pub(crate) const fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Students => &["campus", "college", "class"],
            Self::Registrations => &["campus", "college", "class", "subject", "payment"],
        }
    }
}

/// A ticked row.
pub struct Row {
    /// School and id, as forms send it.
    pub key: String,
    /// The school.
    pub school: SchoolCode,
    /// Which row.
    pub whom: Whom,
    /// The name with the student number.
    pub person: String,
}

/// The ticked rows of either list.
pub struct Rows {
    /// Which list.
    pub at: At,
    /// Those that stand, in the order of their keys.
    pub current: Vec<Row>,
    /// How many were replaced, were taken back or have ended since the list was shown.
    pub gone: usize,
}

impl Rows {
    /// No row.
    #[must_use]
    pub const fn none(at: At) -> Self {
        Self { at, current: Vec::new(), gone: 0 }
    }
}

/// The rows that a form ticks; `None` if there are none, or more than one form may have.
///
/// # Errors
/// [`PageError::NotFound`] for what is no key, or not in the scope (TH22).
pub async fn rows(
    who: &StaffMember,
    sitting: &SittingCode,
    form: &FormData,
) -> Result<Option<Rows>, PageError> {
    let at = At::of(form);
    let (current, gone) = match at {
        At::Students => {
            let Some(keys) = keys(form)? else { return Ok(None) };
            let found = find(who, sitting, &keys).await?;
            (found.current.iter().map(student).collect(), found.gone)
        }
        At::Registrations => {
            let Some(keys) = registrations(form)? else { return Ok(None) };
            let found = find_registrations(who, sitting, &keys).await?;
            (found.current.iter().map(candidate).collect(), found.gone)
        }
    };
    Ok(Some(Rows { at, current, gone }))
}

fn student(of: &StudentRecord) -> Row {
    Row {
        key: format!("{}-{}", of.school, of.id),
        school: of.school,
        whom: Whom::Student(of.id),
        person: person(&of.name, &of.student_number),
    }
}

fn candidate(of: &Seen) -> Row {
    Row {
        key: format!("{}-{}", of.school, of.id),
        school: of.school,
        whom: Whom::Registration(of.id),
        person: person(&of.name, &of.student_number),
    }
}

/// The keys of ticked registrations; `None` as for [`keys`].
///
/// # Errors
/// As [`keys`].
pub fn registrations(form: &FormData) -> Result<Option<BTreeSet<scoped::Key>>, PageError> {
    let mut keys = BTreeSet::new();
    for text in form.many(At::Registrations.field()) {
        let (school, id) = SchoolCode::parse_row(text).ok_or(PageError::NotFound)?;
        keys.insert((school, RegistrationId(id)));
    }
    Ok((1..=MOST_TICKED).contains(&keys.len()).then_some(keys))
}

/// The registrations of these keys.
///
/// # Errors
/// As [`find`].
pub async fn find_registrations(
    who: &StaffMember,
    sitting: &SittingCode,
    keys: &BTreeSet<scoped::Key>,
) -> Result<scoped::Ticked, PageError> {
    let (scope, sitting, keys) = (who.scope.clone(), sitting.clone(), keys.clone());
    let find = async move |tx: &mut Tx<'_>| scoped::ticked::find(tx, &scope, &sitting, &keys).await;
    let read: Result<Option<scoped::Ticked>, DbError> = who.app.db.read_long(find).await;
    read?.ok_or(PageError::NotFound)
}

/// The keys of the ticked students; `None` if there are none, or more than one form may have.
///
/// # Errors
/// [`PageError::NotFound`] for what is no key.
pub fn keys(form: &FormData) -> Result<Option<BTreeSet<Key>>, PageError> {
    let mut keys = BTreeSet::new();
    for text in form.many(At::Students.field()) {
        let (school, id) = SchoolCode::parse_row(text).ok_or(PageError::NotFound)?;
        keys.insert((school, RecordId(id)));
    }
    Ok((1..=MOST_TICKED).contains(&keys.len()).then_some(keys))
}

/// The rows of these keys.
///
/// # Errors
/// [`PageError::NotFound`] if one of them is not in the scope (TH22).
pub async fn find(
    who: &StaffMember,
    sitting: &SittingCode,
    keys: &BTreeSet<Key>,
) -> Result<Ticked, PageError> {
    let (scope, sitting, keys) = (who.scope.clone(), sitting.clone(), keys.clone());
    let read: Result<Option<Ticked>, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| ticked::find(tx, &scope, &sitting, &keys).await)
        .await;
    read?.ok_or(PageError::NotFound)
}

/// The refusal of a form on which nobody is ticked.
#[must_use]
pub fn nobody(page: &Page) -> Refused {
    Refused::new(page.t, "nothing-chosen").saying(page.m("staff-ticked-nobody"))
}

/// The subjects that a form ticks, in the sitting's order, or the refusal to show at them.
///
/// # Errors
/// The refusal: no subject is ticked, or one that the sitting does not have.
pub fn subjects(page: &Page, plan: &Plan, form: &FormData) -> Result<Vec<SubjectCode>, Box<Refused>> {
    let sent: BTreeSet<&str> = form.many("subject").collect();
    let all = plan.subjects().iter().map(|subject| subject.code);
    let codes: Vec<SubjectCode> = all.filter(|code| sent.contains(code.as_str())).collect();
    if codes.len() != sent.len() {
        let unknown = Refused::new(page.t, "field-invalid").at("subject");
        return Err(Box::new(unknown.saying(page.m("staff-ticked-subject"))));
    }
    if codes.is_empty() {
        return Err(Box::new(Refused::new(page.t, "nothing-chosen").at("subject")));
    }
    Ok(codes)
}

/// The sitting's subjects to tick.
#[must_use]
pub fn choices(page: &Page, plan: &Plan) -> Vec<Choice> {
    let choice = |subject: &cet_domain::sitting::Subject| Choice {
        value: subject.code.to_string(),
        text: subject.name_in(page.lang().code()).to_owned(),
    };
    plan.subjects().iter().map(choice).collect()
}

/// The query of the list where the rows were ticked, with known filters only.
///
/// # Errors
/// [`PageError::Doubled`].
pub fn list_query(form: &FormData, at: At) -> Result<String, PageError> {
    let query = form.one(LIST)?;
    let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after");
    let after = after.map(|(_, value)| value.into_owned()).unwrap_or_default();
    Ok(Asked::of_query(query, at.filters()).query(&after))
}

/// That some ticked rows are no longer current; empty if all are.
#[must_use]
pub fn gone(page: &Page, at: At, gone: usize) -> String {
    if gone == 0 {
        return String::new();
    }
    let words = match at {
        At::Students => "staff-ticked-some-gone",
        At::Registrations => "staff-ticked-some-ended",
    };
    page.f(words, &[("n", &gone.to_string())])
}

/// A name with the student number.
#[must_use]
pub fn person(name: &str, student_number: &str) -> String {
    if student_number.is_empty() { name.to_owned() } else { format!("{name}（{student_number}）") }
}
