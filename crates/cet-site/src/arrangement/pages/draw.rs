//! Drawing and publishing on the web: the verbs of `cet arrange`, for the units of a place. Publication takes two people.

use std::sync::Arc;

use axum::response::Response;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{PATH, page, subject_name};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused};
use cet_base::store::{Stop, Tx};
use cet_base::words::codes::SubjectCode;
use cet_domain::arrangement::plan::UnitPlan;
use cet_domain::arrangement::verbs::request::{self, Asked, Member};
use cet_domain::arrangement::whole::{self, Outcome, Task};
use cet_domain::arrangement::{ArrangeRefusal, Unit};
use cet_domain::sitting::Plan;
use cet_domain::staff::{Permission, Scope};

/// The units that one form acts on: about a minute of work. A nation is arranged by `cet arrange`.
const MOST: usize = 300;
/// The refusals that the page lists; the rest is a number.
const LISTED: usize = 20;
/// The words of the flash message.
pub(super) const DRAWN: &str = "arrangement-drawn";
pub(super) const ASKED: &str = "arrangement-asked";
pub(super) const PUBLISHED: &str = "arrangement-published";
pub(super) const REFUSED: &str = "arrangement-refused";

/// What a form acts on.
struct Wanted {
    scope: Scope,
    subject: Option<SubjectCode>,
    seed: i64,
}

fn made_up_seed() -> Result<i64, PageError> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).map_err(|_| PageError::fault("no random bytes"))?;
    Ok(i64::from_be_bytes(bytes) & i64::MAX)
}

/// A seed as `cet arrange` takes it: digits only.
fn parse_seed(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Reads the form; what is wrong with it stands at its field.
fn parse(who: &StaffMember, plan: &Plan, sent: &FormData) -> Result<Result<Wanted, Vec<Refused>>, PageError> {
    sent.each_once(&[])?;
    let t = who.page().t;
    let wrong =
        |field: &'static str, key: &'static str| Refused::new(t, "field-invalid").at(field).saying(t.m(key));
    let mut said = Vec::new();
    let campus = sent.first("campus").trim();
    let place = if campus.is_empty() { who.scope.prefix() } else { campus };
    let scope = Scope::parse(place).filter(|scope| who.scope.holds(scope.prefix()));
    if scope.is_none() {
        said.push(wrong("campus", "arrangement-place-wrong"));
    }
    let subject = sent.first("subject").trim();
    let known = SubjectCode::parse(subject).ok().filter(|code| plan.subject(*code).is_some());
    if !subject.is_empty() && known.is_none() {
        said.push(wrong("subject", "arrangement-subject-wrong"));
    }
    let seed = sent.first("seed").trim();
    let seed = if seed.is_empty() { Some(made_up_seed()?) } else { parse_seed(seed) };
    if seed.is_none() {
        said.push(wrong("seed", "arrangement-seed-wrong"));
    }
    Ok(match (scope, seed) {
        (Some(scope), Some(seed)) if said.is_empty() => Ok(Wanted { scope, subject: known, seed }),
        _ => Err(said),
    })
}

/// The code that a page gives a refusal; the command's own codes say more.
const fn code(refusal: &ArrangeRefusal) -> &'static str {
    match refusal {
        ArrangeRefusal::SamePerson => "needs-second",
        ArrangeRefusal::NoUnit => "place-unknown",
        ArrangeRefusal::TooMany(_) => "field-invalid",
        ArrangeRefusal::NotClosed { .. }
        | ArrangeRefusal::Published
        | ArrangeRefusal::NothingDrawn
        | ArrangeRefusal::Undecided(_)
        | ArrangeRefusal::Stale
        | ArrangeRefusal::RoomTaken
        | ArrangeRefusal::ArrangedElsewhere(_)
        | ArrangeRefusal::Setting(..)
        | ArrangeRefusal::Impossible(_)
        | ArrangeRefusal::NotAsked => "sitting-state",
    }
}

/// The refusal of a unit, in words.
pub(super) fn told(page: &Page, plan: &Plan, unit: Option<&Unit>, refusal: &ArrangeRefusal) -> Refused {
    let text = match refusal {
        ArrangeRefusal::NotClosed { closes, .. } => {
            page.f("arrangement-refused-open", &[("time", &closes.page())])
        }
        ArrangeRefusal::Published => page.m("arrangement-refused-final").to_owned(),
        ArrangeRefusal::NothingDrawn => page.m("arrangement-refused-no-draft").to_owned(),
        ArrangeRefusal::Undecided(n) => page.f("arrangement-refused-undecided", &[("n", &n.to_string())]),
        ArrangeRefusal::Stale | ArrangeRefusal::RoomTaken => page.m("arrangement-refused-stale").to_owned(),
        ArrangeRefusal::ArrangedElsewhere(campus) => {
            page.f("arrangement-refused-elsewhere", &[("campus", campus.as_str())])
        }
        ArrangeRefusal::Setting(..) | ArrangeRefusal::Impossible(_) => {
            page.f("arrangement-refused-impossible", &[("why", &refusal.to_string())])
        }
        ArrangeRefusal::NotAsked => page.m("arrangement-refused-not-asked").to_owned(),
        ArrangeRefusal::SamePerson => page.m("arrangement-refused-same-person").to_owned(),
        ArrangeRefusal::NoUnit => page.m("arrangement-refused-no-unit").to_owned(),
        ArrangeRefusal::TooMany(most) => page.f("arrangement-refused-too-many", &[("n", &most.to_string())]),
    };
    let refused = Refused::new(page.t, code(refusal));
    match unit {
        Some(unit) => {
            refused.saying(format!("({}) {}: {text}", unit.campus, subject_name(page, plan, unit.subject)))
        }
        None => refused.at("campus").saying(text),
    }
}

