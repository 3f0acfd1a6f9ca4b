//! Whose data a file or an account touched (PIPL 57): from the lines of the log and whom they are about. A file's line names no
//! one: everybody of its place who was in the roster then may be in it.

use data_encoding::HEXLOWER;

use super::store::touched as store;
use crate::audit::Line;
use crate::audit::subject;
use crate::passport;
use crate::store::{Db, DbError, Tx};
use crate::words::ids::PassportId;
use crate::words::time::Time;
pub use store::{Student, Times};

/// Rows of one query.
const PAGE: i64 = 1_000;

/// Whom a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A passport, by its 通行证ID.
    Passport(String),
    /// A student, by the records of every sitting that are still there.
    Student(Vec<Student>),
    /// Everybody of a place: a file.
    Place(String),
    /// A passport or student of which nothing is left.
    Gone(String),
}

/// One subject of an account's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Whom.
    pub whom: Whom,
    /// How often and when.
    pub times: Times,
}

/// Whom the lines of an account of staff are about, each once.
pub async fn by_account(db: &Db, account: &str, mut told: impl FnMut(Touched)) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let (account, from) = (account.to_owned(), after.clone());
        let page = db
            .read_long(async move |tx: &mut Tx<'_>| {
                let mut page = Vec::new();
                for times in store::subjects(tx, &account, &from, PAGE).await? {
                    page.push(Touched { whom: whom(tx, &times.subject).await?, times });
                }
                Ok::<_, DbError>(page)
            })
            .await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.times.subject);
        page.into_iter().for_each(&mut told);
    }
}

async fn whom(tx: &mut Tx<'_>, subject: &str) -> Result<Whom, DbError> {
    let gone = || Whom::Gone(subject.to_owned());
    Ok(match subject.split_once(':') {
        Some(("place", code)) => Whom::Place(code.to_owned()),
        Some(("passport", id)) => {
            let Ok(id) = id.parse() else { return Ok(gone()) };
            let account = passport::store::account(tx, PassportId(id)).await?;
            account.map_or_else(gone, |account| Whom::Passport(account.public_id))
        }
        Some(("student", key)) => {
            let Ok(key) = HEXLOWER.decode(key.as_bytes()) else { return Ok(gone()) };
            let records = store::of_document(tx, &key).await?;
            if records.is_empty() { gone() } else { Whom::Student(records) }
        }
        _ => gone(),
    })
}

/// The lines in which a file that was asked for was taken out; `None` if nobody asked for one of this number.
pub async fn downloads(db: &Db, export: i64) -> Result<Option<Vec<Line>>, DbError> {
    db.read_long(async move |tx: &mut Tx<'_>| {
        let Some((account, from, to)) = store::export(tx, export).await? else { return Ok(None) };
        let lines = store::taken(tx, &account, from, to).await?;
        let mark = format!("export={export}");
        let of = |line: &Line| line.read_detail().about.split(' ').any(|part| part == mark);
        Ok(Some(lines.into_iter().filter(of).collect()))
    })
    .await
}

/// The place whose people a file of this line may hold.
#[must_use]
pub fn place(line: &Line) -> Option<String> {
    subject::place_of_list(line)
}

/// Everybody of a place who was in a roster then.
pub async fn of_place(db: &Db, place: &str, at: Time, mut told: impl FnMut(Student)) -> Result<(), DbError> {
    let mut after = (String::new(), 0_i64);
    loop {
        let (place, from) = (place.to_owned(), after.clone());
        let page = db
            .read_long(async move |tx: &mut Tx<'_>| {
                store::of_place(tx, &place, at, (&from.0, from.1), PAGE).await
            })
            .await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.school.to_string(), last.id);
        page.into_iter().for_each(&mut told);
    }
}

#[cfg(test)]
#[path = "tests/touched.rs"]
mod tests;
