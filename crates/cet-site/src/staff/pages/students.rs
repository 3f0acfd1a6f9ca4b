//! `/staff/students`: the school's own roster, masked; one student by document, name or student number.

pub(super) mod bulk;
pub(super) mod correct;
pub(crate) mod history;
pub(crate) mod one;

use axum::response::Response;

use super::exports::What;
use super::refused;
use super::registrations::find::{by_number, by_passport, documents, is_passport, name_pattern};
use crate::registration::pages::sex_name;
use crate::staff::StaffMember;
use crate::staff::list::{self, Asked, Groups, Limited, List, PAGE, Pager};
use crate::staff::ticked::At;
use crate::staff::views::{StudentRow, StudentsView};
use crate::web::answer::{PageError, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{SchoolCode, SubjectCode};
use cet_base::words::document::{Document, DocumentKind, DocumentNumber};
use cet_base::words::subject_list::join_codes;
use cet_base::words::text::half_width;
use cet_domain::roster::file::COLUMNS;
use cet_domain::roster::staff_queries::{self, Filter};
use cet_domain::roster::{DocumentKeys, StudentRecord};
use cet_domain::staff::Permission;

pub(super) const PATH: &str = "/staff/students";
const TYPED: [&str; 4] = ["q", "person", "document_kind", "document_number"];

fn filter(asked: &Asked) -> Filter {
    Filter {
        campus: asked.get("campus").chars().filter(char::is_ascii_digit).collect(),
        college: asked.get("college").to_owned(),
        class: asked.get("class").to_owned(),
    }
}

pub(super) enum Students {}

impl List for Students {
    type Row = StudentRecord;

    const NAME: &'static str = What::Students.wire();
    const NEEDS: Permission = What::Students.needs();
    const EXPORT: Option<What> = Some(What::Students);
    const FILTERS: &'static [&'static str] = At::Students.filters();
    const HEADINGS: &'static [&'static str] = &[];

    /// Those of a roster, so that the file can be corrected and sent again (season.md 3.8).
    fn headings(_page: &Page) -> Vec<String> {
        COLUMNS.map(str::to_owned).to_vec()
    }

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::digits("campus")]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<StudentRecord>, PageError> {
        let Some(plan) = who.list_sitting() else { return Ok(Vec::new()) };
        let filter = filter(asked);
        let (scope, after) = (who.scope.clone(), SchoolCode::parse_row(&asked.after));
        let list = async move |tx: &mut Tx<'_>| {
            staff_queries::list(tx, &scope, &plan.code, &filter, after, limit).await
        };
        let found: Result<_, DbError> = who.app.db.read_long(list).await;
        Ok(found?)
    }

    fn key(of: &StudentRecord) -> String {
        format!("{}-{}", of.school, of.id)
    }

    fn cells(who: &StaffMember, _: &Page, of: &StudentRecord, whole: bool) -> Result<Vec<String>, PageError> {
        let number = of.number(&who.app.vault).map_err(PageError::fault)?;
        let document = if whole { number } else { masked(&number) };
        let kind = DocumentKind::from_wire(&of.document_kind).map_or("", DocumentKind::chinese);
        let (listed, barred) = (join_codes(&of.listed.0), join_codes(&of.barred.0));
        let (school, campus) = (of.school.as_str(), of.campus.as_str());
        let cells: [&str; COLUMNS.len()] = [
            &of.name,
            &of.sex,
            kind,
            &document,
            school,
            campus,
            &of.education,
            &of.duration,
            &of.entry_year,
            &of.grade,
            &of.college,
            &of.major,
            &of.class,
            &of.student_number,
            &of.remark,
            &listed,
            &barred,
        ];
        Ok(cells.map(str::to_owned).to_vec())
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<StudentRecord>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (frame, menu) = who.frame_at(PATH, "staff-students").await?;
        let beside = list::beside(who, PATH, &asked);
        let mut rows: Vec<StudentRow> = found.iter().map(|of| row(who, of)).collect::<Result<_, _>>()?;
        let open = match &beside.key {
            Some(key) => one::panel(who, &frame, key).await?,
            None => None,
        };
        for row in &mut rows {
            row.is_open = open.as_ref().is_some_and(|open| open.row.key == row.key);
        }
        let groups = Groups::read(who, &asked).await?;
        let (colleges, classes) = groups.choices(&asked);
        let total =
            if pager.csv.is_empty() { String::new() } else { groups.students(&frame, &filter(&asked)) };
        let page = frame.refusing(said.clone(), typed);
        let (ticked, ticks_href) = list::ticks(who, PATH, &asked);
        let view = StudentsView {
            page,
            menu,
            asked,
            pager,
            rows,
            total,
            colleges,
            classes,
            open,
            open_at: beside.open_at,
            close_href: beside.close_href,
            ticked,
            ticks_href,
            may_enter: who.may(Permission::EnterGroup),
            may_pay: who.may(Permission::CollectivePayment),
            may_write: who.may(Permission::WriteToCandidates),
        };
        refused(&said, &[], &view)
    }
}

