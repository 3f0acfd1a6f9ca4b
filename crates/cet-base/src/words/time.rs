//! Instants and their text forms (interface section 1).

use std::fmt;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// An instant in microseconds since 1970 UTC, as the database stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From microseconds since 1970 UTC.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970 UTC.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339, as `2017-03-08T08:00:00+08:00`.
    ///
    /// # Errors
    /// When the text is no such time.
    pub fn parse_rfc3339(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<Timestamp>().map(Self::from)
    }

    /// Parses RFC 3339, or a date and time of China without an offset (`2017-03-08 08:00`).
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse_local(text: &str) -> Result<Self, jiff::Error> {
        if let Ok(time) = Self::parse_rfc3339(text) {
            return Ok(time);
        }
        let civil: jiff::civil::DateTime = text.parse()?;
        Ok(Self::from(china().to_timestamp(civil)?))
    }

    /// This instant plus a duration, saturating.
    #[must_use]
    pub fn plus(self, by: SignedDuration) -> Self {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// This instant minus a duration, saturating.
    #[must_use]
    pub fn minus(self, by: SignedDuration) -> Self {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// The time since `earlier`; negative if that is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> SignedDuration {
        SignedDuration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The instant as a jiff timestamp; times beyond its range become the epoch.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// `2017-03-08 08:00` in Asia/Shanghai: the time format of pages.
    #[must_use]
    pub fn page(self) -> String {
        self.local("%Y-%m-%d %H:%M")
    }

    /// `2017-03-08` in Asia/Shanghai.
    #[must_use]
    pub fn page_date(self) -> String {
        self.local("%Y-%m-%d")
    }

    /// The time in Asia/Shanghai in any strftime format.
    #[must_use]
    pub fn local(self, format: &str) -> String {
        self.timestamp().to_zoned_datetime(china()).strftime(format).to_string()
    }
}

/// Asia/Shanghai, which has had one offset since 1991.
fn china() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

impl fmt::Display for Time {
    /// RFC 3339 with the offset of China: the time format of files and logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.local("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

/// A duration doubled this many times, up to a maximum.
#[must_use]
pub fn doubled(first: SignedDuration, times: usize, longest: SignedDuration) -> SignedDuration {
    let factor =
        u32::try_from(times).ok().and_then(|times| 1_i32.checked_shl(times)).filter(|factor| *factor > 0);
    factor.and_then(|factor| first.checked_mul(factor)).map_or(longest, |wait| wait.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_show_the_time_of_china() {
        let t = Time::parse_rfc3339("2017-03-08T00:00:00Z").unwrap();
        assert_eq!(t.page(), "2017-03-08 08:00");
        assert_eq!(t.to_string(), "2017-03-08T08:00:00+08:00");
        assert_eq!(Time::parse_local("2017-03-08 08:00").unwrap(), t);
    }

    #[test]
    fn time_does_not_wrap() {
        let end = Time::from_micros(i64::MAX);
        assert_eq!(end.plus(SignedDuration::from_hours(24)), end);
    }
}
