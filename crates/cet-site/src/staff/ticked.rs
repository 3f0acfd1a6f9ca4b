//! Rows that staff ticked in the list of students: reading them from a form, and the pages that ask before something is
//! done with them and tell afterwards what became of each (S2).

use std::collections::BTreeSet;

use askama::Template;

use super::list::Asked;
use super::member::StaffMember;
use super::menu::Menu;
use crate::roster::ticked::{self, Key, MOST_TICKED, Ticked};
use crate::sitting::Plan;
use crate::store::{DbError, Tx};
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page, Refused};
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::RecordId;

/// The field of a ticked row.
pub const FIELD: &str = "student";
/// The filters of the list of students.
pub(crate) const FILTERS: &[&str] = &["campus", "college", "class"];
/// The query of the list where the rows were ticked, so that the way back leads there.
const LIST: &str = "list";
/// How many people a page names before it only counts.
const NAMED: usize = 10;

/// The keys of the ticked rows; `None` if there are none, or more than one form may have.
///
/// # Errors
/// [`PageError::NotFound`] for what is no key.
pub fn keys(form: &FormData) -> Result<Option<BTreeSet<Key>>, PageError> {
    let mut keys = BTreeSet::new();
    for text in form.many(FIELD) {
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
    let choice = |subject: &crate::sitting::Subject| Choice {
        value: subject.code.to_string(),
        text: subject.name_in(page.lang().code()).to_owned(),
    };
    plan.subjects().iter().map(choice).collect()
}

/// The query of the list where the rows were ticked, with known filters only.
///
/// # Errors
/// [`PageError::Doubled`].
pub fn list_query(form: &FormData) -> Result<String, PageError> {
    let query = form.one(LIST)?;
    let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after");
    let after = after.map(|(_, value)| value.into_owned()).unwrap_or_default();
    Ok(Asked::of_query(query, FILTERS).query(&after))
}

/// People as a page names them: the first ones, and how many more there are, in words.
pub struct Named {
    /// Names with student numbers.
    pub first: Vec<String>,
    /// How many more; empty if all are named.
    pub more: String,
}

impl Named {
    /// Names people.
    #[must_use]
    pub fn of(page: &Page, mut people: Vec<String>) -> Self {
        let more = people.len().saturating_sub(NAMED);
        people.truncate(NAMED);
        let words = page.f("staff-ticked-more", &[("n", &more.to_string())]);
        Self { first: people, more: if more == 0 { String::new() } else { words } }
    }
}

/// That some ticked rows are no longer current; empty if all are.
#[must_use]
pub fn gone(page: &Page, gone: usize) -> String {
    if gone == 0 {
        return String::new();
    }
    page.f("staff-ticked-some-gone", &[("n", &gone.to_string())])
}

/// A name with the student number.
#[must_use]
pub fn person(name: &str, student_number: &str) -> String {
    if student_number.is_empty() { name.to_owned() } else { format!("{name}（{student_number}）") }
}

/// The page that asks before something is done with ticked rows.
#[derive(Template)]
#[template(path = "staff/ticked.html")]
pub struct AskView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Where the form goes.
    pub action: &'static str,
    /// Whom it is about, counted, and what will happen.
    pub about: String,
    /// The people.
    pub people: Named,
    /// That some rows are no longer current; may be empty.
    pub gone: String,
    /// The keys of the rows.
    pub keys: Vec<String>,
    /// The list's query.
    pub list: String,
    /// The form's command id; empty if the act needs none.
    pub command: String,
    /// The subjects to tick.
    pub subjects: Vec<Choice>,
    /// The text of the button.
    pub button: &'static str,
}

/// One outcome, with whom it befell.
pub struct Outcome {
    /// What happened, or why nothing did.
    pub words: String,
    /// Whether it was done.
    pub is_done: bool,
    /// How many people.
    pub count: usize,
    /// The people; of those for whom it was done only some are named.
    pub people: Named,
}

/// The page that tells what became of each ticked row.
#[derive(Template)]
#[template(path = "staff/ticked_done.html")]
pub struct DoneView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The outcomes, in order of their first appearance.
    pub outcomes: Vec<Outcome>,
    /// The list's query.
    pub list: String,
}

/// Outcomes as they come, one person after the other.
#[derive(Default)]
pub struct Outcomes(Vec<(String, bool, Vec<String>)>);

impl Outcomes {
    /// Adds what became of one person.
    pub fn add(&mut self, words: String, is_done: bool, person: String) {
        match self.0.iter_mut().find(|(known, done, _)| *known == words && *done == is_done) {
            Some((_, _, people)) => people.push(person),
            None => self.0.push((words, is_done, vec![person])),
        }
    }

    /// Adds rows that were no longer current: nothing was done with them.
    pub fn add_gone(&mut self, page: &Page, gone: usize) {
        for _ in 0..gone {
            self.add(page.m("staff-ticked-gone").to_owned(), false, "—".to_owned());
        }
    }

    /// The outcomes for a page: whoever was left out is named, each of them.
    #[must_use]
    pub fn shown(self, page: &Page) -> Vec<Outcome> {
        self.0
            .into_iter()
            .map(|(words, is_done, people)| {
                let count = people.len();
                let people = if is_done {
                    Named::of(page, people)
                } else {
                    Named { first: people, more: String::new() }
                };
                Outcome { words, is_done, count, people }
            })
            .collect()
    }
}
