//! `/staff/exports`: files that need a reason, or approval by a second person (TH27).

mod rows;

use axum::extract::Path;
use axum::response::Response;

use super::{by, refused};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Asked, Form, Limited, List, Pager, Sheet};
use crate::staff::views::{ExportView, ExportsView, NewExportView};
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Stop};
use cet_base::words::time::Time;
use cet_domain::staff::exports::{self, ExportRefusal, MOST_ROWS, may_approve, may_take, takes_two};
use cet_domain::staff::store::{
    exports as store,
    exports::{Export, Sought},
};
use cet_domain::staff::{Permission, Scope};

pub(super) use cet_domain::staff::exports::What;

const PATH: &str = "/staff/exports";
const STATES: [&str; 3] = ["asked", "ready", "refused"];

/// Calls a function for the list with this name.
macro_rules! of {
    ($what:expr, $list:ident => $call:expr) => {
        match $what {
            What::Registrations => {
                type $list = super::registrations::Registrations;
                $call
            }
            What::Students => {
                type $list = super::students::Students;
                $call
            }
            What::Orders => {
                type $list = super::orders::Orders;
                $call
            }
            What::Refunds => {
                type $list = super::refunds::Refunds;
                $call
            }
            What::Audit => {
                type $list = super::audit::Log;
                $call
            }
        }
    };
}

fn filters(what: What) -> &'static [&'static str] {
    of!(what, Of => Of::FILTERS)
}

async fn count(who: &StaffMember, what: What, asked: &Asked) -> Result<i64, PageError> {
    let most = MOST_ROWS.saturating_add(1);
    of!(what, Of => Of::count(who, asked, most).await)
}

async fn sheet(who: &StaffMember, of: &Export, what: What) -> Result<Sheet, PageError> {
    let asked = Asked::of_query(&of.query, filters(what));
    of!(what, Of => list::sheet::<Of>(who, &asked, of.row_count, of.whole).await)
}

/// The requested files: one's own, and those that one may approve.
pub(super) enum Files {}

impl List for Files {
    /// A request, and when the list was read.
    type Row = (Export, Time);

    const NAME: &'static str = "exports";
    const NEEDS: Permission = Permission::Exports;
    const FILTERS: &'static [&'static str] = &["state"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-export-list",
        "staff-export-rows",
        "staff-col-document",
        "staff-state",
        "staff-requester",
        "staff-asked-at",
        "staff-approver",
        "staff-decided-at",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", STATES)]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Self::Row>, PageError> {
        let sought = Sought {
            scope: who.scope.clone(),
            whats: exports::approvable(who.role),
            account: who.name.clone(),
            state: asked.get("state").to_owned(),
        };
        let before = asked.after.parse().unwrap_or(i64::MAX);
        let found: Result<_, DbError> = who
            .app
            .db
            .read(async move |tx| {
                let now = tx.now().await?;
                let rows = store::list(tx, &sought, before, limit).await?;
                Ok(rows.into_iter().map(|of| (of, now)).collect())
            })
            .await;
        Ok(found?)
    }

    fn key((of, _): &Self::Row) -> String {
        of.id.to_string()
    }

    fn cells(_: &StaffMember, page: &Page, (of, now): &Self::Row, _: bool) -> Result<Vec<String>, PageError> {
        let row = rows::row(page, of, *now);
        let list = format!("{} {}", row.list, row.form);
        let (whole, state) = (row.whole.to_owned(), row.state.to_owned());
        let asked = of.asked_at.to_string();
        let decided = of.decided_at.map(|at| at.to_string()).unwrap_or_default();
        Ok(vec![list, row.rows.to_string(), whole, state, row.requester, asked, row.approver, decided])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Self::Row>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "staff-exports").await?;
        let states = STATES
            .map(|state| Choice { value: state.to_owned(), text: rows::state(&page, state).to_owned() });
        let view = ExportsView {
            rows: found.iter().map(|(of, now)| rows::row(&page, of, *now)).collect(),
            states: states.to_vec(),
            page: page.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
        };
        refused(&said, &[], &view)
    }
}

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    let what = what(&who, &who.query("what").unwrap_or_default())?;
    let asked = Asked::read(&who, filters(what));
    new(&who, what, &asked, Vec::new(), Typed::default().with("form", "csv")).await
}

/// The list, if this member may export it.
fn what(who: &StaffMember, name: &str) -> Result<What, PageError> {
    let what = What::from_wire(name).ok_or(PageError::NotFound)?;
    who.needs(what.needs())?;
    Ok(what)
}

