//! `/staff/reviews`: the school decides manually (V3, V4), and applies for candidates from before 2005 (V2).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use crate::passport::views::document_kinds;
use crate::review::views::{
    ApplyView, DecideView, ReviewLine, ReviewRows, ReviewsView, ScoreRows, decided_by, state_words,
};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::reveal::{self, Holder};
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::document::{Document, DocumentKind, DocumentNumber};
use cet_base::words::ids::ReviewId;
use cet_base::words::name::{NameKey, PersonName};
use cet_base::words::text::is_free_text;
use cet_domain::review::rules::{Decision, MANY_SUBMISSIONS};
use cet_domain::review::store::{self, Filter};
use cet_domain::review::verbs::{ApplyCommand, DecideCommand};
use cet_domain::review::{Review, ReviewRefusal, ReviewState, verbs};
use cet_domain::roster::DocumentKey;
use cet_domain::score::{self, Score};
use cet_domain::staff::Permission;

const PATH: &str = "/staff/reviews";
/// The states to filter by.
const STATES: [ReviewState; 3] = [ReviewState::Pending, ReviewState::Approved, ReviewState::Refused];
const NEW: &str = "/staff/reviews/new";
/// The maximum length of the evidence in characters.
const LONGEST: usize = 1_000;

/// The school of the deciding account; the role has no other scope.
fn school(who: &StaffMember) -> Result<SchoolCode, PageError> {
    who.needs(Permission::DecideReviews)?;
    who.scope.school().ok_or(PageError::NotFound)
}

/// `None` before the first sitting, which has no reviews.
fn filter(who: &StaffMember, asked: &Asked) -> Option<Filter> {
    let plan = who.list_sitting()?;
    Some(Filter {
        scope: who.scope.clone(),
        sitting: plan.code.clone(),
        state: ReviewState::from_wire(asked.get("state")),
        ticket: asked.get("ticket").to_owned(),
        after: ReviewId::parse(&asked.after),
    })
}

pub(super) enum Reviews {}

impl List for Reviews {
    type Row = Review;

    const NAME: &'static str = "reviews";
    const NEEDS: Permission = Permission::DecideReviews;
    const FILTERS: &'static [&'static str] = &["state", "ticket"];
    const HEADINGS: &'static [&'static str] = &[
        "passport-name",
        "review-ticket",
        "registration-campus",
        "review-state",
        "review-submissions",
        "review-submitted-at",
        "review-decided-by",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", STATES.map(ReviewState::wire))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Review>, PageError> {
        school(who)?;
        let Some(filter) = filter(who, asked) else { return Ok(Vec::new()) };
        let read: Result<_, DbError> =
            who.app.db.read_long(async move |tx: &mut Tx<'_>| store::list(tx, &filter, limit).await).await;
        Ok(read?)
    }

    fn key(of: &Review) -> String {
        of.id.to_string()
    }

    fn cells(_: &StaffMember, page: &Page, of: &Review, _: bool) -> Result<Vec<String>, PageError> {
        let line = ReviewLine::new(page, of);
        let state = line.state.to_owned();
        let (name, ticket, campus, submitted) =
            (line.name, line.ticket, line.campus, of.submitted_at.to_string());
        Ok(vec![name, ticket, campus, state, line.submissions, submitted, line.decided_by])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Review>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "review-staff-title").await?;
        let states = STATES.map(|state| Choice {
            value: state.wire().to_owned(),
            text: state_words(&page, state).to_owned(),
        });
        let rows = found.iter().map(|of| ReviewLine::new(&page, of)).collect();
        let page = page.refusing(said.clone(), typed);
        refused_html(&said, None, &ReviewsView { page, menu, asked, states: states.to_vec(), pager, rows })
    }
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    show(&who, &id, &[], Typed::default()).await
}

async fn show(
    who: &StaffMember,
    id: &str,
    why: &[ReviewRefusal],
    typed: Typed,
) -> Result<Response, PageError> {
    let (of, score) = find(who, id).await?;
    detail(who, (of, score), (why.iter().map(|why| why.on(&who.page())).collect(), typed), None).await
}

