//! `/staff/portal`: the texts of the portal's pages, with their drafts and versions (P2).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::places::{file_form, saved};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::views::{DraftView, PortalPagesView, PortalRow, VersionsView};
use crate::change::words;
use crate::portal::pages::shipped;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Pager, Sheet, download};
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::markdown;
use crate::web::page::{Page, Refused};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::words::codes::SittingCode;
use cet_base::words::time::Time;
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::portal;
use cet_domain::portal::PortalPage;
use cet_domain::portal::drafts::{self, Kept, Writing};
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/portal";
/// The field of the draft's buttons.
const DRAFT: &str = "draft";
/// The field with the id of the draft that the form shows.
const DRAFT_SEEN: &str = "draft_seen";
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
    let read: Result<_, DbError> =
        who.app.db.read(async |tx: &mut Tx<'_>| portal::drafts::all(tx).await).await;
    let (drafts, form) = (read?, file_form(&who.path));
    let draft = |of: PortalPage, lang: Lang| {
        let found = drafts.iter().find(|(page, language, _)| (*page, *language) == (of, lang));
        let shown = |at: Time| if form.is_some() { at.to_string() } else { at.page() };
        found.map(|(_, _, at)| shown(*at)).unwrap_or_default()
    };
    let rows = PortalPage::ALL.into_iter().flat_map(|of| [Lang::Zh, Lang::En].map(|lang| (of, lang)));
    let row = |(of, lang): (PortalPage, Lang)| PortalRow {
        href: format!("{PATH}/{}/{}", of.wire(), lang.code()),
        name: words::portal_page(&page, of),
        lang: words::lang_name(&page, lang),
        version: catalogue.portal().text(of, lang).map(|text| text.version.to_string()).unwrap_or_default(),
        seen: format!("/{}?lang={}", of.wire(), lang.code()),
        draft: draft(of, lang),
    };
    let rows: Vec<PortalRow> = rows.map(row).collect();
    if let Some((form, what)) = form {
        return download(&who, what, form, (Download::of(&who)?, sheet(&page, rows))).await;
    }
    let response = html(StatusCode::OK, &PortalPagesView { pager: Pager::files(PATH), page, menu, rows })?;
    Ok(flash::clear(&who, response))
}

fn sheet(page: &Page, rows: Vec<PortalRow>) -> Sheet {
    let headings = [
        page.m("setting-portal-page"),
        page.m("setting-portal-lang"),
        page.m("setting-portal-version"),
        page.m("setting-portal-draft"),
        page.m("setting-as-shown"),
    ];
    let version = |of: String| if of.is_empty() { page.m("setting-portal-shipped").to_owned() } else { of };
    let row =
        |of: PortalRow| vec![of.name.to_owned(), of.lang.to_owned(), version(of.version), of.draft, of.seen];
    Sheet { headings: headings.map(str::to_owned).to_vec(), rows: rows.into_iter().map(row).collect() }
}

struct PortalForm {
    sitting: SittingCode,
    page: PortalPage,
    lang: Lang,
    /// The text as shipped, while the installation has none of its own: sent back as it is, it is no version.
    shipped: Option<String>,
}

impl PortalForm {
    fn of(who: &StaffMember, (page, lang): &(String, String)) -> Result<Self, PageError> {
        let page = PortalPage::from_wire(page).ok_or(PageError::NotFound)?;
        let lang = Lang::parse(lang).ok_or(PageError::NotFound)?;
        let is_own = who.app.catalogue.get().portal().text(page, lang).is_some();
        let shipped = (!is_own).then(|| parse::plain_lines(&shipped(&who.app, page, lang)));
        Ok(Self { sitting: code()?, page, lang, shipped })
    }

    const fn key(&self) -> Key {
        Key::Portal(self.page, self.lang)
    }
}

pub(super) async fn show(who: StaffMember, Path(of): Path<(String, String)>) -> Result<Response, PageError> {
    form::show(&who, &PortalForm::of(&who, &of)?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(of): Path<(String, String)>,
    sent: FormData,
) -> Result<Response, PageError> {
    let form = PortalForm::of(&who, &of)?;
    sent.each_once(&[])?;
    match Deed::of(sent.one(DRAFT)?) {
        Some(deed) => write(&who, &form, deed, &sent).await,
        None => form::submit(&who, &form, &sent).await,
    }
}

/// What a button of the draft asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Save,
    Drop,
}

