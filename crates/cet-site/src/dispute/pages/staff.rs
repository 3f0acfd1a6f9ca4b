//! `/staff/disputes`: who says that a student is himself, and what the school decides.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use crate::dispute::views::{
    Choosable, DisputeLine, DisputeShown, DisputesView, EntryRow, OneView, Rival, Side, decision_words,
    state_words,
};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::{Choice, OnPage as _, Page, Refused, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::words::email::Email;
use cet_base::words::fen::FenSum;
use cet_base::words::ids::DisputeId;
use cet_base::words::staff::By;
use cet_base::words::time::Time;
use cet_domain::dispute::rules::may_approve;
use cet_domain::dispute::store::scoped::{self, Cursor, Filter};
use cet_domain::dispute::verbs::{self, ApproveCommand, DecideCommand, Line, Read};
use cet_domain::dispute::{Decision, Dispute, DisputeRefusal, DisputeState, rules};
use cet_domain::entry::verbs::Handover;
use cet_domain::entry::{EntryState, messages::names};
use cet_domain::passport;
use cet_domain::payment::refusal::PaymentRefusal;
use cet_domain::payment::verbs::end_open;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/disputes";

fn by(who: &StaffMember) -> By {
    By {
        account: who.name.clone(),
        person: who.person.clone(),
        scope: who.scope.clone(),
        address: who.from(),
    }
}

/// `None` before the first sitting, which has none.
fn filter(who: &StaffMember, asked: &Asked) -> Option<Filter> {
    let plan = who.list_sitting()?;
    Some(Filter {
        scope: who.scope.clone(),
        sitting: plan.code.clone(),
        state: DisputeState::from_wire(asked.get("state")),
        student_number: asked.get("student_number").to_owned(),
        after: Cursor::parse(&asked.after),
    })
}

pub(super) enum Disputes {}

impl List for Disputes {
    type Row = (Dispute, Time);

    const NAME: &'static str = "disputes";
    const NEEDS: Permission = Permission::Disputes;
    const FILTERS: &'static [&'static str] = &["state", "student_number"];
    const HEADINGS: &'static [&'static str] = &[
        "passport-name",
        "registration-student-number",
        "registration-campus",
        "dispute-opened-at",
        "dispute-age",
        "dispute-state",
        "dispute-decision",
        "dispute-decided-by",
        "dispute-approved-by",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", DisputeState::ALL.map(DisputeState::wire))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Self::Row>, PageError> {
        let Some(filter) = filter(who, asked) else { return Ok(Vec::new()) };
        let read: Result<_, DbError> = who
            .app
            .db
            .read_long(async move |tx: &mut Tx<'_>| {
                let now = tx.now().await?;
                let found = scoped::list(tx, &filter, limit).await?;
                Ok(found.into_iter().map(|of| (of, now)).collect())
            })
            .await;
        Ok(read?)
    }

    fn key((of, _): &Self::Row) -> String {
        Cursor::of(of).wire()
    }

    fn cells(_: &StaffMember, page: &Page, (of, now): &Self::Row, _: bool) -> Result<Vec<String>, PageError> {
        let line = DisputeLine::new(page, of, *now);
        let words = [line.state.to_owned(), line.decision.to_owned()];
        let person = [line.name, line.student_number, line.campus, of.opened_at.to_string(), line.age];
        Ok(person.into_iter().chain(words).chain([line.decided_by, line.approved_by]).collect())
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Self::Row>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "dispute-staff-title").await?;
        let states = DisputeState::ALL.map(|state| Choice {
            value: state.wire().to_owned(),
            text: state_words(&page, state).0.to_owned(),
        });
        let rows = found.iter().map(|(of, now)| DisputeLine::new(&page, of, *now)).collect();
        let page = page.refusing(said.clone(), typed);
        refused_html(&said, None, &DisputesView { page, menu, asked, states: states.to_vec(), pager, rows })
    }
}

/// What the page of one dispute is made of.
struct Found {
    read: Read,
    now: Time,
}

async fn find(who: &StaffMember, id: &str) -> Result<Found, PageError> {
    who.needs(Permission::Disputes)?;
    let id = DisputeId::parse(id).ok_or(PageError::NotFound)?;
    let (scope, catalogue) = (who.scope.clone(), who.app.catalogue.get());
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let read = verbs::read(tx, &catalogue, &scope, id).await?;
            Ok((read, tx.now().await?))
        })
        .await;
    let (read, now) = read?;
    Ok(Found { read: read.ok_or(PageError::NotFound)?, now })
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    let found = find(&who, &id).await?;
    detail(&who, &found, (Vec::new(), Typed::default())).await
}

fn side(page: &Page, account: Option<&passport::store::Account>) -> Side {
    let Some(account) = account.filter(|account| !account.email.is_empty()) else {
        return Side { email: page.m("dispute-passport-closed").to_owned() };
    };
    let email = Email::parse(&account.email).map_or_else(|_| "***".to_owned(), |email| email.masked());
    let verified =
        if account.email_verified_at.is_some() { "dispute-verified" } else { "dispute-unverified" };
    Side { email: format!("{email} ({})", page.m(verified)) }
}

