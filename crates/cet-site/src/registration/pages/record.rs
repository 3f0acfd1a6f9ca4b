//! 资格信息确认 and 保存并继续 (R4, R5, R6).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::{refusal_texts, sex_name};
use crate::passport::candidate::Candidate;
use crate::passport::notice;
use crate::passport::views::document_kind_name;
use crate::record_report;
use crate::registration::views::{DeniedSubject, RecordRows, RecordView, Saving, SchoolEntry};
use crate::web::answer::{PageError, html, refusal, refused_html, see_other};
use crate::web::error_views::ErrorView;
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::known;
use crate::web::page::{Link, Notice, Page, Refused, Tone, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SubjectCode;
use cet_base::words::time::Time;
use cet_domain::binding::{self, MadeBySchool, SaveCommand, Shown, proof, save_counted};
use cet_domain::eligibility::rules::{Ineligible, Verdict};
use cet_domain::limit::network;
use cet_domain::record_report::Report;
use cet_domain::registration::verbs::{Confirmation, confirmation, of_passport};
use cet_domain::registration::{RegistrationRefusal, store};
use cet_domain::review;
use cet_domain::roster;
use cet_domain::roster::StudentRecord;
use cet_domain::sitting::{Catalogue, Plan};

/// The most reports that are read to find the newest of one record.
const REPORTS: i64 = 20;

/// The data of the page.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that the page tells")]
struct Facts {
    found: StudentRecord,
    says: Confirmation,
    /// Whether this student is already bound to this passport.
    bound: bool,
    /// Whether the look-up asked for the student number too (W3).
    asked_for_student_number: bool,
    /// Whether there is an application for CET6; its state is always shown (V1).
    reviewed: bool,
    /// What the school has entered the student in, without a passport (S2).
    school_made: Option<MadeBySchool>,
    /// Whether saving asks for a verified address or the student number (R24).
    asks_for_proof: bool,
    /// The passport's reports of this record, the newest first (R4).
    reports: Vec<Report>,
    now: Time,
}

/// The record that the session stores, if it still exists.
async fn facts(who: &Candidate, plan: &Arc<Plan>) -> Result<Option<Facts>, PageError> {
    let (plan, passport, looked_up) = (Arc::clone(plan), who.session.passport, who.session.looked_up);
    let shown = shown(who, "");
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let Some((school, id)) = looked_up else { return Ok::<_, DbError>(None) };
        let found = roster::store::find_by_id(tx, school, id).await?;
        let Some(found) = found.filter(|found| found.sitting == plan.code) else { return Ok(None) };
        let mut says = confirmation(tx, &plan, &found).await?;
        let school_made = binding::made_by_school(tx, &found).await?;
        says.window = binding::window(says.window, school_made.as_ref());
        let bound = match of_passport(tx, passport, &plan.code).await? {
            Some(of) => store::snapshot(tx, of.school, of.id)
                .await?
                .is_some_and(|kept| kept.document_key == found.document_key.bytes()),
            None => false,
        };
        let reviewed = review::verbs::shows_state(tx, passport, &plan.code).await?;
        let asked_for_student_number = plan.ask_student_number;
        let mut reports =
            cet_domain::record_report::store::of_passport(tx, passport, &plan.code, REPORTS).await?;
        reports.retain(|of| (of.school, of.record) == (school, id));
        let now = tx.now().await?;
        let key = found.document_key.bytes();
        let proof = proof::facts(tx, passport, binding::whom(&found, &key), &shown).await?;
        let asks_for_proof = !bound && cet_domain::registration::rules::proof(&proof).is_err();
        Ok(Some(Facts {
            found,
            says,
            bound,
            asked_for_student_number,
            reviewed,
            school_made,
            asks_for_proof,
            reports,
            now,
        }))
    });
    Ok(read.await?)
}

/// What the passport shows beyond name and document (R24).
fn shown(who: &Candidate, student_number: &str) -> Shown {
    let exempt = who.app.config.limits.is_exempt(who.address);
    Shown {
        verified: who.session.verified,
        student_number: student_number.to_owned(),
        network: (!exempt).then(|| network(who.address)),
    }
}

/// Counts a refused saving for the student and the network.
async fn count(
    who: &Candidate,
    plan: &Plan,
    cmd: &SaveCommand,
    why: &[RegistrationRefusal],
) -> Result<(), PageError> {
    let Some((school, id)) = cmd.record else { return Ok(()) };
    let (code, shown, why) = (plan.code.clone(), cmd.shown.clone(), why.to_vec());
    let counted = who.app.db.write(async move |tx: &mut Tx<'_>| {
        let found = roster::store::find_by_id(tx, school, id).await?.filter(|found| found.sitting == code);
        match found {
            Some(found) => proof::note_refused(tx, &found, (&shown, &why)).await,
            None => Ok::<_, DbError>(()),
        }
    });
    Ok(counted.await?)
}

