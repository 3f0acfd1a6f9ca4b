//! The values that settings have now, and writing them.

use super::refusal::ChangeRefusal;
use super::rules::value_in;
use super::setting::{Key, Line, SettingValue, Wanted};
use crate::arrangement;
use crate::arrangement::store::SettingRow;
use crate::portal::{self, Portal};
use crate::seat_pool::PoolKey;
use crate::seat_pool::store::{self as pools, CapacityRefusal};
use crate::sitting::plan::Plan;
use crate::sitting::store::write;
use crate::sitting::window::Scope as Place;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;

/// The value of a setting; `None`: none of its own.
pub async fn value(
    tx: &mut Tx<'_>,
    plan: &Plan,
    arrangements: &[SettingRow],
    key: &Key,
) -> Result<Option<SettingValue>, DbError> {
    Ok(match key {
        Key::Pool(campus, subject) => {
            let pool = PoolKey { campus: *campus, sitting: plan.code.clone(), subject: *subject };
            pools::seats(tx, &pool).await?.map(|seats| SettingValue::Pool(seats.capacity))
        }
        Key::Arrangement(place) => {
            let place = place.to_string();
            let own = arrangements.iter().find(|row| row.scope == place);
            own.map(|row| SettingValue::Arrangement(Box::new(row.clone())))
        }
        _ => value_in(plan, key),
    })
}

/// The value of a setting of the portal.
#[must_use]
pub(crate) fn of_portal(portal: &Portal, key: &Key) -> Option<SettingValue> {
    match key {
        Key::Portal(page, lang) => {
            portal.text(*page, *lang).map(|text| SettingValue::Portal(text.body.clone()))
        }
        Key::News(id) => {
            let news = portal.news.iter().find(|news| news.id == *id);
            news.map(|news| SettingValue::News(Box::new(news.clone())))
        }
        _ => None,
    }
}

/// The lines of a change: wanted settings that differ from the current ones, in the order in which they are written.
/// `plan` is `None` for a sitting that does not exist yet.
pub async fn lines(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    plan: Option<&Plan>,
    wanted: &[Wanted],
) -> Result<Vec<Line>, DbError> {
    let arranges = wanted.iter().any(|(key, _)| matches!(key, Key::Arrangement(_)));
    let arrangements = if arranges { arrangement::store::settings(tx, sitting).await? } else { Vec::new() };
    let writes = wanted.iter().any(|(key, _)| key.is_of_portal());
    let portal = if writes { portal::store::load(tx).await? } else { Portal::default() };
    let mut lines = Vec::new();
    for (key, after) in wanted {
        let before = match plan {
            _ if key.is_of_portal() => of_portal(&portal, key),
            Some(plan) => value(tx, plan, &arrangements, key).await?,
            None => None,
        };
        let same = match (&before, after) {
            (Some(before), Some(after)) => !after.differs(before),
            (before, after) => before.is_none() && after.is_none(),
        };
        if !same {
            lines.push(Line { key: *key, before, after: after.clone() });
        }
    }
    lines.sort_by_key(|line| line.key);
    Ok(lines)
}

/// Writes one line of a change.
///
/// # Errors
/// [`ChangeRefusal`] for what only the database can guard; [`DbError`].
pub async fn write(tx: &mut Tx<'_>, sitting: &SittingCode, line: &Line) -> Result<(), Stop<ChangeRefusal>> {
    match (&line.key, &line.after) {
        (Key::Sitting, Some(SettingValue::Sitting(head))) => write::set_sitting(tx, sitting, head).await?,
        (Key::State, Some(SettingValue::State(state))) => write::set_state(tx, sitting, *state).await?,
        (Key::Subject(_), Some(SettingValue::Subject(subject))) => {
            write::set_subject(tx, sitting, subject).await?;
        }
        (Key::Subject(code), None) => {
            if !write::remove_subject(tx, sitting, *code).await? {
                return Err(Stop::Refused(ChangeRefusal::SubjectUsed(line.key)));
            }
        }
        // A sitting and its state are never removed, and a value of another kind is never built.
        (Key::Sitting | Key::State | Key::Subject(_), _) => {
            return Err(Stop::Fault(DbError::Decode("value of a setting")));
        }
        (Key::Arrangement(place), _) => set_arrangement(tx, sitting, line, *place).await?,
        (Key::Pool(campus, subject), _) => {
            let pool = PoolKey { campus: *campus, sitting: sitting.clone(), subject: *subject };
            set_pool(tx, line, &pool).await?;
        }
        (_, after) => set_of_place(tx, sitting, &line.key, after.as_ref()).await?,
    }
    Ok(())
}

