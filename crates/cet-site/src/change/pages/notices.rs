//! `/staff/notices`: what candidates read at a step.

use axum::extract::Path;
use axum::response::Response;

use super::places::{self, Column};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::markdown;
use crate::web::page::Page;
use cet_base::words::codes::SittingCode;
use cet_base::words::subject::Mode;
use cet_domain::change::rules::value_in;
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::Permission;

/// The steps in addresses: a mode, or `all`.
const STEPS: [Option<Mode>; 3] = [None, Some(Mode::Written), Some(Mode::Oral)];

const fn step_name(step: Option<Mode>) -> &'static str {
    match step {
        None => "all",
        Some(Mode::Written) => "written",
        Some(Mode::Oral) => "oral",
    }
}

pub(super) async fn list(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Notices)?;
    let plan = super::chosen(&who).await?;
    let columns = |page: &Page| {
        let column = |step: Option<Mode>| {
            let sitting = plan.code.clone();
            Column {
                heading: step.map_or(page.m("setting-every-step"), |step| words::mode(page, step)).to_owned(),
                key: Box::new(move |place| Some(Key::Notice(place, step))),
                form: Box::new(move |place| {
                    Some(format!(
                        "/staff/notices/{}/{}?sitting={sitting}",
                        tree::name(place),
                        step_name(step)
                    ))
                }),
            }
        };
        STEPS.map(column).into_iter().collect()
    };
    // Notices add up from the widest place to the narrowest: none is inherited instead of another.
    places::page(&who, &plan, "/staff/notices", "setting-notices", columns, |key| value_in(&plan, key)).await
}

struct NoticeForm {
    sitting: SittingCode,
    place: Place,
    step: Option<Mode>,
}

impl NoticeForm {
    async fn of(who: &StaffMember, (place, step): &(String, String)) -> Result<Self, PageError> {
        Ok(Self {
            sitting: super::chosen(who).await?.code.clone(),
            place: tree::in_scope(who, place)?,
            step: STEPS.into_iter().find(|known| step_name(*known) == step).ok_or(PageError::NotFound)?,
        })
    }

    const fn key(&self) -> Key {
        Key::Notice(self.place, self.step)
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &NoticeForm::of(&who, &of).await?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    let mut form = NoticeForm::of(&who, &of).await?;
    if let Some(code) = Some(sent.one("sitting")?).filter(|code| !code.is_empty()) {
        form.sitting = super::plan(&who, code)?.code.clone();
    }
    form::submit(&who, &form, &sent).await
}

impl SettingForm for NoticeForm {
    const NEEDS: Permission = Permission::Notices;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/notices/{}/{}", tree::name(self.place), step_name(self.step))
    }

    fn back(&self) -> String {
        format!("/staff/notices?sitting={}", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, plan: &Plan) -> String {
        words::setting(page, &who.app.catalogue.get(), plan, &self.key())
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![self.key()]
    }

    async fn fields(&self, _who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let own = plan.notice_of(self.place, self.step);
        let field = |name: &str, value: &str| Field {
            name: name.to_owned(),
            label: words::field(page, name),
            hint: page.m("setting-markdown-hint").to_owned(),
            input: Input::Area(10),
            value: value.to_owned(),
            key: self.key(),
        };
        let list = vec![
            field("body", own.map_or("", |notice| &notice.body)),
            field("body_en", own.map_or("", |notice| &notice.body_en)),
            Field {
                name: "sitting".to_owned(),
                label: page.m("change-sitting").to_owned(),
                hint: String::new(),
                input: Input::Hidden,
                value: self.sitting.to_string(),
                key: self.key(),
            },
        ];
        let shown = own.map(|notice| markdown::rendered(&notice.body).to_string()).unwrap_or_default();
        let below = super::texts::shown(page, &shown);
        Ok(Fields { list, inherited: None, own: own.is_some(), below })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        let text = |name: &str| {
            parse::markdown(sent.first(name)).ok_or_else(|| Wrong::field(name, "setting-text-wrong"))
        };
        match (text("body"), text("body_en")) {
            (Ok(body), Ok(body_en)) if body.is_empty() && body_en.is_empty() => Ok(vec![(self.key(), None)]),
            (Ok(body), body_en) if body.is_empty() => {
                let first = Wrong::field("body", "setting-chinese-first");
                Err(std::iter::once(first).chain(body_en.err()).collect())
            }
            (Ok(body), Ok(body_en)) => Ok(vec![(self.key(), Some(SettingValue::Notice(body, body_en)))]),
            (body, body_en) => Err([body.err(), body_en.err()].into_iter().flatten().collect()),
        }
    }
}
