//! Who may change which setting, what a change must keep, and what a second person has to approve (season.md section 1):
//! no database, no clock.

use std::collections::BTreeSet;

use super::setting::{Key, Line, SettingValue};
use crate::sitting::consistency::{self, About, Misfit};
use crate::sitting::limit::{self, Limit, LimitOn};
use crate::sitting::plan::{Notice, Plan, SittingState, TextKind, VersionedText};
use crate::sitting::window::{Scope as Place, Window};
use crate::texts::Lang;
use crate::words::codes::CampusCode;
use crate::words::staff::{Permission, Role, Scope};
use crate::words::subject::Mode;
use crate::words::time::Time;

pub use cet_base::config::TwoPeople;

/// Whether a place lies in a staff scope.
#[must_use]
pub fn covers(scope: &Scope, place: Place) -> bool {
    scope.holds(&place.to_string())
}

/// Whether a member of staff may change a setting, by role, scope and place; what else a change must keep is checked
/// by [`misfits`] and [`outside_limits`].
#[must_use]
pub fn may_change(role: Role, scope: &Scope, key: &Key, province_fees: bool) -> bool {
    let place = key.place();
    if !covers(scope, place) {
        return false;
    }
    // School 99301 and its campus 993010 are one place, whichever the account names.
    let own = match place {
        Place::Campus(_) | Place::School(_) => role == Role::School,
        Place::Province(_) => role == Role::Province,
        Place::National => role == Role::National,
    };
    match key {
        Key::Sitting | Key::Subject(_) | Key::State | Key::Text(..) => role.may(Permission::Sittings),
        Key::Portal(..) | Key::News(_) => role.may(Permission::PortalTexts),
        Key::Window(..) => role.may(Permission::Windows),
        Key::Limit(..) => own && role.may(Permission::Limits),
        Key::Fee(..) => match role {
            Role::National => true,
            Role::Province => province_fees,
            _ => false,
        },
        Key::Pool(..) => role.may(Permission::Pools),
        Key::Oral(_) => role.may(Permission::OralSettings),
        Key::Notice(..) => own && role.may(Permission::Notices),
        Key::Arrangement(_) => role.may(Permission::ArrangementSettings),
    }
}

/// Whether a member of staff may have candidates arranged with a campus: it is in the scope, or of the same school, which is
/// one place whichever the account names. Otherwise rooms and invigilators would be used up that nobody there was asked for.
#[must_use]
pub(crate) fn may_send_to(scope: &Scope, campus: CampusCode) -> bool {
    scope.holds(campus.as_str()) || scope.school() == Some(campus.school())
}

/// The window that applies at a place: its own, else that of the nearest place above.
#[must_use]
pub(crate) fn window_at(plan: &Plan, place: Place, mode: Mode) -> Option<Window> {
    let above = limit::above(place).into_iter().rev();
    std::iter::once(place)
        .chain(above)
        .find_map(|place| plan.window_of(place, mode))
        .map(|(window, _)| window)
}

/// Whether registration that runs now would wait for a later opening: to whoever is at it, that is a closing.
#[must_use]
pub(crate) fn halts(before: Option<Window>, after: Option<Window>, now: Time) -> bool {
    let runs = |window: Window| window.opens() <= now && now < window.closes();
    before.is_some_and(runs) && after.is_some_and(|after| after.opens() > now)
}

/// What of a change needs a second person (season.md 1.3), by the sitting before and after.
#[must_use]
pub(crate) fn needs_second(
    lines: &[Line],
    (before, after): (&Plan, &Plan),
    now: Time,
) -> BTreeSet<TwoPeople> {
    let mut needs = BTreeSet::new();
    let published = before.state != SittingState::Draft;
    for line in lines {
        let of = match &line.key {
            // Closing and archiving follow from dates; publication and its withdrawal are decisions. A new draft is
            // neither.
            Key::State => match (&line.before, &line.after) {
                (None, Some(SettingValue::State(SittingState::Draft))) => None,
                (before, after) => [before.as_ref(), after.as_ref()]
                    .into_iter()
                    .any(is_draft)
                    .then_some(TwoPeople::Publication),
            },
            _ if !published => None,
            Key::Fee(..) => Some(TwoPeople::Fee),
            Key::Limit(..) => Some(TwoPeople::Limit),
            Key::Text(TextKind::Agreement, _) => Some(TwoPeople::Agreement),
            Key::Window(place, mode) => {
                let (before, after) = (window_at(before, *place, *mode), window_at(after, *place, *mode));
                let earlier = match (before.map(Window::closes), after.map(Window::closes)) {
                    (Some(before), Some(after)) => after < before,
                    (Some(_), None) => true,
                    (None, _) => false,
                };
                (earlier || halts(before, after, now)).then_some(TwoPeople::EarlierClosing)
            }
            Key::Subject(_) => {
                if let (Some(SettingValue::Subject(before)), Some(SettingValue::Subject(after))) =
                    (&line.before, &line.after)
                {
                    if (before.printing_from, before.printing_to) != (after.printing_from, after.printing_to)
                    {
                        needs.insert(TwoPeople::PrintingTime);
                    }
                    let moved = (before.exam_from, before.exam_to) != (after.exam_from, after.exam_to);
                    moved.then_some(TwoPeople::ExamDate)
                } else {
                    None
                }
            }
            _ => None,
        };
        needs.extend(of);
    }
    needs
}

