//! `/staff/refunds/new`: what may be refunded, what that does, and the request.

use std::sync::Arc;

use axum::response::Response;
use gateway::OrderNumber;

use super::reason_words;
use crate::staff::StaffMember;
use crate::staff::pages::orders::one;
use crate::staff::pages::{by, refused};
use crate::staff::refusal_texts::unfit_words;
use crate::staff::views::{NewRefundRow, NewRefundView};
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::{Choice, OnPage as _, Page, Refused, Typed};
use cet_base::form_mark;
use cet_base::store::{Stop, Tx};
use cet_base::words::codes::{CampusCode, SittingCode, SubjectCode};
use cet_base::words::fen::Fen;
use cet_base::words::ids::EntryId;
use cet_domain::payment::refund_request::{Of, Proposal, Proposed, REASONS, RequestRefusal, Wanted};
use cet_domain::payment::rules::RefundReason;
use cet_domain::payment::rules::refunding::{Effect, Unfit};
use cet_domain::payment::verbs::{ask as ask_refund, propose};
use cet_domain::staff::Permission;

const PATH: &str = "/staff/refunds/new";

/// What the address or the form names; empty texts: nothing yet.
#[derive(Clone, Default)]
struct Named {
    order: String,
    subject: String,
    campus: String,
    sitting: String,
    /// Whether the sitting was named, and is not just the one that is shown.
    of_sitting: bool,
}

impl Named {
    /// The current sitting, between two seasons the last one, where none is named: money goes back after it too.
    fn new(who: &StaffMember, [order, subject, campus, sitting]: [&str; 4]) -> Self {
        let [order, subject, campus, sitting] =
            [order, subject, campus, sitting].map(|text| text.trim().to_owned());
        let of_sitting = !sitting.is_empty();
        let shown = || who.list_sitting().map(|plan| plan.code.to_string()).unwrap_or_default();
        Self { order, subject, campus, sitting: if of_sitting { sitting } else { shown() }, of_sitting }
    }

    fn is_empty(&self) -> bool {
        self.order.is_empty() && self.subject.is_empty() && self.campus.is_empty() && !self.of_sitting
    }

    /// Whether it names an order and what it is of besides.
    fn is_both(&self) -> bool {
        let of_exam = !self.subject.is_empty() || !self.campus.is_empty();
        !self.order.is_empty() && of_exam
    }

    fn of(&self) -> Option<Of> {
        if self.is_empty() || self.is_both() {
            return None;
        }
        if !self.order.is_empty() {
            return self.order.parse::<OrderNumber>().ok().map(Of::Order);
        }
        Some(Of::Exam {
            sitting: SittingCode::parse(&self.sitting).ok()?,
            subject: if self.subject.is_empty() {
                None
            } else {
                Some(SubjectCode::parse(&self.subject).ok()?)
            },
            campus: if self.campus.is_empty() { None } else { Some(CampusCode::parse(&self.campus).ok()?) },
        })
    }
}

/// What was typed besides what is named.
#[derive(Default)]
struct Sent {
    lines: Vec<(EntryId, Option<Fen>)>,
    why: Option<RefundReason>,
    said: Vec<Refused>,
    typed: Typed,
    /// Whether the effect of just this is shown, and may be confirmed.
    preview: bool,
}

pub(in crate::staff::pages) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let query = |name| who.query(name).unwrap_or_default();
    let [order, subject, campus, sitting] = ["order", "subject", "campus", "sitting"].map(query);
    let named = Named::new(&who, [&order, &subject, &campus, &sitting]);
    let chosen = who.query("line").and_then(|line| EntryId::parse(line.trim()));
    let lines = chosen.map(|line| vec![(line, None)]).unwrap_or_default();
    page(&who, named, Sent { lines, ..Sent::default() }).await
}

