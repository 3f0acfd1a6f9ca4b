//! The list of collective payments.

use axum::response::Response;

use super::{PATH, rows};
use crate::collective_payment::views::ListView;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::web::answer::{PageError, refused_html};
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::words::ids::CollectivePaymentId;
use cet_domain::collective_payment::{CollectivePayment, State, store};
use cet_domain::staff::Permission;

pub(super) enum CollectivePayments {}

impl List for CollectivePayments {
    type Row = CollectivePayment;

    const NAME: &'static str = "collective-payments";
    const NEEDS: Permission = Permission::CollectivePayment;
    const FILTERS: &'static [&'static str] = &["state"];
    const HEADINGS: &'static [&'static str] = &[
        "collective-number",
        "collective-state",
        "collective-entries",
        "collective-amount",
        "collective-made-by",
        "collective-made-at",
        "collective-locks-until",
        "collective-settled",
        "collective-note",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", rows::STATES.map(State::wire))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<CollectivePayment>, PageError> {
        let scope = who.scope.clone();
        let state = rows::STATES.into_iter().find(|state| state.wire() == asked.get("state"));
        let before = CollectivePaymentId::parse(&asked.after);
        Ok(who.app.db.read(async move |tx| store::list(tx, &scope, state, before, limit).await).await?)
    }

    fn key(of: &CollectivePayment) -> String {
        of.id.to_string()
    }

    fn cells(
        _: &StaffMember,
        page: &Page,
        of: &CollectivePayment,
        _: bool,
    ) -> Result<Vec<String>, PageError> {
        let row = rows::payment(page, of);
        let settled = of.settled_at.map(|at| format!("{at} {}", rows::settler(page, of)));
        Ok(vec![
            row.id,
            row.state.to_owned(),
            row.entries.to_string(),
            of.amount.to_string(),
            row.made_by,
            of.made_at.to_string(),
            of.locks_until.to_string(),
            settled.unwrap_or_default(),
            row.note,
        ])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<CollectivePayment>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "collective-payments").await?;
        let choice = |state: State| Choice {
            value: state.wire().to_owned(),
            text: rows::state(&page, state).to_owned(),
        };
        let states = rows::STATES.into_iter().map(choice).collect();
        let rows = found.iter().map(|of| rows::payment(&page, of)).collect();
        let page = page.refusing(said.clone(), typed);
        refused_html(&said, None, &ListView { page, menu, asked, states, pager, rows })
    }
}