/// Writes a setting that a place may have or inherit.
async fn set_of_place(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    key: &Key,
    after: Option<&SettingValue>,
) -> Result<(), DbError> {
    match (key, after) {
        (Key::Limit(place, on), Some(SettingValue::Limit(limit))) => {
            write::set_limit(tx, sitting, (*place, *on), Some(*limit)).await
        }
        (Key::Limit(place, on), None) => write::set_limit(tx, sitting, (*place, *on), None).await,
        (Key::Window(place, mode), Some(SettingValue::Window(window, outsiders))) => {
            write::set_window(tx, sitting, (*place, *mode), Some((*window, *outsiders))).await
        }
        (Key::Window(place, mode), None) => write::set_window(tx, sitting, (*place, *mode), None).await,
        (Key::Fee(place, subject), Some(SettingValue::Fee(amount))) => {
            write::set_fee(tx, sitting, (*place, *subject), Some(*amount)).await
        }
        (Key::Fee(place, subject), None) => write::set_fee(tx, sitting, (*place, *subject), None).await,
        (Key::Oral(place), Some(SettingValue::Oral(prefixes))) => {
            write::set_oral(tx, sitting, *place, Some(prefixes)).await
        }
        (Key::Oral(place), None) => write::set_oral(tx, sitting, *place, None).await,
        (Key::Notice(place, step), Some(SettingValue::Notice(body, body_en))) => {
            write::set_notice(tx, sitting, (*place, *step), Some((body, body_en))).await
        }
        (Key::Notice(place, step), None) => write::set_notice(tx, sitting, (*place, *step), None).await,
        (Key::Portal(page, lang), Some(SettingValue::Portal(body))) => {
            portal::store::add_text(tx, *page, *lang, Some(body)).await
        }
        (Key::Portal(page, lang), None) => portal::store::add_text(tx, *page, *lang, None).await,
        (Key::News(id), Some(SettingValue::News(news))) => portal::store::set_news(tx, *id, Some(news)).await,
        (Key::News(id), None) => portal::store::set_news(tx, *id, None).await,
        (Key::Text(kind, lang), Some(SettingValue::Text(body))) => {
            write::add_text(tx, sitting, (*kind, *lang), body).await
        }
        _ => Err(DbError::Decode("value of a setting")),
    }
}

/// The row that a setting of arrangements has; an empty one if it is removed.
pub(super) fn arrangement_row(place: Place, after: Option<&SettingValue>) -> SettingRow {
    match after {
        Some(SettingValue::Arrangement(row)) => (**row).clone(),
        _ => SettingRow { scope: place.to_string(), ..SettingRow::default() },
    }
}

async fn set_arrangement(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    line: &Line,
    place: Place,
) -> Result<(), Stop<ChangeRefusal>> {
    let row = arrangement_row(place, line.after.as_ref());
    match arrangement::verbs::configure::configure(tx, sitting, &row).await {
        Ok(()) => {}
        Err(Stop::Refused(_)) => return Err(Stop::Refused(ChangeRefusal::Arranged(line.key))),
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    }
    if line.after.is_none() {
        arrangement::store::unset(tx, sitting, &row.scope).await?;
    }
    Ok(())
}

async fn set_pool(tx: &mut Tx<'_>, line: &Line, pool: &PoolKey) -> Result<(), Stop<ChangeRefusal>> {
    let Some(SettingValue::Pool(capacity)) = line.after else {
        return match pools::remove(tx, pool).await? {
            Ok(()) => Ok(()),
            Err(held) => Err(Stop::Refused(ChangeRefusal::PoolHeld(line.key, held))),
        };
    };
    if line.before.is_none() && pools::open(tx, pool, capacity).await? {
        return Ok(());
    }
    match pools::set_capacity(tx, pool, capacity).await? {
        Ok(()) => Ok(()),
        Err(CapacityRefusal::BelowTaken(taken)) => {
            Err(Stop::Refused(ChangeRefusal::BelowTaken(line.key, taken)))
        }
        Err(CapacityRefusal::Unknown) => Err(Stop::Fault(DbError::Decode("pool that is there"))),
    }
}