/// Names of subjects, as 英语四级笔试；英语六级笔试 in Chinese.
fn names(who: &StaffMember, codes: &[SubjectCode]) -> String {
    let (plan, lang) = (who.list_sitting(), who.page().lang().code());
    let name = |code: &SubjectCode| {
        let known = plan.as_ref().and_then(|plan| plan.subject(*code));
        known.map_or_else(|| code.to_string(), |subject| subject.name_in(lang).to_owned())
    };
    codes.iter().map(name).collect::<Vec<_>>().join(who.page().m("staff-list-and"))
}

fn masked(number: &str) -> String {
    DocumentNumber::parse(number).map_or_else(|_| "***".to_owned(), |number| number.masked())
}

fn row(who: &StaffMember, of: &StudentRecord) -> Result<StudentRow, PageError> {
    let number = of.number(&who.app.vault).map_err(PageError::fault)?;
    Ok(StudentRow {
        href: format!("{PATH}/{}-{}", of.school, of.id),
        key: Students::key(of),
        is_open: false,
        name: of.name.clone(),
        sex: sex_name(&who.page(), &of.sex),
        student_number: of.student_number.clone(),
        class: format!("{} {} {}", of.college, of.major, of.class),
        campus: of.campus.to_string(),
        document: masked(&number),
        listed: names(who, &of.listed.0),
        barred: names(who, &of.barred.0),
    })
}

/// Finds by document, name or student number. A POST, because none of these belong in a URL.
pub(super) async fn search(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Students)?;
    let q = form.one("q")?.trim().to_owned();
    if !q.is_empty() {
        return recognised(&who, &q, form.typed(&TYPED)).await;
    }
    let person = form.one("person")?.trim().to_owned();
    let kind = DocumentKind::from_wire(form.one("document_kind")?.trim());
    let number = form.one("document_number")?;
    let document = kind.and_then(|kind| Document::parse(kind, number).ok());
    let found = find(&who, &person, document.as_ref()).await?;
    answer(&who, found, form.typed(&TYPED)).await
}

/// What a text is, by its form, and whom it belongs to: a document, a student number or part of a name; else an order,
/// a ticket or a passport, whose registration is shown.
async fn recognised(who: &StaffMember, q: &str, typed: Typed) -> Result<Response, PageError> {
    let number: String = half_width(q).chars().filter(|c| !c.is_whitespace()).collect();
    let number = number.to_ascii_uppercase();
    if is_passport(&number)
        && who.may(Permission::FindRegistrations)
        && let Some(plan) = who.list_sitting()
        && let Some(seen) = by_passport(who, number.clone(), plan.code.clone()).await?
    {
        return Ok(see_other(&format!("{}/{}/{}", super::registrations::PATH, seen.school, seen.id)));
    }
    for document in documents(&number) {
        let found = find(who, "", Some(&document)).await?;
        if !found.is_empty() {
            return answer(who, found, typed).await;
        }
    }
    let found = find(who, q, None).await?;
    if found.is_empty()
        && who.may(Permission::FindRegistrations)
        && let Some(seen) = by_number(who, &number).await?
    {
        return Ok(see_other(&format!("{}/{}/{}", super::registrations::PATH, seen.school, seen.id)));
    }
    answer(who, found, typed).await
}

/// The one that was found, or the list of them.
async fn answer(who: &StaffMember, found: Vec<StudentRecord>, typed: Typed) -> Result<Response, PageError> {
    if let [of] = found.as_slice() {
        return Ok(see_other(&format!("{PATH}/{}-{}", of.school, of.id)));
    }
    if found.is_empty() {
        let said = Refused::new(who.page().t, "record-not-found").saying(who.page().m("staff-not-found"));
        return list::page::<Students>(who, vec![said], typed).await;
    }
    Students::view(who, Asked::default(), Pager::default(), found, (Vec::new(), typed)).await
}

async fn find(
    who: &StaffMember,
    person: &str,
    document: Option<&Document>,
) -> Result<Vec<StudentRecord>, PageError> {
    let Some(plan) = who.list_sitting() else { return Ok(Vec::new()) };
    let (scope, number) = (who.scope.clone(), half_width(person).into_owned());
    let keys = document.map(|document| DocumentKeys::of(&who.app.vault, document));
    let name = name_pattern(person);
    let list = async move |tx: &mut Tx<'_>| match keys {
        Some(keys) => {
            let found = staff_queries::of_document(tx, &scope, &plan.code, &keys).await?;
            Ok(found.into_iter().collect::<Vec<_>>())
        }
        None if number.is_empty() => Ok(Vec::new()),
        None => staff_queries::of_person(tx, &scope, &plan.code, (&name, &number), PAGE).await,
    };
    let found: Result<_, DbError> = who.app.db.read(list).await;
    Ok(found?)
}
