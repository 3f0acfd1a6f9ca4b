//! 资格信息查询: finding the student record by document and name (R3).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::refusal_texts;
use crate::passport::candidate::Candidate;
use crate::passport::kept;
use crate::registration::views::QualificationView;
use crate::web::answer::{PageError, html, refused_html, see_other};
use crate::web::error_views::ErrorView;
use crate::web::even_time::EvenTime;
use crate::web::form_data::FormData;
use crate::web::page::{Link, Notice, Page, Refused, Tone};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::document::{Document, DocumentKind, DocumentNumber};
use cet_base::words::ids::PassportId;
use cet_base::words::name::PersonName;
use cet_base::words::time::Time;
use cet_domain::limit::{self, Rule, Then, Wait};
use cet_domain::passport::session;
use cet_domain::registration::RegistrationRefusal;
use cet_domain::registration::verbs::{LookUpCommand, has_accepted, look_up, look_ups_left, of_passport};
use cet_domain::roster::DocumentKeys;
use cet_domain::sitting::Plan;

/// The number of remaining look-ups from which the page shows it.
const FEW: usize = 2;

/// What the page shows besides its form.
struct Standing {
    bound: bool,
    accepted: bool,
    left: usize,
    now: Time,
}

/// `[limits] documents`, validated at startup.
fn documents_a_day(who: &Candidate) -> usize {
    usize::try_from(who.app.config.limits.documents).unwrap_or(usize::MAX)
}

async fn standing(who: &Candidate, plan: &Arc<Plan>) -> Result<Standing, PageError> {
    let (plan, passport) = (Arc::clone(plan), who.session.passport);
    let most = documents_a_day(who);
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        Ok::<_, DbError>(Standing {
            bound: of_passport(tx, passport, &plan.code).await?.is_some(),
            accepted: has_accepted(tx, &plan, passport).await?,
            left: look_ups_left(tx, passport, most).await?,
            now: tx.now().await?,
        })
    });
    Ok(read.await?)
}

pub(super) async fn page(who: Candidate) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let standing = standing(&who, &plan).await?;
    if standing.bound {
        already_bound(&who)
    } else {
        let page = who.page().refusing(Vec::new(), kept::typed(&who));
        Ok(kept::given_back(&who, html(StatusCode::OK, &view(page, &plan, &standing, false))?))
    }
}

/// A bound passport needs no look-up: the page links to the next step.
fn already_bound(who: &Candidate) -> Result<Response, PageError> {
    let page = who
        .page()
        .titled("registration-qualification-title")
        .described("registration-qualification-about")
        .at_step(3);
    let text = page.m("registration-already-bound").to_owned();
    let link = |href: &str, text: &str| Link { href: href.to_owned(), text: text.to_owned() };
    let ways = vec![
        link("/registration", page.m("registration-to-information")),
        link("/home", page.m("error-way-home")),
    ];
    html(StatusCode::OK, &ErrorView { page, code: None, text, ways, incident: None })
}

fn view(page: Page, plan: &Plan, standing: &Standing, check_digit_hint: bool) -> QualificationView {
    let left = u32::try_from(standing.left).ok().filter(|_| standing.left <= FEW);
    let said = page.refusals.iter().any(|refused| refused.code == "agreement-needed");
    let page = if standing.accepted || said {
        page
    } else {
        let notice = Notice::new(Tone::Warn, page.m("refusal-agreement-needed"), "");
        let link = page.m("registration-agreement-title");
        page.noting(notice.linked("/agreement", link))
    };
    let mut view = QualificationView::new(page, check_digit_hint, left);
    view.ask_student_number = plan.ask_student_number;
    view
}

/// A submitted form, with its errors.
struct Sent {
    person: Option<(Document, PersonName)>,
    student_number: String,
    refused: Vec<Refused>,
    check_digit_hint: bool,
}

impl Sent {
    fn read(page: &Page, form: &FormData) -> Result<Self, PageError> {
        let (kind, number, name) =
            (form.one("document_kind")?, form.one("document_number")?, form.one("name")?);
        let student_number = form.one("student_number")?.to_owned();
        let (kind, name) = (DocumentKind::from_wire(kind.trim()), PersonName::parse(name));
        let parsed = DocumentNumber::parse(number);
        let mut refused = Vec::new();
        if kind.is_none() {
            refused.push(Refused::new(page.t, "document-kind").at("document_kind"));
        }
        if parsed.is_err() {
            refused.push(Refused::new(page.t, "document-number").at("document_number"));
        }
        if name.is_err() {
            refused.push(Refused::new(page.t, "field-invalid").at("name"));
        }
        let document = kind.zip(parsed.ok()).map(|(kind, number)| Document { kind, number });
        let check_digit_hint = document.as_ref().is_some_and(Document::has_wrong_check_digit);
        Ok(Self { person: document.zip(name.ok()), student_number, refused, check_digit_hint })
    }
}

