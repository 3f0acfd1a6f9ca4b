//! Whom a line is about (A11). Written with every line of staff, so that a person finds what was done with the own data by an
//! index, not by a walk through the log. Reads the tables that an object's id leads through; no module has to say it.

use crate::audit::line::Line;
use crate::params;
use crate::store::{DbError, Tx};
use crate::vault::to_hex;
use crate::words::codes::{CampusCode, SchoolCode};
use crate::words::ids::PassportId;
use crate::words::time::Time;

/// The lists whose files hold persons. Seat lists are known by the campus in their line.
pub(crate) const PERSONAL: [&str; 11] = [
    "collective-payments",
    "disputes",
    "orders",
    "rebinds",
    "record-reports",
    "refunds",
    "registrations",
    "reviews",
    "students",
    "suspense",
    "transfers",
];

/// The person whose passport or student an object belongs to.
type Person = (Option<PassportId>, Option<Vec<u8>>);

/// Whom a reader's lines are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A passport.
    Passport(PassportId),
    /// A student, by the keyed hash of the document.
    Student(Vec<u8>),
    /// Everybody of a place, by its code; the nation is empty.
    Place(String),
}

impl Subject {
    fn key(&self) -> String {
        match self {
            Self::Passport(id) => format!("passport:{id}"),
            Self::Student(key) => format!("student:{}", to_hex(key)),
            Self::Place(code) => format!("place:{code}"),
        }
    }

    /// The places whose files hold a student of a campus.
    #[must_use]
    pub fn places(campus: CampusCode) -> Vec<Self> {
        let code = campus.to_string();
        [0, 2, 5, 6]
            .into_iter()
            .filter_map(|end| code.get(..end))
            .map(|code| Self::Place(code.to_owned()))
            .collect()
    }
}

/// Writes whom a line is about.
pub(in crate::audit) async fn put(tx: &mut Tx<'_>, line: &Line) -> Result<(), DbError> {
    for subject in of_line(tx, line).await? {
        tx.execute(
            "INSERT INTO audit_subject (subject, audit_id, school) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            params![subject.key(), line.id, line.school],
        )
        .await?;
    }
    Ok(())
}

async fn of_line(tx: &mut Tx<'_>, line: &Line) -> Result<Vec<Subject>, DbError> {
    if line.action == "list-exported" {
        return Ok(place_of_list(line).map(Subject::Place).into_iter().collect());
    }
    let Ok(id) = line.object.parse::<i64>() else { return Ok(Vec::new()) };
    let Some((passport, key)) = person(tx, line.school, &line.object_kind, id).await? else {
        return Ok(Vec::new());
    };
    let passport = passport.filter(|passport| passport.is_one()).map(Subject::Passport);
    let student = key.filter(|key| !key.is_empty()).map(Subject::Student);
    Ok(passport.into_iter().chain(student).collect())
}

/// The place whose people a file holds.
#[must_use]
pub fn place_of_list(line: &Line) -> Option<String> {
    let about = line.read_detail().about;
    let said = |name: &str| about.split(' ').find_map(|part| part.strip_prefix(name)).map(str::to_owned);
    match said("campus=") {
        Some(campus) => Some(campus),
        None if PERSONAL.contains(&line.object.as_str()) => said("scope="),
        None => None,
    }
}

