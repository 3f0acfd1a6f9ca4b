//! The one table of refusals: the public code of each and its HTTP status (interface section 1). The module of a
//! refusal knows what it is about and which field it belongs to; the texts hold its message (`refusal-CODE`).

/// Every code that a refusal may carry in `data-code`, with its HTTP status; the most severe status first.
pub const TABLE: &[(&str, u16)] = &[
    ("email-taken", 409),
    ("student-bound", 409),
    ("passport-bound", 409),
    ("pool-full", 409),
    ("already-entered", 409),
    ("seat-free", 409),
    ("already-waiting", 409),
    ("order-open", 409),
    ("record-changed", 409),
    ("passport-changed", 409),
    ("changed-meanwhile", 409),
    ("undo-impossible", 409),
    ("below-taken", 409),
    ("sitting-state", 409),
    ("report-open", 409),
    ("dispute-open", 409),
    ("dispute-decided", 409),
    ("day-signed", 409),
    ("differences-open", 409),
    ("unexplained", 409),
    ("not-confirmed", 409),
    ("passport-in-use", 409),
    ("agreement-needed", 403),
    ("not-looked-up", 403),
    ("window-not-open", 403),
    ("window-closed", 403),
    ("line-closed", 403),
    ("not-bound", 403),
    ("review-not-open", 403),
    ("not-printable", 403),
    ("cross-site", 403),
    ("needs-second", 403),
    ("token-invalid", 404),
    ("not-found", 404),
    ("too-many", 429),
    ("too-busy", 503),
    ("waiting", 503),
    ("captcha", 422),
    ("credentials", 422),
    ("email-invalid", 422),
    ("password-weak", 422),
    ("password-mismatch", 422),
    ("document-kind", 422),
    ("record-not-found", 422),
    ("not-checked", 422),
    ("proof-needed", 422),
    ("not-eligible", 422),
    ("level-taken", 422),
    ("pool-unknown", 422),
    ("oral-needs-written", 422),
    ("oral-campus-not-allowed", 422),
    ("date-unset", 422),
    ("fee-unset", 422),
    ("nothing-chosen", 422),
    ("too-many-campuses", 422),
    ("entry-paid", 422),
    ("entry-locked", 422),
    ("nothing-to-pay", 422),
    ("gateway-unknown", 422),
    ("bank-unknown", 422),
    ("ticket-unknown", 422),
    ("review-exists", 422),
    ("review-pending", 422),
    ("review-final", 422),
    ("field-invalid", 422),
    ("document-number", 422),
    ("email-mismatch", 422),
    ("outside-limits", 422),
    ("date-order", 422),
    ("place-unknown", 422),
    ("file-unreadable", 422),
    ("columns-unclear", 422),
    ("bill-encoding", 422),
    ("bill-line-long", 422),
    ("bill-empty", 422),
    ("bill-heading", 422),
    ("bill-merchant", 422),
    ("bill-day", 422),
    ("bill-row", 422),
    ("bill-cut-off", 422),
    ("bill-sums", 422),
    ("bill-archive", 422),
    ("bill-hostile", 422),
    ("bill-too-long", 422),
    ("bill-twice", 422),
    ("bill-strange", 422),
    ("bill-not-compared", 422),
];

/// The statuses that refusals have, the most severe first.
const MOST_SEVERE_FIRST: [u16; 6] = [409, 403, 404, 429, 503, 422];

/// The status of a code; 422 for an unknown one.
#[must_use]
pub fn status_of(code: &str) -> u16 {
    debug_assert!(TABLE.iter().any(|(known, _)| *known == code), "{code} is not in the table");
    TABLE.iter().find(|(known, _)| *known == code).map_or(422, |(_, status)| *status)
}

/// The status of a response with several refusals; `None` without any.
#[must_use]
pub fn status_of_all<'c>(codes: impl IntoIterator<Item = &'c str>) -> Option<u16> {
    let place = |status: &u16| MOST_SEVERE_FIRST.iter().position(|known| known == status);
    codes.into_iter().map(status_of).min_by_key(place)
}

/// Whether a later retry may succeed: the response carries `Retry-After`.
#[must_use]
pub fn waits(code: &str) -> bool {
    matches!(status_of(code), 429 | 503)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_refusal_gives_the_status() {
        assert_eq!(status_of_all(["not-checked", "window-closed", "pool-full"]), Some(409));
        assert_eq!(status_of_all(["not-checked", "too-many", "window-closed"]), Some(403));
        assert_eq!(status_of_all(["not-eligible", "too-many"]), Some(429));
        assert_eq!(status_of_all([]), None);
    }

    #[test]
    fn no_code_stands_twice_and_each_status_has_its_rank() {
        for (at, (code, status)) in TABLE.iter().enumerate() {
            assert!(TABLE.iter().skip(at + 1).all(|(other, _)| other != code), "{code}");
            assert!(MOST_SEVERE_FIRST.contains(status), "{code}");
        }
    }
}
