//! `/staff/audit`: the auditor searches the log.

use axum::response::Response;
use http::StatusCode;

use crate::audit::Line;
use crate::audit::search::{self, After, Sought};
use crate::staff::list::{self, Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, too_long};
use crate::staff::refusal::StaffRefusal;
use crate::staff::views::AuditView;
use crate::staff::{Permission, Scope, StaffMember};
use crate::store::DbError;
use crate::web::answer::{PageError, html};
use crate::words::time::Time;

use super::refused;

const PATH: &str = "/staff/audit";
const FILTERS: [&str; 6] = ["school", "actor", "object", "action", "from", "to"];

async fn lines(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Line>, PageError> {
    let time = |name: &str| Time::parse_local(asked.get(name)).ok();
    let sought = Sought {
        actor: asked.get("actor").to_owned(),
        object: asked.get("object").to_owned(),
        action: asked.get("action").to_owned(),
        from: time("from"),
        to: time("to"),
    };
    let after = After::parse(&asked.after);
    // A filter narrows the scope; it never leaves it.
    let narrowed = Scope::parse(asked.get("school")).filter(|scope| who.scope.holds(scope.prefix()));
    let scope = narrowed.unwrap_or_else(|| who.scope.clone());
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| search::list(tx, &scope, &sought, after.as_ref(), limit).await).await;
    Ok(found?)
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::ReadAudit)?;
    let asked = Asked::read(&who, &FILTERS);
    let mut lines = lines(&who, &asked, PAGE.saturating_add(1)).await?;
    let pager = Pager::cut(PATH, &asked, &mut lines, After::of);
    let (page, menu) = who.frame("staff-audit").await?;
    html(StatusCode::OK, &AuditView { page, menu, asked, pager, lines })
}

pub(super) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(super) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::ReadAudit)?;
    let asked = Asked::read(&who, &FILTERS);
    let lines = lines(&who, &asked, FILE_ROWS.saturating_add(1)).await?;
    if too_long(&lines) {
        let (page, menu) = who.frame_at(PATH, "staff-audit").await?;
        let said = vec![StaffRefusal::TooManyRows.on(&page)];
        let page = page.refusing(said.clone(), crate::web::page::Typed::default());
        let view = AuditView { page, menu, asked, pager: Pager::default(), lines: Vec::new() };
        return refused(&said, &[], &view);
    }
    let page = who.page();
    let headings = [
        "staff-col-time",
        "staff-col-school",
        "staff-col-actor",
        "staff-col-action",
        "staff-col-object",
        "staff-col-address",
        "staff-col-detail",
    ];
    let cells = |line: &Line| {
        vec![
            line.at.to_string(),
            line.school.to_string(),
            format!("{} {}", line.actor_kind, line.actor),
            line.action.clone(),
            format!("{} {}", line.object_kind, line.object),
            line.address.clone(),
            line.detail.clone(),
        ]
    };
    let headings = headings.map(|key| page.m(key).to_owned()).to_vec();
    list::download(&who, "audit", form, Sheet { headings, rows: lines.iter().map(cells).collect() }).await
}