/// Shows the full document number once, after the reason was recorded in the audit log: the school compares it with the
/// document it is shown.
pub(super) async fn document(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::ShowDocument)?;
    let (of, score) = find(&who, &id).await?;
    let object = (Holder::Review, of.id.0);
    match reveal::recorded(&who, of.school, object, form.one("reason")?).await? {
        Ok(()) => {
            let number = of.number(&who.app.vault).map_err(PageError::fault)?;
            detail(&who, (of, score), (Vec::new(), Typed::default()), Some(number)).await
        }
        Err(refusal) => detail(&who, (of, score), (vec![refusal], Typed::default()), None).await,
    }
}

/// An application in the scope that was not deleted, with the score of its ticket.
async fn find(who: &StaffMember, id: &str) -> Result<(Review, Option<Score>), PageError> {
    let school = school(who)?;
    let id = ReviewId::parse(id).ok_or(PageError::NotFound)?;
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let of = store::find(tx, school, id).await?;
            let score = match of.as_ref().and_then(|of| of.ticket.map(|ticket| (of, ticket))) {
                Some((of, ticket)) => {
                    let name = PersonName::parse(&of.name).map(|name| name.key());
                    let name = name.as_ref().map_or("", NameKey::as_str);
                    score::store::by_ticket(tx, ticket, &of.document_key, name).await?
                }
                None => None,
            };
            Ok((of, score))
        })
        .await;
    let (of, score) = read?;
    // What is out of scope, and what was deleted, looks like what does not exist.
    let of = of.filter(|of| who.scope.holds(of.campus.as_str()) && of.state != ReviewState::Withdrawn);
    Ok((of.ok_or(PageError::NotFound)?, score))
}

