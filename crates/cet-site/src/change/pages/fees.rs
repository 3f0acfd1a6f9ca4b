//! `/staff/sittings/{code}/fees`.

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
use cet_domain::change::rules::{is_open, value_in};
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::Permission;

pub(super) async fn list(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    let plan = super::plan(&who, &code)?;
    let path = format!("/staff/sittings/{}/fees", plan.code);
    let columns = |page: &Page| {
        let column = |subject: &cet_domain::sitting::Subject| {
            let (path, code) = (path.clone(), subject.code);
            Column {
                heading: words::subject(page, &plan, code),
                key: Box::new(move |place| Some(Key::Fee(place, code))),
                form: Box::new(move |place| Some(format!("{path}/{}", tree::name(place)))),
            }
        };
        plan.subjects().iter().map(column).collect()
    };
    places::page(&who, &plan, &path, "setting-fees", columns, |key| value_in(&plan, key)).await
}

struct FeeForm {
    sitting: SittingCode,
    place: Place,
}

impl FeeForm {
    fn of(who: &StaffMember, (code, place): &(String, String)) -> Result<Self, PageError> {
        Ok(Self { sitting: super::plan(who, code)?.code.clone(), place: tree::in_scope(who, place)? })
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &FeeForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &FeeForm::of(&who, &of)?, &sent).await
}

impl SettingForm for FeeForm {
    // Read by everybody below whom it holds; whether it may be changed, the rules of changes say.
    const NEEDS: Permission = Permission::Season;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/sittings/{}/fees/{}", self.sitting, tree::name(self.place))
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}/fees", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, _plan: &Plan) -> String {
        format!("{} · {}", page.m("setting-fees"), words::place(page, &who.app.catalogue.get(), self.place))
    }

    fn keys(&self, plan: &Plan) -> Vec<Key> {
        plan.subjects().iter().map(|subject| Key::Fee(self.place, subject.code)).collect()
    }

    async fn fields(&self, who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let reads = !(form::may_change(who, &self.keys(plan), plan) && is_open(plan.state));
        let field = |subject: &cet_domain::sitting::Subject| {
            let key = |place| Key::Fee(place, subject.code);
            let inherited = places::inherited(who, page, self.place, key, |key| value_in(plan, key));
            let fee = plan.fee_of(self.place, subject.code).map(|fee| fee.to_string());
            // Whoever only reads it reads what holds, and where it comes from.
            let value = fee.or_else(|| inherited.clone().filter(|_| reads)).unwrap_or_default();
            let hint = inherited.map_or_else(
                || page.m("setting-fee-hint").to_owned(),
                |value| match value.as_str() {
                    "" => page.m("setting-fee-hint").to_owned(),
                    value => page.f("setting-empty-inherits", &[("value", value)]),
                },
            );
            Field {
                name: format!("fee.{}", subject.code),
                label: words::subject(page, plan, subject.code),
                hint,
                input: Input::Money,
                value,
                key: Key::Fee(self.place, subject.code),
            }
        };
        let own = plan.subjects().iter().any(|subject| plan.fee_of(self.place, subject.code).is_some());
        let above = |code| {
            let key = |at: Place| Key::Fee(at, code);
            places::inherited(who, page, self.place, key, |key| value_in(plan, key))
                .filter(|value| !value.is_empty())
                .map(|value| format!("{} {value}", words::subject(page, plan, code)))
        };
        let inherited = (self.place != Place::National && own).then(|| {
            let all: Vec<String> = plan.subjects().iter().filter_map(|subject| above(subject.code)).collect();
            all.join(page.m("arrangement-and"))
        });
        let list = plan.subjects().iter().map(field).collect();
        Ok(Fields { list, own, inherited, below: String::new() })
    }

    fn parse(&self, sent: &FormData, plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let (mut wanted, mut wrong) = (Vec::new(), Vec::new());
        for subject in plan.subjects() {
            let name = format!("fee.{}", subject.code);
            // A field that was not sent leaves its fee as it is.
            let Some(text) = sent.many(&name).next().map(str::trim) else { continue };
            let key = Key::Fee(self.place, subject.code);
            match parse::fee(text) {
                _ if text.is_empty() => wanted.push((key, None)),
                Some(fee) => wanted.push((key, Some(SettingValue::Fee(fee)))),
                None => wrong.push(Wrong::field(name, "setting-fee-wrong")),
            }
        }
        if wrong.is_empty() { Ok(wanted) } else { Err(wrong) }
    }
}
