//! How registration windows stood at an earlier moment, by the changes that took effect until then.

use std::collections::BTreeMap;

use super::setting::{Key, SettingValue};
use super::store::{self, WindowChanged};
use crate::sitting::limit;
use crate::sitting::window::{Scope as Place, Window};
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The windows of one place, each from the moment on at which it was set; the first one stood before.
#[derive(Clone, Debug, Default)]
struct OfPlace {
    first: Option<Window>,
    later: Vec<(Time, Option<Window>)>,
}

/// The history of all windows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(BTreeMap<(SittingCode, Place, Mode), OfPlace>);

impl Windows {
    /// Reads it.
    ///
    /// # Errors
    /// [`DbError`].
    pub(crate) async fn read(tx: &mut Tx<'_>) -> Result<Self, DbError> {
        let mut all = Self::default();
        for changed in store::windows(tx).await? {
            all.add(&changed)?;
        }
        Ok(all)
    }

    /// Adds the next change, in the order of their effect.
    fn add(&mut self, changed: &WindowChanged) -> Result<(), DbError> {
        let line = changed.stored().line()?;
        let Key::Window(place, mode) = line.key else { return Err(DbError::Decode("window")) };
        let window = |value: &Option<SettingValue>| match value {
            Some(SettingValue::Window(window, _)) => Some(*window),
            _ => None,
        };
        let sitting = SittingCode::parse(&changed.sitting).map_err(|_| DbError::Decode("sitting"))?;
        let of = self.0.entry((sitting, place, mode)).or_default();
        if of.later.is_empty() {
            // What was found when changes began to be recorded had been there before.
            let found = changed.origin == "found" && line.before.is_none();
            of.first = window(if found { &line.after } else { &line.before });
        }
        of.later.push((changed.at, window(&line.after)));
        Ok(())
    }

    /// The window that held at a campus at a moment.
    pub(crate) fn at(
        &self,
        sitting: &SittingCode,
        campus: CampusCode,
        mode: Mode,
        at: Time,
    ) -> Option<Window> {
        let place = Place::Campus(campus);
        std::iter::once(place).chain(limit::above(place).into_iter().rev()).find_map(|place| {
            let of = self.0.get(&(sitting.clone(), place, mode))?;
            let set = of.later.iter().rev().find(|(since, _)| *since <= at);
            set.map_or(of.first, |(_, window)| *window)
        })
    }
}

#[cfg(test)]
#[path = "tests/stood.rs"]
mod tests;