pub(super) async fn page(who: Candidate) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    match facts(&who, &plan).await? {
        Some(facts) => {
            let mut view = view(&who, who.page(), &catalogue, &plan, &facts)?;
            // What was looked for is told first.
            view.page = notice::asking_to_verify(&who, view.page);
            html(StatusCode::OK, &view.with_room())
        }
        // Whoever only opens the page has done nothing wrong.
        None => not_looked_up(&who, &[]),
    }
}

pub(super) async fn save_record(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let cmd = SaveCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        record: who.session.looked_up,
        seen: read_seen(&who.app.vault, &form)?,
        checked: form.one("checked")? == "yes",
        shown: shown(&who, form.one("student_number")?),
        address: who.address.to_string(),
    };
    let done = save_counted(&who.app.db, Arc::clone(&catalogue), cmd.clone()).await;
    let Err(refusals) = refusal(done)? else {
        if who.session.registration.is_none() {
            who.app.alarms.bound_from(network(who.address), who.app.db.clock().process_now());
        }
        return Ok(see_other("/registration/written"));
    };
    count(&who, &plan, &cmd, &refusals).await?;
    let page = who.page();
    let refused = refusal_texts::all(&page, &refusals);
    let Some(facts) = facts(&who, &plan).await? else { return not_looked_up(&who, &refused) };
    let page = page.refusing(refused.clone(), form.typed(&["checked", "student_number"]));
    let retry = refusal_texts::retry_seconds(&refusals, facts.now);
    refused_html(&refused, retry, &view(&who, page, &catalogue, &plan, &facts)?.with_room())
}

/// There is no record to show: the page links to the look-up.
fn not_looked_up(who: &Candidate, refused: &[Refused]) -> Result<Response, PageError> {
    let page =
        who.page().titled("registration-record-title").described("registration-record-about").at_step(3);
    let link = |href: &str, text: &str| Link { href: href.to_owned(), text: text.to_owned() };
    let mut ways = vec![link("/qualification", page.m("registration-qualification-title"))];
    if who.session.registration.is_some() {
        ways.push(link("/registration", page.m("registration-to-information")));
    }
    let text = page.m("registration-record-none").to_owned();
    let page = page.refusing(refused.to_vec(), Typed::default());
    refused_html(refused, None, &ErrorView { page, code: None, text, ways, incident: None })
}

fn view(
    who: &Candidate,
    page: Page,
    catalogue: &Catalogue,
    plan: &Plan,
    facts: &Facts,
) -> Result<RecordView, PageError> {
    let rows = rows(who, &page, catalogue, facts)?;
    let granted: Vec<String> =
        facts.says.eligibility.granted().iter().map(|code| name_of(&page, plan, *code).to_owned()).collect();
    let denied = denied(&page, plan, facts);
    let found = Notice::new(Tone::Ok, page.m("registration-found"), page.m("registration-found-text"));
    let (page, opens) = match &facts.says.window {
        Err(RegistrationRefusal::WindowNotOpen(Some(opens))) => (page, Some(opens.page())),
        Err(RegistrationRefusal::WindowNotOpen(None)) => {
            let notice = Notice::new(Tone::Warn, page.m("refusal-window-not-open"), "");
            (page.noting(notice), None)
        }
        Err(RegistrationRefusal::WindowClosed(at)) => {
            let when = page.f("registration-closed-at", &[("time", &at.page())]);
            let notice = Notice::new(Tone::Warn, when, page.m("registration-closed-text"));
            (page.noting(notice), None)
        }
        Err(_) | Ok(()) => (page, None),
    };
    let page = if facts.bound {
        let notice = Notice::new(Tone::Info, page.m("registration-already-bound"), "");
        let link = page.m("registration-to-information");
        page.noting(notice.linked("/registration", link))
    } else {
        page
    };
    let page = match record_report::pages::standing(&page, &who.app.vault, &facts.reports, facts.now)? {
        Some(notice) => page.noting(notice),
        None => page,
    };
    // What was looked for and found is said where nothing weightier is.
    let is_closed = matches!(facts.says.window, Err(RegistrationRefusal::WindowClosed(_)));
    let page = if facts.bound || is_closed || opens.is_some() { page } else { page.noting(found) };
    let page = page.marked(
        SEEN,
        seen(&who.app.vault, "record", binding::shown_values(&facts.found, facts.school_made.as_ref())),
    );
    let mut view = RecordView::new(page, rows, &granted, denied);
    view.opens = opens;
    view.by_school = by_school(&view.page, plan, facts);
    view.reviewed = facts.reviewed && view.askable.is_empty();
    view.may_save = facts.says.window.is_ok();
    // Saving finds out what the page can't know yet: that a registration ran out which no job has released.
    let refused = view.page.refusals.iter().any(|refused| refused.code == "proof-needed");
    view.saving = match (facts.bound, facts.asks_for_proof || refused) {
        (true, _) => Saving::Again,
        (false, true) => Saving::BindsWithProof,
        (false, false) => Saving::Binds,
    };
    Ok(view)
}

