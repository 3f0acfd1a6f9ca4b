//! `/staff/portal`: the texts of the portal's pages (P2).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::places::saved;
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::views::{PortalPagesView, PortalRow, VersionsView};
use crate::change::{Key, SettingValue, Wanted, parse, words};
use crate::portal::pages::shipped;
use crate::portal::{self, PortalPage};
use crate::sitting::Plan;
use crate::staff::{Permission, StaffMember};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::web::answer::{PageError, html};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::markdown;
use crate::web::page::Page;
use crate::words::codes::SittingCode;

const PATH: &str = "/staff/portal";
/// The versions that a page lists.
const VERSIONS: i64 = 20;

pub(super) fn code() -> Result<SittingCode, PageError> {
    portal::code().map_err(|_| PageError::fault("code of the portal"))
}

pub(super) async fn list(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::PortalTexts)?;
    let (page, menu) = who.frame("setting-portal-title").await?;
    let page = saved(&who, page);
    let catalogue = who.app.catalogue.get();
    let rows = PortalPage::ALL.into_iter().flat_map(|of| [Lang::Zh, Lang::En].map(|lang| (of, lang)));
    let row = |(of, lang): (PortalPage, Lang)| PortalRow {
        href: format!("{PATH}/{}/{}", of.wire(), lang.code()),
        name: words::portal_page(&page, of),
        lang: words::lang_name(&page, lang),
        version: catalogue.portal().text(of, lang).map(|text| text.version.to_string()).unwrap_or_default(),
        seen: format!("/{}?lang={}", of.wire(), lang.code()),
    };
    let rows = rows.map(row).collect();
    let response = html(StatusCode::OK, &PortalPagesView { page, menu, rows })?;
    Ok(flash::clear(&who, response))
}

struct PortalForm {
    sitting: SittingCode,
    page: PortalPage,
    lang: Lang,
}

impl PortalForm {
    fn of((page, lang): &(String, String)) -> Result<Self, PageError> {
        Ok(Self {
            sitting: code()?,
            page: PortalPage::from_wire(page).ok_or(PageError::NotFound)?,
            lang: Lang::parse(lang).ok_or(PageError::NotFound)?,
        })
    }

    const fn key(&self) -> Key {
        Key::Portal(self.page, self.lang)
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &PortalForm::of(&of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    form::submit(&who, &PortalForm::of(&of)?, &sent).await
}

impl SettingForm for PortalForm {
    const NEEDS: Permission = Permission::PortalTexts;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        format!("{PATH}/{}/{}", self.page.wire(), self.lang.code())
    }

    fn back(&self) -> String {
        PATH.to_owned()
    }

    fn title(&self, who: &StaffMember, page: &Page, plan: &Plan) -> String {
        words::setting(page, &who.app.catalogue.get(), plan, &self.key())
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![self.key()]
    }

    async fn fields(&self, who: &StaffMember, page: &Page, _plan: &Plan) -> Result<Fields, PageError> {
        let (of, lang) = (self.page, self.lang);
        let read: Result<_, DbError> = who
            .app
            .db
            .read(async move |tx: &mut Tx<'_>| portal::store::versions(tx, of, lang, VERSIONS).await)
            .await;
        let versions = read?;
        // The texts as this request's database has them, not as this node has loaded them.
        let own = versions.first().and_then(|(_, body, _)| body.clone());
        let current = own.clone().unwrap_or_else(|| shipped(&who.app, of, lang));
        let list = vec![Field {
            name: "body".to_owned(),
            label: words::field(page, "body"),
            hint: page.m("setting-markdown-hint").to_owned(),
            input: Input::Area(20),
            value: current.clone(),
            key: self.key(),
        }];
        let mut below = super::texts::shown(page, &markdown::render(&current));
        below += &VersionsView::rendered(page, versions);
        let inherited = Some(page.m("setting-portal-shipped").to_owned());
        Ok(Fields { list, inherited, own: own.is_some(), below })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        match parse::markdown(sent.first("body")) {
            Some(body) if !body.trim().is_empty() => Ok(vec![(self.key(), Some(SettingValue::Portal(body)))]),
            _ => Err(vec![Wrong::field("body", "setting-text-wrong")]),
        }
    }
}