fn entry_row(who: &StaffMember, page: &Page, line: &Line) -> EntryRow {
    let entry = &line.entry;
    let (zh, en) = names(&who.app.catalogue.get(), &entry.sitting, entry.subject);
    let payment = match (entry.state, line.paid) {
        (EntryState::Paid, Some(fen)) => page.f("dispute-paid", &[("amount", &yuan(fen))]),
        (EntryState::Paid, None) => page.m("dispute-paid-by-school").to_owned(),
        _ if entry.locked_by.is_some() => page.m("dispute-paid-by-school").to_owned(),
        _ => page.m("dispute-unpaid").to_owned(),
    };
    EntryRow {
        subject: if page.lang().code() == "en" { en } else { zh },
        campus: format!("({}){}", entry.campus, entry.campus_name),
        payment,
    }
}

fn yuan(fen: i64) -> String {
    FenSum::new(fen).unwrap_or_default().to_string()
}

/// What a decision would do now, in sentences.
fn effects(
    page: &Page,
    read: &Read,
    (decision, what): &(Decision, Result<Handover, DisputeRefusal>),
) -> Choosable {
    let lines = read.disputed.iter().flat_map(|disputed| &disputed.lines);
    let (can, effects) = match what {
        Err(why) => (false, vec![page.f("dispute-effect-not", &[("why", &why.on(page).text)])]),
        Ok(_) if *decision == Decision::Refuse => (true, vec![page.m("dispute-effect-none").to_owned()]),
        Ok(what) => {
            let going = lines.clone().filter(|line| what.ends(line.entry.id));
            let back: i64 = going.filter_map(|line| line.paid).fold(0, i64::saturating_add);
            let stays = lines.filter(|line| !what.ends(line.entry.id)).count();
            let n = |key: &'static str, n: usize| (n > 0).then(|| page.f(key, &[("n", &n.to_string())]));
            let all = [
                n("dispute-effect-ends", what.ending.len()),
                n("dispute-effect-renewed", what.renewed.len()),
                (stays > 0).then(|| page.m("dispute-effect-stays").to_owned()),
                (back > 0).then(|| page.f("dispute-effect-back", &[("amount", &yuan(back))])),
            ];
            (true, all.into_iter().flatten().collect())
        }
    };
    Choosable { wire: decision.wire(), words: decision_words(page, *decision), effects, can }
}

fn fits(page: &Page, of: &Dispute) -> &'static str {
    page.m(if of.number_fits { "dispute-number-fits" } else { "dispute-number-differs" })
}

/// What others say of the same student, side by side with it.
fn rivals(who: &StaffMember, page: &Page, read: &Read) -> Result<Vec<Rival>, PageError> {
    let open = |sealed: &[u8]| who.app.vault.open(sealed).map_err(PageError::fault);
    let rival = |(of, account): &(Dispute, Option<passport::store::Account>)| {
        Ok(Rival {
            href: format!("{PATH}/{}", of.id),
            wire: of.state.wire(),
            state: state_words(page, of.state).0,
            email: side(page, account.as_ref()).email,
            number: open(&of.number_sealed)?,
            number_fits: fits(page, of),
            phone: of.telephone(&who.app.vault).map_err(PageError::fault)?,
            note: open(&of.note_sealed)?,
            opened_at: of.opened_at.page(),
        })
    };
    read.rivals.iter().map(rival).collect()
}

fn shown(who: &StaffMember, page: &Page, found: &Found) -> Result<DisputeShown, PageError> {
    let (read, of) = (&found.read, &found.read.dispute);
    let open = |sealed: &[u8]| who.app.vault.open(sealed).map_err(PageError::fault);
    let opened = |sealed: &Option<Vec<u8>>| {
        Ok::<_, PageError>(match sealed {
            Some(sealed) => open(sealed)?,
            None => String::new(),
        })
    };
    let choices: Vec<Choosable> = read.effects.iter().map(|one| effects(page, read, one)).collect();
    let (n, braked) = read.misses;
    let misses = if braked { "dispute-misses-braked" } else { "dispute-misses-n" };
    let live = read.disputed.as_ref();
    Ok(DisputeShown {
        claimant: side(page, read.claimant.as_ref()),
        holder: side(page, read.holder.as_ref()),
        number: open(&of.number_sealed)?,
        number_fits: fits(page, of),
        phone: of.telephone(&who.app.vault).map_err(PageError::fault)?,
        note: open(&of.note_sealed)?,
        rivals: rivals(who, page, read)?,
        bound_at: live.map(|live| live.registration.saved_at.page()).unwrap_or_default(),
        entries: live.iter().flat_map(|live| &live.lines).map(|line| entry_row(who, page, line)).collect(),
        order_open: live.is_some_and(|live| live.order_open),
        let_go: read.let_go.to_string(),
        misses: page.f(misses, &[("n", &n.to_string())]),
        registration: live.map(|_| format!("/staff/registrations/{}/{}", of.school, of.registration)),
        evidence: opened(&of.evidence_sealed)?,
        answer: opened(&of.answer_sealed)?,
        decided_at: of.decided_at.map(Time::page).unwrap_or_default(),
        lapses_at: of.lapses_at().map(Time::page).unwrap_or_default(),
        ended_at: of.ended_at.map(Time::page).unwrap_or_default(),
        decided: of
            .decision
            .filter(|_| of.state == DisputeState::Decided)
            .and_then(|decision| choices.iter().find(|one| one.wire == decision.wire()).cloned()),
        choices,
        may_decide: of.state.waits() && live.is_some(),
        may_approve: live.is_some() && may_approve(of, &by(who), found.now).is_ok(),
    })
}