fn rows(who: &Candidate, page: &Page, catalogue: &Catalogue, facts: &Facts) -> Result<RecordRows, PageError> {
    let of = &facts.found;
    let document = of.document(&who.app.vault).map_err(PageError::fault)?;
    let (school, campus) = (of.campus.school(), of.campus);
    // W2: until it is bound, anybody who knows a document may see this page. What is shown on demand is what was typed to
    // find it; the student number only where that was asked for too (W3).
    let revealed = who.query("show").as_deref() == Some("document");
    let student_number_known = facts.bound || (revealed && facts.asked_for_student_number);
    Ok(RecordRows {
        name: of.name.clone(),
        sex: sex_name(page, &of.sex),
        document_kind: document_kind_name(page.t, &of.document_kind).to_owned(),
        document_number: if revealed { document.asked_for() } else { document.number.masked() },
        revealed,
        school: format!("({school}){}", catalogue.school_name(school).unwrap_or_default()),
        campus: format!("({campus}){}", catalogue.campus_name(campus).unwrap_or_default()),
        education: known::education(page.lang(), &of.education),
        length: of.duration.clone(),
        entered: of.entry_year.clone(),
        grade: of.grade.clone(),
        faculty: of.college.clone(),
        major: of.major.clone(),
        class: of.class.clone(),
        student_number: if student_number_known {
            of.student_number.clone()
        } else {
            masked(&of.student_number)
        },
        student_number_masked: !student_number_known && !of.student_number.is_empty(),
        note: of.remark.clone(),
    })
}

/// What the school has entered the student in, and how each subject is paid.
fn by_school(page: &Page, plan: &Plan, facts: &Facts) -> Vec<SchoolEntry> {
    let entries = facts.school_made.iter().flat_map(|made| &made.entries);
    entries
        .map(|entry| {
            let (class, state) = match (entry.paid_at, entry.locked_by) {
                (Some(_), _) => ("ok", page.m("registration-school-paid")),
                (None, Some(_)) => ("info", page.m("registration-school-locked")),
                (None, None) => ("warn", page.m("registration-school-unpaid")),
            };
            SchoolEntry {
                subject: name_of(page, plan, entry.subject).to_owned(),
                campus: format!("({}){}", entry.campus, entry.campus_name),
                fee: entry.fee.to_string(),
                class,
                state,
            }
        })
        .collect()
}

/// The text with its middle masked: at most a quarter is shown at each end.
fn masked(text: &str) -> String {
    let length = text.chars().count();
    let shown = (length / 4).min(4);
    let is_shown = |at: usize| at < shown || at >= length.saturating_sub(shown);
    text.chars().enumerate().map(|(at, c)| if is_shown(at) { c } else { '*' }).collect()
}

fn name_of<'p>(page: &Page, plan: &'p Plan, code: SubjectCode) -> &'p str {
    plan.subject(code).map_or("", |subject| subject.name_in(page.lang().code()))
}

/// Every subject that the campus offers and the student may not enter, with the reason (R4).
fn denied(page: &Page, plan: &Plan, facts: &Facts) -> Vec<DeniedSubject> {
    let may_ask = facts.says.eligibility.may_ask_for_cet6_review;
    let denied = facts.says.eligibility.verdicts.iter().filter_map(|verdict| match &verdict.verdict {
        Verdict::Granted => None,
        Verdict::Refused(why) => Some(DeniedSubject {
            name: name_of(page, plan, verdict.code).to_owned(),
            reason: reason(page, plan, why),
            review: may_ask && verdict.code == SubjectCode::CET6,
        }),
    });
    denied.collect()
}

fn reason(page: &Page, plan: &Plan, why: &Ineligible) -> String {
    match why {
        Ineligible::BarredBySchool => page.m("registration-why-barred").to_owned(),
        Ineligible::NotInList => page.m("registration-why-not-listed").to_owned(),
        Ineligible::NeedsCet4Score { best: None } => page.m("registration-why-no-score").to_owned(),
        Ineligible::NeedsCet4Score { best: Some(best) } => {
            page.f("registration-why-score", &[("best", &best.to_string())])
        }
        Ineligible::NeedsWritten(codes) => {
            let names: Vec<&str> = codes.iter().map(|code| name_of(page, plan, *code)).collect();
            page.f("registration-why-needs-written", &[("subjects", &names.join(page.m("arrangement-and")))])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn the_middle_of_a_student_number_is_hidden() {
        assert_eq!(masked("00001"), "0***1");
        assert_eq!(masked("2016123456789012"), "2016********9012");
        assert_eq!(masked("12"), "**");
        assert_eq!(masked(""), "");
    }
}
