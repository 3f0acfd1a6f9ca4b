//! Views of the portal's texts and news.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::markdown;
use crate::web::page::{Choice, Page};
use cet_base::words::time::Time;
use cet_domain::portal::drafts::Draft;

/// A page of the portal in a language.
pub(in crate::change) struct PortalRow {
    /// Link to its form.
    pub href: String,
    /// Its name.
    pub name: &'static str,
    /// The language.
    pub lang: &'static str,
    /// The version in force; empty: the installation's own text.
    pub version: String,
    /// Where visitors see it.
    pub seen: String,
    /// Since when there is a draft; empty: there is none.
    pub draft: String,
}

/// `/staff/portal`.
#[derive(Template)]
#[template(path = "change/portal_pages.html")]
pub(in crate::change) struct PortalPagesView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The links to its files.
    pub pager: Pager,
    /// The pages.
    pub rows: Vec<PortalRow>,
}

/// The versions of a text: number, since when, and the text as HTML.
#[derive(Template)]
#[template(path = "change/versions.html")]
pub(in crate::change) struct VersionsView<'a> {
    page: &'a Page,
    versions: Vec<(i64, String, Option<String>)>,
}

impl<'a> VersionsView<'a> {
    /// The part of a page that lists them.
    pub(in crate::change) fn rendered(page: &'a Page, versions: Vec<(i64, Option<String>, Time)>) -> String {
        let shown = |(version, body, at): (i64, Option<String>, Time)| {
            (version, at.page(), body.map(|body| markdown::render(&body)))
        };
        let view = Self { page, versions: versions.into_iter().map(shown).collect() };
        // A template without fallible parts; the page goes without the list otherwise.
        view.render().unwrap_or_default()
    }
}

/// The draft of a page, with the buttons of its form.
#[derive(Template)]
#[template(path = "change/draft.html")]
pub(in crate::change) struct DraftView<'a> {
    page: &'a Page,
    draft: Option<&'a Draft>,
    /// Whether a version was published after it.
    older: bool,
    text: String,
}

impl<'a> DraftView<'a> {
    /// The part of the page; the version in force is the one since `published`.
    pub(in crate::change) fn rendered(
        page: &'a Page,
        draft: Option<&'a Draft>,
        published: Option<Time>,
    ) -> String {
        let text = draft.map(|draft| markdown::render(&draft.body)).unwrap_or_default();
        let older = draft.is_some_and(|draft| published.is_some_and(|at| at > draft.at));
        // As with the versions: the page goes without this part otherwise.
        Self { page, draft, older, text }.render().unwrap_or_default()
    }
}

/// An item of news.
pub(in crate::change) struct NewsRow {
    /// Link to its form.
    pub href: String,
    /// Its title.
    pub title: String,
    /// When it appears.
    pub publish_at: String,
    /// The colour of the state.
    pub class: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// Where visitors see it; empty if they don't.
    pub seen: String,
}

/// `/staff/portal/news`.
#[derive(Template)]
#[template(path = "change/news.html")]
pub(in crate::change) struct NewsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// Links under the list.
    pub pager: Pager,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The news.
    pub rows: Vec<NewsRow>,
}
