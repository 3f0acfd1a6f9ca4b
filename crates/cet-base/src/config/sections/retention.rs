//! `[retention]`: how long what people typed and what was written about them is kept.

use serde::Deserialize;

use super::Say;

/// `[retention]`: days after which a class of data is emptied; 0 keeps it. Money is no part of it, which law keeps, and neither is
/// the log, which a command archives.
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
    /// Student records of a sitting, since its last exam.
    pub records: i64,
    /// Photos of a sitting, since its last exam.
    pub photos: i64,
    /// Names, numbers and studies in the registrations of a sitting, since its last exam.
    pub registrations: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            reports: 1095,
            disputes: 1095,
            reviews: 1095,
            moves: 1095,
            words: 1095,
            lookups: 30,
            records: 1095,
            photos: 365,
            registrations: 1825,
        }
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
            ("retention.records", self.records, 180),
            ("retention.photos", self.photos, 180),
            ("retention.registrations", self.registrations, 180),
        ];
        for (key, value, least) in all {
            if value != 0 && !(least..=36_500).contains(&value) {
                say(key, format!("{value}: expected days, {least}..=36500, or 0 to keep it"));
            }
        }
    }
}
