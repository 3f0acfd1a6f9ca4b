//! `/staff/transfers`: students whom two schools name. The holding school releases or keeps them; after three days the
//! province decides.

use axum::extract::Path;
use axum::response::Response;

use super::views::{Line, TransferRow, TransferView, TransfersView};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::menu::place_name;
use crate::web::answer::{PageError, html, refusal, refused_html, refused_status, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Notice, Page, Refused, Tone, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::document::DocumentNumber;
use cet_base::words::time::Time;
use cet_domain::roster::StudentRecord;
use cet_domain::roster::removal;
use cet_domain::roster::transfer::{self, Decision, MayDecide, Transfer, TransferRefusal};
use cet_domain::staff::Permission;

const PATH: &str = "/staff/transfers";
const STATES: [(&str, &str); 4] = [
    ("open", "roster-transfer-open"),
    ("released", "roster-transfer-released"),
    ("kept", "roster-transfer-kept"),
    ("lapsed", "roster-transfer-lapsed"),
];
/// The flash message after a decision.
const DECIDED: &str = "transfer-decided";

/// A transfer with its two records.
pub(super) struct Found {
    of: Transfer,
    holding: Option<StudentRecord>,
    asking: Option<StudentRecord>,
    saved: bool,
    now: Time,
}

async fn with_records(tx: &mut Tx<'_>, of: Transfer) -> Result<Found, DbError> {
    let now = tx.now().await?;
    let (holding, asking) = transfer::records(tx, &of).await?;
    let saved = removal::has_saved(tx, of.from_school, &of.sitting, of.document_key).await?;
    Ok(Found { of, holding, asking, saved, now })
}

pub(super) enum Transfers {}

impl List for Transfers {
    type Row = Found;

    const NAME: &'static str = "transfers";
    const NEEDS: Permission = Permission::Rosters;
    const FILTERS: &'static [&'static str] = &["state"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-col-name",
        "staff-col-document",
        "roster-transfer-from",
        "roster-transfer-to",
        "roster-transfer-since",
        "staff-state",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", STATES.map(|(state, _)| state))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Found>, PageError> {
        let (scope, state) = (who.scope.clone(), asked.get("state").to_owned());
        let after = asked.after.parse().unwrap_or(0);
        let found: Result<Vec<Found>, DbError> = who
            .app
            .db
            .read_long(async move |tx: &mut Tx<'_>| {
                let mut found = Vec::new();
                for of in transfer::list(tx, &scope, &state, after, limit).await? {
                    found.push(with_records(tx, of).await?);
                }
                Ok(found)
            })
            .await;
        Ok(found?)
    }

    fn key(found: &Found) -> String {
        found.of.id.to_string()
    }

    fn cells(who: &StaffMember, page: &Page, found: &Found, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(who, page, found)?;
        let (opened, state) = (found.of.opened_at.to_string(), row.state.to_owned());
        Ok(vec![row.name, row.document, row.from, row.to, opened, state])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Found>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "roster-transfers").await?;
        let rows: Result<Vec<TransferRow>, PageError> =
            found.iter().map(|found| row(who, &page, found)).collect();
        let states =
            STATES.map(|(state, words)| Choice { value: state.to_owned(), text: page.m(words).to_owned() });
        let page = page.refusing(said.clone(), typed);
        let view = TransfersView { page, menu, asked, pager, states: states.to_vec(), rows: rows? };
        refused_html(&said, None, &view)
    }
}

