use std::collections::BTreeSet;

use super::*;

/// Bytes that look random, the same each time.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_be_bytes()
    };
    (0..16).flat_map(|_| next()).collect()
}

fn drawn(lang: Lang, seed: u64) -> Question {
    question(lang, &mut Draw::new(&bytes(seed)))
}

/// A2.
#[test]
fn every_kind_is_asked_in_both_languages_with_an_answer_and_never_in_digits() {
    for lang in [Lang::Zh, Lang::En] {
        for (kind, _) in SHARES {
            let mut ways = BTreeSet::new();
            for seed in 0..60 {
                let asked = of_kind(kind, texts(lang), &mut Draw::new(&bytes(seed)));
                assert!(
                    !asked.answers.is_empty() && asked.answers.iter().all(|answer| !answer.is_empty()),
                    "{asked:?}"
                );
                assert!(
                    !asked.text.is_empty() && !asked.text.contains(|c: char| c.is_ascii_digit()),
                    "{asked:?}"
                );
                assert!(!asked.text.contains('$') && !asked.text.contains("captcha-"), "{asked:?}");
                ways.insert(asked.text);
            }
            assert!(ways.len() > 30, "{kind:?} in {lang:?}: {}", ways.len());
        }
    }
}

#[test]
fn no_word_is_of_two_groups_and_no_opposite_is_asked_for_twice() {
    for lang in [Lang::Zh, Lang::En] {
        let mut seen = BTreeSet::new();
        let groups = groups(texts(lang));
        assert!(groups.len() > LIST, "{lang:?}");
        for (name, words) in groups {
            assert!(words.len() > LIST, "{name}");
            for word in words {
                assert!(seen.insert(word), "{word} twice");
                assert_eq!(plain(word).chars().count(), word.chars().count(), "{word} would be shortened");
            }
        }
        let mut seen = BTreeSet::new();
        for pair in list(texts(lang).m("captcha-opposites")) {
            assert!(
                pair.split_whitespace().count() > 1 && seen.insert(pair.split_whitespace().next()),
                "{pair}"
            );
        }
        assert_eq!(list(texts(lang).m("captcha-ordinals")).len(), LIST);
        assert_eq!(list(texts(lang).m("captcha-numbers")).len(), 2 * LARGEST_PART + 1);
    }
}

#[test]
fn an_answer_is_read_as_people_type_it() {
    for (typed, same) in [
        ("Cat, horse", "cathorse"),
        ("the cat and the horse.", "cathorse"),
        ("ＣＡＴ　ＨＯＲＳＥ", "cathorse"),
        ("猫、马", "猫马"),
        ("猫和马。", "猫马"),
        (" 十 二 ", "十二"),
        ("１２", "12"),
        ("Twenty-one", "twentyone"),
        ("两", "二"),
        ("1\u{200B}2", "12"),
    ] {
        assert_eq!(plain(typed), same);
    }
}

#[test]
fn a_number_is_taken_in_digits_and_in_the_words_of_both_languages() {
    assert_eq!(forms(12), ["12", "十二", "twelve"]);
    let sum = of_kind(Kind::Sum, texts(Lang::Zh), &mut Draw::new(&[0, 5, 0, 6, 0, 0]));
    assert_eq!(sum.text, "七加八等于几？");
    assert_eq!(sum.answers, ["15", "十五", "fifteen"]);
    let order = of_kind(Kind::Order, texts(Lang::En), &mut Draw::new(&bytes(3)));
    assert_eq!(order.answers.len(), 9);
}

#[test]
fn an_answer_names_words_of_its_list_and_in_the_order_that_was_asked_for() {
    for seed in 0..40 {
        let pair = of_kind(Kind::Pair, texts(Lang::En), &mut Draw::new(&bytes(seed)));
        assert_eq!(pair.answers.len(), 1, "{pair:?}");
        let both = of_kind(Kind::Both, texts(Lang::En), &mut Draw::new(&bytes(seed)));
        let of = |question: &Question| {
            let words: Vec<String> = question.text.split([',', ':', '.', '?']).map(plain).collect();
            let count = |of: &Vec<String>| of.len();
            assert!(count(&words) > LIST);
            question.answers.first().cloned().unwrap_or_default()
        };
        assert_eq!(both.answers.len(), 2);
        let first = of(&both);
        let halves = (1..first.len()).any(|at| {
            both.answers.last().is_some_and(|other| *other == format!("{}{}", &first[at..], &first[..at]))
        });
        assert!(halves, "{both:?}");
    }
}

/// What somebody gets right who has seen a handful of questions and has written expressions for them, in both languages: the
/// numbers that `SECURITY.md` gives.
#[test]
fn blind_guesses_and_adding_up_answer_few_of_two_hundred() {
    for lang in [Lang::Zh, Lang::En] {
        let numbers = list(texts(lang).m("captcha-numbers"));
        let mut right = 0;
        for seed in 1000..1200 {
            let asked = drawn(lang, seed);
            let found: Vec<usize> = asked
                .text
                .split(|c: char| !(c.is_alphanumeric() || c == '-'))
                .filter_map(|word| numbers.iter().position(|number| *number == word))
                .collect();
            let sum = plain(&found.iter().sum::<usize>().to_string());
            let listed: Vec<&str> =
                asked.text.split([',', '、', ':', '：', '.', '。', '?', '？']).map(str::trim).collect();
            let first_two = listed.get(1..3).map(|two| plain(&two.concat())).unwrap_or_default();
            if asked.answers.contains(&sum) || asked.answers.contains(&first_two) {
                right += 1;
            }
        }
        assert!(right <= 20, "{right} of 200 in {lang:?}");
    }
}
