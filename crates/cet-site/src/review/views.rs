//! What the pages of CET6资格复核 show.

use askama::Template;

use super::{Review, ReviewState};
use crate::passport::views::document_kind_name;
use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::vault::{Vault, VaultError};
use crate::web::page::{Choice, Page};
use crate::words::document::DocumentNumber;

/// Who an application is for. It has no Debug: it is a person's data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonRows {
    /// 姓名.
    pub name: String,
    /// 证件类型 in words.
    pub document_kind: String,
    /// 证件号码, masked.
    pub document_number: String,
}

impl PersonRows {
    /// The rows of a stored person.
    ///
    /// # Errors
    /// [`VaultError`] when the keys of the installation do not open the document.
    pub fn new(
        page: &Page,
        vault: &Vault,
        name: &str,
        kind: &str,
        sealed: &[u8],
    ) -> Result<Self, VaultError> {
        let number = vault.open(sealed)?;
        Ok(Self {
            name: name.to_owned(),
            document_kind: document_kind_name(page.t, kind).to_owned(),
            document_number: DocumentNumber::parse(&number).map(|number| number.masked()).unwrap_or_default(),
        })
    }
}

/// An application in words.
#[derive(Clone, PartialEq, Eq)]
pub struct ReviewRows {
    /// Whose.
    pub person: PersonRows,
    /// 准考证号; empty for the school's own application.
    pub ticket: String,
    /// 提交时间.
    pub submitted_at: String,
    /// When it was decided; empty before.
    pub decided_at: String,
    /// 复核状态.
    pub state: ReviewState,
    /// Whether the school takes no more applications.
    pub closed: bool,
}

impl ReviewRows {
    /// The rows of an application.
    ///
    /// # Errors
    /// As [`PersonRows::new`].
    pub fn new(page: &Page, vault: &Vault, of: &Review) -> Result<Self, VaultError> {
        Ok(Self {
            person: PersonRows::new(page, vault, &of.name, &of.document_kind, &of.document_sealed)?,
            ticket: of.ticket.map(|ticket| ticket.as_str().to_owned()).unwrap_or_default(),
            submitted_at: of.submitted_at.page(),
            decided_at: of.decided_at.map(crate::words::time::Time::page).unwrap_or_default(),
            state: of.state,
            closed: of.malicious,
        })
    }

    fn is_final(&self) -> bool {
        self.state == ReviewState::Approved
    }

    fn waits(&self) -> bool {
        self.state == ReviewState::Pending
    }

    fn may_change(&self) -> bool {
        self.state == ReviewState::Refused && !self.closed
    }

    /// The class of the state's tag.
    fn class(&self) -> &'static str {
        match self.state {
            ReviewState::Approved => "ok",
            ReviewState::Pending => "warn",
            ReviewState::Refused | ReviewState::Withdrawn => "bad",
        }
    }

    fn state_words(&self, page: &Page) -> &'static str {
        state_words(page, self.state)
    }
}

/// A state in words.
#[must_use]
pub fn state_words(page: &Page, state: ReviewState) -> &'static str {
    match state {
        ReviewState::Pending => page.m("review-state-pending"),
        ReviewState::Approved => page.m("review-state-approved"),
        ReviewState::Refused => page.m("review-state-refused"),
        ReviewState::Withdrawn => page.m("review-state-withdrawn"),
    }
}

/// `/review`.
#[derive(Template)]
#[template(path = "review/review.html")]
pub struct ReviewView {
    /// The frame.
    pub page: Page,
    /// The application, if there is one that was not deleted.
    pub review: Option<ReviewRows>,
    /// Whether the application is for another student than the record at hand, for whom it does not count.
    pub of_another: bool,
    /// The form's person; `None` where there is nothing to submit.
    pub form: Option<PersonRows>,
    /// Where 关闭 leads.
    pub back: &'static str,
}

/// One row of `/staff/reviews`.
#[derive(Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// Its page.
    pub href: String,
    /// 姓名.
    pub name: String,
    /// 准考证号; empty for the school's own.
    pub ticket: String,
    /// The campus.
    pub campus: String,
    /// 复核状态 in words.
    pub state: &'static str,
    /// The class of the state's tag.
    pub class: &'static str,
    /// Submitted how often.
    pub submissions: String,
    /// Submitted when.
    pub submitted_at: String,
    /// Decided by whom; empty for the rules.
    pub decided_by: String,
}

impl ReviewLine {
    /// The row of an application.
    #[must_use]
    pub fn new(page: &Page, of: &Review) -> Self {
        let class = match of.state {
            ReviewState::Approved => "ok",
            ReviewState::Pending => "warn",
            ReviewState::Refused | ReviewState::Withdrawn => "bad",
        };
        Self {
            href: format!("/staff/reviews/{}", of.id),
            name: of.name.clone(),
            ticket: of.ticket.map(|ticket| ticket.as_str().to_owned()).unwrap_or_default(),
            campus: of.campus.to_string(),
            state: state_words(page, of.state),
            class,
            submissions: of.submissions.to_string(),
            submitted_at: of.submitted_at.page(),
            decided_by: of.decided_by.clone().unwrap_or_default(),
        }
    }
}

/// `/staff/reviews`.
#[derive(Template)]
#[template(path = "review/staff_list.html")]
pub struct ReviewsView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<ReviewLine>,
}

/// What the score of the ticket says, for who decides.
#[derive(Clone, PartialEq, Eq)]
pub struct ScoreRows {
    /// The name on it.
    pub name: String,
    /// The points.
    pub points: String,
    /// The sitting.
    pub sitting: String,
    /// Whether it stands under the applicant's document.
    pub same_document: bool,
}

/// `/staff/reviews/{id}`.
#[derive(Template)]
#[template(path = "review/staff_one.html")]
pub struct DecideView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The application's page.
    pub href: String,
    /// The application.
    pub review: ReviewRows,
    /// Whether its document number is whole.
    pub whole: bool,
    /// Why somebody may see a whole number.
    pub reasons: Vec<Choice>,
    /// The version that a decision is about.
    pub submissions: i64,
    /// The score of the ticket.
    pub score: Option<ScoreRows>,
    /// Who decided; empty for the rules.
    pub decided_by: String,
    /// Why; empty before.
    pub evidence: String,
    /// What can be decided now: value and words.
    pub decisions: Vec<Choice>,
}

/// `/staff/reviews/new`.
#[derive(Template)]
#[template(path = "review/staff_new.html")]
pub struct ApplyView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
}
