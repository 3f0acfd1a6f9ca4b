//! One collective payment: its entries, its file, and settling it.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;

use super::new::fine;
use super::{PATH, rows};
use crate::collective_payment::views::{LineRow, RecordView, SettleView};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Form, Pager, Sheet};
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::page::OnPage as _;
use crate::web::page::{Notice, Page, Tone, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::ids::CollectivePaymentId;
use cet_domain::collective_payment::verbs::{
    SettleCommand, confirm as confirm_payment, release as release_payment,
};
use cet_domain::collective_payment::{CollectivePayment, CollectiveRefusal, Line, State, rules, store};
use cet_domain::entry::staff_queries::Person;
use cet_domain::staff::Permission;

type Lines = Vec<(Option<Person>, Line)>;

async fn find(who: &StaffMember, id: &str) -> Result<CollectivePayment, PageError> {
    who.needs(Permission::CollectivePayment)?;
    let id = CollectivePaymentId::parse(id).ok_or(PageError::NotFound)?;
    let scope = who.scope.clone();
    let found = who.app.db.read(async move |tx| store::find(tx, &scope, id).await).await?;
    found.ok_or(PageError::NotFound)
}

async fn lines(who: &StaffMember, of: &CollectivePayment) -> Result<Lines, PageError> {
    let (school, id) = (of.school, of.id);
    let read: Result<Lines, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let people = store::people(tx, school, id).await?;
            let of: HashMap<_, _> = people.iter().map(|person| (person.registration, person)).collect();
            let lines = store::lines(tx, school, id).await?;
            Ok(lines.into_iter().map(|line| (of.get(&line.registration).copied().cloned(), line)).collect())
        })
        .await;
    Ok(read?)
}

fn line_rows(who: &StaffMember, page: &Page, of: &CollectivePayment, lines: &Lines) -> Vec<LineRow> {
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.sitting(&of.sitting).map(|plan| &**plan);
    let row = |(person, line): &(Option<Person>, Line)| {
        let subject = rows::subject(page, plan, line.subject);
        person.as_ref().map(|person| rows::line(person, subject, line.amount, ""))
    };
    lines.iter().filter_map(row).collect()
}

pub(super) async fn show(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    match (id.strip_suffix(".csv"), id.strip_suffix(".xlsx")) {
        (Some(id), _) => file(who, id, Form::Csv).await,
        (None, Some(id)) => file(who, id, Form::Xlsx).await,
        (None, None) => {
            let of = find(&who, &id).await?;
            let response = page(&who, &of, &[]).await?;
            Ok(flash::clear(&who, response))
        }
    }
}

async fn page(
    who: &StaffMember,
    of: &CollectivePayment,
    refusals: &[CollectiveRefusal],
) -> Result<Response, PageError> {
    let lines = lines(who, of).await?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{}", of.id), "collective-payment").await?;
    let page = match flash::get(who) {
        Some("collective-made") => page.clone().noting(ok(page.m("collective-made"))),
        Some("collective-confirmed") => page.clone().noting(ok(page.m("collective-confirmed"))),
        Some("collective-released") => page.clone().noting(ok(page.m("collective-given-back"))),
        Some(_) | None => page,
    };
    let row = rows::payment(&page, of);
    let pager = Pager {
        csv: format!("{PATH}/{}.csv", of.id),
        xlsx: format!("{PATH}/{}.xlsx", of.id),
        ..Pager::default()
    };
    let lines = line_rows(who, &page, of, &lines);
    let said: Vec<_> = refusals.iter().map(|refused| refused.on(&page)).collect();
    let page = page.refusing(said.clone(), Typed::default());
    let open = of.state == State::Open;
    refused_html(&said, None, &RecordView { page, menu, row, open, lines, pager })
}

fn ok(title: &str) -> Notice {
    Notice::new(Tone::Ok, title, "")
}

async fn file(who: StaffMember, id: &str, form: Form) -> Result<Response, PageError> {
    let of = find(&who, id).await?;
    let begun = Download::of(&who)?;
    let lines = lines(&who, &of).await?;
    let page = who.page();
    let headings = [
        "collective-name",
        "collective-student-number",
        "collective-class",
        "collective-subject",
        "collective-fee",
    ];
    let cells = |row: LineRow| vec![row.name, row.student_number, row.class, row.subject, row.amount];
    let sheet = Sheet {
        headings: headings.map(|key| page.m(key).to_owned()).to_vec(),
        rows: line_rows(&who, &page, &of, &lines).into_iter().map(cells).collect(),
    };
    list::download(&who, "collective-payment", form, (begun, sheet)).await
}

pub(super) async fn confirmation(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    ask(who, &id, true).await
}

pub(super) async fn releasing(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    ask(who, &id, false).await
}

/// The confirmation page; if it can no longer be settled, its own page says so.
async fn ask(who: StaffMember, id: &str, paying: bool) -> Result<Response, PageError> {
    let of = find(&who, id).await?;
    let now = who.app.db.read(async |tx: &mut Tx<'_>| tx.now().await).await?;
    let may =
        if paying { rules::may_confirm(of.state, of.locks_until, now) } else { rules::may_release(of.state) };
    if let Err(refused) = may {
        return page(&who, &of, &[refused]).await;
    }
    let title = if paying { "collective-confirm" } else { "collective-release" };
    let (page, menu) = who.frame(title).await?;
    let row = rows::payment(&page, &of);
    fine(&SettleView { page, menu, row, paying })
}

pub(super) async fn confirm(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    let of = find(&who, &id).await?;
    let (cmd, catalogue) = (command(&who, &of), who.app.catalogue.get());
    let confirmed = async move |tx: &mut Tx<'_>| confirm_payment(tx, &catalogue, &cmd).await;
    let done = who.app.db.write_again(confirmed).await;
    settled(&who, &of, refusal(done)?, "collective-confirmed").await
}

pub(super) async fn release(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    let of = find(&who, &id).await?;
    let cmd = command(&who, &of);
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| release_payment(tx, &cmd).await).await;
    let done = refusal(done)?;
    // Entries past their hold release their seats at once.
    who.app.wake_jobs();
    settled(&who, &of, done, "collective-released").await
}

fn command(who: &StaffMember, of: &CollectivePayment) -> SettleCommand {
    SettleCommand { id: of.id, scope: who.scope.clone(), by: who.name.clone(), address: who.from() }
}

async fn settled(
    who: &StaffMember,
    of: &CollectivePayment,
    done: Result<(), CollectiveRefusal>,
    word: &'static str,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(flash::set(who, see_other(&format!("{PATH}/{}", of.id)), word)),
        Err(CollectiveRefusal::NotFound) => Err(PageError::NotFound),
        Err(refused) => {
            let of = find(who, &of.id.to_string()).await?;
            page(who, &of, &[refused]).await
        }
    }
}
