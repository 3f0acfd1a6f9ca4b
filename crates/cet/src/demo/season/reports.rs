//! 信息有误: some students report what is wrong in their records. The manual's two schools have answered some of the reports;
//! the others wait, at these schools and elsewhere.

use cet_domain::record_report::store::{self, Filter};
use cet_domain::record_report::verbs::{AnswerCommand, ReportCommand, answer, report};
use cet_domain::record_report::{Field, ReportState};
use cet_domain::roster::{self, DocumentKey};

use super::candidates::{FROM, Office, look_up_record, save_record};
use super::people::{Student, students};
use super::{Fault, Seeding, sound};
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::document::{Document, DocumentKind};
use crate::words::ids::{PassportId, RecordId};

/// A report of the season, and what its school answered.
struct Wrong {
    campus: &'static str,
    /// The student's number among those of the campus. One who is no candidate has looked the record up and not saved it.
    number: usize,
    field: Field,
    right: &'static str,
    note: &'static str,
    answer: Option<Answer>,
}

/// An answer of a school.
struct Answer {
    staff: &'static str,
    /// The value that the record got; `None`: it stays as it is.
    value: Option<&'static str>,
    text: &'static str,
}

const fn waits(
    campus: &'static str,
    number: usize,
    field: Field,
    right: &'static str,
    note: &'static str,
) -> Wrong {
    Wrong { campus, number, field, right, note, answer: None }
}

const REPORTS: [Wrong; 8] = [
    Wrong {
        campus: "993010",
        number: 40,
        field: Field::Class,
        right: "06",
        note: "上学期已转到 06 班",
        answer: Some(Answer {
            staff: "school-99301",
            value: Some("06"),
            text: "已按教务处的名单更正，请继续报名。",
        }),
    },
    Wrong {
        campus: "993010",
        number: 6,
        field: Field::Name,
        right: "赵佳子",
        note: "",
        answer: Some(Answer {
            staff: "school-99301",
            value: None,
            text: "姓名以身份证为准，与公安系统核对无误；如已改名，请带户口簿到教务处。",
        }),
    },
    waits("993010", 41, Field::Major, "应用数学", "录取通知书上的专业"),
    Wrong {
        campus: "991010",
        number: 40,
        field: Field::College,
        right: "工学院",
        note: "转专业已公示",
        answer: Some(Answer { staff: "school-99101", value: Some("工学院"), text: "已更正。" }),
    },
    waits("991010", 41, Field::StudentNumber, "15900141", "学号错一位"),
    waits("981010", 6, Field::Grade, "03", ""),
    waits("981010", 60, Field::Document, "末位是 X", "身份证复印件可以送到教务处"),
    waits("971010", 6, Field::Other, "可以报英语六级", "四级成绩已过线"),
];

impl Wrong {
    fn student(&self) -> Result<Student, Fault> {
        let found =
            students().into_iter().find(|of| of.place.campus == self.campus && of.number == self.number);
        found.ok_or_else(|| Fault(format!("the season has no student {} of {}", self.number, self.campus)))
    }
}

impl Seeding {
    /// The students report, after looking their records up where they have not saved them.
    pub(super) async fn records_are_reported(&self, sitting: &SittingCode) -> Result<(), Fault> {
        let office = Office {
            context: self.context.clone(),
            catalogue: self.payments.catalogue.get(),
            sitting: sitting.clone(),
            password_hash: self.password_hash.clone(),
        };
        let done = async move |tx: &mut Tx<'_>| {
            for wrong in &REPORTS {
                let student = wrong.student()?;
                let (passport, record) = if student.is_candidate() {
                    saved_record(tx, &office, &student).await?
                } else {
                    look_up_record(tx, &office, &student).await?
                };
                let cmd = ReportCommand {
                    passport,
                    sitting: office.sitting.clone(),
                    record: Some(record),
                    field: wrong.field,
                    right: wrong.right.to_owned(),
                    note: wrong.note.to_owned(),
                    address: FROM.to_string(),
                };
                sound("a report", report(tx, &office.context.vault, &cmd).await)?;
            }
            Ok::<_, Fault>(())
        };
        self.context.db.write(done).await
    }

    /// The schools answer.
    pub(super) async fn reports_are_answered(&self, sitting: &SittingCode) -> Result<(), Fault> {
        for (wrong, answered) in REPORTS.iter().filter_map(|wrong| Some((wrong, wrong.answer.as_ref()?))) {
            let (scope, vault) = (self.scope(answered.staff)?, std::sync::Arc::clone(&self.context.vault));
            let name = wrong.student()?.name();
            let filter = Filter {
                scope: scope.clone(),
                sitting: sitting.clone(),
                state: Some(ReportState::Open),
                field: Some(wrong.field),
                student_number: String::new(),
                after: None,
            };
            let done = async move |tx: &mut Tx<'_>| {
                let waiting = store::list(tx, &filter, 100).await?;
                let of = waiting.into_iter().find(|of| of.name == name);
                let of = of.ok_or(DbError::Decode("a report of the season"))?;
                let cmd = AnswerCommand {
                    id: of.id,
                    value: answered.value.map(str::to_owned),
                    answer: answered.text.to_owned(),
                    seen: cet_base::form_mark::Seen::default(),
                    scope: scope.clone(),
                    by: answered.staff.to_owned(),
                    address: FROM.to_string(),
                };
                answer(tx, &vault, &cmd).await
            };
            sound("an answer", self.context.db.write(done).await)?;
        }
        Ok(())
    }
}

/// The passport of a candidate of the season, and the record that it saved.
async fn saved_record(
    tx: &mut Tx<'_>,
    with: &Office,
    student: &Student,
) -> Result<(PassportId, (SchoolCode, RecordId)), Fault> {
    let passport = save_record(tx, with, student).await?;
    let document = Document::parse(DocumentKind::ResidentId, &student.document())
        .map_err(|error| Fault(error.to_string()))?;
    let key = DocumentKey::of(&with.context.vault, &document);
    let record = roster::store::find(tx, &with.sitting, key).await?;
    let record = record.ok_or(DbError::Decode("a saved record of the season"))?;
    Ok((passport, (record.school, record.id)))
}
