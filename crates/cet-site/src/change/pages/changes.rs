//! `/staff/changes`: the history of settings, and what waits for a second person.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::places::saved;
use crate::change::form::{SAVED, by, policy};
use crate::change::keys;
use crate::change::preview::before_publication;
use crate::change::views::{ChangeRow, ChangeView, ChangesView};
use crate::change::{refusal_texts, words};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::web::answer::{PageError, html, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::SittingCode;
use cet_base::words::time::Time;
use cet_domain::change::effect::effects_now;
use cet_domain::change::store::{self, Change};
use cet_domain::change::verbs::{self, Made, is_lapsed};
use cet_domain::change::{ChangeRefusal, Line, rules};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/changes";
/// The states to filter by.
const STATES: [&str; 6] = ["asked", "scheduled", "done", "refused", "lapsed", "overtaken"];

/// The list of changes.
pub(super) struct Log;

/// A change, and when the list was read.
pub(super) struct Row {
    change: Change,
    now: Time,
}

impl List for Log {
    type Row = Row;

    const NAME: &'static str = "changes";
    const NEEDS: Permission = Permission::Season;
    const FILTERS: &'static [&'static str] = &["sitting", "state"];
    const HEADINGS: &'static [&'static str] = &[
        "change-at",
        "change-sitting",
        "change-place",
        "change-who",
        "setting-reason",
        "staff-state",
        "change-approver",
        "change-decided",
    ];

    fn limited(who: &StaffMember) -> Vec<Limited> {
        let catalogue = who.app.catalogue.get();
        let sittings = catalogue.all().into_iter().map(|plan| plan.code.to_string());
        let portal = cet_domain::portal::code().map(|code| code.to_string()).ok();
        vec![Limited::to("sitting", sittings.chain(portal)), Limited::to("state", STATES)]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Row>, PageError> {
        let before = asked.after.parse().unwrap_or(i64::MAX);
        let scope = who.scope.clone();
        let (sitting, state) = (asked.get("sitting").to_owned(), asked.get("state").to_owned());
        let found: Result<_, DbError> = who
            .app
            .db
            .read(async move |tx: &mut Tx<'_>| {
                let now = tx.now().await?;
                let rows = store::list(tx, &scope, (&sitting, &state), before, limit).await?;
                Ok(rows.into_iter().map(|change| Row { change, now }).collect())
            })
            .await;
        Ok(found?)
    }

    fn key(row: &Row) -> String {
        row.change.id.to_string()
    }

    fn cells(who: &StaffMember, page: &Page, row: &Row, _whole: bool) -> Result<Vec<String>, PageError> {
        let shown = shown(who, page, &row.change, row.now);
        Ok(vec![
            row.change.asked_at.to_string(),
            shown.sitting,
            shown.place,
            shown.account,
            shown.reason,
            shown.state,
            row.change.approver.clone().unwrap_or_default(),
            row.change.decided_at.map(|at| at.to_string()).unwrap_or_default(),
        ])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        rows: Vec<Row>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "change-title").await?;
        let page = page.refusing(said, typed);
        let states = STATES.map(|state| Choice { value: state.to_owned(), text: state_words(&page, state) });
        let catalogue = who.app.catalogue.get();
        let sittings = catalogue.all().into_iter().map(|plan| Choice {
            value: plan.code.to_string(),
            text: plan.name_in(page.lang().code()).to_owned(),
        });
        let view = ChangesView {
            states: states.to_vec(),
            sittings: sittings.collect(),
            rows: rows.iter().map(|row| shown(who, &page, &row.change, row.now)).collect(),
            asked,
            pager,
            menu,
            page,
        };
        refused_html(&view.page.refusals.clone(), None, &view)
    }
}

/// The last changes of the member's place, for the board.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn latest(who: &StaffMember, page: &Page, most: usize) -> Result<Vec<ChangeRow>, PageError> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = Log::read(who, &Asked::default(), limit).await?;
    Ok(rows.iter().map(|row| shown(who, page, &row.change, row.now)).collect())
}

