//! Settings equal the sum of their changes (I24).

use std::collections::BTreeMap;

use super::current;
use super::rules;
use super::setting::{Key, SettingValue};
use super::store;
use crate::invariant::Finding;
use crate::portal;
use crate::sitting::store as sittings;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SittingCode;

/// The settings whose value is not that of their last change.
///
/// # Errors
/// [`DbError`].
pub async fn finding(db: &Db) -> Result<Finding, DbError> {
    let violations = db.read_long(async |tx: &mut Tx<'_>| differing(tx).await).await?;
    Ok(Finding {
        invariant: "I24",
        says: "each setting equals the value that its last change gave it",
        violations,
    })
}

async fn differing(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    let mut violations = Vec::new();
    let known: Vec<(SittingCode,)> = tx.query("SELECT code FROM sitting", &[]).await?;
    let portal = portal::code().map_err(|_| DbError::Decode("code of the portal"))?;
    for sitting in known.into_iter().map(|(sitting,)| sitting).chain([portal]) {
        let now = stored_now(tx, &sitting).await?;
        let mut sums: BTreeMap<[String; 3], String> = BTreeMap::new();
        for (kind, place, item, value) in store::sums(tx, sitting.as_str()).await? {
            match value {
                Some(value) => sums.insert([kind, place, item], value),
                None => sums.remove(&[kind, place, item]),
            };
        }
        let keys: std::collections::BTreeSet<_> = now.keys().chain(sums.keys()).collect();
        for key in keys {
            if now.get(key) != sums.get(key) {
                violations.push(format!("sitting {sitting}: {}", key.join(" ").trim()));
            }
        }
    }
    Ok(violations)
}

/// Every setting of a sitting with its stored form.
pub(super) async fn stored_now(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
) -> Result<BTreeMap<[String; 3], String>, DbError> {
    let mut all = BTreeMap::new();
    for (key, value) in all_now(tx, sitting).await? {
        let stored = value.stored().map_err(|error| DbError::Other(error.to_string()))?;
        all.insert([key.kind().wire().to_owned(), key.place().to_string(), key.item()], stored);
    }
    Ok(all)
}

async fn of_portal(tx: &mut Tx<'_>) -> Result<Vec<(Key, SettingValue)>, DbError> {
    let portal = portal::store::load(tx).await?;
    let texts = portal.texts.keys().map(|(page, lang)| Key::Portal(*page, *lang));
    let keys = texts.chain(portal.news.iter().map(|news| Key::News(news.id)));
    Ok(keys.filter_map(|key| current::of_portal(&portal, &key).map(|value| (key, value))).collect())
}

/// Every setting of a sitting with its value, or of the portal.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn all_now(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
) -> Result<Vec<(Key, SettingValue)>, DbError> {
    if portal::is_portal(sitting) {
        return of_portal(tx).await;
    }
    let Some(plan) = sittings::load_one(tx, sitting).await? else { return Ok(Vec::new()) };
    let arrangements = crate::arrangement::store::settings(tx, sitting).await?;
    let mut keys = rules::keys(&plan);
    for row in &arrangements {
        let place = crate::sitting::window::Scope::parse(&row.scope).ok_or(DbError::Decode("scope"))?;
        keys.insert(Key::Arrangement(place));
    }
    let mut all = Vec::new();
    for key in keys {
        all.extend(current::value(tx, &plan, &arrangements, &key).await?.map(|value| (key, value)));
    }
    let pools = crate::seat_pool::store::capacities(tx, sitting).await?;
    let pool = |(campus, subject, capacity)| (Key::Pool(campus, subject), SettingValue::Pool(capacity));
    all.extend(pools.into_iter().map(pool));
    Ok(all)
}
