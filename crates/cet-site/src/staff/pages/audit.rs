//! `/staff/audit`: searching the audit log, for auditors.

use axum::response::Response;

use super::exports::What;
use super::refused;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::views::AuditView;
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::time::Time;
use cet_domain::audit::search::{self, After, Sought};
use cet_domain::audit::{Line, codes, wording};
use cet_domain::staff::{Permission, Scope};

fn time(asked: &Asked, name: &str) -> Option<Time> {
    Time::parse_local(asked.get(name)).ok()
}

/// The line of the number that a person reads beside it in 谁看过我的信息 (A11); nothing where the scope ends.
async fn one(who: &StaffMember, number: &str) -> Result<Vec<Line>, PageError> {
    let Some((school, id)) = SchoolCode::parse_row(number.trim()) else { return Ok(Vec::new()) };
    if !who.scope.holds(&school.to_string()) {
        return Ok(Vec::new());
    }
    let found: Result<Option<Line>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| search::one(tx, school, id).await).await;
    Ok(found?.into_iter().collect())
}

pub(super) enum Log {}

/// The scope that the filter narrows the member's own to; it never extends it.
fn narrowed(who: &StaffMember, school: &str) -> Option<Scope> {
    if school.is_empty() {
        return Some(who.scope.clone());
    }
    Scope::parse(school).filter(|scope| who.scope.holds(scope.prefix()))
}

impl List for Log {
    type Row = Line;

    const NAME: &'static str = What::Audit.wire();
    const NEEDS: Permission = What::Audit.needs();
    const EXPORT: Option<What> = Some(What::Audit);
    const FILTERS: &'static [&'static str] = &["line", "school", "actor", "object", "action", "from", "to"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-col-time",
        "staff-col-school",
        "staff-col-actor",
        "staff-col-action",
        "staff-col-object",
        "staff-col-address",
        "staff-col-detail",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("action", codes::ACTIONS.iter().map(|(code, _)| *code))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Line>, PageError> {
        if !asked.get("line").is_empty() {
            return one(who, asked.get("line")).await;
        }
        let sought = Sought {
            actor: asked.get("actor").to_owned(),
            object: asked.get("object").to_owned(),
            action: asked.get("action").to_owned(),
            from: time(asked, "from"),
            to: time(asked, "to"),
        };
        let after = After::parse(&asked.after);
        let scope = narrowed(who, asked.get("school")).unwrap_or_else(|| who.scope.clone());
        let list =
            async move |tx: &mut Tx<'_>| search::list(tx, &scope, &sought, after.as_ref(), limit).await;
        let found: Result<_, DbError> = who.app.db.read_long(list).await;
        Ok(found?)
    }

    fn key(line: &Line) -> String {
        After::of(line)
    }

    fn cells(_: &StaffMember, page: &Page, line: &Line, _: bool) -> Result<Vec<String>, PageError> {
        Ok(vec![
            line.at.to_string(),
            line.school.to_string(),
            format!("{} {}", line.actor_kind, line.actor),
            line.action.clone(),
            format!("{} {}", line.object_kind, line.object),
            line.address.clone(),
            wording::told(page.t, line).cell(),
        ])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        lines: Vec<Line>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at("/staff/audit", "staff-audit").await?;
        let page = page.refusing(said.clone(), typed);
        let choice = |(code, key): &(&str, &'static str)| Choice {
            value: (*code).to_owned(),
            text: page.m(key).to_owned(),
        };
        let mut actions: Vec<Choice> = codes::ACTIONS.iter().map(choice).collect();
        actions.sort_by(|one, other| one.text.cmp(&other.text));
        refused(&said, &[], &AuditView { page, menu, asked, pager, lines, actions })
    }

    /// An invalid time or place must not silently widen the search.
    fn wrong(who: &StaffMember, asked: &Asked) -> Vec<Refused> {
        let page = who.page();
        let bad = |name: &&'static str| !asked.get(name).is_empty() && time(asked, name).is_none();
        let refused = |name: &'static str| {
            Refused::new(page.t, "field-invalid").at(name).saying(page.m("staff-time-wrong"))
        };
        let times = ["from", "to"].iter().filter(|name| bad(name)).map(|name| refused(name));
        let school = Some(asked.get("school")).filter(|school| narrowed(who, school).is_none());
        let place = school
            .map(|_| Refused::new(page.t, "place-unknown").at("school").saying(page.m("staff-filter-place")));
        times.chain(place).collect()
    }
}
