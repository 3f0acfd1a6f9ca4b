//! The common behaviour of forms that change settings: show, preview, confirm.

mod wrong;

use axum::response::Response;

pub(crate) use self::wrong::Wrong;
use super::refusal_texts::on_form;
use super::views::{FormView, PreviewView};
use super::words;
use crate::staff::StaffMember;
use crate::web::answer::{PageError, html, refusal, refused_status, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::form_mark::SEEN;
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::SittingCode;
use cet_domain::change::effect::{self, Effect};
use cet_domain::change::verbs::{self, By, Made, Policy, Preview, Proposal};
use cet_domain::change::{ChangeRefusal, Key, Wanted, parse, rules};
use cet_domain::portal;
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

/// The field of the time from which a change holds.
pub(crate) const FROM: &str = "change_from";
/// The flash message after a change took effect.
pub(crate) const SAVED: &str = "change-saved";

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// One line.
    Text,
    /// A whole number.
    Number,
    /// Yuan.
    Money,
    /// A date and time.
    Time,
    /// Several lines, of this many rows.
    Area(u8),
    /// One of several options.
    Choice(Vec<Choice>),
    /// Yes or nothing.
    Tick,
    /// Not shown.
    Hidden,
}

/// One field of a form.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name, which is also the id of its input.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What to type; may be empty.
    pub hint: String,
    /// How it is filled in.
    pub input: Input,
    /// The current value.
    pub value: String,
    /// The setting that it belongs to, for refusals.
    pub key: Key,
}

/// The fields of a form with what is said above them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    /// The fields.
    pub list: Vec<Field>,
    /// The value that the place would inherit; `None` if it cannot.
    pub inherited: Option<String>,
    /// Whether the place has a value of its own.
    pub own: bool,
    /// A finished part of the page below the form, as HTML.
    pub below: String,
}

/// The parts that differ between the forms.
pub(crate) trait SettingForm: Sized + Send + Sync {
    /// The permission to see the page.
    const NEEDS: Permission;

    /// The sitting.
    fn sitting(&self) -> &SittingCode;
    /// The page's address.
    fn path(&self) -> String;
    /// Where to go after the change.
    fn back(&self) -> String;
    /// The page's title.
    fn title(&self, who: &StaffMember, page: &Page, plan: &Plan) -> String;
    /// The settings that the form shows.
    fn keys(&self, plan: &Plan) -> Vec<Key>;
    /// The fields with their current values.
    async fn fields(&self, who: &StaffMember, page: &Page, plan: &Plan) -> Result<Fields, PageError>;
    /// The settings as they were typed.
    fn parse(&self, form: &FormData, plan: &Plan) -> Result<Vec<Wanted>, Vec<Wrong>>;
}

/// The acting member of staff, for changes.
pub(crate) fn by(who: &StaffMember) -> By {
    By::Staff {
        account: who.name.clone(),
        person: who.person.clone(),
        role: who.role,
        scope: who.scope.clone(),
        address: who.from(),
    }
}

/// What this installation has decided about changes.
pub(crate) fn policy(who: &StaffMember) -> Policy {
    Policy::of(&who.app.config.staff)
}

/// A sitting as the database has it now, and the version of the reference tables that it was read at.
pub(crate) struct Fresh {
    pub(crate) plan: Plan,
    pub(crate) version: i64,
}

/// Reads a sitting for a form: its mark must not be newer than its values.
pub(crate) async fn fresh(who: &StaffMember, sitting: &SittingCode) -> Result<Fresh, PageError> {
    let code = sitting.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let version = cet_domain::sitting::store::version(tx).await?;
            // The portal is no sitting, and always there.
            let plan = if portal::is_portal(&code) {
                Some(Plan::empty(code.clone()))
            } else {
                cet_domain::sitting::store::load_one(tx, &code).await?
            };
            Ok(plan.map(|plan| Fresh { plan, version }))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

/// The version that a form was made from; a form without one is not compared.
pub(crate) fn seen(sent: &FormData) -> Result<Option<i64>, PageError> {
    let text = sent.one(SEEN)?;
    // What is no version is older than all of them.
    Ok((!text.is_empty()).then(|| text.parse().unwrap_or(0)))
}

/// Whether the member may change the settings of a form; a page without a form is read only.
pub(crate) fn may_change(who: &StaffMember, keys: &[Key], plan: &Plan) -> bool {
    keys.iter().all(|key| rules::may_change(who.role, &who.scope, key, plan.province_fees))
}

/// `GET` of a form.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn show<F: SettingForm>(who: &StaffMember, form: &F) -> Result<Response, PageError> {
    who.needs(F::NEEDS)?;
    let fresh = fresh(who, form.sitting()).await?;
    page(who, form, &fresh, Vec::new(), None).await
}