/// What of a change that an operator made would have waited for a second person, had staff asked for it.
#[must_use]
pub(crate) fn needs_second_of_staff(lines: &[Line], before: &Plan, now: Time) -> BTreeSet<TwoPeople> {
    let mut after = before.clone();
    for line in lines {
        apply(&mut after, line);
    }
    needs_second(lines, (before, &after), now)
}

fn is_draft(value: Option<&SettingValue>) -> bool {
    matches!(value, None | Some(SettingValue::State(SittingState::Draft)))
}

/// The first limit of a place above that a setting breaks.
#[must_use]
pub(crate) fn outside_limits(line: &Line, plan: &Plan) -> Option<(Place, Limit)> {
    let (on, allowed): (LimitOn, Box<dyn Fn(Limit) -> bool>) = match (&line.key, &line.after) {
        (Key::Window(_, mode), Some(SettingValue::Window(window, _))) => {
            let window = *window;
            (LimitOn::Windows(*mode), Box::new(move |limit| limit.allows_window(window)))
        }
        (Key::Pool(_, subject), Some(SettingValue::Pool(capacity))) => {
            // Fewer seats than before are no step away from the limit.
            if let Some(SettingValue::Pool(before)) = line.before
                && *capacity <= before
            {
                return None;
            }
            let capacity = *capacity;
            (LimitOn::Capacity(*subject), Box::new(move |limit| limit.allows_capacity(capacity)))
        }
        _ => return None,
    };
    limit::above(line.key.place())
        .into_iter()
        .filter_map(|place| plan.limit(place, on).map(|limit| (place, limit)))
        .find(|(_, limit)| !allowed(*limit))
}

/// The contradictions between dates that a change would add.
#[must_use]
pub(crate) fn misfits(before: &Plan, after: &Plan) -> Vec<Misfit> {
    let of = |plan: &Plan| consistency::misfits(Some(plan.year), plan.subjects(), &plan.windows());
    let known: BTreeSet<_> =
        of(before).into_iter().map(|misfit| (about(misfit.about), misfit.field, misfit.why)).collect();
    of(after)
        .into_iter()
        .filter(|misfit| !known.contains(&(about(misfit.about), misfit.field, misfit.why)))
        .collect()
}

fn about(about: About) -> String {
    match about {
        About::Sitting => String::new(),
        About::Subject(code) => code.to_string(),
        About::Window(place, mode) => format!("{place}/{}", mode.wire()),
    }
}

/// Whether a sitting in this state may change to that one: only forward, and a publication is taken back as long as nobody
/// is registered (R23). What publishing requires is checked by [`consistency::missing`].
#[must_use]
pub const fn may_become(from: SittingState, to: SittingState) -> bool {
    use SittingState as S;
    matches!(
        (from, to),
        (S::Draft, S::Published) | (S::Published, S::Draft | S::Closed) | (S::Closed, S::Archived)
    )
}

/// Whether the state that a change set may be taken back.
#[must_use]
pub fn state_goes_back(lines: &[Line]) -> bool {
    let state = |value: &Option<SettingValue>| match value {
        Some(SettingValue::State(state)) => Some(*state),
        _ => None,
    };
    lines.iter().filter(|line| line.key == Key::State).all(|line| {
        matches!((state(&line.after), state(&line.before)), (Some(from), Some(to)) if may_become(from, to))
    })
}

/// Whether settings may still be changed, other than the state.
#[must_use]
pub const fn is_open(state: SittingState) -> bool {
    matches!(state, SittingState::Draft | SittingState::Published)
}