/// The answer: back to the list when everything was done, else the list with what was not.
async fn answer(
    who: &StaffMember,
    sent: &FormData,
    word: &'static str,
    done: i64,
    mut refused: Vec<Refused>,
) -> Result<Response, PageError> {
    if refused.is_empty() {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in ["campus", "subject"] {
            let value = sent.first(name).trim();
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        let to = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") };
        return Ok(flash::set_of(who, see_other(&to), word, &[done]));
    }
    refused.truncate(LISTED);
    page(who, refused, sent.all_typed()).await
}

/// The units that a form names, or the page with what is wrong.
async fn units(
    who: &StaffMember,
    plan: &Arc<Plan>,
    sent: &FormData,
) -> Result<Result<(Vec<UnitPlan>, Wanted), Response>, PageError> {
    let wanted = match parse(who, plan, sent)? {
        Ok(wanted) => wanted,
        Err(said) => return Ok(Err(page(who, said, sent.all_typed()).await?)),
    };
    let found = whole::units_in(&who.app.db, plan, &wanted.scope, wanted.subject, MOST).await;
    match refusal(found)? {
        Ok(units) => Ok(Ok((units, wanted))),
        Err(fault) => {
            let said = told(&who.page(), plan, None, &fault);
            Ok(Err(page(who, vec![said], sent.all_typed()).await?))
        }
    }
}

/// `POST /staff/arrangements/draw`.
pub(super) async fn draw(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Arrange)?;
    let plan = who.sitting().await?;
    let (units, wanted) = match units(&who, &plan, &sent).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let task = Task::Arrange { seed: wanted.seed, publish: false, actor: who.actor() };
    let ran = whole::run_units(&who.app.db, units, &task, Arc::new(|_, _| ())).await;
    let page = who.page();
    let (mut done, mut refused) = (0_i64, Vec::new());
    match refusal(ran)? {
        Ok(outcomes) => {
            for (unit, outcome) in &outcomes {
                match outcome {
                    Outcome::Refused(fault) | Outcome::Unpublished(_, fault) => {
                        refused.push(told(&page, &plan, Some(unit), fault));
                    }
                    Outcome::Drawn(summary) | Outcome::Late(summary) | Outcome::Published(summary) => {
                        done = done.saturating_add(i64::from(summary.candidates > 0));
                    }
                    Outcome::Replayed(_) | Outcome::Nothing => (),
                }
            }
        }
        Err(fault) => refused.push(told(&page, &plan, None, &fault)),
    }
    answer(&who, &sent, DRAWN, done, refused).await
}

/// What a second person is asked, or answers.
#[derive(Clone, Copy)]
enum Step {
    Ask,
    Approve,
    Refuse,
}

async fn decide(
    who: StaffMember,
    sent: FormData,
    step: Step,
    word: &'static str,
) -> Result<Response, PageError> {
    who.needs(Permission::Arrange)?;
    let plan = who.sitting().await?;
    let (units, wanted) = match units(&who, &plan, &sent).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let member = Member {
        account: who.name.clone(),
        person: who.person.clone(),
        scope: who.scope.clone(),
        address: who.from(),
    };
    // One unit is acted on whatever it answers; of several, those that it concerns.
    let alone = units.len() == 1 && wanted.subject.is_some();
    let page = who.page();
    let (mut done, mut refused, mut word) = (0_i64, Vec::new(), word);
    for unit in units {
        let (of, by, unit) = (unit.unit.clone(), member.clone(), Arc::new(unit));
        let did: Result<Asked, Stop<ArrangeRefusal>> = who
            .app
            .db
            .write_again(async move |tx: &mut Tx<'_>| match step {
                Step::Ask => request::ask(tx, &unit, &by).await,
                Step::Approve => request::approve(tx, &unit, &by).await.map(|_| Asked::Published),
                Step::Refuse => request::refuse(tx, &unit, &by).await.map(|()| Asked::Waits),
            })
            .await;
        match refusal(did)? {
            Ok(asked) => {
                done = done.saturating_add(1);
                if asked == Asked::Published {
                    word = PUBLISHED;
                }
            }
            Err(ArrangeRefusal::NothingDrawn | ArrangeRefusal::Published | ArrangeRefusal::NotAsked)
                if !alone => {}
            Err(fault) => refused.push(told(&page, &plan, Some(&of), &fault)),
        }
    }
    if done == 0 && refused.is_empty() {
        let none = match step {
            Step::Ask => ArrangeRefusal::NothingDrawn,
            Step::Approve | Step::Refuse => ArrangeRefusal::NotAsked,
        };
        refused.push(told(&page, &plan, None, &none));
    }
    answer(&who, &sent, word, done, refused).await
}

/// `POST /staff/arrangements/publication`: asks another person to publish the drafts; those that another person has asked
/// for are published.
pub(super) async fn ask(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    decide(who, sent, Step::Ask, ASKED).await
}

/// `POST /staff/arrangements/approval`: publishes what another person asked for.
pub(super) async fn approve(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    decide(who, sent, Step::Approve, PUBLISHED).await
}

/// `POST /staff/arrangements/refusal`.
pub(super) async fn refuse(who: StaffMember, sent: FormData) -> Result<Response, PageError> {
    decide(who, sent, Step::Refuse, REFUSED).await
}

#[cfg(test)]
mod tests {
    use super::parse_seed;

    #[test]
    fn a_seed_is_digits_and_fits_the_column() {
        assert_eq!(parse_seed("0"), Some(0));
        assert_eq!(parse_seed("9223372036854775807"), Some(i64::MAX));
        for text in ["", "-1", "+1", "1e3", "１", "9223372036854775808", "0x7", " 1"] {
            assert_eq!(parse_seed(text), None, "{text}");
        }
    }
}
