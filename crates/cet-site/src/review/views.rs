//! Views of the CET6资格复核 pages.

use askama::Template;

use crate::passport::views::document_kind_name;
use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};
use cet_base::sealed::{Document, Sealed};
use cet_base::vault::{Vault, VaultError};
use cet_base::words::document::DocumentNumber;
use cet_domain::review::{Review, ReviewState};

/// Who an application is for. It has no `Debug`, because it is personal data.
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
    /// Formats a stored person.
    ///
    /// # Errors
    /// [`VaultError`] if the installation's keys can't open the document.
    pub fn new(
        page: &Page,
        vault: &Vault,
        name: &str,
        (kind, sealed, key): (&str, &Sealed<Document>, &[u8]),
    ) -> Result<Self, VaultError> {
        let number = sealed.open(vault, key)?;
        Ok(Self {
            name: name.to_owned(),
            document_kind: document_kind_name(page.t, kind).to_owned(),
            document_number: DocumentNumber::parse(&number).map(|number| number.masked()).unwrap_or_default(),
        })
    }
}

/// An application, formatted.
#[derive(Clone, PartialEq, Eq)]
pub struct ReviewRows {
    /// The applicant.
    pub person: PersonRows,
    /// 准考证号; empty for an application made by the school.
    pub ticket: String,
    /// 提交时间.
    pub submitted_at: String,
    /// When it was decided; empty before.
    pub decided_at: String,
    /// 复核状态.
    pub state: ReviewState,
    /// Whether the school accepts no more applications.
    pub closed: bool,
}

impl ReviewRows {
    /// Formats an application.
    ///
    /// # Errors
    /// As [`PersonRows::new`].
    pub fn new(page: &Page, vault: &Vault, of: &Review) -> Result<Self, VaultError> {
        Ok(Self {
            person: PersonRows::new(
                page,
                vault,
                &of.name,
                (&of.document_kind, &of.document_sealed, &of.document_key),
            )?,
            ticket: of.ticket.map(|ticket| ticket.as_str().to_owned()).unwrap_or_default(),
            submitted_at: of.submitted_at.page(),
            decided_at: of.decided_at.map(cet_base::words::time::Time::page).unwrap_or_default(),
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

    /// The CSS class of the state's tag.
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
    /// The page frame.
    pub page: Page,
    /// The application, if there is one that was not deleted.
    pub review: Option<ReviewRows>,
    /// What the school wrote of a refused one.
    pub reason: Option<String>,
    /// Whether the application is for another student than the current record, to whom it does not apply.
    pub of_another: bool,
    /// The person in the form; `None` if there is nothing to submit.
    pub form: Option<PersonRows>,
    /// The target of 关闭.
    pub back: &'static str,
}

impl ReviewView {
    fn why(&self) -> Option<String> {
        self.reason.as_deref().map(|text| self.page.f("message-review-reason", &[("text", text)]))
    }
}

/// One row of `/staff/reviews`.
#[derive(Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// Link to its page.
    pub href: String,
    /// 姓名.
    pub name: String,
    /// 准考证号; empty for an application made by the school.
    pub ticket: String,
    /// The campus.
    pub campus: String,
    /// 复核状态 in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// Number of submissions.
    pub submissions: String,
    /// When it was submitted last.
    pub submitted_at: String,
    /// Who decided; empty before.
    pub decided_by: String,
}

/// Who decided: an account, or the rules.
pub(super) fn decided_by(page: &Page, of: &Review) -> String {
    match &of.decided_by {
        Some(account) => account.clone(),
        None if of.decided_at.is_some() => page.m("review-by-rules").to_owned(),
        None => String::new(),
    }
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
            decided_by: decided_by(page, of),
        }
    }
}

/// `/staff/reviews`.
#[derive(Template)]
#[template(path = "review/staff_list.html")]
pub struct ReviewsView {
    /// The page frame.
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

/// The score of the ticket, for the decision.
#[derive(Clone, PartialEq, Eq)]
pub struct ScoreRows {
    /// The name on the ticket.
    pub name: String,
    /// The score in points.
    pub points: String,
    /// The sitting.
    pub sitting: String,
    /// Whether it is recorded under the applicant's document.
    pub same_document: bool,
}

/// `/staff/reviews/{id}`.
#[derive(Template)]
#[template(path = "review/staff_one.html")]
pub struct DecideView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Link to the application's page.
    pub href: String,
    /// The application.
    pub review: ReviewRows,
    /// Whether its document number is shown in full.
    pub whole: bool,
    /// The reasons to choose from for showing a full number.
    pub reasons: Vec<Choice>,
    /// The version that a decision applies to.
    pub submissions: i64,
    /// The score of the ticket.
    pub score: Option<ScoreRows>,
    /// Who decided; empty if the rules did.
    pub decided_by: String,
    /// Whether the rules decided, which look at no evidence.
    pub by_rules: bool,
    /// The evidence; empty before a decision.
    pub evidence: String,
    /// The possible decisions: value and text.
    pub decisions: Vec<Choice>,
}

/// `/staff/reviews/new`.
#[derive(Template)]
#[template(path = "review/staff_new.html")]
pub struct ApplyView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
}
