//! `/home` (R1, R18).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::account::{masked_email, unverified};
use crate::passport::Candidate;
use crate::payment::views::{Speaker, Ways};
use crate::registration::views::HomeView;
use crate::situation::{self, Lead, On, Wording, Written};
use crate::web::answer::{PageError, html, refreshing};
use crate::web::page::{Notice, Page};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::vault::Vault;
use cet_base::words::codes::CampusCode;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::EntryState;
use cet_domain::passport::store;
use cet_domain::payment::verbs::{PassportMoney, truths};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::{Window, WindowState};
use cet_domain::situation::verbs::{Read, read};
use cet_domain::ticket;

/// How many payments it tells of.
const NEWEST: usize = 3;

/// The page's address.
const PATH: &str = "/home";

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.told().map(Arc::clone);
    let (session, current, prints) = (who.session.clone(), plan.clone(), who.app.printer.key().is_some());
    let known: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let account = store::account(tx, session.passport).await?;
            let read = match &current {
                Some(plan) => Some(read(tx, plan, session.passport, (session.looked_up, prints)).await?),
                None => None,
            };
            let orders = match &read {
                Some(read) => truths(tx, session.passport, &newest(&read.money)).await?,
                None => Vec::new(),
            };
            Ok((account, read, orders))
        })
        .await;
    let (found, read, orders) = known?;
    let page = who.page().titled("registration-home-title").described("registration-home-about");
    let (lead, mut notes) = match (&plan, &read) {
        (Some(plan), Some(read)) => lead(&page, plan, read, &who.app.vault)?,
        _ => (Lead::without_sitting(&page), Vec::new()),
    };
    let orders = read.as_ref().map_or_else(Vec::new, |read| {
        let banks = &who.app.payments.gateways.banks;
        let speaker = Speaker { page: &page, catalogue: &catalogue, banks, now: read.now };
        notes.extend(speaker.seated_again(&orders));
        plan.as_ref().map_or_else(Vec::new, |plan| speaker.stories(&orders, &plan.code))
    });
    let unverified = found.as_ref().and_then(|account| unverified(&page, account));
    let unverified = unverified.map(|notice| match notice.link {
        Some(_) => notice,
        None => notice.linked("/account", page.m("passport-account-title")),
    });
    notes.extend(unverified);
    let notes = page.that_fit(notes);
    let account = found.map_or_else(String::new, |account| masked_email(&account.email));
    let name = plan.as_ref().map_or_else(String::new, |plan| name_of(plan, who.lang));
    let again = lead.refresh_header(PATH);
    let mut view = HomeView::new(page, name, account, lead);
    view.notes = notes;
    view.orders = orders;
    if read.as_ref().is_none_or(may_enter) {
        view.prepare = prepare(&who, &view.page);
    }
    if let (Some(plan), Some(read)) = (&plan, &read) {
        view.printing = printing(plan);
        view.calendar = read.live.iter().any(|entry| ticket::verbs::exam_date(plan, entry).is_ok());
        view.has_page = read.facts.registration.is_some() || !read.money.orders.is_empty();
        if let Some(of) = &read.facts.registration {
            view.registered(state(read));
            view.window = window(plan, of.campus);
        } else {
            view.window = span(&read.facts.windows);
        }
    }
    Ok(refreshing(html(StatusCode::OK, &view)?, again))
}

fn name_of(plan: &Plan, lang: Lang) -> String {
    match lang {
        Lang::Zh => plan.name.clone(),
        Lang::En => plan.name_en.clone(),
    }
}

/// What to have ready for paying, by the configured gateways.
fn prepare(who: &Candidate, page: &Page) -> String {
    let gateways = who.app.payments.gateways.all.iter().map(|gateway| gateway.code());
    page.f("registration-prepare-2", &[("ways", &Ways::of(gateways, page.t).needs)])
}

/// The newest payments: all of them stand on the information page.
fn newest(money: &PassportMoney) -> PassportMoney {
    money.of_orders(money.orders.iter().take(NEWEST).cloned().collect())
}

fn lead(page: &Page, plan: &Plan, read: &Read, vault: &Vault) -> Result<(Lead, Vec<Notice>), PageError> {
    let standpoint = cet_domain::situation::decide(&read.facts, plan, read.now);
    let written = Written::of(vault, read)?;
    let words = Wording { page, plan, money: &read.money, written: &written, now: read.now };
    let lead = Lead::of(&words, &standpoint.situation, On::Home);
    Ok((lead, situation::notices(&words, &standpoint.notes)))
}

/// Whether somebody who has paid for nothing can still enter something.
fn may_enter(read: &Read) -> bool {
    let windows = &read.facts.windows;
    let is_over = windows.iter().all(|window| matches!(window.state(read.now), WindowState::Closed(_)));
    let is_paid = read.live.iter().any(|entry| entry.state == EntryState::Paid);
    !is_paid && (windows.is_empty() || !is_over)
}

/// 报名状态 of a registration, as the key of its words.
fn state(read: &Read) -> &'static str {
    use cet_domain::entry::rules::{Standing, standing};
    let is_all = |some: &[Standing]| read.live.iter().all(|entry| some.contains(&standing(entry, read.now)));
    if read.live.is_empty() {
        "registration-state-saved"
    } else if is_all(&[Standing::Paid]) {
        "registration-state-paid"
    } else if is_all(&[Standing::Paid, Standing::Locked]) {
        "registration-state-locked"
    } else {
        "registration-state-unpaid"
    }
}

fn window(plan: &Plan, campus: CampusCode) -> Option<(String, String)> {
    let window = plan.window(campus, Mode::Written)?;
    Some((window.opens().page(), window.closes().page()))
}

/// From the first opening to the last closing: which window counts is known once the record is.
fn span(windows: &[Window]) -> Option<(String, String)> {
    let opens = windows.iter().map(|window| window.opens()).min()?;
    let closes = windows.iter().map(|window| window.closes()).max()?;
    Some((opens.page(), closes.page()))
}

/// From when the first tickets can be printed; empty if not set.
fn printing(plan: &Plan) -> String {
    let first = plan.subjects().iter().filter_map(|subject| subject.printing_from).min();
    first.map_or_else(String::new, Time::page)
}
