//! `/staff/audit`: the auditor searches the log.

use axum::response::Response;

use super::exports::{What, cut};
use super::refused;
use crate::audit::search::{self, After, Sought};
use crate::audit::{Line, codes, wording};
use crate::staff::list::{self, Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, too_long};
use crate::staff::views::AuditView;
use crate::staff::{Permission, Scope, StaffMember};
use crate::store::DbError;
use crate::web::answer::PageError;
use crate::web::page::{Choice, Refused, Typed};
use crate::words::time::Time;

pub(super) const PATH: &str = "/staff/audit";
pub(super) const FILTERS: [&str; 6] = ["school", "actor", "object", "action", "from", "to"];

fn time(asked: &Asked, name: &str) -> Option<Time> {
    Time::parse_local(asked.get(name)).ok()
}

/// What is wrong with the filters: a time that is none would silently widen the search.
fn wrong(who: &StaffMember, asked: &Asked) -> Vec<Refused> {
    let page = who.page();
    let bad = |name: &&'static str| !asked.get(name).is_empty() && time(asked, name).is_none();
    let refused = |name: &'static str| {
        Refused::new(page.t, "field-invalid").at(name).saying(page.m("staff-time-wrong"))
    };
    ["from", "to"].iter().filter(|name| bad(name)).map(|name| refused(name)).collect()
}

async fn lines(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Line>, PageError> {
    let sought = Sought {
        actor: asked.get("actor").to_owned(),
        object: asked.get("object").to_owned(),
        action: asked.get("action").to_owned(),
        from: time(asked, "from"),
        to: time(asked, "to"),
    };
    let after = After::parse(&asked.after);
    // A filter narrows the scope; it never leaves it.
    let narrowed = Scope::parse(asked.get("school")).filter(|scope| who.scope.holds(scope.prefix()));
    let scope = narrowed.unwrap_or_else(|| who.scope.clone());
    let list = async move |tx: &mut crate::store::Tx<'_>| {
        search::list(tx, &scope, &sought, after.as_ref(), limit).await
    };
    let found: Result<_, DbError> = who.app.db.read_long(list).await;
    Ok(found?)
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::ReadAudit)?;
    let asked = Asked::read(&who, &FILTERS);
    let said = wrong(&who, &asked);
    page(&who, asked, said).await
}

async fn page(who: &StaffMember, asked: Asked, said: Vec<Refused>) -> Result<Response, PageError> {
    let mut lines =
        if said.is_empty() { lines(who, &asked, PAGE.saturating_add(1)).await? } else { Vec::new() };
    let pager = Pager::cut(PATH, &asked, &mut lines, After::of);
    let (page, menu) = who.frame_at(PATH, "staff-audit").await?;
    let page = page.refusing(said.clone(), Typed::default());
    let choice = |(code, key): &(&str, &'static str)| Choice {
        value: (*code).to_owned(),
        text: page.m(key).to_owned(),
    };
    let mut actions: Vec<Choice> = codes::ACTIONS.iter().map(choice).collect();
    actions.sort_by(|one, other| one.text.cmp(&other.text));
    refused(&said, &[], &AuditView { page, menu, asked, pager, lines, actions })
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
    let said = wrong(&who, &asked);
    if !said.is_empty() {
        return page(&who, asked, said).await;
    }
    let sheet = sheet(&who, &asked, FILE_ROWS.saturating_add(1)).await?;
    if too_long(&sheet.rows) {
        let said = cut(&who, What::Audit, &asked);
        return page(&who, asked, vec![said]).await;
    }
    list::download(&who, "audit", form, sheet).await
}

/// How many rows a file would have, as far as `most`.
pub(super) async fn count(who: &StaffMember, asked: &Asked, most: i64) -> Result<i64, PageError> {
    Ok(i64::try_from(lines(who, asked, most).await?.len()).unwrap_or(i64::MAX))
}

/// The rows of a file.
pub(super) async fn sheet(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Sheet, PageError> {
    let lines = lines(who, asked, limit).await?;
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
            wording::told(page.t, line).cell(),
        ]
    };
    let headings = headings.map(|key| page.m(key).to_owned()).to_vec();
    Ok(Sheet { headings, rows: lines.iter().map(cells).collect() })
}
