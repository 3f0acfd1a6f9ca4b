//! `[retention]`: how long what people typed and what was written about them is kept.

use serde::Deserialize;

use super::Say;

/// `[retention]`: days after which a class of data is emptied; 0 keeps it. Money, registrations and the log are no part of it:
/// law and examination keep those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Reports of wrong records, since they were answered: name, student number and texts.
    pub reports: i64,
    /// Disputes, since they ended: name, student number, telephone and texts.
    pub disputes: i64,
    /// Reasons of decided applications for CET6, since the decision.
    pub reviews: i64,
    /// Evidence and addresses of moved registrations, since the decision.
    pub moves: i64,
    /// Words that staff wrote to candidates, since then.
    pub words: i64,
    /// Which documents a passport looked up, since that day.
    pub lookups: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { reports: 1095, disputes: 1095, reviews: 1095, moves: 1095, words: 1095, lookups: 30 }
    }
}

impl Retention {
    pub(in crate::config) fn check(&self, say: Say<'_>) {
        let all = [
            ("retention.reports", self.reports, 180),
            ("retention.disputes", self.disputes, 180),
            ("retention.reviews", self.reviews, 180),
            ("retention.moves", self.moves, 180),
            ("retention.words", self.words, 180),
            ("retention.lookups", self.lookups, 2),
        ];
        for (key, value, least) in all {
            if value != 0 && !(least..=36_500).contains(&value) {
                say(key, format!("{value}: expected days, {least}..=36500, or 0 to keep it"));
            }
        }
    }
}