pub(in crate::staff::pages) async fn submit(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    form.each_once(&["line"])?;
    let named = [form.one("order")?, form.one("subject")?, form.one("campus")?, form.one("sitting")?];
    let named = Named::new(&who, named);
    let frame = who.page();
    let mut sent = Sent { typed: form.typed(&["reason", "kind"]), ..Sent::default() };
    read_lines(&frame, &form, &mut sent);
    let kind = form.one("kind")?;
    // Just the listed fields make the request, which a second person decides; the form asks for its effect first, and for what
    // candidates are to be told. Without that they are told who decided, which is always true.
    let looks = form.one("preview")? == "yes";
    sent.why = match kind {
        "" if !looks => Some(RefundReason::Instructed),
        _ => RefundReason::from_wire(kind).filter(|why| REASONS.contains(why)),
    };
    if sent.why.is_none() {
        let said = Refused::new(frame.t, "field-invalid").at("kind");
        sent.said.push(if kind.is_empty() { said.saying(frame.m("staff-refund-no-kind")) } else { said });
    }
    if named.is_empty() && !looks {
        sent.said.push(Refused::new(frame.t, "field-invalid").at("order"));
    }
    if !sent.said.is_empty() || looks {
        sent.preview = sent.said.is_empty();
        return page(&who, named, sent).await;
    }
    let Some((of, why)) = named.of().zip(sent.why) else { return page(&who, named, sent).await };
    let wanted = Wanted { of, lines: sent.lines.clone(), why, reason: form.one("reason")?.to_owned() };
    let (by, catalogue, seen) = (by(&who), who.app.catalogue.get(), read_seen(&who.app.vault, &form)?);
    let done: Result<i64, Stop<RequestRefusal>> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            ask_refund(tx, Arc::clone(&catalogue), by.clone(), wanted.clone(), seen.clone()).await
        })
        .await;
    match refusal(done)? {
        Ok(id) => Ok(see_other(&format!("/staff/refunds/{id}"))),
        Err(RequestRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => {
            sent.said.push(why.on(&frame));
            sent.preview = true;
            page(&who, named, sent).await
        }
    }
}

/// The chosen lines with their sums; a sum that can't be read is refused at its field. With nothing ticked, the lines with a sum
/// are chosen; beside ticked ones, a sum of a line that is not ticked is a contradiction.
fn read_lines(page: &Page, form: &FormData, sent: &mut Sent) {
    let mut ticked = Vec::new();
    for text in form.many("line") {
        match EntryId::parse(text.trim()) {
            Some(line) if !ticked.contains(&line) => ticked.push(line),
            _ => sent.said.push(Refused::new(page.t, "field-invalid").at("line")),
        }
    }
    let sums = form.all().filter_map(|(name, value)| Some((name.strip_prefix("amount.")?, value.trim())));
    let mut sums: Vec<(&str, &str)> = sums.filter(|(_, value)| !value.is_empty()).collect();
    let is_chosen = form.many("line").next().is_some();
    for line in &ticked {
        let own = line.to_string();
        let typed = sums.iter().position(|(name, _)| *name == own).map(|at| sums.swap_remove(at).1);
        read_sum(page, sent, (*line, &own), typed);
    }
    for (name, typed) in sums {
        match EntryId::parse(name) {
            Some(line) if !is_chosen && line.to_string() == name => {
                read_sum(page, sent, (line, name), Some(typed));
            }
            _ => {
                let said = Refused::new(page.t, "field-invalid").at(format!("amount.{name}"));
                sent.said.push(said.saying(page.m("staff-refund-amount-no-tick")));
            }
        }
    }
}

fn read_sum(page: &Page, sent: &mut Sent, (line, name): (EntryId, &str), typed: Option<&str>) {
    if let Ok(amount) = typed.map(Fen::from_yuan).transpose() {
        sent.lines.push((line, amount));
    } else {
        let said = Refused::new(page.t, "field-invalid").at(format!("amount.{name}"));
        sent.said.push(said.saying(page.m("staff-refund-amount-wrong")));
    }
}

