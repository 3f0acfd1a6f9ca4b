//! `/staff/sittings/{code}/arrangement`: rooms, machines and sessions of a place.

use axum::extract::Path;
use axum::response::Response;

use super::places::{self, Column};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::keys;
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{CampusCode, SittingCode};
use cet_domain::arrangement::rules::numbers::OralTicket;
use cet_domain::arrangement::settings::{Settings, Tail, parse_sessions};
use cet_domain::arrangement::store::{SettingRow, settings};
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::Permission;

/// The numbers with their bounds.
const NUMBERS: [(&str, std::ops::RangeInclusive<i64>); 5] = [
    ("room_size", 1..=99),
    ("columns", 1..=99),
    ("spare_seats", 0..=98),
    ("oral_rooms", 1..=99),
    ("machines", 1..=99),
];
const TAILS: [&str; 3] = ["short", "balanced", "merged"];

async fn rows(who: &StaffMember, sitting: &SittingCode) -> Result<Vec<SettingRow>, PageError> {
    let sitting = sitting.clone();
    let rows: Result<_, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| settings(tx, &sitting).await).await;
    Ok(rows?)
}

fn value(rows: &[SettingRow], key: &Key) -> Option<SettingValue> {
    let place = key.place().to_string();
    let own = rows.iter().find(|row| row.scope == place)?;
    Some(SettingValue::Arrangement(Box::new(own.clone())))
}

pub(super) async fn list(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::ArrangementSettings)?;
    let plan = super::plan(&who, &code)?;
    let path = format!("/staff/sittings/{}/arrangement", plan.code);
    let rows = rows(&who, &plan.code).await?;
    let columns = |page: &Page| {
        let path = path.clone();
        vec![Column {
            heading: page.m("setting-arrangement").to_owned(),
            key: Box::new(|place| Some(Key::Arrangement(place))),
            form: Box::new(move |place| Some(format!("{path}/{}", tree::name(place)))),
        }]
    };
    places::page(&who, &plan, &path, "setting-arrangement", columns, |key| value(&rows, key)).await
}

struct ArrangementForm {
    sitting: SittingCode,
    place: Place,
}

impl ArrangementForm {
    fn of(who: &StaffMember, (code, place): &(String, String)) -> Result<Self, PageError> {
        Ok(Self { sitting: super::plan(who, code)?.code.clone(), place: tree::in_scope(who, place)? })
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &ArrangementForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &ArrangementForm::of(&who, &of)?, &sent).await
}

/// That an empty field inherits, and what holds where nobody has set it.
fn hint(page: &Page, name: &str) -> String {
    let standard = Settings::default();
    let value = match name {
        "room_size" => standard.room_size.to_string(),
        "columns" => standard.columns.to_string(),
        "spare_seats" => standard.spare_seats.to_string(),
        "oral_rooms" => standard.oral_rooms.to_string(),
        "machines" => standard.machines.to_string(),
        _ => page.m("setting-tail-short").to_owned(),
    };
    page.f("setting-arrangement-hint", &[("value", &value)])
}

impl SettingForm for ArrangementForm {
    const NEEDS: Permission = Permission::ArrangementSettings;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/sittings/{}/arrangement/{}", self.sitting, tree::name(self.place))
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}/arrangement", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, _plan: &Plan) -> String {
        let place = words::place(page, &who.app.catalogue.get(), self.place);
        format!("{} · {place}", page.m("setting-arrangement"))
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![Key::Arrangement(self.place)]
    }

    async fn fields(&self, who: &StaffMember, page: &Page, _plan: &Plan) -> Result<Fields, PageError> {
        let rows = rows(who, &self.sitting).await?;
        let own = value(&rows, &Key::Arrangement(self.place));
        let values = own.as_ref().map(SettingValue::fields).unwrap_or_default();
        let field = |name: &'static str, hint: String, input: Input| Field {
            name: name.to_owned(),
            label: words::field(page, name),
            hint,
            input,
            value: values.get(name).cloned().unwrap_or_default(),
            key: Key::Arrangement(self.place),
        };
        let tails = TAILS.map(|tail| Choice {
            value: tail.to_owned(),
            text: keys::find(page, &format!("setting-tail-{tail}")).unwrap_or(tail).to_owned(),
        });
        let mut list: Vec<Field> =
            NUMBERS.iter().map(|(name, _)| field(name, hint(page, name), Input::Number)).collect();
        list.insert(2, field("tail", hint(page, "tail"), Input::Choice(tails.to_vec())));
        list.push(field("oral_sessions", page.m("setting-sessions-hint").to_owned(), Input::Text));
        list.push(field("oral_ticket", page.m("setting-ticket-hint").to_owned(), Input::Text));
        if matches!(self.place, Place::Campus(_)) {
            list.push(field("arrange_as", page.m("setting-arrange-as-hint").to_owned(), Input::Text));
        }
        let inherited = places::inherited(who, page, self.place, Key::Arrangement, |key| value(&rows, key));
        Ok(Fields { list, inherited, own: own.is_some(), below: String::new() })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut number = |name: &'static str| {
            let bounds =
                NUMBERS.iter().find(|(known, _)| *known == name).map(|(_, bounds)| bounds.clone())?;
            let text = sent.first(name).trim();
            if text.is_empty() {
                return None;
            }
            let number = parse::number(text, bounds.clone());
            if number.is_none() {
                wrong.push(Wrong::number(name, bounds));
            }
            number
        };
        let mut row = SettingRow {
            scope: self.place.to_string(),
            room_size: number("room_size"),
            seat_columns: number("columns"),
            spare_seats: number("spare_seats"),
            oral_rooms: number("oral_rooms"),
            machines: number("machines"),
            ..SettingRow::default()
        };
        let mut text = |name: &'static str, words: &'static str, fits: &dyn Fn(&str) -> bool| {
            let text = sent.first(name).trim();
            if text.is_empty() {
                return None;
            }
            if !fits(text) {
                wrong.push(Wrong::field(name, words));
                return None;
            }
            Some(text.to_owned())
        };
        row.tail = text("tail", "setting-tail-wrong", &|text| Tail::from_wire(text).is_some());
        row.oral_sessions =
            text("oral_sessions", "setting-sessions-wrong", &|text| parse_sessions(text).is_some());
        row.oral_ticket =
            text("oral_ticket", "setting-ticket-wrong", &|text| OralTicket::parse(text).is_ok());
        if matches!(self.place, Place::Campus(_)) {
            row.arrange_as =
                text("arrange_as", "setting-arrange-as-wrong", &|text| CampusCode::parse(text).is_ok());
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let empty = row == SettingRow { scope: row.scope.clone(), ..SettingRow::default() };
        let value = (!empty).then(|| SettingValue::Arrangement(Box::new(row)));
        Ok(vec![(Key::Arrangement(self.place), value)])
    }
}
