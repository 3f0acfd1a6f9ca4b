//! `/staff/record-reports`: what candidates report of the school's records, and the school's answers.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use crate::record_report::views::{
    Answerable, OneView, PreviewView, ReportLine, ReportShown, ReportsView, fields, state_words,
};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::reveal::{self, Holder};
use crate::web::answer::{PageError, html, refusal, refused_html, see_other};
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::{Choice, OnPage as _, Page, Refused, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::CampusCode;
use cet_base::words::document::DocumentNumber;
use cet_base::words::ids::ReportId;
use cet_base::words::time::Time;
use cet_domain::record_report::store::{self, Cursor, Filter};
use cet_domain::record_report::verbs::{self, AnswerCommand, Read};
use cet_domain::record_report::{Field, Report, ReportRefusal, ReportState, rules};
use cet_domain::staff::Permission;
use http::StatusCode;

const PATH: &str = "/staff/record-reports";

/// `None` before the first sitting, which has none.
fn filter(who: &StaffMember, asked: &Asked) -> Option<Filter> {
    let plan = who.list_sitting()?;
    Some(Filter {
        scope: who.scope.clone(),
        sitting: plan.code.clone(),
        state: ReportState::from_wire(asked.get("state")),
        field: Field::from_wire(asked.get("field")),
        student_number: asked.get("student_number").to_owned(),
        after: Cursor::parse(&asked.after),
    })
}

pub(super) enum Reports {}

impl List for Reports {
    type Row = (Report, Time);

    const NAME: &'static str = "record-reports";
    const NEEDS: Permission = Permission::Students;
    const FILTERS: &'static [&'static str] = &["state", "field", "student_number"];
    const HEADINGS: &'static [&'static str] = &[
        "passport-name",
        "registration-student-number",
        "registration-campus",
        "report-field",
        "report-at",
        "report-age",
        "report-state",
        "report-answered-by",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![
            Limited::to("state", ReportState::ALL.map(ReportState::wire)),
            Limited::to("field", Field::ALL.map(Field::wire)),
        ]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Self::Row>, PageError> {
        let Some(filter) = filter(who, asked) else { return Ok(Vec::new()) };
        let read: Result<_, DbError> = who
            .app
            .db
            .read_long(async move |tx: &mut Tx<'_>| {
                let now = tx.now().await?;
                let found = store::list(tx, &filter, limit).await?;
                Ok(found.into_iter().map(|of| (of, now)).collect())
            })
            .await;
        Ok(read?)
    }

    fn key((of, _): &Self::Row) -> String {
        Cursor::of(of).wire()
    }

    fn cells(_: &StaffMember, page: &Page, (of, now): &Self::Row, _: bool) -> Result<Vec<String>, PageError> {
        let line = ReportLine::new(page, of, *now);
        let (field, state) = (line.field.to_owned(), line.state.to_owned());
        let person = [line.name, line.student_number, line.campus];
        let at = of.reported_at.to_string();
        Ok(person.into_iter().chain([field, at, line.age, state, line.answered_by]).collect())
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Self::Row>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "report-staff-title").await?;
        let states = ReportState::ALL.map(|state| Choice {
            value: state.wire().to_owned(),
            text: state_words(&page, state).0.to_owned(),
        });
        let rows = found.iter().map(|(of, now)| ReportLine::new(&page, of, *now)).collect();
        let fields = fields(&page);
        let page = page.refusing(said.clone(), typed);
        refused_html(
            &said,
            None,
            &ReportsView { page, menu, asked, states: states.to_vec(), fields, pager, rows },
        )
    }
}

/// What the page of one report is made of.
struct Found {
    read: Read,
    now: Time,
}

async fn find(who: &StaffMember, id: &str) -> Result<Found, PageError> {
    who.needs(Permission::Students)?;
    let id = ReportId::parse(id).ok_or(PageError::NotFound)?;
    let scope = who.scope.clone();
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let read = verbs::read(tx, &scope, id).await?;
            Ok((read, tx.now().await?))
        })
        .await;
    let (read, now) = read?;
    Ok(Found { read: read.ok_or(PageError::NotFound)?, now })
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    let found = find(&who, &id).await?;
    detail(&who, &found, (Vec::new(), None), false).await
}