fn state_words(page: &Page, state: &str) -> String {
    keys::find(page, &format!("change-state-{state}")).unwrap_or(state).to_owned()
}

fn shown(who: &StaffMember, page: &Page, change: &Change, now: Time) -> ChangeRow {
    let lapsed = is_lapsed(change, now);
    let state = if lapsed { "lapsed" } else { &change.state };
    let class = match state {
        "done" => "ok",
        "asked" | "scheduled" => "warn",
        "overtaken" => "bad",
        _ => "",
    };
    let place = Place::parse(&change.place).unwrap_or(Place::National);
    ChangeRow {
        href: format!("{PATH}/{}", change.id),
        at: change.asked_at.page(),
        account: change.account.clone(),
        sitting: change.sitting.clone(),
        place: words::place(page, &who.app.catalogue.get(), place),
        reason: change.reason.clone(),
        state: match (state, &change.approver) {
            ("refused", _) if change.approver_person.as_deref() == Some(&change.person) => {
                page.m("change-state-taken-back").to_owned()
            }
            ("refused", Some(who)) => page.f("change-state-refused-by", &[("who", who)]),
            _ => state_words(page, state),
        },
        wire: state.to_owned(),
        class,
    }
}

type Found = (Change, Vec<Line>, Option<i64>, Time);

async fn find(who: &StaffMember, id: i64) -> Result<Found, PageError> {
    let scope = who.scope.clone();
    let found: Result<Option<Found>, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let Some(change) = store::one(tx, &scope, id).await? else { return Ok(None) };
            let lines = verbs::stored_lines(tx, id).await?;
            let undone_by = store::undone_by(tx, id).await?;
            Ok(Some((change, lines, undone_by, tx.now().await?)))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

fn parse_id(id: &str) -> Result<i64, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    page(&who, parse_id(&id)?, Vec::new(), Typed::default()).await
}

async fn page(
    who: &StaffMember,
    id: i64,
    refused: Vec<ChangeRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    let (change, lines, undone_by, now) = find(who, id).await?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{id}"), "change-one").await?;
    let page = saved(who, page);
    let catalogue = who.app.catalogue.get();
    let code = SittingCode::parse(&change.sitting)
        .map_err(|_| PageError::fault(format!("change {id} names no sitting")))?;
    let plan = catalogue.sitting(&code).map_or_else(|| Plan::empty(code.clone()), |plan| (**plan).clone());
    let none = crate::change::form::Fields::default();
    let said: Vec<Refused> = refused
        .iter()
        .flat_map(|refusal| refusal_texts::on_form(who, &page, &plan, &none, refusal))
        .collect();
    let waits = change.state == "asked" && !is_lapsed(&change, now);
    // Whoever approves sees what whoever asked saw, as it is now.
    let is_to_come = waits || change.state == "scheduled";
    let page = if is_to_come { before_publication(page, &lines, &plan, now) } else { page };
    let effects = if is_to_come { Some(effects(who, &page, &code, &lines).await?) } else { None };
    let own = change.person == who.person;
    let reaches = who.scope.holds(&change.scope);
    let may_change = rules::state_goes_back(&lines)
        && lines.iter().all(|line| rules::may_change(who.role, &who.scope, &line.key, plan.province_fees));
    let link = |id: Option<i64>| id.map(|id| format!("{PATH}/{id}")).unwrap_or_default();
    let view = ChangeView {
        row: shown(who, &page, &change, now),
        lines: if is_to_come {
            words::lines_before(&page, &catalogue, &lines, &plan)
        } else {
            words::lines(&page, &catalogue, &lines, &plan)
        },
        shown: if is_to_come { words::texts(&page, &lines) } else { Vec::new() },
        effects,
        expires_at: change.expires_at.filter(|_| waits).map(Time::page).unwrap_or_default(),
        approver: change.approver.clone().unwrap_or_default(),
        decided_at: change.decided_at.map(Time::page).unwrap_or_default(),
        undoes: link(change.undoes),
        undone_by: link(undone_by),
        may_approve: waits && !own && reaches,
        from: change.from_at.map(Time::page).unwrap_or_default(),
        overtaken: change.state == "overtaken",
        refuse: match ((waits || change.state == "scheduled") && reaches, own) {
            (false, _) => "",
            (true, true) => page.m("change-take-back"),
            (true, false) => page.m("change-refuse"),
        },
        may_undo: change.state == "done" && undone_by.is_none() && change.origin != "found" && may_change,
        page: page.refusing(said.clone(), typed),
        menu,
    };
    let response =
        if said.is_empty() { html(StatusCode::OK, &view)? } else { refused_html(&said, None, &view)? };
    Ok(flash::clear(who, response))
}

