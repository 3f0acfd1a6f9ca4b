//! The versions of a sitting's text as they stood, each with the change that made it: since when, by whom, who agreed, and
//! of the agreement how many accepted it (R2).

use std::collections::BTreeMap;

use super::setting::{Key, SettingValue};
use super::store::{self, Setter};
use crate::registration::store::look_up;
use crate::sitting::{TextKind, store as sittings};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::codes::SittingCode;

/// A version of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: i64,
    /// The text.
    pub body: String,
    /// The change that made it; `None` if it was there before changes were recorded.
    pub made_by: Option<Setter>,
    /// How many passports accepted it; `None` of a text that nobody has to accept.
    pub accepted: Option<i64>,
}

/// The versions of a text, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn of_text(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (kind, lang): (TextKind, Lang),
) -> Result<Vec<Version>, DbError> {
    let key = Key::Text(kind, lang);
    let versions = sittings::text_versions(tx, sitting, (kind, lang)).await?;
    let setters = store::setters(tx, sitting.as_str(), &key).await?;
    // Candidates accept the version of the Chinese text, in whichever language they read it.
    let accepted = match (kind, lang) {
        (TextKind::Agreement, Lang::Zh) => Some(look_up::accepted(tx, sitting).await?),
        _ => None,
    };
    let accepted: Option<BTreeMap<i64, i64>> = accepted.map(|rows| rows.into_iter().collect());
    let of = |number: i64| accepted.as_ref().map(|all| all.get(&number).copied().unwrap_or(0));
    let all = matched(versions, setters, &key).into_iter();
    Ok(all.map(|(number, body, made_by)| Version { number, body, made_by, accepted: of(number) }).collect())
}

/// Each version with the change that gave the text these words. Both are in the same order, and a version from before
/// changes were recorded has none.
fn matched(
    versions: Vec<(i64, String)>,
    setters: Vec<Setter>,
    key: &Key,
) -> Vec<(i64, String, Option<Setter>)> {
    let mut older = setters.into_iter().map(|of| (text_of(key, &of), of)).collect::<Vec<_>>();
    let mut all = Vec::with_capacity(versions.len());
    for (number, body) in versions {
        let made_by = older.iter().position(|(text, _)| text.as_deref() == Some(&body));
        let made_by = made_by.and_then(|at| older.drain(..=at).next_back()).map(|(_, of)| of);
        all.push((number, body, made_by));
    }
    all
}

fn text_of(key: &Key, of: &Setter) -> Option<String> {
    match SettingValue::from_stored(key, of.after.as_deref()?)? {
        SettingValue::Text(body) => Some(body),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setter(id: i64, body: &str) -> Setter {
        let after = SettingValue::Text(body.to_owned()).stored().ok();
        Setter { id, account: String::new(), approver: None, decided_at: None, after }
    }

    fn made(versions: &[(i64, &str)], setters: Vec<Setter>) -> Vec<Option<i64>> {
        let versions = versions.iter().map(|(number, body)| (*number, (*body).to_owned())).collect();
        let all = matched(versions, setters, &Key::Text(TextKind::Agreement, Lang::Zh));
        all.into_iter().map(|(_, _, of)| of.map(|of| of.id)).collect()
    }

    #[test]
    fn each_version_has_the_change_that_made_it_also_when_old_words_come_again() {
        let changes = vec![setter(30, "a"), setter(20, "b"), setter(10, "a")];
        assert_eq!(made(&[(3, "a"), (2, "b"), (1, "a")], changes), [Some(30), Some(20), Some(10)]);
    }

    #[test]
    fn versions_from_before_changes_were_recorded_have_none() {
        let changes = vec![setter(30, "d"), setter(20, "c")];
        assert_eq!(
            made(&[(4, "d"), (3, "c"), (2, "b"), (1, "a")], changes),
            [Some(30), Some(20), None, None]
        );
        assert_eq!(made(&[(1, "a")], Vec::new()), [None]);
    }
}