/// Shows the number that the candidate typed once, after the reason was recorded in the audit log.
pub(super) async fn document(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::ShowDocument)?;
    let found = find(&who, &id).await?;
    let of = &found.read.report;
    match reveal::recorded(&who, of.school, (Holder::Report, of.id.0), form.one("reason")?).await? {
        Ok(()) => detail(&who, &found, (Vec::new(), None), true).await,
        Err(refusal) => detail(&who, &found, (vec![refusal], None), false).await,
    }
}

fn campus_words(who: &StaffMember, code: &str) -> String {
    let catalogue = who.app.catalogue.get();
    let name = CampusCode::parse(code).ok().and_then(|code| catalogue.campus_name(code).map(str::to_owned));
    name.map_or_else(|| code.to_owned(), |name| format!("({code}){name}"))
}

/// A value of the record, as pages show it.
fn words(who: &StaffMember, field: Field, value: String) -> String {
    if field == Field::Campus { campus_words(who, &value) } else { value }
}

fn way(read: &Read) -> Answerable {
    match &read.record {
        _ if read.report.state != ReportState::Open => Answerable::Over,
        None => Answerable::Gone,
        Some(_) if read.is_saved => Answerable::Saved,
        Some(_) if read.report.field.is_correctable() => Answerable::Correct,
        Some(_) => Answerable::ByImport,
    }
}

fn shown(who: &StaffMember, read: &Read, whole: bool) -> Result<ReportShown, PageError> {
    let (of, vault) = (&read.report, &who.app.vault);
    let open = |sealed: &[u8]| vault.open(sealed).map_err(PageError::fault);
    let right = open(&of.right_sealed)?;
    let hides = of.field == Field::Document && !whole;
    let says = read.record.as_ref();
    let says = match (of.field, says) {
        (Field::Document, Some(record)) => record.document(vault).map_err(PageError::fault)?.number.masked(),
        (field, Some(record)) => words(who, field, field.said(record)),
        (_, None) => String::new(),
    };
    Ok(ReportShown {
        said: words(who, of.field, open(&of.said_sealed)?),
        says,
        right: if hides {
            DocumentNumber::parse(&right).map_or_else(|_| "***".to_owned(), |number| number.masked())
        } else {
            right
        },
        hides,
        note: open(&of.note_sealed)?,
        answer: of.answer_sealed.as_ref().map(|sealed| open(sealed)).transpose()?.unwrap_or_default(),
        answered_at: of.answered_at.map(Time::page).unwrap_or_default(),
        student: read.record.as_ref().map(|of| format!("/staff/students/{}-{}", of.school, of.id)),
        way: way(read),
        is_campus: of.field == Field::Campus,
    })
}

fn campuses(who: &StaffMember, of: &Report) -> Vec<Choice> {
    let catalogue = who.app.catalogue.get();
    let own = catalogue.campuses_of(of.school).filter(|(code, _)| who.scope.holds(code.as_str()));
    own.map(|(code, name)| Choice { value: code.to_string(), text: format!("({code}){name}") }).collect()
}

