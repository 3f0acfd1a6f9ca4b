//! `/home` (R1).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::account::{masked_email, unverified};
use crate::entry::{self, EntryState};
use crate::passport::{Candidate, store};
use crate::payment;
use crate::registration::verbs::of_passport;
use crate::registration::views::HomeView;
use crate::sitting::Plan;
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::ticket;
use crate::web::answer::{PageError, html};
use crate::web::page::{Notice, Tone};
use crate::words::codes::CampusCode;
use crate::words::ids::PassportId;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// How far a registration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NothingEntered,
    Unpaid,
    Paid,
}

impl Stage {
    fn words(self, who: &Candidate) -> String {
        let page = who.page();
        match self {
            Self::NothingEntered => page.m("registration-state-saved"),
            Self::Unpaid => page.m("registration-state-unpaid"),
            Self::Paid => page.m("registration-state-paid"),
        }
        .to_owned()
    }
}

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.current();
    let (passport, current) = (who.session.passport, plan.map(Arc::clone));
    let known: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let account = store::account(tx, passport).await?;
            let stage = match &current {
                Some(plan) => stage(tx, passport, plan).await?,
                None => None,
            };
            let has_paid = stage.is_none() && !payment::store::newest_of(tx, passport).await?.is_empty();
            Ok((account, stage, has_paid))
        })
        .await;
    let (found, stage, has_paid) = known?;
    let page = match found.as_ref().and_then(|account| unverified(&who.page(), account)) {
        Some(notice) => who.page().noting(match notice.link {
            Some(_) => notice,
            None => notice.linked("/account", who.page().m("passport-account-title")),
        }),
        None => who.page(),
    };
    // The registration is gone, its payments are not.
    let page = if has_paid {
        let (title, text) = (page.m("registration-paid-before"), page.m("registration-paid-before-text"));
        let notice = Notice::new(Tone::Info, title, text);
        let link = page.m("registration-to-information");
        page.noting(notice.linked("/registration", link))
    } else {
        page
    };
    let account = found.map_or_else(String::new, |account| masked_email(&account.email));
    let name = plan.map_or_else(String::new, |plan| match who.lang {
        Lang::Zh => plan.name.clone(),
        Lang::En => plan.name_en.clone(),
    });
    let mut view = match stage {
        Some(Standing { stage, .. }) => {
            HomeView::registered(page, name, account, stage.words(&who), stage == Stage::Paid)
        }
        None => HomeView::unregistered(page, name, account),
    };
    if let Some(plan) = plan {
        view.printing = printing(plan);
        view.tickets = who.app.printer.key().is_some() && stage.is_some_and(|standing| standing.tickets);
        view.calendar = stage.is_some_and(|standing| standing.calendar);
        let window = stage.and_then(|standing| plan.window(standing.campus, Mode::Written));
        view.window = window.map(|window| (window.opens().page(), window.closes().page()));
    }
    html(StatusCode::OK, &view)
}

/// What the page says of a registration.
#[derive(Clone, Copy, Debug)]
struct Standing {
    stage: Stage,
    campus: CampusCode,
    /// Whether a ticket can be printed now.
    tickets: bool,
    /// Whether a paid exam has a date.
    calendar: bool,
}

async fn stage(tx: &mut Tx<'_>, passport: PassportId, plan: &Plan) -> Result<Option<Standing>, DbError> {
    let Some(of) = of_passport(tx, passport, &plan.code).await? else { return Ok(None) };
    let entries = entry::verbs::entries_of(tx, &of).await?;
    let stage = if entries.is_empty() {
        Stage::NothingEntered
    } else if entries.iter().all(|entry| entry.state == EntryState::Paid) {
        Stage::Paid
    } else {
        Stage::Unpaid
    };
    let tickets = ticket::verbs::any_printable(tx, plan, &of, &entries).await?;
    let calendar = entries.iter().any(|entry| ticket::verbs::exam_date(plan, entry).is_ok());
    Ok(Some(Standing { stage, campus: of.campus, tickets, calendar }))
}

/// From when the first tickets print; empty while nothing is set.
fn printing(plan: &Plan) -> String {
    let first = plan.subjects().iter().filter_map(|subject| subject.printing_from).min();
    first.map_or_else(String::new, Time::page)
}
