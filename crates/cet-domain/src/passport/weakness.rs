//! Why a password is easy to guess (A1, ASVS 6.2.4, 6.2.11, 6.2.12): no database, no clock, no network.

use ring::digest;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Match, Score};

/// Longer ones are not taken apart, but for what they repeat: that takes time that grows with the square of their length.
const LONGEST_TAKEN_APART: usize = 32;

/// The words of this context that a password must not mainly be made of: the examination's, its organisers', schools', this
/// program's. Whoever extends the list does it here.
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

/// Names and phrases in pinyin that many passwords are made of, and that no list of English words has.
pub const COMMON_PINYIN: [&str; 40] = [
    "zhangsan",
    "lisi",
    "wangwu",
    "zhaoliu",
    "zhangwei",
    "wangwei",
    "wangfang",
    "liwei",
    "lina",
    "zhangmin",
    "wangxiuying",
    "liuyang",
    "wangjing",
    "zhangjing",
    "liming",
    "lihua",
    "hanmeimei",
    "lilei",
    "xiaoming",
    "woaini",
    "woaiwojia",
    "woaizhongguo",
    "zhongguo",
    "zhonghua",
    "beijing",
    "shanghai",
    "nihao",
    "nihaoma",
    "wodemima",
    "mima",
    "mimashi",
    "denglu",
    "zhanghao",
    "jiayou",
    "xuexi",
    "tiantianxiangshang",
    "shengri",
    "shengrikuaile",
    "xingfu",
    "pengyou",
];

/// A common password in digits and marks: this many around it are a dress.
const LONGEST_DRESS: usize = 6;
/// A single word of this context or of its owner may have this many around it.
const LONGEST_SINGLE_DRESS: usize = 12;
/// A unit of fewer characters is weak however often it stands there.
const SHORTEST_UNIT: usize = 8;
/// Shorter words are no passwords that anybody dresses.
const SHORTEST_BODY: usize = 4;
/// The first so many common passwords count in a dress (ASVS 6.2.4).
const COMMON: usize = 3_000;

/// A Bloom filter of passwords that breaches and lists made known; `scripts/password-list` makes it.
static KNOWN: &[u8] = include_bytes!("../../lists/passwords.bloom");
const BITS: u64 = 16_000_000;
const HASHES: u64 = 16;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Too short or too long.
    Length,
    /// The one that is to be replaced.
    Unchanged,
    /// Mainly the owner's own words: address, account, document number, phone.
    Own,
    /// Mainly words of this context.
    SiteWord,
    /// On the list of known passwords. One unknown password in a million is taken for a known one.
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
    if let Some(unit) = unit(password) {
        let weak = unit.chars().count() < SHORTEST_UNIT;
        return if weak { Some(Weakness::Pattern) } else { of(&unit, own) };
    }
    if password.chars().count() <= LONGEST_TAKEN_APART
        && let Some(weakness) = mainly(password, own)
    {
        return Some(weakness);
    }
    is_listed(&lower).then_some(Weakness::Listed)
}

/// What a password repeats from its first to its last character; `None` for one that is no repetition.
fn unit(password: &str) -> Option<String> {
    let all: Vec<char> = password.to_lowercase().chars().collect();
    let repeats = |length: usize| all.iter().zip(all.iter().skip(length)).all(|(one, later)| one == later);
    let length = (1..=all.len() / 2).find(|length| repeats(*length))?;
    Some(password.chars().take(length).collect())
}

/// What a password consists of, if that is one thing, one thing in a dress, or can be guessed within a million tries.
#[expect(clippy::default_trait_access, reason = "the library does not export the name of the type")]
fn mainly(password: &str, own: &[&str]) -> Option<Weakness> {
    let words: Vec<&str> = SITE_WORDS.iter().chain(&COMMON_PINYIN).chain(own).copied().collect();
    let estimate = zxcvbn::zxcvbn(password, &words);
    let parts = estimate.sequence();
    let is_one = matches!(parts, [whole] if !matches!(whole.pattern, MatchPattern::BruteForce));
    if is_one || estimate.score() < Score::Two {
        return Some(kind(parts, own));
    }
    // Words of this context one after the other, however unlikely their order is.
    let is_ours = |part: &&Match| {
        matches!(&part.pattern, MatchPattern::Dictionary(word)
            if words.iter().any(|known| known.to_lowercase() == word.matched_word))
    };
    let length = |part: &Match| part.token.chars().count();
    let ours: usize = parts.iter().filter(is_ours).map(length).sum();
    let all: usize = parts.iter().map(length).sum();
    if ours >= SHORTEST_BODY && all.saturating_sub(ours) <= LONGEST_DRESS {
        return Some(kind(parts, own));
    }
    if is_one_word_again(password) {
        return Some(Weakness::Common);
    }
    let body = password.trim_matches(|c: char| !c.is_alphabetic());
    let dress = password.chars().count().saturating_sub(body.chars().count());
    let single = SITE_WORDS.iter().chain(own).any(|word| word.to_lowercase() == body.to_lowercase());
    if single && dress <= LONGEST_SINGLE_DRESS {
        return Some(if SITE_WORDS.contains(&body.to_lowercase().as_str()) {
            Weakness::SiteWord
        } else {
            Weakness::Own
        });
    }
    if body.chars().count() < SHORTEST_BODY || !(1..=LONGEST_DRESS).contains(&dress) {
        return None;
    }
    // In capitals a known password may be two words to the library: `NewPass` is `newpass`.
    let parts = zxcvbn::zxcvbn(&body.to_lowercase(), &words);
    let Some(MatchPattern::Dictionary(word)) = sole(parts.sequence()).map(|part| &part.pattern) else {
        return None;
    };
    // The default of its dictionaries is the one of passwords, the only name of it that the library gives.
    let is_password = word.dictionary_name == Default::default() && word.rank <= COMMON;
    is_password.then(|| kind(parts.sequence(), own))
}