/// What would be refunded; `None`: there is nothing of this name.
async fn proposed(
    who: &StaffMember,
    named: &Named,
    sent: &Sent,
) -> Result<Result<Option<Proposal>, RequestRefusal>, PageError> {
    let Some(of) = named.of() else { return Ok(Ok(None)) };
    let (catalogue, scope, lines) = (who.app.catalogue.get(), who.scope.clone(), sent.lines.clone());
    let found: Result<Option<Proposal>, Stop<RequestRefusal>> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| {
            let (catalogue, scope) = (Arc::clone(&catalogue), scope.clone());
            propose(tx, catalogue, scope, of.clone(), lines.clone()).await
        })
        .await;
    refusal(found)
}

/// The subjects of that sitting, to choose from.
fn subjects(who: &StaffMember, page: &Page) -> Vec<Choice> {
    let Some(plan) = who.list_sitting() else { return Vec::new() };
    let choice = |code: SubjectCode| Choice {
        value: code.to_string(),
        text: one::subject_name(who, page, &plan.code, code),
    };
    plan.subjects().iter().map(|subject| choice(subject.code)).collect()
}

async fn page(who: &StaffMember, named: Named, mut sent: Sent) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(PATH, "staff-refund-new").await?;
    let mut proposal = None;
    let mut pick = named.is_empty() || named.is_both();
    if named.is_both() {
        let said = Refused::new(page.t, "field-invalid").at("order").saying(page.m("staff-refund-both"));
        sent.said = vec![said];
    } else if !pick {
        match proposed(who, &named, &sent).await? {
            Ok(Some(found)) => {
                // What can't be asked for is refused by its preview already, and is previewed again once it is put right.
                if sent.preview
                    && sent.said.is_empty()
                    && let Some(why) = found.refusal(&sent.lines)
                {
                    sent.preview = false;
                    sent.said.push(why.on(&page));
                }
                proposal = Some(found);
            }
            // What is mistyped is typed again in the form in which it was looked for.
            Ok(None) => {
                pick = true;
                let field = if named.order.is_empty() { "subject" } else { "order" };
                let said = Refused::new(page.t, "not-found").at(field).saying(page.m("staff-not-found"));
                sent.said = vec![said];
            }
            Err(why) => {
                sent.preview = false;
                sent.said.push(why.on(&page));
            }
        }
    }
    let choice = |why: RefundReason| Choice {
        value: why.wire().to_owned(),
        text: reason_words(&page, why.wire()).to_owned(),
    };
    let of_order = !named.order.is_empty();
    let view = NewRefundView {
        pick,
        subjects: subjects(who, &page),
        rows: proposal.iter().filter(|_| of_order).flat_map(|of| rows(who, &page, of, &sent)).collect(),
        title: heading(who, &page, &named),
        count: proposal.as_ref().map_or(0, |of| of.going().count()),
        amount: format!("¥{}", proposal.as_ref().map(Proposal::amount).unwrap_or_default()),
        ending: proposal.as_ref().map_or(0, Proposal::ending),
        out: proposal.iter().filter(|_| !of_order).flat_map(|of| left_out(&page, of)).collect(),
        reasons: REASONS.map(choice).to_vec(),
        seen: form_mark::seen(
            &who.app.vault,
            "refund",
            proposal.as_ref().map(Proposal::facts).unwrap_or_default(),
        ),
        preview: sent.preview && proposal.as_ref().is_some_and(|of| of.going().next().is_some()),
        order: named.order,
        subject: named.subject,
        campus: named.campus,
        sitting: named.sitting,
        page: page.refusing(sent.said.clone(), sent.typed),
        menu,
    };
    refused(&sent.said, &[], &view)
}

