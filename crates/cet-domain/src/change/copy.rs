//! A new sitting as a copy of an earlier one, with its dates moved.

use jiff::SignedDuration;

use super::setting::{Key, SettingValue, Wanted};
use super::verbs::stored_lines;
use super::verify::all_now;
use super::{current, store};
use crate::sitting::limit::Limit;
use crate::sitting::plan::SittingState;
use crate::sitting::store::write::Head;
use crate::sitting::window::Window;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::time::Time;

/// The settings of a new draft: its own head, and those of `from` with all dates moved by `days`.
///
/// # Errors
/// [`DbError`].
pub async fn wanted(
    tx: &mut Tx<'_>,
    from: Option<&SittingCode>,
    head: &Head,
    days: i64,
) -> Result<Vec<Wanted>, DbError> {
    let mut all = vec![
        (Key::Sitting, Some(SettingValue::Sitting(head.clone()))),
        (Key::State, Some(SettingValue::State(SittingState::Draft))),
    ];
    let Some(from) = from else { return Ok(all) };
    let by = SignedDuration::from_hours(days.saturating_mul(24));
    for (key, value) in all_now(tx, from).await? {
        if !matches!(key, Key::Sitting | Key::State) {
            all.push((key, Some(moved(value, by))));
        }
    }
    Ok(all)
}

/// Whether an account made the sitting by the same form before, which was then sent twice.
///
/// # Errors
/// [`DbError`].
pub async fn was_made(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    wanted: &[Wanted],
    account: &str,
) -> Result<bool, DbError> {
    let Some(id) = store::copied_by(tx, sitting.as_str(), account).await? else { return Ok(false) };
    Ok(stored_lines(tx, id).await? == current::lines(tx, sitting, None, wanted).await?)
}

/// A value with its dates moved.
#[must_use]
pub fn moved(value: SettingValue, by: SignedDuration) -> SettingValue {
    let later = |at: Option<Time>| at.map(|at| at.plus(by));
    match value {
        SettingValue::Subject(mut subject) => {
            subject.exam_from = later(subject.exam_from);
            subject.exam_to = later(subject.exam_to);
            subject.printing_from = later(subject.printing_from);
            subject.printing_to = later(subject.printing_to);
            SettingValue::Subject(subject)
        }
        SettingValue::Window(window, outsiders) => {
            let moved = Window::new(window.opens().plus(by), window.closes().plus(by));
            SettingValue::Window(moved.unwrap_or(window), later(outsiders))
        }
        SettingValue::Limit(Limit::Span(from, to)) => {
            SettingValue::Limit(Limit::Span(later(from), later(to)))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::setting::tests::samples;

    #[test]
    fn every_date_of_a_sitting_moves_and_nothing_else() {
        let by = SignedDuration::from_hours(24 * 182);
        // The portal belongs to no sitting.
        for (key, value) in samples().into_iter().filter(|(key, _)| !key.is_of_portal()) {
            let (before, after) = (value.fields(), moved(value.clone(), by).fields());
            let dates = |name: &str| {
                let text = before.get(name).map(String::as_str).unwrap_or_default();
                Time::parse_local(text).ok()
            };
            for name in before.keys() {
                let expected = dates(name).map(|at| at.plus(by));
                let found = after.get(name).map(String::as_str).unwrap_or_default();
                match expected {
                    Some(at) => assert_eq!(Time::parse_local(found).ok(), Some(at), "{key:?} {name}"),
                    None => assert_eq!(before.get(name), after.get(name), "{key:?} {name}"),
                }
            }
            assert_eq!(moved(moved(value.clone(), by), -by), value);
        }
    }
}
