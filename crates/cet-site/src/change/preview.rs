//! The preview of a change: before and after, its effects, and what is to be confirmed.

use axum::response::Response;

use super::form::{FROM, by, policy};
use super::views::PreviewView;
use super::words;
use crate::staff::StaffMember;
use crate::web::answer::{PageError, html, refusal, refused_status};
use crate::web::form_data::FormData;
use crate::web::page::{Notice, Page, Refused, Tone, Typed};
use cet_base::form_mark::SEEN;
use cet_base::store::{Stop, Tx};
use cet_base::words::time::Time;
use cet_domain::change::effect::{self, Effect};
use cet_domain::change::verbs::{self, Preview, Proposal};
use cet_domain::change::{ChangeRefusal, Line, SettingValue};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Plan, SittingState, consistency};

/// The preview again, because something that it asks is wrong.
pub(super) async fn again(
    who: &StaffMember,
    proposal: &Proposal,
    sent: &FormData,
    path: &str,
    (back, said): (&str, Refused),
) -> Result<Result<Response, Vec<ChangeRefusal>>, PageError> {
    match previewed(who, &Proposal { from: None, ..proposal.clone() }).await? {
        Ok(found) => page(who, found, sent, path, (back, vec![said])).await.map(Ok),
        Err(refusals) => Ok(Err(refusals)),
    }
}

/// A preview.
pub(super) struct Found {
    preview: Preview,
    effects: Vec<Effect>,
    /// The version of the reference tables that it was made from.
    version: i64,
    now: Time,
}

pub(super) async fn previewed(
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
            Ok(Found { preview, effects, version, now: tx.now().await? })
        })
        .await;
    refusal(found)
}

/// Fields of the form that the preview's own form does not repeat.
const NOT_REPEATED: [&str; 5] = ["confirm", FROM, "reason", SEEN, "staff"];

pub(super) async fn page(
    who: &StaffMember,
    Found { preview, effects, version, now }: Found,
    sent: &FormData,
    path: &str,
    (back, said): (&str, Vec<Refused>),
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(path, "setting-preview").await?;
    let status = refused_status(&said);
    let typed = Typed::default().with("reason", sent.first("reason")).with(FROM, sent.first(FROM));
    let page = page.refusing(said, typed);
    let page = before_publication(page, &preview.lines, &preview.before, now);
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
        needs_reason: preview.before.state != SittingState::Draft,
        hidden,
        back: back.to_owned(),
        page,
        menu,
    };
    html(status, &view)
}

/// The page of a change with what is to be known before it publishes a draft.
pub(super) fn before_publication(page: Page, lines: &[Line], plan: &Plan, now: Time) -> Page {
    let publishes = |line: &Line| matches!(line.after, Some(SettingValue::State(SittingState::Published)));
    let is_new = plan.state == SittingState::Draft && lines.iter().any(publishes);
    match nobody_enters(&page, plan, now).filter(|_| is_new) {
        Some(notice) => page.noting(notice),
        None => page,
    }
}

/// That all windows of a sitting are past.
pub(super) fn nobody_enters(page: &Page, plan: &Plan, now: Time) -> Option<Notice> {
    let ended = consistency::closed_at(plan, Place::National, now)?;
    let text = page.f("setting-past-text", &[("at", &ended.page())]);
    Some(Notice::new(Tone::Warn, page.m("setting-past"), text))
}
