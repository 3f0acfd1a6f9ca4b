//! `/review` (V2, V3, V4, V5), and the schools' decisions below `/staff/reviews`.

mod staff;

use std::sync::Arc;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::response::Response;

use super::views::{PersonRows, ReviewRows, ReviewView};
use crate::app::App;
use crate::passport::candidate::Candidate;
use crate::passport::kept;
use crate::staff::list;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::error_views::ErrorView;
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Link, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_domain::review::verbs::{Person, SubmitCommand, WithdrawCommand, person, submit, withdraw};
use cet_domain::review::{Review, ReviewRefusal, ReviewState, rules, store, verbs};
use cet_domain::score::Ticket;
use cet_domain::sitting::Plan;

const PATH: &str = "/review";
/// So many characters of a ticket number that was typed are shown again without its form.
const LONGEST_SHOWN: usize = 40;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(page).post(boxed(apply)))
        .route("/review/withdrawal", post(give_up))
        .route("/staff/reviews", get(list::show::<staff::Reviews>))
        .route("/staff/reviews.csv", get(list::csv::<staff::Reviews>))
        .route("/staff/reviews.xlsx", get(list::xlsx::<staff::Reviews>))
        .route("/staff/reviews/new", get(staff::form).post(boxed(staff::apply)))
        .route("/staff/reviews/{id}/document", post(staff::document))
        .route("/staff/reviews/{id}", get(staff::one).post(boxed(staff::decide)))
}

/// The data of the page.
struct Facts {
    person: Option<Person>,
    review: Option<Review>,
    /// Why it was refused, sealed.
    reason: Option<Vec<u8>>,
}

async fn facts(who: &Candidate, plan: &Arc<Plan>) -> Result<Facts, PageError> {
    let (plan, passport, looked_up) = (Arc::clone(plan), who.session.passport, who.session.looked_up);
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let person = person(tx, &plan, passport, looked_up).await?;
        let own = verbs::of_passport(tx, passport, &plan.code).await?;
        let own = own.filter(|of| of.state != ReviewState::Withdrawn);
        let review = match (own, &person) {
            (Some(own), _) => Some(own),
            // Granted by the school's own application (before 2005), or through another passport of the student.
            (None, Some(person)) => {
                let key = &person.document_key;
                let state = ReviewState::Approved;
                match store::of_document(tx, person.school, &plan.code, key, state).await? {
                    Some(id) => store::find(tx, person.school, id).await?,
                    None => None,
                }
            }
            (None, None) => None,
        };
        let reason = match &review {
            Some(of) => verbs::reason_told(tx, passport, of).await?,
            None => None,
        };
        Ok::<_, DbError>(Facts { person, review, reason })
    });
    Ok(read.await?)
}

async fn page(who: Candidate) -> Result<Response, PageError> {
    let shown = show(&who, &[], kept::typed(&who)).await?;
    let has_record = who.session.registration.is_some() || who.session.looked_up.is_some();
    Ok(kept::given_back_with_record(&who, shown, has_record))
}

async fn apply(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let cmd = SubmitCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        looked_up: who.session.looked_up,
        ticket: Ticket::parse(&half_width(form.one("ticket_number")?)),
        confirmed: form.one("confirmed")? == "yes",
        address: who.address.to_string(),
    };
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| submit(tx, &catalogue, &cmd).await);
    match done.await? {
        Ok(_) => Ok(see_other(PATH)),
        Err(refusals) => {
            let typed = form.typed(&["ticket_number", "confirmed"]);
            let shown = show(&who, &refusals, typed.clone()).await?;
            let waits = refusals.contains(&ReviewRefusal::NotLookedUp);
            Ok(if waits { kept::keeping(&who, shown, &typed) } else { shown })
        }
    }
}

/// Converts full-width digits to ASCII and removes spaces.
fn half_width(typed: &str) -> String {
    let digit = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c).saturating_sub(u32::from('０')), 10).unwrap_or(c),
        other => other,
    };
    typed.chars().filter(|c| !c.is_whitespace()).map(digit).collect()
}

