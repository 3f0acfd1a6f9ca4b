//! `/staff/sittings/{code}/texts/{kind}/{lang}`: agreement and guidance, with every version as it stood.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::views::TextVersionsView;
use crate::change::words;
use crate::staff::StaffMember;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::markdown;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::words::codes::SittingCode;
use cet_domain::change::versions::{self, Version};
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::sitting::{Plan, TextKind};
use cet_domain::staff::Permission;

struct TextForm {
    sitting: SittingCode,
    kind: TextKind,
    lang: Lang,
}

impl TextForm {
    fn of(who: &StaffMember, (code, kind, lang): &(String, String, String)) -> Result<Self, PageError> {
        Ok(Self {
            sitting: super::plan(who, code)?.code.clone(),
            kind: TextKind::from_wire(kind).ok_or(PageError::NotFound)?,
            lang: Lang::parse(lang).ok_or(PageError::NotFound)?,
        })
    }

    const fn key(&self) -> Key {
        Key::Text(self.kind, self.lang)
    }

    /// Every version, and the one that `?version=` names as it stood.
    async fn versions(&self, who: &StaffMember, page: &Page) -> Result<String, PageError> {
        let (sitting, of) = (self.sitting.clone(), (self.kind, self.lang));
        let read: Result<Vec<Version>, DbError> = who
            .app
            .db
            .read_long(async move |tx: &mut Tx<'_>| versions::of_text(tx, &sitting, of).await)
            .await;
        let all = read?;
        let open = match who.query("version") {
            None => None,
            Some(number) => {
                let found = all.iter().find(|of| of.number.to_string() == number.trim());
                Some(found.ok_or(PageError::NotFound)?)
            }
        };
        Ok(TextVersionsView::rendered(page, (&self.path(), self.lang), &all, open))
    }
}

pub(super) async fn show(
    who: StaffMember,
    Path(of): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    form::show(&who, &TextForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &TextForm::of(&who, &of)?, &sent).await
}

/// A text as candidates see it, at the width of a phone.
#[derive(Template)]
#[template(path = "change/shown.html")]
struct Shown<'a> {
    page: &'a Page,
    text: &'a str,
}

/// The part of a page that shows a finished text; empty without one.
pub(in crate::change) fn shown(page: &Page, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // A template without fallible parts; the page goes without its preview otherwise.
    Shown { page, text }.render().unwrap_or_default()
}

impl SettingForm for TextForm {
    const NEEDS: Permission = Permission::Sittings;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("/staff/sittings/{}/texts/{}/{}", self.sitting, self.kind.wire(), self.lang.code())
    }

    fn back(&self) -> String {
        format!("/staff/sittings/{}", self.sitting)
    }

    fn title(&self, who: &StaffMember, page: &Page, plan: &Plan) -> String {
        words::setting(page, &who.app.catalogue.get(), plan, &self.key())
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![self.key()]
    }

    async fn fields(&self, who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError> {
        let own = plan.own_text(self.kind, self.lang);
        let hint = own.map_or_else(
            || page.m("setting-markdown-hint").to_owned(),
            |text| page.f("setting-version", &[("n", &text.version.to_string())]),
        );
        let list = vec![Field {
            name: "body".to_owned(),
            label: words::setting(page, &cet_domain::sitting::Catalogue::default(), plan, &self.key()),
            hint,
            input: Input::Area(20),
            value: own.map(|text| text.body.clone()).unwrap_or_default(),
            key: self.key(),
        }];
        let text = own.map(|text| markdown::rendered(&text.body).to_string()).unwrap_or_default();
        let below = shown(page, &text) + &self.versions(who, page).await?;
        Ok(Fields { list, inherited: None, own: own.is_some(), below })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        match parse::markdown(sent.first("body")) {
            Some(body) if !body.trim().is_empty() => Ok(vec![(self.key(), Some(SettingValue::Text(body)))]),
            _ => Err(vec![Wrong::field("body", "setting-text-wrong")]),
        }
    }
}
