//! The pages that ask before something is done with ticked rows, and tell afterwards what became of each.

use askama::Template;

use super::At;
use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

/// How many people a page names before it only counts.
const NAMED: usize = 10;

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

/// The page that asks before something is done with ticked rows.
#[derive(Template)]
#[template(path = "staff/ticked.html")]
pub struct AskView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Where the rows were ticked.
    pub at: At,
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

/// The page that takes the words of a message to ticked people.
#[derive(Template)]
#[template(path = "staff/message.html")]
pub struct MessageView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Where the rows were ticked.
    pub at: At,
    /// Whom it goes to, counted, and how.
    pub about: String,
    /// Whether anybody gets it.
    pub may_send: bool,
    /// The people.
    pub people: Named,
    /// That some students get nothing; may be empty.
    pub left_out: String,
    /// That some rows no longer stand; may be empty.
    pub gone: String,
    /// The keys of the rows.
    pub keys: Vec<String>,
    /// The list's query.
    pub list: String,
    /// The form's command id.
    pub command: String,
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
    /// Where the rows were ticked.
    pub at: At,
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
    pub fn add_gone(&mut self, page: &Page, at: At, gone: usize) {
        let words = match at {
            At::Students => "staff-ticked-gone",
            At::Registrations => "staff-ticked-ended",
        };
        for _ in 0..gone {
            self.add(page.m(words).to_owned(), false, "—".to_owned());
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
