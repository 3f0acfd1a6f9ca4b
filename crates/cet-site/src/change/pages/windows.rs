//! `/staff/sittings/{code}/windows`: when registration is open.

use axum::extract::Path;
use axum::response::Response;

use super::places::{self, Column};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::Page;
use cet_base::words::codes::SittingCode;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::change::rules::value_in;
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::{Scope as Place, Window};
use cet_domain::staff::Permission;

/// A time as an input of a date and a time takes it.
pub(super) fn input(at: Option<Time>) -> String {
    at.map(|at| at.local("%Y-%m-%dT%H:%M")).unwrap_or_default()
}

/// An optional time of a form; `Err` if it is none. What was not edited stays exactly as it is: inputs show no seconds.
pub(super) fn optional(sent: &FormData, name: &str, now: Option<Time>) -> Result<Option<Time>, Wrong> {
    let text = sent.first(name).trim();
    if now.is_some() && text == input(now) {
        return Ok(now);
    }
    if text.is_empty() {
        return Ok(None);
    }
    parse::time(text).map(Some).ok_or_else(|| Wrong::field(name, "setting-time-wrong"))
}

pub(super) async fn list(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Windows)?;
    let plan = super::plan(&who, &code)?;
    let path = format!("/staff/sittings/{}/windows", plan.code);
    let columns = |page: &Page| {
        let column = |mode: Mode| {
            let path = path.clone();
            Column {
                heading: words::mode(page, mode).to_owned(),
                key: Box::new(move |place| Some(Key::Window(place, mode))),
                form: Box::new(move |place| Some(format!("{path}/{}/{}", tree::name(place), mode.wire()))),
            }
        };
        vec![column(Mode::Written), column(Mode::Oral)]
    };
    places::page(&who, &plan, &path, "setting-windows", columns, |key| value_in(&plan, key)).await
}

struct WindowForm {
    sitting: SittingCode,
    place: Place,
    mode: Mode,
}

impl WindowForm {
    fn of(who: &StaffMember, (code, place, mode): &(String, String, String)) -> Result<Self, PageError> {
        Ok(Self {
            sitting: super::plan(who, code)?.code.clone(),
            place: tree::in_scope(who, place)?,
            mode: Mode::from_wire(mode).ok_or(PageError::NotFound)?,
        })
    }

    const fn key(&self) -> Key {
        Key::Window(self.place, self.mode)
    }
}

pub(super) async fn show(
    who: StaffMember,
    Path(of): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    form::show(&who, &WindowForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &WindowForm::of(&who, &of)?, &sent).await
}

impl SettingForm for WindowForm {
    const NEEDS: Permission = Permission::Windows;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/sittings/{}/windows/{}/{}", self.sitting, tree::name(self.place), self.mode.wire())
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}/windows", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, plan: &Plan) -> String {
        words::setting(page, &who.app.catalogue.get(), plan, &self.key())
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![self.key()]
    }

    async fn fields(&self, who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let own = plan.window_of(self.place, self.mode);
        let field = |name: &str, hint: &'static str, value: Option<Time>| Field {
            name: name.to_owned(),
            label: words::field(page, name),
            hint: if hint.is_empty() { String::new() } else { page.m(hint).to_owned() },
            input: Input::Time,
            value: input(value),
            key: self.key(),
        };
        let list = vec![
            field("from", "", own.map(|(window, _)| window.opens())),
            field("to", "setting-to-hint", own.map(|(window, _)| window.closes())),
            field("outsiders_from", "setting-outsiders-hint", own.and_then(|(_, outsiders)| outsiders)),
        ];
        let key = |place| Key::Window(place, self.mode);
        let inherited = places::inherited(who, page, self.place, key, |key| value_in(plan, key));
        Ok(Fields { list, inherited, own: own.is_some(), below: String::new() })
    }

    fn parse(&self, sent: &FormData, plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let own = plan.window_of(self.place, self.mode);
        let needed = |name: &str, now: Option<Time>| {
            optional(sent, name, now)
                .and_then(|at| at.ok_or_else(|| Wrong::field(name, "setting-time-wrong")))
        };
        let from = needed("from", own.map(|(window, _)| window.opens()));
        let to = needed("to", own.map(|(window, _)| window.closes()));
        let outsiders = optional(sent, "outsiders_from", own.and_then(|(_, outsiders)| outsiders));
        let order = || Wrong::coded("to", "date-order", "setting-to-after-from");
        let window = match (from, to) {
            (Ok(from), Ok(to)) => Window::new(from, to).map_err(|_| vec![order()]),
            (from, to) => Err([from.err(), to.err()].into_iter().flatten().collect()),
        };
        match (window, outsiders) {
            (Ok(window), Ok(outsiders)) => {
                Ok(vec![(self.key(), Some(SettingValue::Window(window, outsiders)))])
            }
            (window, outsiders) => Err(window.err().into_iter().flatten().chain(outsiders.err()).collect()),
        }
    }
}
