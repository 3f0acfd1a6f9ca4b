//! The waiting room.

use serde::{Deserialize, Deserializer};

use super::Say;

/// `[waiting]`: R17.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Waiting {
    /// `"auto"`: people queue before an opening, and when a node is overloaded. `"off"`: never.
    pub mode: WaitingMode,
    /// How long before an opening people begin to queue, in seconds; written `"30m"`, `"90s"` or `"1h"`.
    #[serde(deserialize_with = "span")]
    pub before_opening: i64,
    /// The fewest people that a node admits in a second, however loaded it is.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// Whether there is a waiting room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitingMode {
    /// When it is needed.
    Auto,
    /// Never.
    #[default]
    Off,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { mode: WaitingMode::Off, before_opening: 30 * 60, least: 5, most: 1_000 }
    }
}

impl Waiting {
    pub(in crate::config) fn check(&self, say: Say<'_>) {
        if !(0..=24 * 3_600).contains(&self.before_opening) {
            say("waiting.before_opening", "expected at most \"24h\"".to_owned());
        }
        if self.least < 1 {
            say(
                "waiting.least",
                format!("{}: expected 1 or more, else the line may stand still", self.least),
            );
        }
        if self.most < self.least || self.most > 100_000 {
            say("waiting.most", format!("{}: expected waiting.least ({})..=100000", self.most, self.least));
        }
    }
}

/// A number with its unit, as `30m`.
fn span<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    seconds(&text).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "\"{text}\": expected a number with its unit, as \"30m\", \"90s\" or \"1h\""
        ))
    })
}

fn seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return None,
    };
    let number: u32 = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    i64::from(number).checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        assert_eq!(["30m", "90s", "1h", "0s"].map(seconds), [Some(1_800), Some(90), Some(3_600), Some(0)]);
        for text in ["", "m", "30", "-1m", "1.5h", "30 m", "30d"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