async fn new(
    who: &StaffMember,
    what: What,
    asked: &Asked,
    said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let rows = count(who, what, asked).await?;
    let (page, menu) = who.frame_at(&format!("{PATH}/new"), "staff-export-new").await?;
    let view = NewExportView {
        list: page.t.find(what.words()).unwrap_or_default(),
        what: what.wire(),
        query: asked.query(""),
        filters: rows::filters(&page, Some(what), &asked.query("")),
        rows: if rows > MOST_ROWS { page.m("staff-export-too-many").to_owned() } else { rows.to_string() },
        second: takes_two(rows),
        may_whole: may_take(who.role, what, true),
        back: format!("/staff/{}", what.wire()),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused(&said, &[], &view)
}

pub(super) async fn ask(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    let what = what(&who, form.one("what")?)?;
    let asked = Asked::of_query(form.one("query")?, filters(what));
    let whole = form.one("whole")? == "yes";
    if !may_take(who.role, what, whole) {
        return Err(PageError::NotFound);
    }
    let kind = if form.one("form")? == "xlsx" { "xlsx" } else { "csv" };
    let wanted = Export {
        id: 0,
        what: what.wire().to_owned(),
        query: asked.query(""),
        form: kind.to_owned(),
        whole,
        row_count: count(&who, what, &asked).await?,
        reason: form.one("reason")?.to_owned(),
        scope: who.scope.clone(),
        state: String::new(),
        requester: who.name.clone(),
        requester_person: who.person.clone(),
        asked_at: Time::from_micros(0),
        expires_at: Time::from_micros(0),
        approver: None,
        decided_at: None,
    };
    let (by, long) = (by(&who), takes_two(wanted.row_count));
    let done: Result<i64, Stop<ExportRefusal>> =
        who.app.db.write_again(async move |tx| exports::ask(tx, &by, wanted.clone()).await).await;
    match refusal(done)? {
        Ok(id) => {
            if long {
                who.app.alarms.long_file_asked();
            }
            Ok(see_other(&format!("{PATH}/{id}")))
        }
        Err(why) => {
            let said = vec![why.on(&who.page())];
            new(&who, what, &asked, said, form.typed(&["form", "whole", "reason"])).await
        }
    }
}

async fn find(who: &StaffMember, id: &str) -> Result<(Export, Time), PageError> {
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let (scope, account): (Scope, String) = (who.scope.clone(), who.name.clone());
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| Ok((store::one(tx, &scope, &account, id).await?, tx.now().await?)))
        .await;
    let (found, now) = found?;
    let seen = |of: &Export| {
        of.requester == who.name || What::from_wire(&of.what).is_some_and(|what| may_approve(who.role, what))
    };
    Ok((found.filter(seen).ok_or(PageError::NotFound)?, now))
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    detail(&who, &id, Vec::new()).await
}

async fn detail(who: &StaffMember, id: &str, said: Vec<Refused>) -> Result<Response, PageError> {
    let (of, now) = find(who, id).await?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{}", of.id), "staff-export").await?;
    let row = rows::row(&page, &of, now);
    let live = now < of.expires_at;
    let view = ExportView {
        may_take: live && of.state == "ready" && of.requester == who.name,
        may_decide: live
            && of.state == "asked"
            && of.requester_person != who.person
            && who.scope.holds(of.scope.prefix()),
        waits: live && of.state == "asked" && of.requester == who.name,
        filters: rows::filters(&page, What::from_wire(&of.what), &of.query),
        reason: of.reason.clone(),
        expires_at: of.expires_at.page(),
        page: page.refusing(said.clone(), Typed::default()),
        menu,
        row,
    };
    refused(&said, &[], &view)
}

pub(super) async fn approve(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    decide(who, id, true).await
}

pub(super) async fn refuse(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    decide(who, id, false).await
}

async fn decide(who: StaffMember, id: String, approve: bool) -> Result<Response, PageError> {
    let number: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let (by, role) = (by(&who), who.role);
    let done: Result<(), Stop<ExportRefusal>> =
        who.app.db.write_again(async move |tx| exports::decide(tx, &by, role, number, approve).await).await;
    match refusal(done)? {
        Ok(()) => Ok(see_other(&format!("{PATH}/{number}"))),
        Err(ExportRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => {
            let said = vec![why.on(&who.page())];
            detail(&who, &id, said).await
        }
    }
}

/// The file itself, for its requester, as often as needed until it expires. Each download is recorded in the audit log.
pub(super) async fn file(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    let (of, now) = find(&who, &id).await?;
    let what = What::from_wire(&of.what).ok_or(PageError::NotFound)?;
    if of.requester != who.name || !may_take(who.role, what, of.whole) {
        return Err(PageError::NotFound);
    }
    if of.state != "ready" || now >= of.expires_at {
        let waits = of.state == "asked" && now < of.expires_at;
        let why = if waits { ExportRefusal::Waits } else { ExportRefusal::Over };
        let said = vec![why.on(&who.page())];
        return detail(&who, &id, said).await;
    }
    let form = if of.form == "xlsx" { Form::Xlsx } else { Form::Csv };
    let begun = Download::of(&who)?;
    let sheet = sheet(&who, &of, what).await?;
    let why = format!(" export={} whole={}", of.id, of.whole);
    list::download_noted(&who, what.wire(), form, (begun, sheet), &why).await
}