fn row(who: &StaffMember, page: &Page, found: &Found) -> Result<TransferRow, PageError> {
    let of = &found.of;
    let record = found.asking.as_ref().or(found.holding.as_ref());
    let document = match record {
        Some(record) => {
            let number = record.number(&who.app.vault).map_err(PageError::fault)?;
            DocumentNumber::parse(&number).map_or_else(|_| "***".to_owned(), |number| number.masked())
        }
        None => String::new(),
    };
    let catalogue = who.app.catalogue.get();
    let place = |code: &str| format!("({code}){}", place_name(&catalogue, page.lang(), code));
    let state =
        STATES.into_iter().find(|(state, _)| *state == of.state).map_or("", |(_, words)| page.m(words));
    let class = match of.state.as_str() {
        "open" => "warn",
        "released" => "ok",
        _ => "",
    };
    let past = found.now >= of.opened_at.plus(transfer::SCHOOL_DECIDES);
    let waits_for = match (of.state.as_str(), past) {
        ("open", false) => page.m("roster-transfer-waits-school"),
        ("open", true) => page.m("roster-transfer-waits-province"),
        _ => "",
    };
    Ok(TransferRow {
        href: format!("{PATH}/{}", of.id),
        name: names(page, found),
        other_name: held_as_another(found),
        document,
        from: place(of.from_campus.as_str()),
        to: place(of.to_campus.as_str()),
        opened_at: of.opened_at.page(),
        state,
        class,
        waits_for,
    })
}

/// Whether the two schools give a person different names: whose record goes is the holder's.
fn held_as_another(found: &Found) -> bool {
    match (&found.holding, &found.asking) {
        (Some(held), Some(asked)) => held.name != asked.name,
        _ => false,
    }
}

/// The name of the record that would go, and that of the file that asks for it where it is another one.
fn names(page: &Page, found: &Found) -> String {
    match (&found.holding, &found.asking) {
        (Some(held), Some(asked)) if held.name != asked.name => {
            page.f("roster-transfer-two-names", &[("held", &held.name), ("asked", &asked.name)])
        }
        (Some(record), _) | (None, Some(record)) => record.name.clone(),
        (None, None) => String::new(),
    }
}

