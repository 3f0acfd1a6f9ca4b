//! What a sitting still needs at a place: the readiness board, and what blocks publication (season.md 1.5).

use crate::roster::{self, staff_queries::Filter};
use crate::seat_pool;
use crate::sitting::SittingState;
use crate::sitting::consistency::closed_at;
use crate::sitting::plan::{Plan, TextKind};
use crate::sitting::window::Scope as Place;
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::staff::Scope;
use crate::words::subject::Mode;
use crate::words::time::Time;

use super::rules::window_at;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Subjects with exam dates.
    Subjects,
    /// Fees of all of them.
    Fees,
    /// Windows of both modes.
    Windows,
    /// That somebody can still enter.
    Dates,
    /// Seats.
    Pools,
    /// The agreement.
    Agreement,
    /// Guidance for both modes.
    Guidance,
    /// Oral settings.
    Oral,
    /// Student records.
    Rosters,
}

impl What {
    /// The value of `data-check`.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Subjects => "subjects",
            Self::Fees => "fees",
            Self::Windows => "windows",
            Self::Dates => "dates",
            Self::Pools => "pools",
            Self::Agreement => "agreement",
            Self::Guidance => "guidance",
            Self::Oral => "oral",
            Self::Rosters => "rosters",
        }
    }
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing to do.
    Done,
    /// It works, but is worth a look.
    Look,
    /// To be done.
    Todo,
    /// To be done before the sitting can be published.
    Blocking,
}

impl State {
    /// The value of `data-state`.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Look => "look",
            Self::Todo => "todo",
            Self::Blocking => "blocking",
        }
    }

    /// The colour of its tag.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Look => "",
            Self::Todo => "warn",
            Self::Blocking => "bad",
        }
    }
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is about.
    pub what: What,
    /// How it stands.
    pub state: State,
    /// The number that it was decided by, if there is one.
    pub number: Option<i64>,
}

/// What only the database knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Seats of the place.
    pub seats: i64,
    /// Whether the place has any student record.
    pub records: bool,
    /// The database's time.
    pub now: Option<Time>,
}

/// The facts of a place.
///
/// # Errors
/// [`DbError`].
pub async fn facts(tx: &mut Tx<'_>, plan: &Plan, place: &str) -> Result<Facts, DbError> {
    let scope = Scope::parse(place).unwrap_or_else(Scope::nation);
    let (seats, _) = seat_pool::scoped::sum(tx, &scope, &plan.code).await?;
    let some = roster::staff_queries::list(tx, &scope, &plan.code, &Filter::default(), None, 1).await?;
    Ok(Facts { seats, records: !some.is_empty(), now: Some(tx.now().await?) })
}

/// The checks of a place, in order.
#[must_use]
pub fn checks(plan: &Plan, place: Place, facts: &Facts) -> Vec<Check> {
    let national = place == Place::National;
    // Only the nation can mend what blocks publication.
    let missing = if national { State::Blocking } else { State::Todo };
    let subjects = plan.subjects();
    let dated = subjects.iter().filter(|subject| subject.exam_from.is_some()).count();
    let with_fee =
        subjects.iter().filter(|subject| plan.fees.keys().any(|(_, code)| *code == subject.code)).count();
    let of = |found: usize, all: usize| match (found, all) {
        (0, _) => missing,
        (found, all) if found < all => State::Look,
        _ => State::Done,
    };
    let modes = [Mode::Written, Mode::Oral];
    let offered: Vec<Mode> =
        modes.into_iter().filter(|mode| subjects.iter().any(|subject| subject.mode == *mode)).collect();
    let windows = offered.iter().filter(|mode| has_window(plan, place, **mode)).count();
    let text = |kind| plan.own_text(kind, Lang::Zh).is_some_and(|text| !text.body.trim().is_empty());
    let guidance = [TextKind::GuidanceWritten, TextKind::GuidanceOral].into_iter().filter(|kind| text(*kind));
    let guidance = guidance.count();
    let count = |found: usize| i64::try_from(found).ok();
    let mut checks = vec![
        Check { what: What::Subjects, state: of(dated, subjects.len()), number: count(dated) },
        Check { what: What::Fees, state: of(with_fee, subjects.len()), number: count(with_fee) },
        Check { what: What::Windows, state: of(windows, offered.len()), number: count(windows) },
        Check {
            what: What::Pools,
            state: if facts.seats == 0 { missing } else { State::Done },
            number: Some(facts.seats),
        },
    ];
    // A sitting that ran has had its time; what is only prepared would be published for nobody.
    let is_past = facts.now.is_some_and(|now| closed_at(plan, place, now).is_some());
    if is_past && plan.state == SittingState::Draft {
        checks.push(Check { what: What::Dates, state: State::Todo, number: None });
    }
    if national {
        checks.push(Check {
            what: What::Agreement,
            state: if text(TextKind::Agreement) { State::Done } else { State::Blocking },
            number: None,
        });
        let state = match guidance {
            0 => State::Todo,
            1 => State::Look,
            _ => State::Done,
        };
        checks.push(Check { what: What::Guidance, state, number: count(guidance) });
    } else if offered.contains(&Mode::Oral) {
        let set = std::iter::once(place)
            .chain(crate::sitting::limit::above(place))
            .any(|place| plan.oral_of(place).is_some());
        checks.push(Check {
            what: What::Oral,
            state: if set { State::Done } else { State::Look },
            number: None,
        });
    }
    checks.push(Check {
        what: What::Rosters,
        state: if facts.records { State::Done } else { State::Todo },
        number: None,
    });
    checks
}

