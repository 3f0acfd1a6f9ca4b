//! Who is making the request: handlers take a [`Candidate`] if login is required, a [`MaybeCandidate`] if it is
//! optional.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Method;
use http::request::Parts;

use super::{kept, marks};
use crate::app::App;
use crate::passport::cookies;
use crate::waiting::{AtDesk, pass_desk};
use crate::web::answer::PageError;
use crate::web::no_sitting::NoSitting;
use crate::web::page::{Page, Who};
use crate::web::visitor::{Visitor, lang_in_query};
use cet_base::texts::Lang;
use cet_domain::passport::session::{self, Life, Session};
use cet_domain::passport::verbs::choose_language;
use cet_domain::sitting::{Catalogue, Plan};

/// The length of session tokens; longer ones are not looked up.
const TOKEN_LENGTH: usize = 64;
/// The longest path that a person is redirected to after logging in.
const LONGEST_WAY_BACK: usize = 512;

/// A signed-in visitor.
#[derive(Clone)]
pub struct Candidate {
    visitor: Visitor,
    /// The session, with the registration for the sitting that its candidates are told of.
    pub session: Session,
}

/// A visitor who may be signed in.
#[derive(Clone)]
pub struct MaybeCandidate {
    visitor: Visitor,
    /// The session, if there is a live one.
    pub session: Option<Session>,
}

impl Deref for Candidate {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Deref for MaybeCandidate {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Candidate {
    /// The page frame at this path, with the signed-in person.
    #[must_use]
    pub fn page(&self) -> Page {
        self.page_at(&self.path)
    }

    /// The page frame at another path, with the signed-in person.
    #[must_use]
    pub fn page_at(&self, path: &str) -> Page {
        let page = self.visitor.page_at(path).seen_by(who(&self.visitor, &self.session));
        marks::marked(page, &self.app.vault, path, &self.session)
    }
}

/// The sitting of a page: the only way to it for a room of candidates, so that none answers 404 between two seasons.
impl Candidate {
    /// The current sitting, with its catalogue: for whatever can only be done in one.
    ///
    /// # Errors
    /// [`PageError::NoSitting`] while there is none.
    pub fn sitting(&self) -> Result<(Arc<Catalogue>, Arc<Plan>), PageError> {
        let catalogue = self.visitor.app.catalogue.get();
        let plan = catalogue.current().map(Arc::clone).ok_or_else(|| self.no_sitting())?;
        Ok((catalogue, plan))
    }

    /// The sitting that candidates are told of, with its catalogue: for what can still be looked at when it is closed.
    ///
    /// # Errors
    /// [`PageError::NoSitting`] before the first one is published.
    pub fn told_sitting(&self) -> Result<(Arc<Catalogue>, Arc<Plan>), PageError> {
        let catalogue = self.visitor.app.catalogue.get();
        let plan = catalogue.told().map(Arc::clone).ok_or_else(|| self.no_sitting())?;
        Ok((catalogue, plan))
    }

