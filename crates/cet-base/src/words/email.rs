//! E-mail addresses: safe to put into a mail's header, compared case-insensitively, masked for strangers.

use std::fmt;

use super::text::{ascii_form, is_invisible};

/// Why a text is not an address (code `email-invalid`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing but blanks.
    Empty,
    /// More than [`Email::MAX`] characters, or more than 64 before the @.
    TooLong,
    /// Not exactly one plain address.
    Form,
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the e-mail address is empty",
            Self::TooLong => "the e-mail address is too long",
            Self::Form => "this is not one e-mail address",
        })
    }
}

impl std::error::Error for EmailError {}

/// One e-mail address in ASCII, without display name, quotes or comments; domains of other scripts as `xn--…`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    local: String,
    domain: String,
}

impl Email {
    /// The longest address (RFC 5321).
    pub const MAX: usize = 254;

    /// The longest part before the @ (RFC 5321).
    const MAX_LOCAL: usize = 64;

    /// The longest part of a domain between two dots (RFC 1035).
    const MAX_LABEL: usize = 63;

    /// Reads one address. Full-width characters of a Chinese keyboard become ASCII; the domain becomes lower-case.
    ///
    /// # Errors
    /// [`EmailError`]: anything that is not one plain address, which includes all that could break a header.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        let mut plain = String::new();
        for typed in text.chars() {
            // NFKC does not map the full stop of a Chinese keyboard to the ASCII one.
            let typed = if typed == '。' { '.' } else { typed };
            plain.extend(ascii_form(typed).ok_or(EmailError::Form)?);
            if plain.len() > Self::MAX {
                return Err(EmailError::TooLong);
            }
        }
        if plain.is_empty() {
            return Err(EmailError::Empty);
        }
        let (local, domain) = plain.split_once('@').ok_or(EmailError::Form)?;
        if local.len() > Self::MAX_LOCAL {
            return Err(EmailError::TooLong);
        }
        if !is_local_part(local) || !is_domain(domain) {
            return Err(EmailError::Form);
        }
        Ok(Self { local: local.to_owned(), domain: domain.to_ascii_lowercase() })
    }

    /// The address to send to and to show to its owner.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// The form under which two spellings of one address are equal: all lower-case (A1).
    #[must_use]
    pub fn key(&self) -> String {
        self.address().to_ascii_lowercase()
    }

    /// The address masked for those who may not see it (W1): first two characters, `***`, last one before the @, as
    /// `zh***3@163.com`; of a short name the first character or none.
    #[must_use]
    pub fn masked(&self) -> String {
        let len = self.local.len();
        let (head, tail) = match len {
            0 | 1 => (0, 0),
            2 | 3 => (1, 0),
            _ => (2, 1),
        };
        let first = self.local.get(..head).unwrap_or_default();
        let last = self.local.get(len - tail..).unwrap_or_default();
        format!("{first}***{last}@{}", self.domain)
    }

    /// The address that was probably meant, when the domain looks like a mistyped one of a large provider (`163.con` →
    /// `163.com`); only a suggestion.
    #[must_use]
    pub fn suggestion(&self) -> Option<Email> {
        if PROVIDERS.contains(&self.domain.as_str()) {
            return None;
        }
        let meant = PROVIDERS.into_iter().find(|provider| is_slip(&self.domain, provider))?;
        Some(Self { local: self.local.clone(), domain: meant.to_owned() })
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

/// Atoms between single dots (RFC 5322 dot-atom): no quotes, so no space, comma, bracket or line break.
fn is_local_part(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    })
}

/// At least two labels of letters, digits and inner hyphens; the last is not a number, as in an IP address.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=Email::MAX_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.split('.').all(label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| top.bytes().any(|b| b.is_ascii_alphabetic()))
}

/// The domains most candidates use; the first match is suggested.
const PROVIDERS: [&str; 23] = [
    "163.com",
    "qq.com",
    "126.com",
    "139.com",
    "189.cn",
    "188.com",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "foxmail.com",
    "yeah.net",
    "aliyun.com",
    "tom.com",
    "21cn.com",
    "vip.163.com",
    "vip.qq.com",
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "live.cn",
    "live.com",
    "icloud.com",
    "yahoo.com",
];

/// The shortest name before the first dot in which one wrong letter is a typing error rather than another provider.
const LONG_NAME: usize = 4;

/// Whether one typing error turns the provider's domain into this one: in the ending (`con`, `cm`, `comm`, `com.com`),
/// or anywhere in a name that is long enough.
fn is_slip(domain: &str, provider: &str) -> bool {
    let (Some((name, ending)), Some((right_name, right_ending))) =
        (domain.split_once('.'), provider.split_once('.'))
    else {
        return false;
    };
    if name == right_name {
        return one_edit_apart(ending, right_ending) || ending.strip_suffix(right_ending) == Some("com.");
    }
    ending == right_ending && right_name.len() >= LONG_NAME && one_edit_apart(name, right_name)
}