async fn detail(
    who: &StaffMember,
    found: &Found,
    (said, typed): (Vec<Refused>, Typed),
) -> Result<Response, PageError> {
    let of = &found.read.dispute;
    let path = format!("{PATH}/{}", of.id);
    let (page, menu) = who.frame_at(&path, "dispute-staff-one").await?;
    let shown = shown(who, &page, found)?;
    let row = DisputeLine::new(&page, of, found.now);
    let page = page.marked(SEEN, seen(&who.app.vault, "dispute", found.read.values()));
    refused_html(&said, None, &OneView { page: page.refusing(said.clone(), typed), menu, row, shown })
}

async fn again(
    who: &StaffMember,
    id: &str,
    why: &[DisputeRefusal],
    typed: Typed,
) -> Result<Response, PageError> {
    let (found, page) = (find(who, id).await?, who.page());
    let said = why.iter().map(|refusal| refusal.on(&page)).collect();
    detail(who, &found, (said, typed)).await
}

/// Decides; nothing is carried out before another person approves.
pub(super) async fn decide(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let found = find(&who, &id).await?;
    let typed = form.typed(&["decision", "evidence", "answer"]);
    let decision = Decision::from_wire(form.one("decision")?);
    let evidence = rules::text(form.one("evidence")?).filter(|text| !text.is_empty());
    let answer = rules::text(form.one("answer")?);
    let (Some(decision), Some(evidence), Some(answer)) = (decision, evidence, answer) else {
        let wrong = [
            decision.is_none().then_some(DisputeRefusal::Wrong("decision")),
            evidence.is_none().then_some(DisputeRefusal::Wrong("evidence")),
            answer.is_none().then_some(DisputeRefusal::Wrong("answer")),
        ];
        let why: Vec<_> = wrong.into_iter().flatten().collect();
        return again(&who, &id, &why, typed).await;
    };
    let cmd = DecideCommand {
        id: found.read.dispute.id,
        decision,
        evidence: evidence.to_owned(),
        answer: answer.to_owned(),
        seen: read_seen(&who.app.vault, &form)?,
        by: by(&who),
    };
    let (vault, catalogue) = (Arc::clone(&who.app.vault), who.app.catalogue.get());
    let done = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| verbs::decide(tx, (&vault, &catalogue), &cmd).await);
    answered(&who, &id, refusal(done.await)?, typed).await
}

/// Approves another person's decision, and carries it out. An open order of the holder ends first: its gateway is asked.
pub(super) async fn approve(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let found = find(&who, &id).await?;
    let cmd =
        ApproveCommand { id: found.read.dispute.id, seen: read_seen(&who.app.vault, &form)?, by: by(&who) };
    let allowed = may_approve(&found.read.dispute, &cmd.by, found.now);
    // A page that is out of date ends nobody's order: the approval is going to be refused.
    if cmd.seen.fits("dispute", found.read.values())
        && matches!(allowed, Ok(Decision::Move | Decision::Release))
        && let Err(why) = settle(&who, cmd.id).await?
    {
        return again(&who, &id, &[why], Typed::default()).await;
    }
    let (vault, catalogue) = (Arc::clone(&who.app.vault), who.app.catalogue.get());
    let done = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| verbs::approve(tx, (&vault, &catalogue), &cmd).await);
    answered(&who, &id, refusal(done.await)?, Typed::default()).await
}

/// Ends the holder's open order, if there is one: its gateway is asked outside a transaction.
async fn settle(who: &StaffMember, id: DisputeId) -> Result<Result<(), DisputeRefusal>, PageError> {
    let scope = who.scope.clone();
    let open = who.app.db.read(async move |tx: &mut Tx<'_>| verbs::holder_to_settle(tx, &scope, id).await);
    let Some((holder, sitting)) = open.await? else { return Ok(Ok(())) };
    Ok(match refusal(end_open(&who.app.payments, holder, sitting).await)? {
        Err(why) if why.iter().any(|why| matches!(why, PaymentRefusal::OrderOpen(_))) => {
            Err(DisputeRefusal::OrderOpen)
        }
        // Without a registration by now: the approval says so, under its lock.
        Ok(()) | Err(_) => Ok(()),
    })
}

async fn answered(
    who: &StaffMember,
    id: &str,
    done: Result<(), DisputeRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("{PATH}/{id}"))),
        Err(DisputeRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => again(who, id, &[why], typed).await,
    }
}