async fn page<F: SettingForm>(
    who: &StaffMember,
    form: &F,
    Fresh { plan, version }: &Fresh,
    said: Vec<Refused>,
    typed: Option<Typed>,
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(&form.path(), "setting-title").await?;
    let keys = form.keys(plan);
    if !keys.iter().all(|key| rules::covers(&who.scope, key.place())) {
        return Err(PageError::NotFound);
    }
    let fields = form.fields(who, &page, plan).await?;
    let typed = typed.unwrap_or_else(|| {
        fields
            .list
            .iter()
            .fold(Typed::default(), |typed, field| typed.with(field.name.clone(), field.value.clone()))
    });
    let mut page = page.marked(SEEN, version.to_string()).refusing(said, typed);
    page.title = form.title(who, &page, plan);
    let may = may_change(who, &keys, plan) && rules::is_open(plan.state);
    let status = refused_status(&page.refusals);
    let sitting = plan.name_in(page.lang().code()).to_owned();
    html(status, &FormView { back: form.back(), sitting, may, fields, page, menu })
}

/// The form once more with what was typed, and why it was not taken.
pub(crate) async fn again<F: SettingForm>(
    who: &StaffMember,
    form: &F,
    said: Vec<Refused>,
    sent: &FormData,
) -> Result<Response, PageError> {
    let fresh = fresh(who, form.sitting()).await?;
    page(who, form, &fresh, said, Some(sent.all_typed())).await
}

/// `POST` of a form: a preview, or the change itself if it is confirmed.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn submit<F: SettingForm>(
    who: &StaffMember,
    form: &F,
    sent: &FormData,
) -> Result<Response, PageError> {
    who.needs(F::NEEDS)?;
    sent.each_once(&[])?;
    let fresh = fresh(who, form.sitting()).await?;
    let plan = &fresh.plan;
    let keys = form.keys(plan);
    if !may_change(who, &keys, plan) {
        return Err(PageError::NotFound);
    }
    let wanted = if sent.one("remove")? == "yes" {
        Ok(keys.iter().map(|key| (*key, None)).collect())
    } else {
        form.parse(sent, plan)
    };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(wrong) => {
            let t = who.page().t;
            let said = wrong.into_iter().map(|of| of.told(t)).collect();
            return page(who, form, &fresh, said, Some(sent.all_typed())).await;
        }
    };
    let proposal = Proposal {
        sitting: form.sitting().clone(),
        origin: "web",
        wanted,
        reason: sent.one("reason")?.to_owned(),
        undoes: None,
        from: None,
        seen: seen(sent)?,
    };
    let refused = match act(who, &proposal, sent, &form.path(), &form.back()).await? {
        Ok(response) => return Ok(response),
        Err(refused) => refused,
    };
    let (shown, _) = who.frame_at(&form.path(), "setting-title").await?;
    let fields = form.fields(who, &shown, plan).await?;
    let said = refused.iter().flat_map(|refusal| on_form(who, &shown, plan, &fields, refusal)).collect();
    page(who, form, &fresh, said, Some(sent.all_typed())).await
}