/// What a change that waits would do now, in words.
async fn effects(
    who: &StaffMember,
    page: &Page,
    sitting: &SittingCode,
    lines: &[Line],
) -> Result<Vec<(String, String)>, PageError> {
    let (sitting, lines) = (sitting.clone(), lines.to_vec());
    let read: Result<_, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| effects_now(tx, &sitting, lines.clone()).await)
        .await;
    Ok(words::effects(page, &read?))
}

pub(super) async fn approve(
    who: StaffMember,
    Path(id): Path<String>,
    _form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    let id = parse_id(&id)?;
    let (by, policy) = (by(&who), policy(&who));
    let (theirs, kept) = (by.clone(), policy.clone());
    let done: Result<(), Stop<Vec<ChangeRefusal>>> =
        who.app.db.write_again(async move |tx| verbs::approve(tx, &by, &policy, id).await).await;
    let done = refusal(done)?;
    if matches!(&done, Err(refusals) if *refusals == [ChangeRefusal::AlreadySo]) {
        let ended: Result<(), Stop<Vec<ChangeRefusal>>> =
            who.app.db.write_again(async move |tx| verbs::end_already_so(tx, &theirs, &kept, id).await).await;
        // Who was faster has ended it.
        let _over = refusal(ended)?;
    }
    decided(&who, id, done, Typed::default()).await
}

pub(super) async fn refuse(
    who: StaffMember,
    Path(id): Path<String>,
    _form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    let id = parse_id(&id)?;
    let by = by(&who);
    let done: Result<(), Stop<Vec<ChangeRefusal>>> =
        who.app.db.write_again(async move |tx| verbs::refuse(tx, &by, id).await).await;
    decided(&who, id, refusal(done)?, Typed::default()).await
}

async fn decided(
    who: &StaffMember,
    id: i64,
    done: Result<(), Vec<ChangeRefusal>>,
    typed: Typed,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => {
            who.app.catalogue.refresh(&who.app.db).await?;
            Ok(see_other(&format!("{PATH}/{id}")))
        }
        Err(refusals) if refusals.contains(&ChangeRefusal::NotFound) => Err(PageError::NotFound),
        Err(refusals) => page(who, id, refusals, typed).await,
    }
}

pub(super) async fn undo(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Season)?;
    let id = parse_id(&id)?;
    // Whoever says nothing says that it is undone.
    let reason = Some(form.one("reason")?.trim()).filter(|reason| !reason.is_empty());
    let reason = reason.unwrap_or_else(|| who.page().m("change-undo-do")).to_owned();
    let (by, policy) = (by(&who), policy(&who));
    let done: Result<Made, Stop<Vec<ChangeRefusal>>> =
        who.app.db.write_again(async move |tx| verbs::undo(tx, &by, &policy, id, &reason).await).await;
    match refusal(done)? {
        Ok(made) => {
            who.app.catalogue.refresh(&who.app.db).await?;
            let to = see_other(&format!("{PATH}/{}", made.id()));
            Ok(if matches!(made, Made::Done(_)) { flash::set(&who, to, SAVED) } else { to })
        }
        Err(refusals) => decided(&who, id, Err(refusals), form.typed(&["reason"])).await,
    }
}