async fn person(tx: &mut Tx<'_>, school: SchoolCode, kind: &str, id: i64) -> Result<Option<Person>, DbError> {
    let sql = match kind {
        "passport" => return Ok(Some((Some(PassportId(id)), None))),
        "registration" => "SELECT passport_id, document_key FROM registration WHERE school = $1 AND id = $2",
        "entry" => {
            "SELECT r.passport_id, r.document_key
               FROM entry e
               JOIN registration r ON r.school = e.school AND r.id = e.registration_id
              WHERE e.school = $1 AND e.id = $2"
        }
        "order" => {
            "SELECT o.passport_id, r.document_key
               FROM payment_order o
               JOIN registration r ON r.school = o.school AND r.id = o.registration_id
              WHERE o.school = $1 AND o.id = $2"
        }
        "refund" => {
            "SELECT o.passport_id, r.document_key
               FROM refund f
               JOIN payment_order o ON o.school = f.school AND o.id = f.order_id
               JOIN registration r ON r.school = o.school AND r.id = o.registration_id
              WHERE f.school = $1 AND f.id = $2"
        }
        // A request for a whole exam names no order, and is about nobody by itself.
        "refund-request" => {
            "SELECT o.passport_id, r.document_key
               FROM refund_request q
               JOIN payment_order o ON o.number = q.order_number
               JOIN registration r ON r.school = o.school AND r.id = o.registration_id
              WHERE CAST($1 AS TEXT) IS NOT NULL AND q.id = $2"
        }
        "suspense" => {
            "SELECT o.passport_id, r.document_key
               FROM suspense s
               JOIN payment_order o ON o.number = s.order_number
               JOIN registration r ON r.school = o.school AND r.id = o.registration_id
              WHERE s.school = $1 AND s.id = $2"
        }
        "review" => "SELECT passport_id, document_key FROM eligibility_review WHERE school = $1 AND id = $2",
        "report" => {
            "SELECT p.passport_id, r.document_key
               FROM record_report p
               LEFT JOIN student_record r ON r.school = p.school AND r.id = p.record_id
              WHERE p.school = $1 AND p.id = $2"
        }
        // The holder reads of it under the registration.
        "dispute" => "SELECT claimant, document_key FROM dispute WHERE school = $1 AND id = $2",
        "student" => {
            "SELECT CAST(NULL AS BIGINT), document_key FROM student_record WHERE school = $1 AND id = $2"
        }
        _ => return Ok(None),
    };
    tx.query_opt(sql, params![school, id]).await
}

/// The lines about the subject `$1` for which more is true.
macro_rules! lines_about {
    () => {
        "SELECT a.school, a.id, a.at, a.actor_kind, a.actor, a.action, a.object_kind, a.object, a.address, a.detail,
                a.hash
           FROM audit_subject s
           JOIN audit_log a
             ON a.school = s.school
            AND a.id = s.audit_id
          WHERE s.subject = $1
            AND "
    };
}

/// The lines about one subject since a time, the newest first, older than `before`.
pub async fn lines(
    tx: &mut Tx<'_>,
    subject: &Subject,
    (since, before): (Time, i64),
    most: i64,
) -> Result<Vec<Line>, DbError> {
    tx.query(
        concat!(lines_about!(), "s.audit_id < $2 AND a.at >= $3 ORDER BY s.audit_id DESC LIMIT $4"),
        params![subject.key(), before, since, most],
    )
    .await
}

/// What staff did to a student's record at a school, the newest first.
pub async fn of_record(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    document_key: &[u8],
    most: i64,
) -> Result<Vec<Line>, DbError> {
    let subject = Subject::Student(document_key.to_vec()).key();
    tx.query(
        concat!(
            lines_about!(),
            "s.school = $2
                AND a.object_kind = 'student'
                AND a.action IN ('record-added', 'record-corrected', 'record-put-back', 'record-removed',
                                 'transfer-decided')
              ORDER BY s.audit_id DESC
              LIMIT $3"
        ),
        params![subject, school, most],
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::codes::OBJECTS;

    /// What is about nobody by itself, or about so many that it is told otherwise.
    const OTHERS: [&str; 18] = [
        "arrangement",
        "bill",
        "campus",
        "change",
        // Each of its entries has a line of its own.
        "collective-payment",
        // What retention emptied: how many of a class.
        "data",
        "export",
        "list",
        // Written to ticked candidates: how many, and who wrote.
        "message",
        "photos",
        "portal-page",
        "roster",
        "scores",
        "sitting",
        "staff",
        // Candidates' look-ups.
        "student-record",
        "upload",
        "vault",
    ];

    /// A11.
    #[test]
    fn every_kind_of_object_leads_to_its_person_or_is_known_to_have_none() {
        let source = include_str!("subject.rs");
        let rule = source
            .split("async fn person(")
            .nth(1)
            .unwrap()
            .split("/// The lines about the subject")
            .next()
            .unwrap();
        for (kind, _) in OBJECTS {
            let leads = rule.contains(&format!("\"{kind}\" =>"));
            assert_ne!(leads, OTHERS.contains(kind), "{kind}");
        }
    }

    /// A11.
    #[test]
    fn a_student_is_in_the_files_of_the_campus_the_school_the_province_and_the_nation() {
        let campus = CampusCode::parse("993010").unwrap();
        let keys: Vec<String> = Subject::places(campus).iter().map(Subject::key).collect();
        assert_eq!(keys, ["place:", "place:99", "place:99301", "place:993010"]);
    }
}