async fn detail(
    who: &StaffMember,
    (of, score): (Review, Option<Score>),
    (said, typed): (Vec<Refused>, Typed),
    number: Option<String>,
) -> Result<Response, PageError> {
    let path = format!("{PATH}/{}", of.id);
    let (page, menu) = who.frame_at(&path, "review-staff-title").await?;
    let mut review = ReviewRows::new(&page, &who.app.vault, &of).map_err(PageError::fault)?;
    let page = page.marked(SEEN, seen(&who.app.vault, "review", of.standing()));
    let whole = number.is_some();
    if let Some(number) = number {
        review.person.document_number = number;
    }
    let evidence = of.evidence_sealed.as_ref().map(|sealed| who.app.vault.open(sealed)).transpose();
    let view = DecideView {
        href: path,
        review,
        whole,
        reasons: reveal::reasons(&page),
        submissions: of.submissions,
        score: score.map(|score| score_rows(&score, &of)),
        decided_by: decided_by(&page, &of),
        by_rules: of.decided_by.is_none() && of.decided_at.is_some(),
        evidence: evidence.map_err(PageError::fault)?.unwrap_or_default(),
        decisions: decisions(&page, &of),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused_html(&said, None, &view)
}

fn score_rows(score: &Score, of: &Review) -> ScoreRows {
    ScoreRows {
        name: score.name.clone(),
        points: score.points.to_string(),
        sitting: score.sitting.clone(),
        same_document: score.document_key.bytes() == *of.document_key,
    }
}

/// The decisions that can be chosen, as the rules allow them.
fn decisions(page: &Page, of: &Review) -> Vec<Choice> {
    let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
    let mut all = Vec::new();
    if of.state == ReviewState::Pending {
        all.push(choice("approve", page.m("review-state-approved")));
        all.push(choice("refuse", page.m("review-state-refused")));
    }
    let open = matches!(of.state, ReviewState::Pending | ReviewState::Refused) && !of.malicious;
    if open && of.submissions >= MANY_SUBMISSIONS {
        all.push(choice("close", page.m("review-decide-close")));
    }
    if of.malicious {
        all.push(choice("reopen", page.m("review-decide-reopen")));
    }
    all
}

/// The evidence, trimmed.
fn evidence(form: &FormData) -> Result<Option<&str>, PageError> {
    let text = form.one("evidence")?.trim();
    Ok((!text.is_empty() && text.chars().count() <= LONGEST && is_free_text(text)).then_some(text))
}

pub(super) async fn decide(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let school = school(&who)?;
    who.sitting().await?;
    let key = ReviewId::parse(&id).ok_or(PageError::NotFound)?;
    let typed = form.typed(&["decision", "evidence"]);
    let (decision, evidence) = (Decision::from_wire(form.one("decision")?), evidence(&form)?);
    let (Some(decision), Some(evidence)) = (decision, evidence) else {
        let no_decision = decision.is_none().then_some(ReviewRefusal::NoDecision);
        let why = no_decision.into_iter().chain(evidence.is_none().then_some(ReviewRefusal::NoEvidence));
        return show(&who, &id, &why.collect::<Vec<_>>(), typed).await;
    };
    let cmd = DecideCommand {
        school,
        id: key,
        decision,
        seen: form.one("submissions")?.parse().unwrap_or(0),
        shown: read_seen(&who.app.vault, &form)?,
        evidence_sealed: who.app.vault.seal(evidence).map_err(PageError::fault)?,
        staff: who.name.clone(),
        scope: who.scope.clone(),
        address: who.from(),
    };
    let (catalogue, app) = (who.app.catalogue.get(), who.app.clone());
    let done =
        who.app.db.write_again(async move |tx: &mut Tx<'_>| verbs::decide(tx, &app, &catalogue, &cmd).await);
    match refusal(done.await)? {
        Ok(()) => Ok(see_other(&format!("{PATH}/{key}"))),
        Err(ReviewRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => show(&who, &id, &[why], typed).await,
    }
}

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    school(&who)?;
    who.sitting().await?;
    new(&who, &[], Typed::default()).await
}

async fn new(who: &StaffMember, why: &[ReviewRefusal], typed: Typed) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(NEW, "review-new-title").await?;
    // The sentences of these two are for candidates.
    let said: Vec<Refused> = why
        .iter()
        .map(|refusal| match refusal {
            ReviewRefusal::Exists => refusal.on(&page).saying(page.m("review-new-exists")),
            ReviewRefusal::RecordNotFound => refusal.on(&page).saying(page.m("review-new-no-record")),
            other => other.on(&page),
        })
        .collect();
    let kinds = document_kinds(page.t);
    refused_html(&said, None, &ApplyView { page: page.refusing(said.clone(), typed), menu, kinds })
}

pub(super) async fn apply(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    school(&who)?;
    let plan = who.sitting().await?;
    let kind = DocumentKind::from_wire(form.one("document_kind")?.trim());
    let number = DocumentNumber::parse(form.one("document_number")?).ok();
    let (name, evidence) = (PersonName::parse(form.one("name")?).ok(), evidence(&form)?);
    let typed = form.typed(&["document_kind", "document_number", "name", "evidence"]);
    let missing = [
        kind.is_none().then_some(ReviewRefusal::DocumentKind),
        number.is_none().then_some(ReviewRefusal::DocumentNumber),
        name.is_none().then_some(ReviewRefusal::NoName),
        evidence.is_none().then_some(ReviewRefusal::NoEvidence),
    ];
    let (Some(kind), Some(number), Some(name), Some(evidence)) = (kind, number, name, evidence) else {
        return new(&who, &missing.into_iter().flatten().collect::<Vec<_>>(), typed).await;
    };
    let cmd = ApplyCommand {
        document: DocumentKey::of(&who.app.vault, &Document { kind, number }),
        name: name.key(),
        evidence_sealed: who.app.vault.seal(evidence).map_err(PageError::fault)?,
        staff: who.name.clone(),
        scope: who.scope.clone(),
        address: who.from(),
    };
    let (catalogue, app) = (who.app.catalogue.get(), who.app.clone());
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| {
        verbs::apply(tx, &app, &catalogue, &Arc::clone(&plan), &cmd).await
    });
    match refusal(done.await)? {
        Ok(id) => Ok(see_other(&format!("{PATH}/{id}"))),
        Err(why) => new(&who, &[why], typed).await,
    }
}
