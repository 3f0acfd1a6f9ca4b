//! Why a password is easy to guess (A1, ASVS 6.2.4, 6.2.11, 6.2.12): no database, no clock, no network.

use ring::digest;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Match, Score};

/// Longer ones are not taken apart: that takes time that grows with the square of their length, and none of them is weak so.
const LONGEST_TAKEN_APART: usize = 32;

/// The words of this context that a password must not mainly be made of: the examination's, its organisers', schools', this
/// program's. `docs/rules.md` refers to this list, whoever extends it changes it here.
pub const SITE_WORDS: [&str; 46] = [
    "cet",
    "cet4",
    "cet6",
    "cetses",
    "siji",
    "liuji",
    "siliuji",
    "yingyu",
    "english",
    "daxue",
    "daxueyingyu",
    "kaoshi",
    "baoming",
    "baokao",
    "kaosheng",
    "zhunkaozheng",
    "chengji",
    "kouyu",
    "kouyukaoshi",
    "tingli",
    "neea",
    "jiaoyu",
    "jiaoyubu",
    "kaoshiyuan",
    "tongxingzheng",
    "passport",
    "candidate",
    "student",
    "xuesheng",
    "xuexiao",
    "xueyuan",
    "xuehao",
    "university",
    "college",
    "school",
    "campus",
    "beida",
    "qinghua",
    "tsinghua",
    "zheda",
    "fudan",
    "jiaoda",
    "register",
    "registration",
    "exam",
    "examination",
];

/// A Bloom filter of passwords that breaches and lists made known; `scripts/password-list` makes it.
static KNOWN: &[u8] = include_bytes!("../../lists/passwords.bloom");
const BITS: u64 = 8_000_000;
const HASHES: u64 = 10;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Too short or too long.
    Length,
    /// The one that is to be replaced.
    Unchanged,
    /// Mainly the own address.
    Own,
    /// Mainly words of this context.
    SiteWord,
    /// On the list of known passwords. One unknown password in 1,250 is taken for a known one.
    Listed,
    /// Mainly a common password, a word or a name.
    Common,
    /// Mainly a row of keys, a repetition, a sequence or a date.
    Pattern,
}

/// Why a password of valid length is easy to guess; `own` are its owner's own words, such as the parts of the address.
#[must_use]
pub fn of(password: &str, own: &[&str]) -> Option<Weakness> {
    let lower = password.to_lowercase();
    if own.iter().any(|word| lower == word.to_lowercase()) {
        return Some(Weakness::Own);
    }
    if password.chars().count() <= LONGEST_TAKEN_APART
        && let Some(weakness) = mainly(password, own)
    {
        return Some(weakness);
    }
    is_listed(&lower).then_some(Weakness::Listed)
}

/// What a password consists of, if that is one thing or can be guessed within a million tries.
fn mainly(password: &str, own: &[&str]) -> Option<Weakness> {
    let words: Vec<&str> = SITE_WORDS.iter().chain(own).copied().collect();
    let estimate = zxcvbn::zxcvbn(password, &words);
    let parts = estimate.sequence();
    let is_one = matches!(parts, [whole] if !matches!(whole.pattern, MatchPattern::BruteForce));
    if !is_one && estimate.score() >= Score::Two {
        return None;
    }
    let known = parts.iter().filter(|part| !matches!(part.pattern, MatchPattern::BruteForce));
    Some(known.max_by_key(|part| part.token.chars().count()).map_or(Weakness::Common, |part| kind(part, own)))
}

fn kind(part: &Match, own: &[&str]) -> Weakness {
    match &part.pattern {
        MatchPattern::Dictionary(word) if own.iter().any(|own| own.to_lowercase() == word.matched_word) => {
            Weakness::Own
        }
        MatchPattern::Dictionary(word) if SITE_WORDS.contains(&word.matched_word.as_str()) => {
            Weakness::SiteWord
        }
        MatchPattern::Dictionary(_) | MatchPattern::BruteForce => Weakness::Common,
        _ => Weakness::Pattern,
    }
}

/// Whether a password in lower case is on the list.
fn is_listed(lower: &str) -> bool {
    let hash = digest::digest(&digest::SHA256, lower.as_bytes());
    let number = |at: usize| {
        let bytes = hash.as_ref().get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
    };
    let (first, step) = (number(0), number(8));
    (0..HASHES).all(|n| {
        let bit = first.wrapping_add(n.wrapping_mul(step)).checked_rem(BITS).unwrap_or(0);
        let byte = usize::try_from(bit >> 3).ok().and_then(|byte| KNOWN.get(byte)).copied().unwrap_or(0);
        byte & (1_u8.wrapping_shl(u32::try_from(bit & 7).unwrap_or(0))) != 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_in_any_dress_and_the_kind_is_named() {
        for (password, kind) in [
            ("Password123!", Weakness::Common),
            ("P@ssw0rd123!", Weakness::Common),
            ("pAssword2017", Weakness::Common),
            ("siliuji2017", Weakness::SiteWord),
            ("CET-siliuji", Weakness::SiteWord),
            ("$iliuji123", Weakness::SiteWord),
            ("zhang3li", Weakness::Own),
            ("Zhang3Li2017", Weakness::Own),
            ("qwertyuiop[]", Weakness::Pattern),
            ("19980312", Weakness::Pattern),
            ("abcabcabcabc", Weakness::Pattern),
        ] {
            assert_eq!(of(password, &["zhang3li"]), Some(kind), "{password}");
        }
    }

    #[test]
    fn what_a_breach_made_known_is_listed_and_what_nobody_used_is_not() {
        // From the lists that the filter was made of; zxcvbn takes none of them for weak.
        for password in ["dili17005650104", "crestview_chuco", "jonas.rosemeier"] {
            assert!(is_listed(password), "{password}");
            assert_eq!(of(&password.to_uppercase(), &[]), Some(Weakness::Listed), "{password}");
        }
        for password in ["Blue-Kite-42", "correct horse battery", "颜色很好看的风筝", "Bamboo-Kite-2017"]
        {
            assert_eq!(of(password, &[]), None, "{password}");
        }
    }

    /// What the file's name, the documents and the texts promise.
    #[test]
    fn one_unknown_password_in_a_thousand_is_taken_for_a_known_one() {
        assert_eq!(u64::try_from(KNOWN.len()).unwrap() * 8, BITS);
        let taken = (0..100_000).filter(|n| is_listed(&format!("made-up {n} unknown"))).count();
        assert!((20..=140).contains(&taken), "{taken} of 100,000");
    }
}