/// Whether a place has a window of its own, one above it, or any place below it has one.
fn has_window(plan: &Plan, place: Place, mode: Mode) -> bool {
    let below = |line: &crate::sitting::window::WindowLine| {
        line.mode == mode && line.scope.to_string().starts_with(&place.to_string())
    };
    window_at(plan, place, mode).is_some() || plan.windows().iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::rules::apply;
    use crate::change::setting::tests::samples;
    use crate::change::{Key, Kind, Line};
    use crate::sitting::consistency;
    use crate::words::codes::SittingCode;

    fn states(plan: &Plan, place: &str, facts: Facts) -> Vec<(What, State)> {
        let place = Place::parse(place).unwrap();
        checks(plan, place, &facts).into_iter().map(|check| (check.what, check.state)).collect()
    }

    fn full() -> Plan {
        let mut plan = Plan::empty(SittingCode::parse("2017-2").unwrap());
        for (key, value) in samples() {
            apply(&mut plan, &Line { key, before: None, after: Some(value) });
        }
        plan
    }

    /// R23.
    #[test]
    fn what_blocks_publication_is_blocking_on_the_nations_board_and_nowhere_else() {
        let plan = Plan::empty(SittingCode::parse("2017-2").unwrap());
        let blocking = |plan: &Plan, facts| {
            let states = states(plan, "", facts).into_iter();
            states.filter(|(_, state)| *state == State::Blocking).map(|(what, _)| what).collect::<Vec<_>>()
        };
        assert_eq!(
            blocking(&plan, Facts::default()),
            [What::Subjects, What::Fees, What::Windows, What::Pools, What::Agreement]
        );
        let below = states(&plan, "99", Facts::default());
        assert!(below.iter().all(|(_, state)| *state != State::Blocking));
        assert!(!consistency::missing(&plan).is_empty());
        let mut whole = full();
        let agreement =
            (Key::Text(TextKind::Agreement, Lang::Zh), super::super::SettingValue::Text("x".to_owned()));
        apply(&mut whole, &Line { key: agreement.0, before: None, after: Some(agreement.1) });
        assert_eq!(blocking(&whole, Facts { seats: 5, ..Facts::default() }), []);
        assert!(consistency::missing(&whole).is_empty());
    }

    #[test]
    fn each_place_is_asked_for_what_it_can_do() {
        let plan = full();
        let of = |place: &str| {
            states(&plan, place, Facts { seats: 1, records: true, now: None })
                .into_iter()
                .map(|(what, _)| what)
                .collect::<Vec<_>>()
        };
        assert!(of("").contains(&What::Agreement) && !of("").contains(&What::Oral));
        assert!(of("99301").contains(&What::Oral) && !of("99301").contains(&What::Guidance));
        assert!(samples().iter().any(|(key, _)| key.kind() == Kind::Oral));
        let empty = states(&plan, "99301", Facts::default());
        assert!(empty.contains(&(What::Pools, State::Todo)) && empty.contains(&(What::Rosters, State::Todo)));
    }

    /// R23.
    #[test]
    fn a_draft_whose_windows_are_all_past_is_told_and_not_held_up() {
        let mut plan = full();
        let (opens, closes) = plan.registration_span_of(Place::National).unwrap();
        let told = |plan: &Plan, place: &str, now| {
            let facts = Facts { seats: 5, records: true, now: Some(now) };
            states(plan, place, facts).into_iter().find(|(what, _)| *what == What::Dates)
        };
        let second = jiff::SignedDuration::from_secs(1);
        for (now, is_told) in
            [(opens, false), (closes.minus(second), false), (closes, true), (closes.plus(second), true)]
        {
            plan.state = SittingState::Draft;
            assert_eq!(told(&plan, "", now), is_told.then_some((What::Dates, State::Todo)), "{now}");
            plan.state = SittingState::Published;
            assert_eq!(told(&plan, "", now), None, "it had its time");
        }
        plan = Plan::empty(SittingCode::parse("2017-2").unwrap());
        assert_eq!(told(&plan, "", closes), None, "without a window its lack is told");
    }
}
