//! Who is making the request: handlers of staff pages take a [`StaffMember`], which requires both factors.

use std::convert::Infallible;
use std::ops::Deref;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Method;
use http::request::Parts;

use super::marks;
use super::menu::{self, Menu};
use crate::app::App;
use crate::staff::cookies;
use crate::web::answer::{PageError, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::Marks;
use crate::web::page::Page;
use crate::web::visitor::Visitor;
use cet_base::store::DbError;
use cet_domain::audit::Actor;
use cet_domain::staff::rules::{Permission, Role, Scope};
use cet_domain::staff::session::{self, StaffSession};

/// The length of session tokens; others are not looked up.
const TOKEN_LENGTH: usize = 64;

/// A staff member who has passed both factors.
#[derive(Clone)]
pub struct StaffMember {
    visitor: Visitor,
    /// The account's name.
    pub name: String,
    /// The person who holds the account: the same for two accounts of one person.
    pub person: String,
    /// The account's role.
    pub role: Role,
    /// The part of the tree that the account is limited to.
    pub scope: Scope,
    /// The session.
    pub session: StaffSession,
    /// Whether the request only reads, and is no form.
    pub(super) reads: bool,
    /// The pattern of the route that was asked for.
    route: Option<MatchedPath>,
}

/// A visitor of the pages before the second factor.
#[derive(Clone)]
pub struct StaffVisitor {
    visitor: Visitor,
    /// The session, if the password was correct.
    pub session: Option<StaffSession>,
}

/// Why a handler for staff did not run: login required, or an error.
#[derive(Debug)]
pub enum StaffRejection {
    /// Redirect to this path first.
    RedirectTo(String),
    /// Any other error.
    Page(PageError),
}

impl IntoResponse for StaffRejection {
    fn into_response(self) -> Response {
        match self {
            Self::RedirectTo(path) => see_other(&path),
            Self::Page(error) => error.into_response(),
        }
    }
}

impl From<PageError> for StaffRejection {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

impl Deref for StaffMember {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Deref for StaffVisitor {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl StaffMember {
    /// Whether the role has this permission anywhere in its scope.
    #[must_use]
    pub fn may(&self, what: Permission) -> bool {
        self.role.may(what)
    }

    /// Continues only if the role has the permission; otherwise the page does not exist.
    ///
    /// # Errors
    /// [`PageError::NotFound`].
    pub fn needs(&self, what: Permission) -> Result<(), PageError> {
        if self.may(what) {
            return Ok(());
        }
        // What for, and of which role: the answer and the line of the request name neither (ASVS 16.3.2). Not the account's
        // name nor what was typed: nothing of a person is in the log.
        let route = self.route.as_ref().map_or("-", MatchedPath::as_str);
        tracing::warn!(role = ?self.role, needs = ?what, route, "access refused");
        Err(PageError::NotFound)
    }

    /// Accepts a form with a file that was made for this account, which only its handler reads; other forms are compared
    /// before any handler runs.
    ///
    /// # Errors
    /// As for other forms, [`PageError::Stale`].
    pub fn made_for(&self, form: &FormData) -> Result<(), PageError> {
        marks::check(&self.visitor, &self.name, Some(form))
    }

    /// The actor for the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.name.clone())
    }

    /// The client's address for the audit log.
    #[must_use]
    pub fn from(&self) -> String {
        self.address.to_string()
    }

    /// The page frame: title by its key, side menu with the counts of pending work, the signed-in member.
    ///
    /// # Errors
    /// [`PageError`] if the database can't be queried.
    pub async fn frame(&self, title: &'static str) -> Result<(Page, Menu), PageError> {
        self.frame_at(&self.path, title).await
    }

    /// The same for a page at another path, which the form was sent from.
    ///
    /// # Errors
    /// As [`StaffMember::frame`].
    pub async fn frame_at(&self, path: &str, title: &'static str) -> Result<(Page, Menu), PageError> {
        let page = self.visitor.page_at(path).titled(title);
        let page = page.marked(marks::MEMBER, marks::member_mark(&self.app.vault, &self.name));
        let (role, scope, person) = (self.role, self.scope.clone(), self.person.clone());
        let waiting =
            self.app.db.read(async move |tx| menu::waiting(tx, role, &scope, &person).await).await?;
        let menu = Menu::new(&page, self, &waiting);
        let page = match self.between_seasons(&page) {
            Some(notice) => page.noting(notice),
            None => page,
        };
        Ok((page, menu))
    }
}

async fn session_of(visitor: &Visitor) -> Result<Option<StaffSession>, PageError> {
    let app = &visitor.app;
    let Some(token) = visitor.cookie(cookies::cookie_name(app)) else { return Ok(None) };
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let token = token.to_owned();
    let found = app.db.read(async move |tx| session::find(tx, &token).await).await?;
    let Some((session, now)) = found else { return Ok(None) };
    if session.due(now) {
        let hash = session.token_hash.clone();
        // Serving the page matters more than recording the visit; the next view records it.
        let _missed: Result<(), DbError> = app.db.write(async move |tx| session::seen(tx, &hash).await).await;
    }
    Ok(Some(session))
}

impl FromRequestParts<App> for StaffMember {
    type Rejection = StaffRejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, StaffRejection> {
        signed_in(parts, app).await
    }
}

/// Boxed here: an `async fn` is compiled anew into every unit that awaits it, and here each page's handler does.
fn signed_in<'a>(parts: &'a mut Parts, app: &'a App) -> BoxFuture<'a, Result<StaffMember, StaffRejection>> {
    async move {
        let visitor = visitor(parts, app).await;
        let Some(session) = session_of(&visitor).await? else {
            return Err(StaffRejection::RedirectTo(log_in_first(&parts.method, &visitor.path)));
        };
        if session.passed_at.is_none() {
            return Err(StaffRejection::RedirectTo("/staff/second-factor".to_owned()));
        }
        let free = ["/staff/password", "/staff/logout", "/staff/recovery-codes"];
        if session.must_change && !free.contains(&visitor.path.as_str()) {
            return Err(StaffRejection::RedirectTo("/staff/password".to_owned()));
        }
        if parts.method == Method::POST {
            marks::check(&visitor, &session.account, parts.extensions.get().map(Marks::form))?;
        }
        Ok(StaffMember {
            visitor,
            name: session.account.clone(),
            person: session.person.clone(),
            role: session.role,
            scope: session.scope.clone(),
            session,
            reads: matches!(parts.method, Method::GET | Method::HEAD),
            route: parts.extensions.get().cloned(),
        })
    }
    .boxed()
}

impl FromRequestParts<App> for StaffVisitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let visitor = visitor(parts, app).await;
        let session = session_of(&visitor).await?;
        Ok(Self { visitor, session })
    }
}

/// After login, a requested page is shown; a form is not submitted again.
fn log_in_first(method: &Method, path: &str) -> String {
    if *method != Method::GET || path == "/staff" {
        return "/staff/login".to_owned();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", path);
    format!("/staff/login?{}", query.finish())
}

async fn visitor(parts: &mut Parts, app: &App) -> Visitor {
    let visitor: Result<Visitor, Infallible> = Visitor::from_request_parts(parts, app).await;
    match visitor {
        Ok(visitor) => visitor,
    }
}