/// Previews or makes a change; the inner error is why not.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn act(
    who: &StaffMember,
    proposal: &Proposal,
    sent: &FormData,
    path: &str,
    back: &str,
) -> Result<Result<Response, Vec<ChangeRefusal>>, PageError> {
    let from = sent.one(FROM)?.trim();
    let at = parse::time(from);
    if !from.is_empty() && at.is_none() {
        let t = who.page().t;
        let said = Refused::new(t, "field-invalid").at(FROM).saying(t.m("setting-time-wrong"));
        return preview_again(who, proposal, sent, path, (back, said)).await;
    }
    let proposal = &Proposal { from: at, ..proposal.clone() };
    if sent.one("confirm")? != "yes" {
        return match previewed(who, proposal).await? {
            Ok(found) => preview_page(who, found, sent, path, (back, Vec::new())).await.map(Ok),
            Err(refusals) => Ok(Err(refusals)),
        };
    }
    let (by, policy, asked) = (by(who), policy(who), proposal.clone());
    let made: Result<Made, Stop<Vec<ChangeRefusal>>> =
        who.app.db.write_again(async move |tx| verbs::make(tx, &by, &policy, &asked).await).await;
    match refusal(made)? {
        Ok(Made::Done(_)) => {
            // This node's next page shows the change; the others follow within two seconds.
            who.app.catalogue.refresh(&who.app.db).await?;
            Ok(Ok(flash::set(who, see_other(back), SAVED)))
        }
        Ok(Made::Asked(id) | Made::Scheduled(id)) => Ok(Ok(see_other(&format!("/staff/changes/{id}")))),
        // A repeat of a confirmed form whose first answer was lost.
        Err(refusals) if refusals == [ChangeRefusal::Nothing] => Ok(Ok(flash::already(who, see_other(back)))),
        Err(refusals) if refusals == [ChangeRefusal::NoReason] => {
            let t = who.page().t;
            let said = Refused::new(t, "field-invalid").at("reason").saying(t.m("setting-reason-wrong"));
            preview_again(who, proposal, sent, path, (back, said)).await
        }
        Err(refusals) if refusals == [ChangeRefusal::FromPast] => {
            let t = who.page().t;
            let said = Refused::new(t, "date-order").at(FROM).saying(t.m("setting-from-past"));
            preview_again(who, proposal, sent, path, (back, said)).await
        }
        Err(refusals) => Ok(Err(refusals)),
    }
}

/// The preview again, because something that it asks is wrong.
async fn preview_again(
    who: &StaffMember,
    proposal: &Proposal,
    sent: &FormData,
    path: &str,
    (back, said): (&str, Refused),
) -> Result<Result<Response, Vec<ChangeRefusal>>, PageError> {
    match previewed(who, &Proposal { from: None, ..proposal.clone() }).await? {
        Ok(found) => preview_page(who, found, sent, path, (back, vec![said])).await.map(Ok),
        Err(refusals) => Ok(Err(refusals)),
    }
}

/// A preview, its effects, and the version of the reference tables that it was made from.
type Found = (Preview, Vec<Effect>, i64);

async fn previewed(
    who: &StaffMember,
    proposal: &Proposal,
) -> Result<Result<Found, Vec<ChangeRefusal>>, PageError> {
    let (by, policy, proposal) = (by(who), policy(who), proposal.clone());
    let found: Result<Found, Stop<Vec<ChangeRefusal>>> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| {
            let version = cet_domain::sitting::store::version(tx).await?;
            let preview = verbs::preview(tx, &by, &policy, &proposal).await?;
            let effects = effect::effects(tx, &preview).await?;
            Ok((preview, effects, version))
        })
        .await;
    refusal(found)
}

/// Fields of the form that the preview's own form does not repeat.
const NOT_REPEATED: [&str; 5] = ["confirm", FROM, "reason", SEEN, "staff"];

async fn preview_page(
    who: &StaffMember,
    (preview, effects, version): Found,
    sent: &FormData,
    path: &str,
    (back, said): (&str, Vec<Refused>),
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(path, "setting-preview").await?;
    let status = refused_status(&said);
    let typed = Typed::default().with("reason", sent.first("reason")).with(FROM, sent.first(FROM));
    let page = page.refusing(said, typed);
    let catalogue = who.app.catalogue.get();
    let marks: Vec<&str> = page.marks.iter().map(|(name, _)| *name).collect();
    // A form that did not say what it was made from: whoever confirms has seen what this preview shows (R19).
    let seen = Some(sent.first(SEEN)).filter(|seen| !seen.is_empty());
    let seen = seen.map_or_else(|| version.to_string(), str::to_owned);
    let hidden = sent
        .all()
        .filter(|(name, _)| !NOT_REPEATED.contains(name) && !marks.contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain([(SEEN.to_owned(), seen)])
        .collect();
    let view = PreviewView {
        shown: words::texts(&page, &preview.lines),
        lines: words::lines_before(&page, &catalogue, &preview.lines, &preview.before),
        effects: words::effects(&page, &effects),
        second: words::second(&page, &preview.second),
        sitting: preview.after.name_in(page.lang().code()).to_owned(),
        needs_reason: preview.before.state != cet_domain::sitting::SittingState::Draft,
        hidden,
        back: back.to_owned(),
        page,
        menu,
    };
    html(status, &view)
}
