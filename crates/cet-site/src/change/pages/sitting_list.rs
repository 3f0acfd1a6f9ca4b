//! `/staff/sittings`: the list of sittings, with the form for a new one.

use std::sync::Arc;

use axum::response::Response;

use crate::change::keys;
use crate::change::views::{SittingRow, SittingsView};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::web::answer::{PageError, refused_html};
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Plan, SittingState};
use cet_domain::staff::Permission;

pub(super) const PATH: &str = "/staff/sittings";

/// All sittings, the newest first.
pub(super) enum Sittings {}

impl List for Sittings {
    type Row = Arc<Plan>;

    const NAME: &'static str = "sittings";
    const NEEDS: Permission = Permission::Season;
    const FILTERS: &'static [&'static str] = &["state"];
    const HEADINGS: &'static [&'static str] = &[
        "setting-code",
        "setting-field-name",
        "setting-field-name-en",
        "staff-state",
        "setting-kind-window",
        "setting-current",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", SittingState::ALL.map(SittingState::wire))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Arc<Plan>>, PageError> {
        let catalogue = who.app.catalogue.get();
        let all = catalogue.all();
        // The cursor is the code of the last sitting of the page before.
        let after = all.iter().position(|plan| plan.code.as_str() == asked.after);
        let wanted = asked.get("state");
        let rows = all.into_iter().skip(after.map_or(0, |place| place.saturating_add(1)));
        let rows = rows.filter(|plan| wanted.is_empty() || plan.state.wire() == wanted);
        Ok(rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    fn key(of: &Arc<Plan>) -> String {
        of.code.to_string()
    }

    fn cells(who: &StaffMember, page: &Page, of: &Arc<Plan>, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(who, page, of);
        let current = if row.current { page.m("setting-current") } else { "" }.to_owned();
        Ok(vec![row.code, of.name.clone(), of.name_en.clone(), row.state, row.span, current])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        rows: Vec<Arc<Plan>>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "setting-sittings").await?;
        let catalogue = who.app.catalogue.get();
        let from = catalogue.all().into_iter().map(|plan| Choice {
            value: plan.code.to_string(),
            text: plan.name_in(page.lang().code()).to_owned(),
        });
        let states = SittingState::ALL
            .map(|state| Choice { value: state.wire().to_owned(), text: state_words(&page, state) });
        let view = SittingsView {
            rows: rows.iter().map(|plan| row(who, &page, plan)).collect(),
            from: from.collect(),
            states: states.to_vec(),
            may_add: who.may(Permission::Sittings),
            page: page.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
        };
        refused_html(&said, None, &view)
    }
}

pub(super) fn state_words(page: &Page, state: SittingState) -> String {
    keys::find(page, &format!("setting-state-{}", state.wire())).unwrap_or_default().to_owned()
}

fn row(who: &StaffMember, page: &Page, plan: &Plan) -> SittingRow {
    let span = Place::parse(who.scope.prefix()).and_then(|place| plan.registration_span_of(place));
    SittingRow {
        href: format!("{PATH}/{}", plan.code),
        code: plan.code.to_string(),
        name: plan.name_in(page.lang().code()).to_owned(),
        state: state_words(page, plan.state),
        wire: plan.state.wire(),
        current: who.app.catalogue.get().current().is_some_and(|current| current.code == plan.code),
        span: span.map(|(from, to)| format!("{} – {}", from.page_date(), to.page_date())).unwrap_or_default(),
    }
}