/// Whether one letter inserted, deleted or replaced, or two adjacent ones swapped, turn one text into the other.
fn one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same_start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let a_rest = a.get(same_start..).unwrap_or_default();
    let b_rest = b.get(same_start..).unwrap_or_default();
    match (a_rest, b_rest) {
        ([a0, a1, a_tail @ ..], [b0, b1, b_tail @ ..]) if a0 == b1 && a1 == b0 && a_tail == b_tail => true,
        ([_, a_tail @ ..], [_, b_tail @ ..]) if a_tail == b_tail => true,
        ([_, a_tail @ ..], b_all) if a_tail == b_all => true,
        (a_all, [_, b_tail @ ..]) => a_all == b_tail,
        (_, []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn plain_addresses_are_taken_as_written() {
        for text in ["zhang3@163.com", "A.b+c_d@mail.example.edu.cn", "1@qq.com", "x@xn--fiqs8s.cn"] {
            assert_eq!(email(text).address(), text);
        }
        assert_eq!(email(" Zhang3＠163。ＣＯＭ\u{FEFF}\n").address(), "Zhang3@163.com");
    }

    /// A1.
    #[test]
    fn spellings_of_one_address_share_a_key() {
        assert_eq!(email("Zhang3@163.COM").key(), email("zhang3@163.com").key());
        assert_ne!(email("zhang.3@163.com").key(), email("zhang3@163.com").key());
    }

    #[test]
    fn what_could_break_a_header_is_no_address() {
        for text in [
            "a@b.com\r\nBcc: c@d.com",
            "a\n@b.com",
            "a\0@b.com",
            "a b@b.com",
            "a@b.com,c@d.com",
            "a@b.com;c@d.com",
            "<a@b.com>",
            "A <a@b.com>",
            "\"a b\"@b.com",
            "a(x)@b.com",
            "a\u{202E}b@c.com",
            "a@b\t.com",
        ] {
            assert_eq!(Email::parse(text), Err(EmailError::Form), "{text:?}");
        }
    }

    #[test]
    fn half_addresses_and_odd_domains_are_refused() {
        for text in [
            "a",
            "@b.com",
            "a@",
            "a@b",
            "a@@b.com",
            "a@b@c.com",
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "a@.com",
            "a@b..com",
            "a@b.com.",
            "a@-b.com",
            "a@b-.com",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a@中国.cn",
            "张@b.com",
            "a@b_c.com",
        ] {
            assert_eq!(Email::parse(text), Err(EmailError::Form), "{text:?}");
        }
        assert_eq!(Email::parse(" \u{3000}"), Err(EmailError::Empty));
    }

    #[test]
    fn addresses_have_a_longest_length() {
        let domain = format!("{0}.{0}.{0}.com", "d".repeat(60));
        assert!(Email::parse(&format!("{}@{domain}", "a".repeat(64))).is_ok());
        assert_eq!(Email::parse(&format!("{}@b.com", "a".repeat(65))), Err(EmailError::TooLong));
        assert_eq!(Email::parse(&format!("{}@a.{domain}.cn", "a".repeat(64))), Err(EmailError::TooLong));
        assert_eq!(Email::parse(&"a".repeat(1_000_000)), Err(EmailError::TooLong));
        assert_eq!(Email::parse(&format!("a@{}.com", "d".repeat(64))), Err(EmailError::Form));
    }

    #[test]
    fn masking_shows_two_first_characters_and_the_last() {
        assert_eq!(email("zhang3@163.com").masked(), "zh***3@163.com");
        assert_eq!(email("abcd@qq.com").masked(), "ab***d@qq.com");
        assert_eq!(email("abc@qq.com").masked(), "a***@qq.com");
        assert_eq!(email("ab@qq.com").masked(), "a***@qq.com");
        assert_eq!(email("a@qq.com").masked(), "***@qq.com");
    }

    #[test]
    fn a_mistyped_provider_is_asked_about() {
        for (typed, meant) in [
            ("a@163.con", "a@163.com"),
            ("a@163.cm", "a@163.com"),
            ("a@163.cmo", "a@163.com"),
            ("a@163.comm", "a@163.com"),
            ("a@163.com.com", "a@163.com"),
            ("a@qq.co", "a@qq.com"),
            ("a@gmial.com", "a@gmail.com"),
            ("a@gmal.com", "a@gmail.com"),
            ("a@hotmaill.com", "a@hotmail.com"),
            ("a@189.cm", "a@189.cn"),
            ("a@yeah.ne", "a@yeah.net"),
        ] {
            assert_eq!(email(typed).suggestion(), Some(email(meant)), "{typed}");
        }
    }

    #[test]
    fn other_domains_are_left_alone() {
        for typed in
            ["a@163.com", "a@sina.cn", "a@live.com", "a@pku.edu.cn", "a@123.com", "a@aq.com", "a@263.net"]
        {
            assert_eq!(email(typed).suggestion(), None, "{typed}");
        }
    }

    #[test]
    fn debug_shows_no_address() {
        assert_eq!(format!("{:?}", email("zhang3@163.com")), "Email(..)");
    }
}