/// Makes a change in a copy of the sitting's settings.
pub fn apply(plan: &mut Plan, line: &Line) {
    match (&line.key, line.after.as_ref()) {
        (Key::Sitting, Some(SettingValue::Sitting(head))) => {
            plan.name.clone_from(&head.name);
            plan.name_en.clone_from(&head.name_en);
            plan.year = head.year;
            plan.half = head.half;
            plan.ask_student_number = head.ask_student_number;
            plan.province_fees = head.province_fees;
        }
        (Key::State, Some(SettingValue::State(state))) => plan.state = *state,
        (Key::Subject(code), value) => {
            plan.subjects.retain(|subject| subject.code != *code);
            if let Some(SettingValue::Subject(subject)) = value {
                plan.subjects.push((**subject).clone());
                plan.subjects.sort_by_key(|subject| (subject.place, subject.code));
            }
        }
        (Key::Window(place, mode), Some(SettingValue::Window(window, outsiders_from))) => {
            plan.windows.insert((*place, *mode), (*window, *outsiders_from));
        }
        (Key::Window(place, mode), _) => {
            plan.windows.remove(&(*place, *mode));
        }
        (Key::Limit(place, on), Some(SettingValue::Limit(limit))) => {
            plan.limits.insert((*place, *on), *limit);
        }
        (Key::Limit(place, on), _) => {
            plan.limits.remove(&(*place, *on));
        }
        (Key::Fee(place, subject), Some(SettingValue::Fee(amount))) => {
            plan.fees.insert((*place, *subject), *amount);
        }
        (Key::Fee(place, subject), _) => {
            plan.fees.remove(&(*place, *subject));
        }
        (Key::Oral(place), Some(SettingValue::Oral(prefixes))) => {
            plan.oral_settings.insert(*place, prefixes.clone());
        }
        (Key::Oral(place), _) => {
            plan.oral_settings.remove(place);
        }
        (Key::Notice(place, step), value) => {
            let notices = plan.notices.entry(*place).or_default();
            notices.retain(|notice| notice.step != *step);
            if let Some(SettingValue::Notice(body, body_en)) = value {
                let (body, body_en) = (body.clone(), body_en.clone());
                notices.push(Notice { scope: *place, step: *step, body, body_en });
            }
        }
        (Key::Text(kind, lang), Some(SettingValue::Text(body))) => {
            let key = (*kind, lang.code().to_owned());
            let version = plan.texts.get(&key).map_or(1, |text| text.version.saturating_add(1));
            plan.texts.insert(key, VersionedText { version, body: body.clone() });
        }
        (Key::Pool(campus, subject), value) => {
            let offered = plan.pools.entry(*campus).or_default();
            offered.retain(|code| code != subject);
            if value.is_some() {
                offered.push(*subject);
            }
            if offered.is_empty() {
                plan.pools.remove(campus);
            }
        }
        (
            Key::Sitting | Key::State | Key::Text(..) | Key::Portal(..) | Key::News(_) | Key::Arrangement(_),
            _,
        ) => {}
    }
}

/// The keys of all settings that a sitting holds, in order.
#[must_use]
pub fn keys(plan: &Plan) -> BTreeSet<Key> {
    let texts = TextKind::ALL.into_iter().flat_map(|kind| [Lang::Zh, Lang::En].map(|lang| (kind, lang)));
    let notices = plan.notices.values().flatten();
    [Key::Sitting, Key::State]
        .into_iter()
        .chain(plan.subjects.iter().map(|subject| Key::Subject(subject.code)))
        .chain(plan.limits.keys().map(|(place, on)| Key::Limit(*place, *on)))
        .chain(plan.windows.keys().map(|(place, mode)| Key::Window(*place, *mode)))
        .chain(plan.fees.keys().map(|(place, subject)| Key::Fee(*place, *subject)))
        .chain(plan.oral_settings.keys().map(|place| Key::Oral(*place)))
        .chain(notices.map(|notice| Key::Notice(notice.scope, notice.step)))
        .chain(
            texts
                .filter(|(kind, lang)| plan.own_text(*kind, *lang).is_some())
                .map(|(kind, lang)| Key::Text(kind, lang)),
        )
        .collect()
}

/// The value that a sitting holds for a setting, except those of pools and arrangement, which it does not hold.
#[must_use]
pub fn value_in(plan: &Plan, key: &Key) -> Option<SettingValue> {
    match key {
        Key::Sitting => Some(SettingValue::Sitting(plan.head())),
        Key::State => Some(SettingValue::State(plan.state)),
        Key::Subject(code) => {
            plan.subject(*code).map(|subject| SettingValue::Subject(Box::new(subject.clone())))
        }
        Key::Limit(place, on) => plan.limit(*place, *on).map(SettingValue::Limit),
        Key::Window(place, mode) => {
            plan.window_of(*place, *mode).map(|(window, outsiders)| SettingValue::Window(window, outsiders))
        }
        Key::Fee(place, subject) => plan.fee_of(*place, *subject).map(SettingValue::Fee),
        Key::Oral(place) => plan.oral_of(*place).map(|prefixes| SettingValue::Oral(prefixes.to_vec())),
        Key::Notice(place, step) => plan
            .notice_of(*place, *step)
            .map(|notice| SettingValue::Notice(notice.body.clone(), notice.body_en.clone())),
        Key::Text(kind, lang) => {
            plan.own_text(*kind, *lang).map(|text| SettingValue::Text(text.body.clone()))
        }
        Key::Portal(..) | Key::News(_) | Key::Arrangement(_) | Key::Pool(..) => None,
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
