//! The texts that are signed. The two rules omit different fields; with the wrong one no signature verifies.

/// The text of a request: everything except `sign` and empty values, sorted by name; `sign_type` is included.
pub(super) fn of_request<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    join(pairs.filter(|(name, value)| *name != "sign" && !value.is_empty()))
}

/// The text of a notification or a return: everything except `sign` and `sign_type`, sorted by name; empty values are
/// included.
///
/// Unknown fields are included: adding one breaks the signature.
pub(super) fn of_notice<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    join(pairs.filter(|(name, _)| *name != "sign" && *name != "sign_type"))
}

fn join<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<(&str, &str)> = pairs.collect();
    pairs.sort_unstable();
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &str); 5] =
        [("sign_type", "RSA2"), ("b", "2 &"), ("sign", "x"), ("a", "1"), ("empty", "")];

    #[test]
    fn a_request_signs_its_sign_type_and_no_empty_value() {
        assert_eq!(of_request(PAIRS.into_iter()), "a=1&b=2 &&sign_type=RSA2");
    }

    #[test]
    fn a_notice_does_not_sign_its_sign_type() {
        assert_eq!(of_notice(PAIRS.into_iter()), "a=1&b=2 &&empty=");
    }
}