async fn found(who: &StaffMember, id: &str) -> Result<Found, PageError> {
    who.needs(Permission::Rosters)?;
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let scope = who.scope.clone();
    let found: Result<Option<Found>, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| match transfer::one(tx, &scope, id).await? {
            Some(of) => with_records(tx, of).await.map(Some),
            None => Ok(None),
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    let found = found(&who, &id).await?;
    page(&who, &found, Vec::new(), Typed::default()).await
}

async fn page(
    who: &StaffMember,
    found: &Found,
    said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let href = format!("{PATH}/{}", found.of.id);
    let (page, menu) = who.frame_at(&href, "roster-transfer").await?;
    let may = transfer::may_decide(who.role, &who.scope, &found.of, found.now);
    let line = |words, of: fn(&StudentRecord) -> &str| {
        let value =
            |of_school: &Option<StudentRecord>| of_school.as_ref().map(|record| of(record).to_owned());
        let (from, to) = (value(&found.holding), value(&found.asking));
        let differs = from.is_some() && to.is_some() && from != to;
        Line { words: page.m(words), from: from.unwrap_or_default(), to: to.unwrap_or_default(), differs }
    };
    let lines = vec![
        line("staff-col-name", |record| &record.name),
        line("staff-col-campus", |record| record.campus.as_str()),
        line("staff-college", |record| &record.college),
        line("staff-student-major", |record| &record.major),
        line("staff-class", |record| &record.class),
        line("staff-col-number", |record| &record.student_number),
        line("staff-student-grade", |record| &record.grade),
        line("staff-student-remark", |record| &record.remark),
    ];
    let until = if found.of.state == "open" {
        found.of.opened_at.plus(transfer::SCHOOL_DECIDES).local("%Y-%m-%d %H:%M")
    } else {
        String::new()
    };
    let decided = found
        .of
        .decided_at
        .map(|at| page.f("roster-transfer-decided-by", &[("who", &found.of.decided_by), ("at", &at.page())]))
        .unwrap_or_default();
    let mut page = page;
    if flash::get(who) == Some(DECIDED) {
        let title = page.m("roster-decided");
        page = page.noting(Notice::new(Tone::Ok, title, ""));
    }
    let status = refused_status(&said);
    let row = row(who, &page, found)?;
    let view = TransferView {
        lines,
        saved: found.saved,
        decided,
        reason: found.of.reason.clone(),
        school_decides: may == MayDecide::School,
        province_decides: may == MayDecide::Province,
        until,
        row,
        page: page.refusing(said, typed),
        menu,
    };
    let answer = html(status, &view)?;
    Ok(flash::clear(who, answer))
}

pub(super) async fn release(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    act(&who, &id, Decision::Release, MayDecide::School, &form).await
}

pub(super) async fn keep(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    act(&who, &id, Decision::Keep, MayDecide::School, &form).await
}

/// The province's decision, after the holding school's time.
pub(super) async fn decide(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let decision = match form.one("decision")? {
        "release" => Decision::Release,
        "keep" => Decision::Keep,
        _ => {
            let found = found(&who, &id).await?;
            if !matches!(who.role, cet_domain::staff::Role::Province | cet_domain::staff::Role::National) {
                return Err(PageError::NotFound);
            }
            let shown = who.page();
            let said = Refused::new(shown.t, "field-invalid")
                .at("decision")
                .saying(shown.m("roster-transfer-choose"));
            return page(&who, &found, vec![said], form.all_typed()).await;
        }
    };
    act(&who, &id, decision, MayDecide::Province, &form).await
}

async fn act(
    who: &StaffMember,
    id: &str,
    decision: Decision,
    as_whom: MayDecide,
    form: &FormData,
) -> Result<Response, PageError> {
    let before = found(who, id).await?;
    let role_fits = match as_whom {
        MayDecide::School => {
            who.role == cet_domain::staff::Role::School && who.scope.holds(before.of.from_campus.as_str())
        }
        MayDecide::Province => {
            matches!(who.role, cet_domain::staff::Role::Province | cet_domain::staff::Role::National)
                && who.scope.holds(before.of.from_campus.as_str())
        }
        MayDecide::No => false,
    };
    if !role_fits {
        return Err(PageError::NotFound);
    }
    let shown = who.page();
    let reason = form.one("reason")?.trim().to_owned();
    if before.of.is_decided_so(decision, &reason, &who.name) {
        return Ok(flash::already(who, see_other(&format!("{PATH}/{id}"))));
    }
    if transfer::may_decide(who.role, &who.scope, &before.of, before.now) != as_whom {
        let words = if before.of.state == "open" {
            "roster-transfer-too-early"
        } else {
            "roster-transfer-is-decided"
        };
        let said = Refused::new(shown.t, "changed-meanwhile").saying(shown.m(words));
        return page(who, &before, vec![said], form.all_typed()).await;
    }
    if reason.chars().count() > 200 || reason.chars().any(char::is_control) {
        let said = Refused::new(shown.t, "field-invalid").at("reason").saying(shown.m("roster-reason-wrong"));
        return page(who, &before, vec![said], form.all_typed()).await;
    }
    let (of, actor, from) = (before.of.clone(), who.actor(), who.from());
    let done = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            transfer::decide(tx, &of, decision, &reason, (&actor, &from)).await
        })
        .await;
    match refusal(done)? {
        Ok(()) => Ok(flash::set(who, see_other(&format!("{PATH}/{id}")), DECIDED)),
        Err(why) => {
            let now = found(who, id).await?;
            if now.of.is_decided_so(decision, form.one("reason")?.trim(), &who.name) {
                return Ok(flash::already(who, see_other(&format!("{PATH}/{id}"))));
            }
            let said = match why {
                TransferRefusal::Decided => {
                    Refused::new(shown.t, "changed-meanwhile").saying(shown.m("roster-transfer-is-decided"))
                }
                TransferRefusal::ReasonRequired => Refused::new(shown.t, "field-invalid")
                    .at("reason")
                    .saying(shown.m("roster-reason-needed")),
            };
            page(who, &now, vec![said], form.all_typed()).await
        }
    }
}
