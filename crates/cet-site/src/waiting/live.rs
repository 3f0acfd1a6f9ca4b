//! `/staff/live`: the waiting room, the nodes and the fullest pools as they are now (design 40).

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use crate::change::words;
use crate::staff::StaffMember;
use crate::staff::menu::Menu;
use crate::web::answer::{PageError, html, refreshing};
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::seat_pool::{scoped as pools, scoped::PoolShown};
use cet_domain::sitting::window::Scope;
use cet_domain::staff::Permission;
use cet_domain::waiting::load::{PASSWORD_TARGET, STORE_TARGET};
use cet_domain::waiting::{Entrance, Queue, Shown};

/// Pools on the page.
const POOLS: i64 = 10;
/// Seconds after which the page comes again.
const AGAIN: u64 = 10;

/// One line of people.
struct LineRow {
    name: &'static str,
    way: &'static str,
    since: String,
    people: u64,
    rate: u64,
    admitted: u64,
    frontier: String,
}

/// One node.
struct NodeShown {
    mark: String,
    quiet: bool,
    arrivals: i64,
    desk_rate: i64,
    door_rate: i64,
    seen: String,
}

/// One pool.
struct PoolRow {
    campus: String,
    subject: String,
    left: i64,
    capacity: i64,
}

/// The page of the monitor.
#[derive(Template)]
#[template(path = "waiting/live.html")]
struct LiveView {
    page: Page,
    menu: Menu,
    at: String,
    is_on: bool,
    full: bool,
    lines: Vec<LineRow>,
    nodes: Vec<NodeShown>,
    pools: Vec<PoolRow>,
    targets: String,
}

pub(super) async fn page(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::PortalTexts)?;
    let (page, menu) = who.frame("waiting-live-title").await?;
    let shown = who.app.waiting.shown();
    let pools = fullest(&who, &page).await?;
    let targets = page.f(
        "waiting-live-targets",
        &[("store", &STORE_TARGET.to_string()), ("passwords", &PASSWORD_TARGET.to_string())],
    );
    let view = LiveView {
        at: clock(shown.at),
        is_on: shown.on_since().is_some(),
        full: shown.full,
        lines: lines(&page, &shown),
        nodes: nodes(&shown),
        pools,
        targets,
        page,
        menu,
    };
    Ok(refreshing(html(StatusCode::OK, &view)?, Some(AGAIN.to_string())))
}

/// The fullest pools of the current sitting in the reader's scope.
async fn fullest(who: &StaffMember, page: &Page) -> Result<Vec<PoolRow>, PageError> {
    let catalogue = who.app.catalogue.get();
    let Some(plan) = catalogue.current() else { return Ok(Vec::new()) };
    let (scope, sitting) = (who.scope.clone(), plan.code.clone());
    let read: Result<Vec<PoolShown>, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| pools::list(tx, &scope, &sitting, POOLS).await)
        .await;
    let row = |of: PoolShown| PoolRow {
        campus: words::place(page, &catalogue, Scope::Campus(of.campus)),
        subject: words::subject(page, plan, of.subject),
        left: of.capacity.saturating_sub(of.taken),
        capacity: of.capacity,
    };
    Ok(read?.into_iter().map(row).collect())
}

fn lines(page: &Page, shown: &Shown) -> Vec<LineRow> {
    let row = |way: Entrance, queue: &Queue| LineRow {
        name: match way {
            Entrance::Desk => page.m("waiting-live-desk"),
            Entrance::Door => page.m("waiting-live-door"),
        },
        way: way.wire(),
        since: queue.on_since.map(clock).unwrap_or_default(),
        people: queue.line.people(),
        rate: queue.rate,
        admitted: queue.admitted,
        frontier: match queue.line.frontier().place() {
            Some(place) if place.second > cet_domain::waiting::Place::DRAWN => clock(place.second),
            Some(_) => page.m("waiting-live-drawn").to_owned(),
            None => String::new(),
        },
    };
    vec![row(Entrance::Desk, &shown.desk), row(Entrance::Door, &shown.door)]
}

fn nodes(shown: &Shown) -> Vec<NodeShown> {
    let one = |node: &cet_domain::waiting::NodeRow| NodeShown {
        mark: node.mark.clone(),
        quiet: node.quiet,
        arrivals: node.arrivals,
        desk_rate: node.desk_rate,
        door_rate: node.door_rate,
        seen: clock(node.seen_at),
    };
    shown.nodes.iter().map(one).collect()
}

fn clock(second: i64) -> String {
    Time::from_micros(second.saturating_mul(1_000_000)).local("%H:%M:%S")
}
