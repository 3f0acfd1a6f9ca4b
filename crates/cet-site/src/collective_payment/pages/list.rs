//! The list of collective payments.

use axum::response::Response;

use super::{PATH, rows};
use crate::collective_payment::views::ListView;
use crate::collective_payment::{CollectivePayment, store};
use crate::staff::list::{self, Asked, FILE_ROWS, Form, PAGE, Pager, Sheet};
use crate::staff::{Permission, StaffMember};
use crate::web::answer::{PageError, refused_html};
use crate::web::page::{Choice, Refused, Typed};
use crate::words::ids::CollectivePaymentId;

async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<CollectivePayment>, PageError> {
    let scope = who.scope.clone();
    let state = rows::STATES.into_iter().find(|state| state.wire() == asked.get("state"));
    let before = CollectivePaymentId::parse(&asked.after);
    Ok(who.app.db.read(async move |tx| store::list(tx, &scope, state, before, limit).await).await?)
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::CollectivePayment)?;
    listed(&who, Vec::new()).await
}

async fn listed(who: &StaffMember, said: Vec<Refused>) -> Result<Response, PageError> {
    let asked = Asked::read(who, &["state"]);
    let mut found = read(who, &asked, PAGE.saturating_add(1)).await?;
    let pager = Pager::cut(PATH, &asked, &mut found, |of| of.id.to_string());
    let (page, menu) = who.frame_at(PATH, "collective-payments").await?;
    let choice = |state: crate::collective_payment::State| Choice {
        value: state.wire().to_owned(),
        text: rows::state(&page, state).to_owned(),
    };
    let states = rows::STATES.into_iter().map(choice).collect();
    let rows = found.iter().map(|of| rows::payment(&page, of)).collect();
    let page = page.refusing(said.clone(), Typed::default());
    refused_html(&said, None, &ListView { page, menu, asked, states, pager, rows })
}

pub(super) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(super) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::CollectivePayment)?;
    let asked = Asked::read(&who, &["state"]);
    let found = read(&who, &asked, FILE_ROWS.saturating_add(1)).await?;
    let page = who.page();
    if list::too_long(&found) {
        return listed(&who, vec![list::too_many(&page)]).await;
    }
    let headings = [
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
    let cells = |of: &CollectivePayment| {
        let row = rows::payment(&page, of);
        vec![
            row.id,
            row.state.to_owned(),
            row.entries.to_string(),
            of.amount.to_string(),
            row.made_by,
            row.made_at,
            row.locks_until,
            row.settled,
            row.note,
        ]
    };
    let sheet = Sheet {
        headings: headings.map(|key| page.m(key).to_owned()).to_vec(),
        rows: found.iter().map(cells).collect(),
    };
    list::download(&who, "collective-payments", form, sheet).await
}