/// Whether the letters of a password are one common password more than once, with little between them.
#[expect(clippy::default_trait_access, reason = "the library does not export the name of the type")]
fn is_one_word_again(password: &str) -> bool {
    let lower = password.to_lowercase();
    let mut runs = lower.split(|c: char| !c.is_alphabetic()).filter(|run| !run.is_empty());
    let Some(first) = runs.next().filter(|run| run.chars().count() >= SHORTEST_BODY) else { return false };
    let again = runs.clone().count();
    if again == 0 || !runs.all(|run| run == first) {
        return false;
    }
    let letters = lower.chars().filter(|c| c.is_alphabetic()).count();
    let estimate = zxcvbn::zxcvbn(first, &[]);
    let sole = sole(estimate.sequence()).map(|part| &part.pattern);
    let common = matches!(sole, Some(MatchPattern::Dictionary(word))
        if word.dictionary_name == Default::default() && word.rank <= COMMON);
    common && lower.chars().count().saturating_sub(letters) <= LONGEST_DRESS
}

/// The part, if there is no other.
const fn sole(parts: &[Match]) -> Option<&Match> {
    match parts {
        [part] => Some(part),
        _ => None,
    }
}

/// The most telling part: the own address before words of this context, before what is longest.
fn kind(parts: &[Match], own: &[&str]) -> Weakness {
    let words = || {
        parts.iter().filter_map(|part| match &part.pattern {
            MatchPattern::Dictionary(word) => Some(word.matched_word.as_str()),
            _ => None,
        })
    };
    if words().any(|word| own.iter().any(|own| own.to_lowercase() == word)) {
        return Weakness::Own;
    }
    if words().any(|word| SITE_WORDS.contains(&word)) {
        return Weakness::SiteWord;
    }
    let known = parts.iter().filter(|part| !matches!(part.pattern, MatchPattern::BruteForce));
    match known.max_by_key(|part| part.token.chars().count()).map(|part| &part.pattern) {
        None | Some(MatchPattern::Dictionary(_) | MatchPattern::BruteForce) => Weakness::Common,
        Some(_) => Weakness::Pattern,
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
            ("2017!Sunshine", Weakness::Common),
            ("NewPass123!", Weakness::Common),
            ("2017-newPASS", Weakness::Common),
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
    fn what_people_make_to_please_a_rule_is_weak() {
        let own = ["lihua@example.cn", "lihua", "example", "national-2", "110101199003074514", "13800138000"];
        for password in [
            "Password123!Password",
            "national-2-pass",
            "cet20171234",
            "zhangsan123",
            "woaizhongguo",
            "Lihua@example",
            "110101199003074514",
            "13800138000",
            "lihua13800138000",
        ] {
            assert!(of(password, &own).is_some(), "{password}");
        }
        for (unit, times) in [("x", 128), ("1234567890", 10), ("abc", 20), ("Ab1", 5), ("password", 4)] {
            assert!(of(&unit.repeat(times), &[]).is_some(), "{unit}");
        }
        for password in [
            "Blue-Kite-42",
            "correct horse battery staple and a long river",
            "颜色很好看的风筝",
            "Bamboo-Kite-2017",
            "vexing-otter-lamp",
        ] {
            assert_eq!(of(password, &own), None, "{password}");
        }
    }

    #[test]
    fn every_word_of_this_context_with_a_year_is_weak() {
        for word in SITE_WORDS {
            assert_eq!(of(&format!("{word}2017"), &[]), Some(Weakness::SiteWord), "{word}");
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
    fn one_unknown_password_in_a_million_is_taken_for_a_known_one() {
        assert_eq!(u64::try_from(KNOWN.len()).unwrap() * 8, BITS);
        let set = KNOWN.iter().map(|byte| f64::from(byte.count_ones())).sum::<f64>() / 16e6;
        let taken = set.powi(16);
        assert!((5e-7..1e-6).contains(&taken), "{taken}");
        assert!(!(0..10_000).any(|n| is_listed(&format!("nobody has {n}"))));
    }
}