    /// The page that says that there is no sitting.
    #[must_use]
    pub fn no_sitting(&self) -> PageError {
        let lang = self.visitor.lang.code();
        let last = self.visitor.app.catalogue.get().told().map(|plan| plan.name_in(lang).to_owned());
        PageError::NoSitting(Arc::new(NoSitting { who: who(&self.visitor, &self.session), last }))
    }
}

impl MaybeCandidate {
    /// The page frame at this path, with the signed-in person, if any.
    #[must_use]
    pub fn page(&self) -> Page {
        let page = self.visitor.page();
        match &self.session {
            Some(session) => page.seen_by(who(&self.visitor, session)),
            None => page,
        }
    }
}

/// A page with the bar of the signed-in person.
#[must_use]
pub fn frame(visitor: &Visitor, session: &Session, page: Page) -> Page {
    page.seen_by(who(visitor, session))
}

fn who(visitor: &Visitor, session: &Session) -> Who {
    let name = session.registration.as_ref().map(|registration| registration.name.clone());
    Who { name, sitting: sitting_name(visitor) }
}

/// The sitting's name as shown in the bar of every page, e.g. 2017年下半年CET考试; empty if there is none.
#[must_use]
pub fn sitting_name(visitor: &Visitor) -> String {
    visitor.app.catalogue.get().told().map_or_else(String::new, |plan| match visitor.lang {
        Lang::Zh => plan.name.clone(),
        Lang::En => plan.name_en.clone(),
    })
}

/// The live session of a visitor, if there is one.
///
/// # Errors
/// [`PageError`] when the database can't be queried.
pub async fn session_of(visitor: &Visitor) -> Result<Option<Session>, PageError> {
    let app = &visitor.app;
    let Some(token) = visitor.cookie(cookies::cookie_name(app)) else { return Ok(None) };
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let token = token.to_owned();
    let life = Life::from(&app.config.session);
    let sitting = app.catalogue.get().told().map(|plan| plan.code.clone());
    let found = app.db.read(async move |tx| session::find(tx, &token, life, sitting.as_ref()).await).await?;
    if let Some(session) = found.as_ref().filter(|session| session.due) {
        let hash = session.token_hash.clone();
        // Serving the page matters more than recording the visit; the next view records it.
        let _missed: Result<(), cet_base::store::DbError> =
            app.db.write(async move |tx| session::seen(tx, &hash).await).await;
    }
    if let (Some(session), Some(lang)) = (&found, lang_in_query(visitor.raw_query())) {
        let passport = session.passport;
        // As above: the switch is on every page.
        let _missed: Result<(), cet_base::store::DbError> =
            app.db.write(async move |tx| choose_language(tx, passport, lang).await).await;
    }
    Ok(found)
}

/// Records which record a page shows, if it differs from the last view.
async fn remember(visitor: &Visitor, session: &Session, shown: Option<(session::ShownOn, String)>) {
    let Some((page, record)) = shown else { return };
    let hash = session.token_hash.clone();
    // Only forms without marks need it, and serving the page matters more.
    let _missed: Result<(), cet_base::store::DbError> =
        visitor.app.db.write(async move |tx| session::remember_shown(tx, &hash, page, &record).await).await;
}

impl FromRequestParts<App> for Candidate {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        signed_in(parts, app).await
    }
}

/// Boxed here: an `async fn` is compiled anew into every unit that awaits it, and here each page's handler does.
fn signed_in<'a>(parts: &'a mut Parts, app: &'a App) -> BoxFuture<'a, Result<Candidate, PageError>> {
    async move {
        let visitor = visitor(parts, app).await;
        let Some(session) = session_of(&visitor).await? else {
            let back = way_back(&parts.method, &visitor.path, visitor.raw_query());
            return Err(PageError::SignIn(back, kept::form(&visitor, parts.extensions.get())));
        };
        if let Some(desk) = parts.extensions.get::<AtDesk>() {
            let asked = (visitor.path.as_str(), visitor.raw_query());
            let passed = pass_desk(app, desk, &session, &parts.method, asked);
            // What was typed stands on the page again when it is one's turn.
            passed.map_err(|away| away.keeping(kept::form(&visitor, parts.extensions.get())))?;
        }
        if parts.method == Method::POST {
            marks::check(&visitor, &session, parts.extensions.get()).await?;
        } else {
            remember(&visitor, &session, marks::newly_shown(&parts.method, &visitor.path, &session)).await;
        }
        Ok(Candidate { visitor, session })
    }
    .boxed()
}

impl FromRequestParts<App> for MaybeCandidate {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let visitor = visitor(parts, app).await;
        let session = session_of(&visitor).await?;
        Ok(Self { visitor, session })
    }
}

async fn visitor(parts: &mut Parts, app: &App) -> Visitor {
    let visitor: Result<Visitor, Infallible> = Visitor::from_request_parts(parts, app).await;
    match visitor {
        Ok(visitor) => visitor,
    }
}

/// Where to redirect after login: the requested page, or the page of the submitted form.
#[must_use]
pub fn way_back(method: &Method, path: &str, query: &str) -> String {
    let page = match path {
        "/registration/refresh" | "/registration/seats.json" => "/registration",
        "/review/withdrawal" => "/review",
        "/account/verification" => "/account",
        path if path.starts_with("/account/sessions/") => "/account/sessions",
        path if path.starts_with("/payment/") => {
            path.strip_suffix("/code").or_else(|| path.strip_suffix("/phone")).unwrap_or(path)
        }
        path => path,
    };
    let reads = *method == Method::GET || *method == Method::HEAD;
    let back =
        if reads && page == path && !query.is_empty() { format!("{page}?{query}") } else { page.to_owned() };
    if back.len() > LONGEST_WAY_BACK { "/home".to_owned() } else { back }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_in_leads_back_to_the_page_of_the_form() {
        let back = |method: Method, path: &str, query: &str| way_back(&method, path, query);
        assert_eq!(
            back(Method::GET, "/registration/oral", "campus=993010"),
            "/registration/oral?campus=993010"
        );
        assert_eq!(back(Method::POST, "/registration/written", ""), "/registration/written");
        assert_eq!(
            back(Method::POST, "/registration/entries/12/cancellation", "x=y"),
            "/registration/entries/12/cancellation"
        );
        assert_eq!(back(Method::POST, "/registration/refresh", ""), "/registration");
        assert_eq!(back(Method::POST, "/review/withdrawal", ""), "/review");
        for way in ["code", "phone"] {
            assert_eq!(back(Method::POST, &format!("/payment/12/{way}"), ""), "/payment/12");
        }
        assert_eq!(back(Method::POST, "/account/verification", ""), "/account");
        assert_eq!(back(Method::GET, &format!("/{}", "x".repeat(600)), ""), "/home");
    }
}
