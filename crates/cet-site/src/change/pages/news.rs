//! `/staff/portal/news`: news that appear at a time and can be taken back (P5).

use axum::extract::Path;
use axum::response::Response;

use super::places::saved;
use super::portal::code;
use super::windows::{input, optional};
use crate::change::form::{self, Field, Fields, Input, SettingForm, Wrong};
use crate::change::views::{NewsRow, NewsView};
use crate::change::words;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::web::answer::{PageError, refused_html};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SittingCode;
use cet_base::words::time::Time;
use cet_domain::change::{Key, SettingValue, Wanted, parse};
use cet_domain::portal;
use cet_domain::portal::News;
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/portal/news";
/// The states to filter by, with their text keys.
const STATES: [(&str, &str); 3] = [
    ("shown", "setting-news-shown"),
    ("later", "setting-news-later"),
    ("withdrawn", "setting-news-withdrawn"),
];

/// All news, of whatever state.
pub(super) enum All {}

fn state(of: &News, now: Time) -> &'static str {
    match of {
        of if of.withdrawn => "withdrawn",
        of if of.is_shown(now) => "shown",
        _ => "later",
    }
}

fn state_words(page: &Page, state: &str) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("", |(_, key)| page.m(key))
}

impl List for All {
    type Row = (News, Time);

    const NAME: &'static str = "portal/news";
    const NEEDS: Permission = Permission::PortalTexts;
    const FILTERS: &'static [&'static str] = &["state"];
    const HEADINGS: &'static [&'static str] =
        &["setting-field-title", "setting-field-title-en", "setting-field-publish-at", "staff-state"];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", STATES.map(|(state, _)| state))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Self::Row>, PageError> {
        let read: Result<_, DbError> = who
            .app
            .db
            .read(async move |tx: &mut Tx<'_>| {
                let now = tx.now().await?;
                Ok((portal::store::load(tx).await?, now))
            })
            .await;
        let (portal, now) = read?;
        let wanted = asked.get("state");
        // The cursor is the id of the last item of the page before.
        let after = asked.after.parse::<i64>().ok();
        let after = after.and_then(|id| portal.news.iter().position(|news| news.id == id));
        let skipped = after.map_or(0, |place| place.saturating_add(1));
        let rows = portal.news.into_iter().skip(skipped);
        let rows = rows.filter(|news| wanted.is_empty() || state(news, now) == wanted);
        Ok(rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).map(|news| (news, now)).collect())
    }

    fn key((of, _): &Self::Row) -> String {
        of.id.to_string()
    }

    fn cells(_: &StaffMember, page: &Page, (of, now): &Self::Row, _: bool) -> Result<Vec<String>, PageError> {
        let state = state_words(page, state(of, *now)).to_owned();
        Ok(vec![of.title.clone(), of.title_en.clone(), of.publish_at.to_string(), state])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        rows: Vec<Self::Row>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "setting-news-title").await?;
        let page = saved(who, page).refusing(said.clone(), typed);
        let row = |(of, now): &Self::Row| NewsRow {
            href: format!("{PATH}/{}", of.id),
            title: of.title.clone(),
            publish_at: of.publish_at.page(),
            class: if of.is_shown(*now) { "ok" } else { "" },
            state: state_words(&page, state(of, *now)),
            seen: if of.is_shown(*now) { format!("/news/{}", of.id) } else { String::new() },
        };
        let states = STATES.map(|(value, key)| Choice {
            value: value.to_owned(),
            text: page.t.find(key).unwrap_or(value).to_owned(),
        });
        let (rows, states) = (rows.iter().map(row).collect(), states.to_vec());
        let response = refused_html(&said, None, &NewsView { page, menu, asked, pager, states, rows })?;
        Ok(flash::clear(who, response))
    }
}

/// The form of one item; of a new one the id is chosen with the form, so that a form that is sent again makes no other.
struct NewsForm {
    sitting: SittingCode,
    id: Option<i64>,
    new: i64,
    /// The item, as the database has it.
    of: Option<News>,
    /// When it appears if the form leaves that open: when it did, also if this form made it before; else at once.
    at: Time,
}

impl NewsForm {
    async fn of(who: &StaffMember, id: &str, sent: &str) -> Result<Self, PageError> {
        let id = match id {
            "new" => None,
            text => Some(text.parse::<i64>().map_err(|_| PageError::NotFound)?),
        };
        let fresh = || who.app.vault.random::<8>().map(|bytes| i64::from_be_bytes(bytes) & i64::MAX);
        let new = match sent.parse() {
            Ok(sent) => sent,
            Err(_) => fresh().map_err(PageError::fault)?,
        };
        let read: Result<_, DbError> = who
            .app
            .db
            .read(async move |tx: &mut Tx<'_>| Ok((portal::store::load(tx).await?.news, tx.now().await?)))
            .await;
        let (news, now) = read?;
        let at = news.iter().find(|news| news.id == id.unwrap_or(new)).map_or(now, |news| news.publish_at);
        let of = news.into_iter().find(|news| Some(news.id) == id);
        // A new item is not yet there; one that was removed by an undo no longer is.
        if id.is_some() && of.is_none() {
            return Err(PageError::NotFound);
        }
        Ok(Self { sitting: code()?, id, new, of, at })
    }

    fn key(&self) -> Key {
        Key::News(self.id.unwrap_or(self.new))
    }
}

pub(super) async fn show(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::PortalTexts)?;
    form::show(&who, &NewsForm::of(&who, &id, "").await?).await
}