async fn detail(
    who: &StaffMember,
    found: &Found,
    (said, typed): (Vec<Refused>, Option<Typed>),
    whole: bool,
) -> Result<Response, PageError> {
    let of = &found.read.report;
    let path = format!("{PATH}/{}", of.id);
    let (page, menu) = who.frame_at(&path, "report-staff-one").await?;
    let shown = shown(who, &found.read, whole)?;
    // A value is only proposed where the candidate's own words can stand in the record.
    let proposes = shown.way == Answerable::Correct && !shown.is_campus;
    let proposed = if proposes { shown.right.clone() } else { String::new() };
    let typed = typed.unwrap_or_else(|| Typed::default().with("value", proposed));
    let page = page.marked(SEEN, seen(&who.app.vault, "record-report", found.read.values()));
    let view = OneView {
        row: ReportLine::new(&page, of, found.now),
        shown,
        campuses: campuses(who, of),
        reasons: reveal::reasons(&page),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused_html(&said, None, &view)
}

/// The sent answer, or the refusal of an empty or too long one.
fn answered(form: &FormData) -> Result<Result<String, ReportRefusal>, PageError> {
    let text = rules::text(form.one("answer")?).filter(|text| !text.is_empty());
    Ok(text.map(str::to_owned).ok_or(ReportRefusal::Wrong("answer")))
}

async fn again(
    who: &StaffMember,
    id: &str,
    why: &[ReportRefusal],
    typed: Typed,
) -> Result<Response, PageError> {
    let (found, page) = (find(who, id).await?, who.page());
    let said = why.iter().map(|refusal| refusal.on(&page)).collect();
    detail(who, &found, (said, Some(typed)), false).await
}

/// Answers without a correction.
pub(super) async fn answer(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    find(&who, &id).await?;
    let typed = form.typed(&["answer"]);
    match answered(&form)? {
        Ok(answer) => act(&who, &id, (None, answer), (&form, typed)).await,
        Err(why) => again(&who, &id, &[why], typed).await,
    }
}

/// Corrects the record and answers; without `confirm` it shows what would be done.
pub(super) async fn correct(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let found = find(&who, &id).await?;
    let typed = form.typed(&["value", "answer"]);
    let field = found.read.report.field;
    let sent = rules::value(form.one("value")?);
    let value = sent.filter(|text| field != Field::Campus || is_campus(&who, &found.read.report, text));
    let (Some(value), Ok(answer)) = (value, answered(&form)?) else {
        let wrong = value.is_none().then_some(ReportRefusal::Wrong("value"));
        let why: Vec<_> = wrong.into_iter().chain(answered(&form)?.err()).collect();
        return again(&who, &id, &why, typed).await;
    };
    if form.one("confirm")? == "yes" {
        return act(&who, &id, (Some(value.to_owned()), answer), (&form, typed)).await;
    }
    let shown = shown(&who, &found.read, false)?;
    let why_not = match shown.way {
        Answerable::Correct => {
            let record = found.read.record.as_ref();
            let says_so = record.is_some_and(|record| field.says_already(record, value));
            says_so.then_some(ReportRefusal::Same)
        }
        Answerable::Over => Some(ReportRefusal::Over),
        Answerable::Saved => Some(ReportRefusal::Saved),
        Answerable::ByImport => Some(ReportRefusal::ByImport),
        Answerable::Gone => Some(ReportRefusal::Changed),
    };
    if let Some(why) = why_not {
        return again(&who, &id, &[why], typed).await;
    }
    let (page, menu) = who.frame_at(&format!("{PATH}/{id}"), "report-preview").await?;
    // The mark that the form was made with: what changed since is refused when it is confirmed.
    let before = form.one(SEEN)?.to_owned();
    let fresh = || seen(&who.app.vault, "record-report", found.read.values());
    let page = page.marked(SEEN, if before.is_empty() { fresh() } else { before });
    let view = PreviewView {
        row: ReportLine::new(&page, &found.read.report, found.now),
        before: shown.says,
        after: words(&who, field, value.to_owned()),
        value: value.to_owned(),
        answer,
        page,
        menu,
    };
    html(StatusCode::OK, &view)
}

fn is_campus(who: &StaffMember, of: &Report, value: &str) -> bool {
    campuses(who, of).iter().any(|campus| campus.value == value)
}

async fn act(
    who: &StaffMember,
    id: &str,
    (value, answer): (Option<String>, String),
    (form, typed): (&FormData, Typed),
) -> Result<Response, PageError> {
    let key = ReportId::parse(id).ok_or(PageError::NotFound)?;
    let cmd = AnswerCommand {
        id: key,
        value,
        answer,
        seen: read_seen(&who.app.vault, form)?,
        scope: who.scope.clone(),
        by: who.name.clone(),
        address: who.from(),
    };
    let vault = Arc::clone(&who.app.vault);
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| verbs::answer(tx, &vault, &cmd).await);
    match refusal(done.await)? {
        Ok(()) => Ok(see_other(&format!("{PATH}/{key}"))),
        Err(ReportRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => again(who, id, &[why], typed).await,
    }
}
