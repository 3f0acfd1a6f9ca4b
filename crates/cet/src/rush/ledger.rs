//! Compares what the candidates were told with what the database holds: nothing lost, nothing twice, nothing that nobody
//! was told of.

use std::collections::BTreeMap;
use std::fmt;

use cet_domain::entry::store::ledger::{self, AccountEntry};

use super::record::{Acknowledged, End, Record};
use crate::store::{Db, DbError, Tx};

/// What is wrong with one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    email: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    NoRegistration,
    NoEntry(String),
    Twice(String),
    NotPaid(String),
    NeverTold(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.email)?;
        match &self.what {
            What::NoRegistration => f.write_str("was told that the registration is saved; there is none"),
            What::NoEntry(subject) => write!(f, "was told that subject {subject} is entered; it is not"),
            What::Twice(subject) => write!(f, "has subject {subject} twice"),
            What::NotPaid(subject) => write!(f, "was told that subject {subject} is paid; it is not"),
            What::NeverTold(subject) => write!(f, "has subject {subject} and was never told"),
        }
    }
}

/// Reads what the database holds of the candidates of the rush with this mark, and compares.
///
/// # Errors
/// [`DbError`] when it can't be read.
pub(crate) async fn check(db: &Db, mark: &str, records: &[Record]) -> Result<Vec<Difference>, DbError> {
    let (from, to) = (format!("rush-{mark}-"), format!("rush-{mark}."));
    let rows = db.read_long(async move |tx: &mut Tx<'_>| ledger::of_emails(tx, &from, &to).await).await?;
    let mut found: BTreeMap<String, Vec<AccountEntry>> = BTreeMap::new();
    for row in rows {
        found.entry(row.email.clone()).or_default().push(row);
    }
    Ok(compare(records, &found))
}

fn compare(records: &[Record], found: &BTreeMap<String, Vec<AccountEntry>>) -> Vec<Difference> {
    let mut all = Vec::new();
    for record in records {
        let Some(email) = &record.acknowledged.email else { continue };
        let rows = found.get(email).map(Vec::as_slice).unwrap_or_default();
        let differences = of_one(record, rows);
        all.extend(differences.into_iter().map(|what| Difference { email: email.clone(), what }));
    }
    all
}

fn of_one(record: &Record, rows: &[AccountEntry]) -> Vec<What> {
    let told: &Acknowledged = &record.acknowledged;
    let mut all = Vec::new();
    if told.saved && !rows.iter().any(|row| row.registered) {
        all.push(What::NoRegistration);
    }
    for subject in &told.entered {
        let of: Vec<&AccountEntry> =
            rows.iter().filter(|row| row.subject.as_ref() == Some(subject)).collect();
        match of.len() {
            0 => all.push(What::NoEntry(subject.clone())),
            1 => {}
            _ => all.push(What::Twice(subject.clone())),
        }
        if told.paid && !of.iter().any(|row| row.paid) {
            all.push(What::NotPaid(subject.clone()));
        }
    }
    // Of an answer that was lost, or never came, nobody knows.
    let unknown = told.unknown || record.end == End::GaveUp;
    let untold =
        rows.iter().filter_map(|row| row.subject.clone()).filter(|subject| !told.entered.contains(subject));
    if !unknown {
        all.extend(untold.map(What::NeverTold));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(acknowledged: Acknowledged) -> Record {
        Record { end: End::Done, acknowledged, samples: Vec::new(), refusals: Vec::new(), pushed_back: 0 }
    }

    fn told(entered: &[&str], paid: bool) -> Record {
        let entered = entered.iter().map(|subject| (*subject).to_owned()).collect();
        record(Acknowledged { email: Some("a".to_owned()), saved: true, entered, paid, unknown: false })
    }

    fn row(subject: &str, paid: bool) -> AccountEntry {
        AccountEntry { email: "a".to_owned(), registered: true, subject: Some(subject.to_owned()), paid }
    }

    fn differences(record: Record, rows: Vec<AccountEntry>) -> Vec<What> {
        let found = BTreeMap::from([("a".to_owned(), rows)]);
        compare(&[record], &found).into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn what_was_told_and_is_there_makes_no_difference() {
        assert_eq!(differences(told(&["1", "F"], true), vec![row("1", true), row("F", true)]), []);
    }

    #[test]
    fn what_is_lost_twice_unpaid_or_never_told_is_found() {
        assert_eq!(
            differences(told(&["1"], false), vec![]),
            [What::NoRegistration, What::NoEntry("1".to_owned())]
        );
        assert_eq!(
            differences(told(&["1"], false), vec![row("1", false), row("1", false)]),
            [What::Twice("1".to_owned())]
        );
        assert_eq!(differences(told(&["1"], true), vec![row("1", false)]), [What::NotPaid("1".to_owned())]);
        assert_eq!(differences(told(&[], false), vec![row("1", false)]), [What::NeverTold("1".to_owned())]);
    }

    #[test]
    fn after_a_lost_answer_more_may_be_there_and_nothing_less() {
        let mut lost = told(&[], false);
        lost.acknowledged.unknown = true;
        assert_eq!(differences(lost, vec![row("1", false)]), []);
        let mut lost = told(&["1"], false);
        lost.acknowledged.unknown = true;
        assert_eq!(differences(lost, vec![]), [What::NoRegistration, What::NoEntry("1".to_owned())]);
    }
}
