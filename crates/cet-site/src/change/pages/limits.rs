//! `/staff/sittings/{code}/limits`: what a place allows the places below it.

use axum::extract::Path;
use axum::response::Response;

use super::places::{self, Column};
use super::windows::{input, optional};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::Page;
use cet_base::words::codes::SittingCode;
use cet_base::words::subject::Mode;
use cet_domain::change::rules::value_in;
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::Plan;
use cet_domain::sitting::limit::{Limit, LimitOn};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::Permission;

const MODES: [Mode; 2] = [Mode::Written, Mode::Oral];

pub(super) async fn list(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Limits)?;
    let plan = super::plan(&who, &code)?;
    let path = format!("/staff/sittings/{}/limits", plan.code);
    let sets = |place: Place| matches!(place, Place::National | Place::Province(_));
    let columns = |page: &Page| {
        let column = |heading: String, on: LimitOn| {
            let path = path.clone();
            Column {
                heading,
                key: Box::new(move |place| sets(place).then_some(Key::Limit(place, on))),
                form: Box::new(move |place| sets(place).then(|| format!("{path}/{}", tree::name(place)))),
            }
        };
        let windows = MODES.map(|mode| column(words::mode(page, mode).to_owned(), LimitOn::Windows(mode)));
        let seats = plan.subjects().iter().map(|subject| {
            column(words::subject(page, &plan, subject.code), LimitOn::Capacity(subject.code))
        });
        windows.into_iter().chain(seats).collect()
    };
    places::page(&who, &plan, &path, "setting-limits", columns, |key| value_in(&plan, key)).await
}

struct LimitForm {
    sitting: SittingCode,
    place: Place,
}

impl LimitForm {
    fn of(who: &StaffMember, (code, place): &(String, String)) -> Result<Self, PageError> {
        let place = tree::in_scope(who, place)?;
        if !matches!(place, Place::National | Place::Province(_)) {
            return Err(PageError::NotFound);
        }
        Ok(Self { sitting: super::plan(who, code)?.code.clone(), place })
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &LimitForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &LimitForm::of(&who, &of)?, &sent).await
}

impl SettingForm for LimitForm {
    const NEEDS: Permission = Permission::Limits;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/sittings/{}/limits/{}", self.sitting, tree::name(self.place))
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}/limits", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, _plan: &Plan) -> String {
        format!("{} · {}", page.m("setting-limits"), words::place(page, &who.app.catalogue.get(), self.place))
    }

    fn keys(&self, plan: &Plan) -> Vec<Key> {
        let windows = MODES.map(LimitOn::Windows);
        let seats = plan.subjects().iter().map(|subject| LimitOn::Capacity(subject.code));
        windows.into_iter().chain(seats).map(|on| Key::Limit(self.place, on)).collect()
    }

    async fn fields(&self, _who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let mut list = Vec::new();
        for mode in MODES {
            let on = LimitOn::Windows(mode);
            let (from, to) = match plan.limit(self.place, on) {
                Some(Limit::Span(from, to)) => (from, to),
                Some(Limit::Seats(_)) | None => (None, None),
            };
            for (end, words_of, value) in [("from", "setting-earliest", from), ("to", "setting-latest", to)] {
                list.push(Field {
                    name: format!("{}_{end}", mode.wire()),
                    label: format!("{} · {}", words::mode(page, mode), page.m(words_of)),
                    hint: String::new(),
                    input: Input::Time,
                    value: input(value),
                    key: Key::Limit(self.place, on),
                });
            }
        }
        for subject in plan.subjects() {
            let on = LimitOn::Capacity(subject.code);
            let most = match plan.limit(self.place, on) {
                Some(Limit::Seats(most)) => most.to_string(),
                Some(Limit::Span(..)) | None => String::new(),
            };
            list.push(Field {
                name: format!("capacity.{}", subject.code),
                label: format!(
                    "{} · {}",
                    words::subject(page, plan, subject.code),
                    page.m("setting-largest")
                ),
                hint: String::new(),
                input: Input::Number,
                value: most,
                key: Key::Limit(self.place, on),
            });
        }
        Ok(Fields { list, ..Fields::default() })
    }

    fn parse(&self, sent: &FormData, plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let (mut wanted, mut wrong) = (Vec::new(), Vec::new());
        for mode in MODES {
            let key = Key::Limit(self.place, LimitOn::Windows(mode));
            let (from, to) = match plan.limit(self.place, LimitOn::Windows(mode)) {
                Some(Limit::Span(from, to)) => (from, to),
                Some(Limit::Seats(_)) | None => (None, None),
            };
            let end = |end: &str, now| optional(sent, &format!("{}_{end}", mode.wire()), now);
            match (end("from", from), end("to", to)) {
                (Ok(None), Ok(None)) => wanted.push((key, None)),
                (Ok(Some(from)), Ok(Some(to))) if from >= to => {
                    let field = format!("{}_to", mode.wire());
                    wrong.push(Wrong::coded(field, "date-order", "setting-to-after-from"));
                }
                (Ok(from), Ok(to)) => wanted.push((key, Some(SettingValue::Limit(Limit::Span(from, to))))),
                (from, to) => wrong.extend([from.err(), to.err()].into_iter().flatten()),
            }
        }
        for subject in plan.subjects() {
            let key = Key::Limit(self.place, LimitOn::Capacity(subject.code));
            let name = format!("capacity.{}", subject.code);
            let text = sent.first(&name).trim();
            match parse::number(text, 0..=parse::LARGEST_POOL) {
                _ if text.is_empty() => wanted.push((key, None)),
                Some(most) => wanted.push((key, Some(SettingValue::Limit(Limit::Seats(most))))),
                None => wrong.push(Wrong::number(name, 0..=parse::LARGEST_POOL)),
            }
        }
        if wrong.is_empty() { Ok(wanted) } else { Err(wrong) }
    }
}