async fn give_up(who: Candidate) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let cmd = WithdrawCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        address: who.address.to_string(),
    };
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| withdraw(tx, &cmd).await).await;
    match refusal(done)? {
        Ok(()) => Ok(see_other(PATH)),
        Err(why) => show(&who, &[why], Typed::default()).await,
    }
}

async fn show(who: &Candidate, refusals: &[ReviewRefusal], typed: Typed) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let facts = facts(who, &plan).await?;
    let page = who.page_at(PATH).titled("review-title").described("review-about");
    let key = facts.person.as_ref().map(|person| person.document_key.as_slice());
    let submits = rules::may_submit(facts.review.as_ref(), key.unwrap_or_default()).is_ok();
    let asks = facts.person.as_ref().filter(|person| submits && person.may_ask);
    let said: Vec<Refused> = refusals.iter().map(|refusal| refusal.on(&page)).collect();
    let retry = ReviewRefusal::retry_seconds(refusals);
    let back = match &facts.person {
        Some(person) if person.bound => "/registration",
        Some(_) => "/qualification/record",
        None => "/home",
    };
    if facts.review.is_none() && asks.is_none() {
        return nothing_here(page, (&said, &typed), retry, (facts.person.is_some(), back));
    }
    let vault = &who.app.vault;
    let rows = facts.review.as_ref().map(|of| ReviewRows::new(&page, vault, of)).transpose();
    let form = asks.map(|of| {
        let document = (of.document_kind.as_str(), &of.document_sealed, of.document_key.as_slice());
        PersonRows::new(&page, vault, &of.name, document)
    });
    let typed = match (&facts.review, typed == Typed::default()) {
        // A refused application is shown again to be corrected.
        (Some(Review { state: ReviewState::Refused, ticket: Some(ticket), .. }), true) => {
            typed.with("ticket_number", ticket.as_str())
        }
        _ => typed,
    };
    let reason = facts.reason.as_deref().map(|sealed| vault.open(sealed)).transpose();
    let of_another = facts.review.as_ref().is_some_and(|of| key.is_some_and(|key| key != of.document_key));
    let view = ReviewView {
        review: rows.map_err(PageError::fault)?,
        reason: reason.map_err(PageError::fault)?,
        of_another,
        form: form.transpose().map_err(PageError::fault)?,
        back,
        page: page.refusing(said.clone(), typed),
    };
    refused_html(&said, retry, &view)
}

/// There is neither an application nor a form: the page says why and links to the next step.
fn nothing_here(
    page: Page,
    (said, typed): (&[Refused], &Typed),
    retry: Option<u64>,
    (is_known, back): (bool, &'static str),
) -> Result<Response, PageError> {
    let (why, next) = if is_known {
        ("refusal-review-not-open", (back, "review-back"))
    } else {
        ("refusal-not-looked-up", ("/qualification", "registration-qualification-title"))
    };
    let ways = vec![Link { href: next.0.to_owned(), text: page.m(next.1).to_owned() }];
    let mut text = page.f("review-nothing", &[("why", page.m(why)), ("when", page.m("review-when"))]);
    // What was typed waits for the record.
    let number: String = typed.get("ticket_number").chars().take(LONGEST_SHOWN).collect();
    if !is_known && !number.is_empty() {
        text =
            format!("{text}{}{}", page.m("situation-space"), page.f("review-kept", &[("number", &number)]));
    }
    let page = page.refusing(said.to_vec(), Typed::default());
    let view = ErrorView { page, code: None, text, ways, incident: None };
    refused_html(said, retry, &view)
}

#[cfg(test)]
mod unit {
    use super::half_width;

    #[test]
    fn a_ticket_number_may_be_typed_in_full_width() {
        assert_eq!(half_width(" ９９１０１０ 151100101"), "991010151100101");
    }
}
