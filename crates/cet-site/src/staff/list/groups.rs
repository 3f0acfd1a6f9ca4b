//! The colleges and classes of a school, which its lists are narrowed by and counted with.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::Asked;
use crate::staff::member::StaffMember;
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SittingCode;
use cet_base::words::time::Time;
use cet_domain::roster::staff_queries::{self, Group};

/// The most colleges or classes to choose from.
const CHOICES: usize = 500;
/// The most classes of a school that are read.
const GROUPS: i64 = 20_000;
/// From so many students on a school's lists show counts of up to a minute ago: reading 50,000 students takes 150 to
/// 300 ms, and a page may take 50 (season.md, section 5).
pub(crate) const LARGE: i64 = 5_000;
/// How long it is kept: as long as the boards' sums.
const KEPT_MICROS: i64 = 60_000_000;
/// How many schools are kept at once.
const MOST: usize = 64;

/// The classes of large schools, as they were up to a minute ago.
#[derive(Default)]
pub struct KeptGroups(Mutex<HashMap<(String, SittingCode), Kept>>);

struct Kept {
    at: Time,
    groups: Arc<[Group]>,
}

impl KeptGroups {
    fn get(&self, of: &(String, SittingCode), now: Time) -> Option<Arc<[Group]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(of).filter(|kept| kept.is_fresh(now)).map(|kept| Arc::clone(&kept.groups))
    }

    pub(crate) fn keep(&self, of: (String, SittingCode), at: Time, groups: &Arc<[Group]>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, other| other.is_fresh(at));
        if kept.len() < MOST {
            kept.insert(of, Kept { at, groups: Arc::clone(groups) });
        }
    }
}

impl Kept {
    fn is_fresh(&self, now: Time) -> bool {
        (0..KEPT_MICROS).contains(&now.micros().saturating_sub(self.at.micros()))
    }
}

/// The classes of one school: what a list of students is narrowed by, and what it counts.
pub(crate) struct Groups {
    all: Arc<[Group]>,
    /// Read for an earlier page: counts may have changed since.
    kept: bool,
}

impl Groups {
    /// The groups of the member's school, or of the one that the filter names; none for a wider scope, where the fields take
    /// any text.
    ///
    /// # Errors
    /// [`PageError`].
    pub(crate) async fn read(member: &StaffMember, asked: &Asked) -> Result<Self, PageError> {
        let scope = member.scope.narrowed(asked.get("campus"));
        let Some(plan) = member.list_sitting().filter(|_| scope.school().is_some()) else {
            return Ok(Self { all: Arc::default(), kept: false });
        };
        let sitting = plan.code.clone();
        let of = (scope.prefix().to_owned(), sitting.clone());
        let now = member.app.db.clock().process_now();
        if let Some(all) = member.app.groups.get(&of, now) {
            return Ok(Self { all, kept: true });
        }
        let read = async move |tx: &mut Tx<'_>| staff_queries::groups(tx, &scope, &sitting, GROUPS).await;
        let read: Result<_, DbError> = member.app.db.read_long(read).await;
        let all: Arc<[Group]> = read?.into();
        if total(all.iter()) >= LARGE {
            member.app.groups.keep(of, now, &all);
        }
        Ok(Self { all, kept: false })
    }

    /// How many students a filter leaves, as a sentence: "about" where the number is of an earlier page.
    pub(crate) fn students(&self, frame: &Page, filter: &staff_queries::Filter) -> String {
        let fits = |of: &&Group| {
            of.campus.as_str().starts_with(&filter.campus)
                && (filter.college.is_empty() || of.college == filter.college)
                && (filter.class.is_empty() || of.class == filter.class)
        };
        let n = total(self.all.iter().filter(fits)).to_string();
        frame.f(if self.kept { "staff-total-about" } else { "staff-total" }, &[("n", &n)])
    }

    /// The colleges that there are, and the classes of the chosen one.
    pub(crate) fn choices(&self, asked: &Asked) -> (Vec<Choice>, Vec<Choice>) {
        let college = asked.get("college");
        let colleges = self.all.iter().map(|of| of.college.as_str());
        let classes = self.all.iter().filter(|of| college.is_empty() || of.college == college);
        let choices = |name: &str, all: BTreeSet<&str>| -> Vec<Choice> {
            let chosen = Some(asked.get(name)).filter(|chosen| !chosen.is_empty() && !all.contains(chosen));
            let named = all.into_iter().filter(|text| !text.is_empty()).take(CHOICES);
            let all = chosen.into_iter().chain(named);
            all.map(|text| Choice { value: text.to_owned(), text: text.to_owned() }).collect()
        };
        if self.all.is_empty() {
            return (Vec::new(), Vec::new());
        }
        (
            choices("college", colleges.collect()),
            choices("class", classes.map(|of| of.class.as_str()).collect()),
        )
    }
}

fn total<'g>(groups: impl Iterator<Item = &'g Group>) -> i64 {
    groups.map(|of| of.students).fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cet_base::words::codes::CampusCode;

    fn group() -> Arc<[Group]> {
        let campus = CampusCode::parse("993010").unwrap();
        [Group { campus, college: "文学院".to_owned(), class: "1".to_owned(), students: LARGE }].into()
    }

    fn school(n: usize) -> (String, SittingCode) {
        (format!("{n:05}"), SittingCode::parse("2017-2").unwrap())
    }

    #[test]
    fn what_was_read_is_kept_for_a_minute_and_for_its_school_only() {
        let (kept, at) = (KeptGroups::default(), Time::from_micros(KEPT_MICROS));
        kept.keep(school(1), at, &group());
        let later = |by: i64| Time::from_micros(at.micros() + by);
        assert!(kept.get(&school(1), at).is_some() && kept.get(&school(1), later(KEPT_MICROS - 1)).is_some());
        assert!(kept.get(&school(1), later(KEPT_MICROS)).is_none(), "older than a minute");
        assert!(kept.get(&school(1), later(-1)).is_none(), "from the future: the clock was put back");
        assert!(kept.get(&school(2), at).is_none(), "of another school");
    }

    #[test]
    fn no_more_schools_are_kept_than_there_is_room_for() {
        let (kept, at) = (KeptGroups::default(), Time::from_micros(0));
        for n in 0..MOST + 5 {
            kept.keep(school(n), at, &group());
        }
        assert_eq!(kept.0.lock().unwrap().len(), MOST);
        let later = Time::from_micros(KEPT_MICROS);
        kept.keep(school(MOST + 9), later, &group());
        assert_eq!(kept.0.lock().unwrap().len(), 1, "what is too old makes room");
    }
}