pub(super) async fn look_up_student(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let page = who.page();
    let sent = Sent::read(&page, &form)?;
    let even = EvenTime::begin();
    let outcome = match &sent.person {
        Some((document, name)) => {
            let cmd = LookUpCommand {
                documents_a_day: documents_a_day(&who),
                passport: who.session.passport,
                document: DocumentKeys::of(&who.app.vault, document),
                name: name.clone(),
                student_number: Some(sent.student_number.clone()),
                address: who.address.to_string(),
            };
            search(&who, Arc::clone(&plan), cmd).await?
        }
        None => standing_refusals(&who, Arc::clone(&plan)).await?,
    };
    let refusals = match outcome {
        Ok(()) => return Ok(see_other("/qualification/record")),
        Err(refusals) => refusals,
    };
    even.pass().await;
    let standing = standing(&who, &plan).await?;
    let mut refused = refusal_texts::all(&page, &refusals);
    refused.extend(sent.refused);
    let typed = form.typed(&["document_kind", "document_number", "name", "student_number"]);
    let page = page.refusing(refused.clone(), typed);
    let retry = refusal_texts::retry_seconds(&refusals, standing.now);
    refused_html(&refused, retry, &view(page, &plan, &standing, sent.check_digit_hint))
}

/// The refusals of a form that names no one.
async fn standing_refusals(
    who: &Candidate,
    plan: Arc<Plan>,
) -> Result<Result<(), Vec<RegistrationRefusal>>, PageError> {
    let standing = standing(who, &plan).await?;
    let needed = (!standing.accepted).then_some(RegistrationRefusal::AgreementNeeded);
    let bound = standing.bound.then_some(RegistrationRefusal::PassportBound);
    Ok(Err(bound.into_iter().chain(needed).collect()))
}

/// The limit of failed look-ups per network (W2); `most` is set by `[limits] lookups`.
const NETWORK: Rule =
    Rule { what: "look-up-network", most: 30, period: SignedDuration::from_hours(1), then: Then::Rest };

/// Looks a student up and stores the record in the session. Refusals are counted in the same transaction, so they are
/// no `Err`.
async fn search(
    who: &Candidate,
    plan: Arc<Plan>,
    cmd: LookUpCommand,
) -> Result<Result<(), Vec<RegistrationRefusal>>, PageError> {
    let limits = &who.app.config.limits;
    let rule = Rule { most: limits.lookups, ..NETWORK };
    let network = (!limits.is_exempt(who.address)).then(|| limit::network(who.address));
    let token = who.session.token_hash.clone();
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| {
        if let Some(network) = &network
            && let Some(until) = waits(tx, &rule, network).await?
        {
            return Ok::<_, DbError>(Err(vec![RegistrationRefusal::TooMany(until)]));
        }
        match look_up(tx, &plan, &cmd).await? {
            Ok(found) => {
                // Other look-ups of the network, begun at the same time, may have failed since.
                if let Some(network) = &network
                    && let Some(until) = waits(tx, &rule, network).await?
                {
                    return Ok(Err(vec![RegistrationRefusal::TooMany(until)]));
                }
                session::remember_lookup(tx, &token, found.school, found.id).await?;
                Ok(Ok(()))
            }
            Err(refusal) => {
                if let (RegistrationRefusal::RecordNotFound, Some(network)) = (&refusal, &network)
                    && let Err(stop) = limit::spend(tx, &rule, network).await
                {
                    return Ok(Err(vec![RegistrationRefusal::TooMany(until(tx, stop).await?)]));
                }
                Ok(Err(other_refusals(tx, &plan, cmd.passport, refusal).await?))
            }
        }
    });
    Ok(done.await?)
}

async fn waits(tx: &mut Tx<'_>, rule: &Rule, network: &str) -> Result<Option<Time>, DbError> {
    match limit::check(tx, rule, network).await {
        Ok(()) => Ok(None),
        Err(stop) => until(tx, stop).await.map(Some),
    }
}

/// The end of a wait.
async fn until(tx: &mut Tx<'_>, stop: Stop<Wait>) -> Result<Time, DbError> {
    match stop {
        Stop::Refused(wait) => {
            let seconds = i64::try_from(wait.seconds).unwrap_or(i64::MAX);
            Ok(tx.now().await?.plus(SignedDuration::from_secs(seconds)))
        }
        Stop::Fault(fault) => Err(fault),
    }
}

/// Without an accepted agreement nothing is looked up; a passport that is already bound is reported all the same.
async fn other_refusals(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    refusal: RegistrationRefusal,
) -> Result<Vec<RegistrationRefusal>, DbError> {
    let bound = refusal == RegistrationRefusal::AgreementNeeded
        && of_passport(tx, passport, &plan.code).await?.is_some();
    Ok(bound.then_some(RegistrationRefusal::PassportBound).into_iter().chain([refusal]).collect())
}