pub(super) async fn submit(
    who: StaffMember,
    Path(id): Path<String>,
    sent: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::PortalTexts)?;
    let form = NewsForm::of(&who, &id, sent.one("id")?).await?;
    // The preview repeats the id that was chosen here, so that its form, too, makes one item however often it is sent.
    let others = sent.all().filter(|(name, _)| *name != "id");
    let others = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sent = FormData::of(others.chain([("id".to_owned(), form.new.to_string())]).collect());
    form::submit(&who, &form, &sent).await
}

/// `POST /staff/portal/news`: a new item, as its form at `/staff/portal/news/new` sends it.
pub(super) async fn add(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    submit(who, Path("new".to_owned()), sent).await
}

/// Whether an item is only taken back: then what it says needs not be sent, and stays.
fn is_withdrawal(sent: &FormData) -> bool {
    let texts = ["title", "body", "title_en", "body_en", "publish_at"];
    sent.first("withdraw") == "yes" && texts.iter().all(|name| sent.first(name).trim().is_empty())
}

impl SettingForm for NewsForm {
    const NEEDS: Permission = Permission::PortalTexts;

    fn sitting(&self) -> &SittingCode {
        &self.sitting
    }

    fn path(&self) -> String {
        self.id.map_or_else(|| format!("{PATH}/new"), |id| format!("{PATH}/{id}"))
    }

    fn back(&self) -> String {
        PATH.to_owned()
    }

    fn title(&self, _: &StaffMember, page: &Page, _: &Plan) -> String {
        self.of.as_ref().map_or_else(|| page.m("setting-news-new").to_owned(), |of| of.title.clone())
    }

    fn keys(&self, _plan: &Plan) -> Vec<Key> {
        vec![self.key()]
    }

    async fn fields(&self, _who: &StaffMember, page: &Page, _plan: &Plan) -> Result<Fields, PageError> {
        let of = self.of.as_ref();
        let field = |name: &str, input: Input, value: String| Field {
            name: name.to_owned(),
            label: words::field(page, name),
            hint: match input {
                Input::Area(_) => page.m("setting-markdown-hint").to_owned(),
                Input::Time => page.m("setting-news-at-once").to_owned(),
                _ => String::new(),
            },
            input,
            value,
            key: self.key(),
        };
        let text = |of: Option<&String>| of.cloned().unwrap_or_default();
        let withdrawn = if of.is_some_and(|of| of.withdrawn) { "yes" } else { "" };
        let list = vec![
            field("title", Input::Text, text(of.map(|of| &of.title))),
            field("body", Input::Area(12), text(of.map(|of| &of.body))),
            field("title_en", Input::Text, text(of.map(|of| &of.title_en))),
            field("body_en", Input::Area(12), text(of.map(|of| &of.body_en))),
            field("publish_at", Input::Time, input(of.map(|of| of.publish_at))),
            field("withdraw", Input::Tick, withdrawn.to_owned()),
            field("id", Input::Hidden, self.new.to_string()),
        ];
        let html = of.map(|of| crate::web::markdown::render(&of.body)).unwrap_or_default();
        Ok(Fields { list, inherited: None, own: of.is_some(), below: super::texts::shown(page, &html) })
    }

    fn parse(&self, sent: &FormData, _plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>> {
        if let Some(of) = self.of.as_ref().filter(|_| is_withdrawal(sent)) {
            let news = News { withdrawn: true, ..of.clone() };
            return Ok(vec![(self.key(), Some(SettingValue::News(Box::new(news))))]);
        }
        let mut wrong = Vec::new();
        let title = parse::name(sent.first("title"));
        if title.is_none() {
            wrong.push(Wrong::field("title", "setting-name-wrong"));
        }
        let english = sent.first("title_en").trim();
        let title_en = if english.is_empty() { Some(String::new()) } else { parse::name(english) };
        if title_en.is_none() {
            wrong.push(Wrong::field("title_en", "setting-name-wrong"));
        }
        let body = parse::markdown(sent.first("body")).filter(|body| !body.trim().is_empty());
        if body.is_none() {
            wrong.push(Wrong::field("body", "setting-text-wrong"));
        }
        let body_en = parse::markdown(sent.first("body_en"));
        if body_en.is_none() {
            wrong.push(Wrong::field("body_en", "setting-text-wrong"));
        }
        // What is left open appears at once, and stays where it was once it has.
        let publish_at = optional(sent, "publish_at", Some(self.at)).map(|at| at.unwrap_or(self.at)).ok();
        if publish_at.is_none() {
            wrong.push(Wrong::field("publish_at", "setting-time-wrong"));
        }
        let parts = (title, title_en, body, body_en, publish_at);
        let (Some(title), Some(title_en), Some(body), Some(body_en), Some(publish_at)) = parts else {
            return Err(wrong);
        };
        let news = News {
            id: self.id.unwrap_or(self.new),
            title,
            body,
            title_en,
            body_en,
            publish_at,
            withdrawn: sent.first("withdraw") == "yes",
        };
        Ok(vec![(self.key(), Some(SettingValue::News(Box::new(news))))])
    }
}
