//! `/staff/sittings/{code}/publication`: the state of a sitting.

use axum::extract::Path;
use axum::response::Response;

use crate::change::form::{self, Fields};
use crate::change::keys;
use crate::change::preview::nobody_enters;
use crate::change::refusal_texts;
use crate::change::views::{PublicationView, StateAct};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refused_html};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_domain::change::verbs::Proposal;
use cet_domain::change::{ChangeRefusal, Key, SettingValue};
use cet_domain::sitting::{Plan, SittingState, consistency};
use cet_domain::staff::Permission;

fn path(plan: &Plan) -> String {
    format!("/staff/sittings/{}/publication", plan.code)
}

pub(super) async fn show(who: StaffMember, Path(code): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Sittings)?;
    let plan = form::fresh(&who, &super::plan(&who, &code)?.code).await?.plan;
    page(&who, &plan, Vec::new(), Typed::default()).await
}

async fn page(
    who: &StaffMember,
    plan: &Plan,
    refused: Vec<ChangeRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(&path(plan), "setting-publication").await?;
    let none = Fields::default();
    let said: Vec<Refused> =
        refused.iter().flat_map(|refusal| refusal_texts::on_form(who, &page, plan, &none, refusal)).collect();
    let now: Result<_, DbError> = who.app.db.read(async move |tx: &mut Tx<'_>| tx.now().await).await;
    let is_draft = plan.state == SittingState::Draft;
    let page = match nobody_enters(&page, plan, now?).filter(|_| is_draft) {
        Some(notice) => page.noting(notice),
        None => page,
    };
    let missing = consistency::missing(plan);
    let word = |what: &consistency::Missing| {
        keys::find(&page, &format!("setting-missing-{}", what.wire())).unwrap_or_default().to_owned()
    };
    let view = PublicationView {
        sitting: plan.name_in(page.lang().code()).to_owned(),
        state: keys::find(&page, &format!("setting-state-{}", plan.state.wire()))
            .unwrap_or_default()
            .to_owned(),
        missing: if is_draft { missing.iter().map(word).collect() } else { Vec::new() },
        draft: is_draft,
        acts: acts(&page, plan.state),
        back: format!("/staff/sittings/{}", plan.code),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused_html(&said, None, &view)
}

/// What can be done with a sitting in a state, besides publishing it.
fn acts(page: &Page, state: SittingState) -> Vec<StateAct> {
    let act = |address, title, hint| StateAct { address, title: page.m(title), hint: page.m(hint) };
    match state {
        SittingState::Draft | SittingState::Archived => Vec::new(),
        SittingState::Published => vec![
            act("closing", "setting-close", "setting-close-hint"),
            act("withdrawal", "setting-withdraw", "setting-withdraw-hint"),
        ],
        SittingState::Closed => vec![act("archiving", "setting-archive", "setting-archive-hint")],
    }
}

async fn set(
    who: &StaffMember,
    code: &str,
    to: SittingState,
    sent: &FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Sittings)?;
    let plan = form::fresh(who, &super::plan(who, code)?.code).await?.plan;
    let proposal = Proposal {
        sitting: plan.code.clone(),
        origin: "web",
        wanted: vec![(Key::State, Some(SettingValue::State(to)))],
        reason: sent.one("reason")?.to_owned(),
        undoes: None,
        from: None,
        seen: form::seen(sent)?,
    };
    let back = format!("/staff/sittings/{}", plan.code);
    let address = match to {
        SittingState::Published => path(&plan),
        SittingState::Draft => format!("{back}/withdrawal"),
        SittingState::Closed => format!("{back}/closing"),
        SittingState::Archived => format!("{back}/archiving"),
    };
    match form::act(who, &proposal, sent, &address, &back).await? {
        Ok(response) => Ok(response),
        Err(refusals) => page(who, &plan, refusals, sent.all_typed()).await,
    }
}

/// Publishes a draft; with the field `withdrawal`, takes a published sitting back.
pub(super) async fn publish(
    who: StaffMember,
    Path(code): Path<String>,
    sent: FormData,
) -> Result<Response, PageError> {
    let back = !sent.one("withdrawal")?.is_empty();
    let to = if back { SittingState::Draft } else { SittingState::Published };
    set(&who, &code, to, &sent).await
}

pub(super) async fn withdraw(
    who: StaffMember,
    Path(code): Path<String>,
    sent: FormData,
) -> Result<Response, PageError> {
    set(&who, &code, SittingState::Draft, &sent).await
}

pub(super) async fn close(
    who: StaffMember,
    Path(code): Path<String>,
    sent: FormData,
) -> Result<Response, PageError> {
    set(&who, &code, SittingState::Closed, &sent).await
}

pub(super) async fn archive(
    who: StaffMember,
    Path(code): Path<String>,
    sent: FormData,
) -> Result<Response, PageError> {
    set(&who, &code, SittingState::Archived, &sent).await
}
