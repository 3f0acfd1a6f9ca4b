//! The sitting of a staff page: the only way to it, so that no page is gone between two seasons. What can be looked at is
//! that of the last sitting; what can only be done in one says so (season.md 1.5).

use std::sync::Arc;

use askama::Template;
use http::StatusCode;

use super::member::StaffMember;
use super::menu::Menu;
use crate::web::answer::PageError;
use crate::web::page::{Link, Notice, Page, Refused, Tone, Typed};
use cet_base::words::codes::SittingCode;
use cet_domain::sitting::{Plan, SittingState};
use cet_domain::staff::Permission;

/// Whether an address is that of a file: whoever keeps a page under its name has lost both.
fn is_file(path: &str) -> bool {
    let ending = std::path::Path::new(path).extension().and_then(std::ffi::OsStr::to_str);
    ending.is_some_and(|ending| ["csv", "xlsx", "pdf", "zip"].contains(&ending))
}

/// The page of what can only be done in a sitting, while there is none.
#[derive(Template)]
#[template(path = "staff/no_sitting.html")]
struct NoSittingView {
    page: Page,
    menu: Menu,
    main: Link,
}

impl StaffMember {
    /// The current sitting: for what can only be done in one.
    ///
    /// # Errors
    /// The page that says that there is none; of a form, with `sitting-state`.
    pub async fn sitting(&self) -> Result<Arc<Plan>, PageError> {
        match self.app.catalogue.get().current().cloned() {
            Some(plan) => Ok(plan),
            None => Err(self.no_sitting().await),
        }
    }

    /// The current sitting, between two seasons the last one: for what can be looked at.
    ///
    /// # Errors
    /// The page that says that there is none, before the first one is published.
    pub async fn shown_sitting(&self) -> Result<Arc<Plan>, PageError> {
        match self.list_sitting() {
            Some(plan) => Ok(plan),
            None => Err(self.no_sitting().await),
        }
    }

    /// The same for a list, which is empty before the first sitting is published.
    #[must_use]
    pub fn list_sitting(&self) -> Option<Arc<Plan>> {
        self.app.catalogue.get().shown_to_staff().cloned()
    }

    /// The sitting that `?sitting=` names, else [`list_sitting`](Self::list_sitting). A draft has no figures.
    ///
    /// # Errors
    /// [`PageError::NotFound`] where it names none.
    pub fn asked_sitting(&self) -> Result<Option<Arc<Plan>>, PageError> {
        let code = self.query("sitting").unwrap_or_default();
        if code.trim().is_empty() {
            return Ok(self.list_sitting());
        }
        let code = SittingCode::parse(code.trim()).map_err(|_| PageError::NotFound)?;
        let catalogue = self.app.catalogue.get();
        let plan = catalogue.sitting(&code).filter(|plan| plan.state != SittingState::Draft);
        plan.cloned().map(Some).ok_or(PageError::NotFound)
    }

    /// The page that says that there is no sitting: to whoever reads; to the sender of a form and to who asked for a file,
    /// which a page is not, with `sitting-state`.
    pub async fn no_sitting(&self) -> PageError {
        let (page, menu) = match self.frame("staff-no-sitting").await {
            Ok(frame) => frame,
            Err(fault) => return fault,
        };
        let said = if !self.reads {
            Some("staff-no-sitting-nothing-done")
        } else if is_file(&self.path) {
            Some("staff-no-sitting-no-file")
        } else {
            None
        };
        let (status, page) = match said {
            None => (StatusCode::OK, page),
            Some(said) => {
                let refused = Refused::new(page.t, "sitting-state").saying(page.m(said));
                (StatusCode::CONFLICT, page.refusing(vec![refused], Typed::default()))
            }
        };
        let overview = Link { href: "/staff".to_owned(), text: page.m("error-way-staff").to_owned() };
        let main = self.next(&page).unwrap_or(overview);
        match (NoSittingView { page, menu, main }).render() {
            Ok(body) => PageError::Made(status, body.into()),
            Err(error) => PageError::fault(format!("template: {error}")),
        }
    }

    /// What every page says between two seasons: whose data it shows, and how it goes on; `None` in a season.
    pub(super) fn between_seasons(&self, page: &Page) -> Option<Notice> {
        let catalogue = self.app.catalogue.get();
        if catalogue.current().is_some() {
            return None;
        }
        let lang = page.lang().code();
        let (title, text) = match catalogue.shown_to_staff() {
            Some(plan) => {
                (page.f("staff-between", &[("sitting", plan.name_in(lang))]), page.m("staff-between-shown"))
            }
            None => (page.m("staff-between-none").to_owned(), page.m("staff-between-empty")),
        };
        Some(match self.next(page) {
            Some(link) => Notice::new(Tone::Info, title, text).linked(link.href, link.text),
            None => Notice::new(Tone::Info, title, format!("{text}{}", page.m("staff-between-wait"))),
        })
    }

    /// What is to be done for the next sitting, for who has a part in it.
    fn next(&self, page: &Page) -> Option<Link> {
        let catalogue = self.app.catalogue.get();
        let draft = catalogue.all().into_iter().find(|plan| plan.state == SittingState::Draft);
        match draft.filter(|_| self.may(Permission::Season)) {
            Some(plan) => Some(Link {
                href: format!("/staff/sittings/{}", plan.code),
                text: page.f("staff-between-draft", &[("sitting", plan.name_in(page.lang().code()))]),
            }),
            None if self.may(Permission::Sittings) => Some(Link {
                href: "/staff/sittings".to_owned(),
                text: page.m("staff-between-new").to_owned(),
            }),
            None => None,
        }
    }
}