impl Deed {
    fn of(text: &str) -> Option<Self> {
        match text {
            "save" => Some(Self::Save),
            "drop" => Some(Self::Drop),
            _ => None,
        }
    }
}

/// Saves or drops the draft, and shows the form again with what is there then.
async fn write(
    who: &StaffMember,
    form: &PortalForm,
    deed: Deed,
    sent: &FormData,
) -> Result<Response, PageError> {
    who.needs(PortalForm::NEEDS)?;
    let fresh = form::fresh(who, form.sitting()).await?;
    if !form::may_change(who, &form.keys(&fresh.plan), &fresh.plan) {
        return Err(PageError::NotFound);
    }
    let body = parse::markdown(sent.first("body")).filter(|body| !body.trim().is_empty());
    let t = who.page().t;
    if deed == Deed::Save && body.is_none() {
        let said = Refused::new(t, "field-invalid").at("body").saying(t.m("setting-text-wrong"));
        return form::again(who, form, vec![said], sent).await;
    }
    let writing = Writing {
        page: form.page,
        lang: form.lang,
        // What is no id is that of no draft that ever was.
        seen: Some(sent.one(DRAFT_SEEN)?)
            .filter(|seen| !seen.is_empty())
            .map_or(drafts::NONE, |seen| seen.parse().unwrap_or(-1)),
        account: who.name.clone(),
        address: who.from(),
    };
    let body = body.unwrap_or_default();
    let done: Result<_, DbError> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            let kept = match deed {
                Deed::Save => drafts::save(tx, &writing, &body).await?,
                Deed::Drop => drafts::discard(tx, &writing).await?,
            };
            Ok((kept, drafts::of_page(tx, writing.page, writing.lang).await?))
        })
        .await;
    let there = match done? {
        (Kept::Done, _) => return Ok(see_other(&form.path())),
        (Kept::Meanwhile, there) => there,
    };
    let text = match there {
        Some(of) => t.f("setting-draft-meanwhile", &[("account", &of.account), ("time", &of.at.page())]),
        None => t.m("setting-draft-gone").to_owned(),
    };
    let said = Refused::new(t, "changed-meanwhile").saying(text);
    form::again(who, form, vec![said], sent).await
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
            .read(async move |tx: &mut Tx<'_>| {
                let versions = portal::store::versions(tx, of, lang, VERSIONS).await?;
                Ok((versions, drafts::of_page(tx, of, lang).await?))
            })
            .await;
        let (versions, draft) = read?;
        // The texts as this request's database has them, not as this node has loaded them.
        let own = versions.first().and_then(|(_, body, _)| body.clone());
        let current = own.clone().unwrap_or_else(|| shipped(&who.app, of, lang));
        let text = Field {
            name: "body".to_owned(),
            label: words::lang_name(page, lang).to_owned(),
            hint: page.m("setting-markdown-hint").to_owned(),
            input: Input::Area(20),
            value: draft.as_ref().map_or_else(|| current.clone(), |draft| draft.body.clone()),
            key: self.key(),
        };
        let seen = Field {
            name: DRAFT_SEEN.to_owned(),
            label: String::new(),
            hint: String::new(),
            input: Input::Hidden,
            value: draft.as_ref().map_or(drafts::NONE, |draft| draft.id).to_string(),
            key: self.key(),
        };
        let list = vec![text, seen];
        let published = versions.first().map(|(_, _, at)| *at);
        let mut below = DraftView::rendered(page, draft.as_ref(), published);
        below += &super::texts::shown(page, &markdown::render(&current));
        below += &VersionsView::rendered(page, versions);
        let inherited = Some(page.m("setting-portal-shipped").to_owned());
        Ok(Fields { list, inherited, own: own.is_some(), below })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        match parse::markdown(sent.first("body")) {
            Some(body) if self.shipped.as_ref() == Some(&body) => Ok(vec![(self.key(), None)]),
            Some(body) if !body.trim().is_empty() => Ok(vec![(self.key(), Some(SettingValue::Portal(body)))]),
            _ => Err(vec![Wrong::field("body", "setting-text-wrong")]),
        }
    }
}
