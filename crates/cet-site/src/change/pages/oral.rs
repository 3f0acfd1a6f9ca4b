//! `/staff/sittings/{code}/oral`: the other campuses where candidates may take the oral test (R11).

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
use cet_domain::change::rules::value_in;
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::Permission;

pub(super) async fn list(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::OralSettings)?;
    let plan = super::plan(&who, &code)?;
    let path = format!("/staff/sittings/{}/oral", plan.code);
    let of_nation = has(&plan, Place::National);
    let columns = |page: &Page| {
        let path = path.clone();
        let is_place = move |place: Place| of_nation || place != Place::National;
        vec![Column {
            heading: words::field(page, "elsewhere"),
            key: Box::new(move |place| is_place(place).then_some(Key::Oral(place))),
            form: Box::new(move |place| is_place(place).then(|| format!("{path}/{}", tree::name(place)))),
        }]
    };
    places::page(&who, &plan, &path, "setting-oral", columns, |key| value_in(&plan, key)).await
}

/// Whether a place may have the setting. The nation may not: only what an older version took can be removed there.
fn has(plan: &Plan, place: Place) -> bool {
    place != Place::National || plan.oral_of(place).is_some()
}

struct OralForm {
    sitting: SittingCode,
    place: Place,
}

impl OralForm {
    fn of(who: &StaffMember, (code, place): &(String, String)) -> Result<Self, PageError> {
        let (plan, place) = (super::plan(who, code)?, tree::in_scope(who, place)?);
        if !has(&plan, place) {
            return Err(PageError::NotFound);
        }
        Ok(Self { sitting: plan.code.clone(), place })
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &OralForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &OralForm::of(&who, &of)?, &sent).await
}

impl SettingForm for OralForm {
    const NEEDS: Permission = Permission::OralSettings;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/sittings/{}/oral/{}", self.sitting, tree::name(self.place))
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}/oral", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, _plan: &Plan) -> String {
        format!("{} · {}", page.m("setting-oral"), words::place(page, &who.app.catalogue.get(), self.place))
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![Key::Oral(self.place)]
    }

    async fn fields(&self, who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let own = plan.oral_of(self.place);
        let list = vec![Field {
            name: "elsewhere".to_owned(),
            label: words::field(page, "elsewhere"),
            hint: page.m("setting-oral-hint").to_owned(),
            input: Input::Area(6),
            value: own.map(|prefixes| prefixes.join("\n")).unwrap_or_default(),
            key: Key::Oral(self.place),
        }];
        let inherited = places::inherited(who, page, self.place, Key::Oral, |key| value_in(plan, key));
        Ok(Fields { list, inherited, own: own.is_some(), below: String::new() })
    }

    fn parse(&self, sent: &FormData, plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let known = |prefix: &str| plan.campuses().any(|campus| campus.as_str().starts_with(prefix));
        let mut prefixes: Vec<String> = Vec::new();
        for line in sent.first("elsewhere").lines().map(str::trim).filter(|line| !line.is_empty()) {
            let prefix =
                parse::prefix(line).ok_or_else(|| vec![Wrong::field("elsewhere", "setting-prefix-wrong")])?;
            if !known(&prefix) {
                return Err(vec![Wrong::coded("elsewhere", "place-unknown", "setting-prefix-unknown")]);
            }
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
            }
        }
        Ok(vec![(Key::Oral(self.place), Some(SettingValue::Oral(prefixes)))])
    }
}
