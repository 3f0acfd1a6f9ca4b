//! Lists of a setting by place: a place and those directly below it, each with its own or the inherited value.

use axum::response::Response;
use http::StatusCode;

use crate::change::form::SAVED;
use crate::change::views::{PlaceCell, PlaceRow, PlacesView};
use crate::change::{refusal_texts, tree, words};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Asked, Form, Pager, Sheet, download};
use crate::web::answer::{PageError, html};
use crate::web::flash;
use crate::web::page::{Notice, Page, Tone};
use cet_domain::change::{Key, SettingValue, rules};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Plan, limit};

/// One column of a list.
pub(super) struct Column {
    /// Its heading.
    pub heading: String,
    /// The setting of a place.
    pub key: Box<dyn Fn(Place) -> Option<Key> + Send + Sync>,
    /// The path of the form, below that of the list; `None`: no form.
    pub form: Box<dyn Fn(Place) -> Option<String> + Send + Sync>,
}

/// The page of a list at `path`.
pub(super) async fn page(
    who: &StaffMember,
    plan: &Plan,
    path: &str,
    title: &'static str,
    columns: impl FnOnce(&Page) -> Vec<Column>,
    value: impl Fn(&Key) -> Option<SettingValue>,
) -> Result<Response, PageError> {
    let top = tree::top(who)?;
    let (page, menu) = who.frame_at(path, title).await?;
    let page = saved(who, page);
    let catalogue = who.app.catalogue.get();
    let columns = columns(&page);
    let asked = Asked::read(who, &["sitting", "place"]);
    let mut below: Vec<Place> = tree::below(&catalogue, top).into_iter().collect();
    below.sort_by_key(|place| tree::name(*place));
    let form = file_form(&who.path);
    let mut pager = Pager::default();
    if form.is_none() {
        below.retain(|place| tree::name(*place) > asked.after);
        pager = Pager::cut(path, &asked, &mut below, |place| tree::name(*place));
    }
    let mut rows = Vec::new();
    for place in std::iter::once(top).chain(below) {
        let of = |column| cell(who, &page, plan, (place, column), (&value, form.is_some()));
        let cells = columns.iter().map(of).collect();
        let has_below = place != top && !tree::below(&catalogue, place).is_empty();
        rows.push(PlaceRow {
            code: tree::name(place),
            name: words::place(&page, &catalogue, place),
            below: if has_below { format!("{path}?place={}", tree::name(place)) } else { String::new() },
            cells,
        });
    }
    if let Some((form, what)) = form {
        return download(who, what, form, (Download::of(who)?, sheet(&page, &columns, rows))).await;
    }
    let above =
        tree::above(who, top).map(|up| format!("{path}?place={}", tree::name(up))).unwrap_or_default();
    let view = PlacesView {
        sitting: plan.name_in(page.lang().code()).to_owned(),
        columns: columns.into_iter().map(|column| column.heading).collect(),
        rows,
        above,
        pager,
        page,
        menu,
    };
    html(StatusCode::OK, &view).map(|response| flash::clear(who, response))
}

/// The form and the name of the file that an address asks for.
pub(super) fn file_form(path: &str) -> Option<(Form, &'static str)> {
    const NAMES: [&str; 8] =
        ["windows", "limits", "fees", "oral", "arrangement", "notices", "subjects", "portal"];
    let (base, form) = match (path.strip_suffix(".csv"), path.strip_suffix(".xlsx")) {
        (Some(base), _) => (base, Form::Csv),
        (None, Some(base)) => (base, Form::Xlsx),
        (None, None) => return None,
    };
    let name = base.rsplit('/').next().unwrap_or_default();
    NAMES.into_iter().find(|known| *known == name).map(|name| (form, name))
}

/// The list as a file: each value with where it comes from.
fn sheet(page: &Page, columns: &[Column], rows: Vec<PlaceRow>) -> Sheet {
    let own = [page.m("setting-place-code"), page.m("change-place")].map(str::to_owned);
    let headings =
        columns.iter().flat_map(|of| [of.heading.clone(), page.m("setting-value-from").to_owned()]);
    let row = |row: PlaceRow| {
        let cells = row.cells.into_iter().flat_map(|cell| [cell.value, cell.from]);
        [row.code, row.name].into_iter().chain(cells).collect()
    };
    Sheet { headings: own.into_iter().chain(headings).collect(), rows: rows.into_iter().map(row).collect() }
}

fn cell(
    who: &StaffMember,
    page: &Page,
    plan: &Plan,
    (place, column): (Place, &Column),
    (value, whole): (&impl Fn(&Key) -> Option<SettingValue>, bool),
) -> PlaceCell {
    let none = PlaceCell { value: String::new(), from: String::new(), own: false, href: String::new() };
    let Some(key) = (column.key)(place) else { return none };
    let own = value(&key);
    // From the nearest place above that has one.
    let above = limit::above(place).into_iter().rev();
    let inherited = above
        .filter_map(|place| (column.key)(place))
        .find_map(|key| value(&key).map(|found| (key.place(), found)));
    let may = rules::may_change(who.role, &who.scope, &key, plan.province_fees) && rules::is_open(plan.state);
    let href = if may { (column.form)(place).unwrap_or_default() } else { String::new() };
    let words = |value: &SettingValue| match value {
        SettingValue::Notice(body, _) if whole => body.clone(),
        SettingValue::Window(window, _) if whole => format!("{} – {}", window.opens(), window.closes()),
        other => refusal_texts::value_words(page, other),
    };
    match (own, inherited) {
        (Some(value), _) => {
            PlaceCell { value: words(&value), from: page.m("setting-own").to_owned(), own: true, href }
        }
        (None, Some((from, value))) => PlaceCell {
            value: words(&value),
            from: page.f("setting-from", &[("place", &words::place(page, &who.app.catalogue.get(), from))]),
            own: false,
            href,
        },
        (None, None) => PlaceCell { href, ..none },
    }
}

/// The value that a place would inherit, in words; empty if there is none.
pub(super) fn inherited(
    who: &StaffMember,
    page: &Page,
    place: Place,
    key: impl Fn(Place) -> Key,
    value: impl Fn(&Key) -> Option<SettingValue>,
) -> Option<String> {
    if place == Place::National {
        return None;
    }
    let found = limit::above(place).into_iter().rev().find_map(|above| {
        let of = key(above);
        value(&of).map(|found| (above, found))
    });
    Some(found.map_or_else(String::new, |(from, value)| {
        let place = words::place(page, &who.app.catalogue.get(), from);
        let from = page.f("setting-from", &[("place", &place)]);
        page.f("setting-inherited", &[("value", &refusal_texts::value_words(page, &value)), ("from", &from)])
    }))
}

/// The page with the message that a change took effect, right after it.
pub(super) fn saved(who: &StaffMember, page: Page) -> Page {
    if flash::get(who) == Some(SAVED) {
        let title = page.m("setting-saved").to_owned();
        let text = page.m("setting-saved-more").to_owned();
        return page.noting(
            Notice::new(Tone::Ok, title, text).linked("/staff/changes", who.page().m("change-title")),
        );
    }
    page
}
