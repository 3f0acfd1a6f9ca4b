//! 候补: the places of a candidate, the form to join, and the page that asks before leaving (R16).

use askama::Template;

use crate::entry::views::Place;
use crate::web::page::{Choice, Link, Page};

/// How things stand in the line of one campus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtCampusShown {
    /// The campus with its code.
    pub campus: String,
    /// The place, the first being 1.
    pub place: i64,
    /// How many wait there.
    pub total: i64,
    /// The value of `data-chance`.
    pub mark: &'static str,
    /// The chance in a word.
    pub chance: &'static str,
    /// What it is told from.
    pub why: String,
}

/// A place that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceShown {
    /// Its id.
    pub id: String,
    /// The subject's code.
    pub code: String,
    /// The subject with its code.
    pub subject: String,
    /// Its campuses, the wanted one first.
    pub at: Vec<AtCampusShown>,
    /// Until when it waits.
    pub until: String,
    /// The fee: `¥50.00`.
    pub fee: String,
}

/// The form to join the line of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinShown {
    /// The subject's code.
    pub code: String,
    /// The subject with its code.
    pub subject: String,
    /// Where: the home campus, or the one whose page led here.
    pub place: Place,
    /// How things stand in the line there; `None` where a seat is free.
    pub at: Option<AtCampusShown>,
    /// The page where a free seat is entered.
    pub enter: Link,
    /// The campuses to choose from, for an oral subject that may be taken elsewhere.
    pub campuses: Vec<Choice>,
    /// The chosen ones, the wanted one first: one for each list.
    pub chosen: Vec<String>,
}

/// `/registration/waiting-list`.
#[derive(Template)]
#[template(path = "handout/waiting_list.html")]
pub struct WaitingListView {
    /// The page frame.
    pub page: Page,
    /// What the candidate waits for.
    pub mine: Vec<PlaceShown>,
    /// The form for one subject.
    pub join: Option<JoinShown>,
    /// The subjects that the form can be for.
    pub subjects: Vec<Choice>,
    /// Full subjects at the home campus, each leading to its form.
    pub full: Vec<Link>,
}

/// The page that asks before somebody leaves.
#[derive(Template)]
#[template(path = "handout/leaving.html")]
pub struct LeavingView {
    /// The page frame; its path is the form's address.
    pub page: Page,
    /// The place.
    pub place: PlaceShown,
}

fn place(page: &Page, at: &AtCampusShown) -> String {
    page.f("standby-place-of", &[("place", &at.place.to_string()), ("total", &at.total.to_string())])
}

impl LeavingView {
    fn place(&self, at: &AtCampusShown) -> String {
        place(&self.page, at)
    }
}

impl WaitingListView {
    fn place(&self, at: &AtCampusShown) -> String {
        place(&self.page, at)
    }

    fn fee(&self, place: &PlaceShown) -> String {
        self.page.f("standby-fee-later", &[("fee", &place.fee)])
    }

    fn people(&self, at: &AtCampusShown) -> String {
        self.page.f("standby-people", &[("n", &at.total.to_string())])
    }

    /// The lists of campuses, the wanted one first.
    fn ranks(&self) -> [(&'static str, &'static str); 3] {
        [
            ("", self.page.m("standby-campus-1")),
            ("2", self.page.m("standby-campus-2")),
            ("3", self.page.m("standby-campus-3")),
        ]
    }

    fn is_chosen(&self, rank: &str, choice: &Choice) -> bool {
        let at = match rank {
            "2" => 1,
            "3" => 2,
            _ => 0,
        };
        let chosen = self.join.as_ref().and_then(|join| join.chosen.get(at));
        chosen.is_some_and(|chosen| *chosen == choice.value)
    }
}