fn heading(who: &StaffMember, page: &Page, named: &Named) -> String {
    match named.of() {
        Some(Of::Order(number)) => page.f("staff-refund-of-order", &[("number", number.as_str())]),
        Some(Of::Exam { sitting, subject, campus }) => {
            let (subject, campus) = (subject.map(|of| of.to_string()), campus.map(|of| of.to_string()));
            exam_words(who, page, &sitting, (&subject.unwrap_or_default(), &campus.unwrap_or_default()))
        }
        None => String::new(),
    }
}

/// What is refunded of a sitting: a subject, a campus, both, or all of it.
pub(super) fn exam_words(
    who: &StaffMember,
    page: &Page,
    sitting: &SittingCode,
    (subject, campus): (&str, &str),
) -> String {
    let name = SubjectCode::parse(subject).map(|subject| one::subject_name(who, page, sitting, subject));
    let name = name.unwrap_or_default();
    let facts = [("sitting", sitting.as_str()), ("subject", name.as_str()), ("campus", campus)];
    let key = match (subject.is_empty(), campus.is_empty()) {
        (false, false) => "staff-refund-of-exam",
        (false, true) => "staff-refund-of-subject",
        (true, false) => "staff-refund-of-campus",
        (true, true) => "staff-refund-of-sitting",
    };
    page.f(key, &facts)
}

/// The lines of an order, each with a tick and its sum.
fn rows(who: &StaffMember, page: &Page, proposal: &Proposal, sent: &Sent) -> Vec<NewRefundRow> {
    let row = |line: &Proposed| {
        let chosen = sent.lines.iter().find(|(id, _)| *id == line.of.entry);
        let left = line.of.price.unwrap_or(0).saturating_sub(line.of.back).max(0);
        // An empty sum is all that is left, so that only what is typed is one.
        let amount = chosen.and_then(|(_, amount)| *amount);
        let field = format!("amount.{}", line.of.entry);
        // Of several only the ticked ones go back; that the others have no sum is no fault.
        let stays = !sent.lines.is_empty() && chosen.is_none() && line.effect == Err(Unfit::Nothing);
        NewRefundRow {
            bad: sent.said.iter().any(|said| said.field.as_deref() == Some(&*field)),
            field,
            entry: line.of.entry.to_string(),
            subject: one::subject_name(who, page, &proposal.sitting, line.of.subject),
            campus: format!("({}){}", line.of.campus, line.of.campus_name),
            price: yuan(line.of.price.unwrap_or(0)),
            back: yuan(line.of.back),
            amount: amount.map(|amount| amount.to_string()).unwrap_or_default(),
            left: yuan(left),
            chosen: chosen.is_some(),
            effect: if stays { page.m("staff-refund-not-this") } else { effect_words(page, line.effect) },
        }
    };
    proposal.lines.iter().map(row).collect()
}

fn yuan(fen: i64) -> String {
    cet_base::words::fen::FenSum::new(fen).map(|sum| sum.to_string()).unwrap_or_default()
}

/// What becomes of an entry, or why nothing can go back.
pub(super) fn effect_words(page: &Page, effect: Result<Effect, Unfit>) -> &'static str {
    match effect {
        Ok(Effect::Withdraw) => page.m("staff-refund-ends"),
        Ok(Effect::Keep) => page.m("staff-refund-keeps"),
        Err(why) => page.m(unfit_words(why)),
    }
}

/// Of an exam: how many stay out, for each reason.
fn left_out(page: &Page, proposal: &Proposal) -> Vec<String> {
    let mut counts = std::collections::BTreeMap::<Unfit, usize>::new();
    for why in proposal.lines.iter().filter_map(|line| line.effect.err()) {
        let count = counts.entry(why).or_default();
        *count = count.saturating_add(1);
    }
    let told = |(why, n): (Unfit, usize)| {
        page.f("staff-refund-left-out", &[("n", &n.to_string()), ("why", effect_words(page, Err(why)))])
    };
    counts.into_iter().map(told).collect()
}
