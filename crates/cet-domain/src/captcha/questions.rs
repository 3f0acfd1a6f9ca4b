//! The questions in words, for whoever can't read the picture (A2): of several kinds, each asked in several ways, mostly about
//! what words mean, so that no handful of expressions answers them. The words stand in the catalogues of texts.

use crate::texts::{Lang, Texts, texts};
use crate::words::text::{ascii_form, is_invisible};

/// How many words a list has: two of eight are guessed once in 28 times.
const LIST: usize = 8;
/// The groups of a list with two of one.
const OTHERS: usize = LIST - 1;
/// The words of one group in a list with two of others.
const ALIKE: usize = LIST - 2;
/// The numbers of a list that is put in order.
const NUMBERS: usize = 5;
/// Longer answers are none.
const LONGEST_ANSWER: usize = 80;
/// Numbers from two to this one are added, so that the sum is among the words too.
const LARGEST_PART: usize = 15;

/// A question and the answers that are taken, in the form of [`plain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) text: String,
    pub(super) answers: Vec<String>,
}

/// Random numbers from random bytes.
pub(super) struct Draw<'b>(std::slice::Chunks<'b, u8>);

impl<'b> Draw<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes.chunks(2))
    }

    /// A number below `end`; 0 when the bytes have run out.
    fn below(&mut self, end: usize) -> usize {
        let drawn = self
            .0
            .next()
            .map_or(0, |pair| pair.iter().fold(0, |sum: usize, byte| (sum << 8) | usize::from(*byte)));
        drawn.checked_rem(end).unwrap_or(0)
    }

    fn one<'w>(&mut self, of: &[&'w str]) -> &'w str {
        of.get(self.below(of.len())).copied().unwrap_or("")
    }

    /// `count` different ones in a random order.
    fn some<T: Clone>(&mut self, of: &[T], count: usize) -> Vec<T> {
        let mut left = of.to_vec();
        let mut drawn = Vec::new();
        while drawn.len() < count && !left.is_empty() {
            drawn.push(left.swap_remove(self.below(left.len())));
        }
        drawn
    }
}

/// The kinds of questions. Those that arithmetic or counting answers are rare: whoever has seen one answers all of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Two of a group among others.
    Both,
    /// One of a group, then one of another.
    Pair,
    /// Two that are not of the others' group.
    Odd,
    Opposite,
    Sum,
    Rest,
    /// The n-th and the m-th word.
    Places,
    /// The smallest and the greatest number.
    Order,
}

/// How often each comes, of a hundred.
const SHARES: [(Kind, usize); 8] = [
    (Kind::Both, 29),
    (Kind::Pair, 32),
    (Kind::Odd, 19),
    (Kind::Opposite, 16),
    (Kind::Sum, 1),
    (Kind::Rest, 1),
    (Kind::Places, 1),
    (Kind::Order, 1),
];

/// A question in a language.
pub(super) fn question(lang: Lang, draw: &mut Draw<'_>) -> Question {
    let kinds: Vec<Kind> =
        SHARES.iter().flat_map(|(kind, share)| std::iter::repeat_n(*kind, *share)).collect();
    let kind = kinds.get(draw.below(kinds.len())).copied().unwrap_or(Kind::Both);
    of_kind(kind, texts(lang), draw)
}

fn of_kind(kind: Kind, t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    match kind {
        Kind::Both => both(t, draw),
        Kind::Pair => pair(t, draw),
        Kind::Odd => odd(t, draw),
        Kind::Opposite => opposite(t, draw),
        Kind::Sum => {
            let (a, b) = (part(draw), part(draw));
            counted(t, draw, "captcha-ask-sum", (a, b), a.saturating_add(b))
        }
        Kind::Rest => {
            let (b, rest) = (part(draw), part(draw));
            counted(t, draw, "captcha-ask-rest", (b.saturating_add(rest), b), rest)
        }
        Kind::Places => places(t, draw),
        Kind::Order => order(t, draw),
    }
}

/// A number to be added or taken away.
fn part(draw: &mut Draw<'_>) -> usize {
    draw.below(LARGEST_PART.saturating_sub(1)).saturating_add(2)
}

/// A group of words of one kind, and its name.
type Group = (&'static str, Vec<&'static str>);

fn groups(t: &'static Texts) -> Vec<Group> {
    let lines = t.m("captcha-groups").lines();
    lines
        .filter_map(|line| line.split_once([':', '：']))
        .map(|(name, words)| (name.trim(), list(words)))
        .collect()
}

fn list(text: &'static str) -> Vec<&'static str> {
    text.split([',', '、']).map(str::trim).collect()
}

/// One of the ways to ask.
fn asked(t: &'static Texts, draw: &mut Draw<'_>, key: &'static str, args: &[(&str, &str)]) -> String {
    let ways = t.f(key, args);
    let ways: Vec<&str> = ways.lines().collect();
    draw.one(&ways).to_owned()
}

fn joined(t: &'static Texts, words: &[&str]) -> String {
    words.join(t.m("captcha-comma"))
}

/// Both of two words, in this order.
fn in_order(first: &str, second: &str) -> String {
    plain(&format!("{first} {second}"))
}

fn both(t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    let drawn = draw.some(&groups(t), OTHERS);
    let Some(((group, words), others)) = drawn.split_first() else { return nothing() };
    let two = draw.some(words, 2);
    let [first, second] = two.as_slice() else { return nothing() };
    let mut all = vec![*first, *second];
    all.extend(others.iter().map(|(_, words)| draw.one(words)));
    let all = draw.some(&all, LIST);
    let text = asked(t, draw, "captcha-ask-both", &[("group", group), ("words", &joined(t, &all))]);
    Question { text, answers: vec![in_order(first, second), in_order(second, first)] }
}

fn pair(t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    let drawn = draw.some(&groups(t), LIST);
    let words: Vec<&str> = drawn.iter().map(|(_, words)| draw.one(words)).collect();
    let ([(a, _), (b, _), ..], [first, second, ..]) = (drawn.as_slice(), words.as_slice()) else {
        return nothing();
    };
    let all = joined(t, &draw.some(&words, LIST));
    let text = asked(t, draw, "captcha-ask-pair", &[("first", a), ("second", b), ("words", &all)]);
    Question { text, answers: vec![in_order(first, second)] }
}

fn odd(t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    let drawn = draw.some(&groups(t), 3);
    let [(_, words), (_, one), (_, other)] = drawn.as_slice() else { return nothing() };
    let (first, second) = (draw.one(one), draw.one(other));
    let mut all = draw.some(words, ALIKE);
    all.extend([first, second]);
    let all = joined(t, &draw.some(&all, LIST));
    let text = asked(t, draw, "captcha-ask-odd", &[("words", &all)]);
    Question { text, answers: vec![in_order(first, second), in_order(second, first)] }
}

fn opposite(t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    let drawn = draw.one(&list(t.m("captcha-opposites")));
    let mut words = drawn.split_whitespace();
    let word = words.next().unwrap_or("");
    let text = asked(t, draw, "captcha-ask-opposite", &[("word", word)]);
    Question { text, answers: words.map(plain).collect() }
}

fn counted(
    t: &'static Texts,
    draw: &mut Draw<'_>,
    key: &'static str,
    (a, b): (usize, usize),
    answer: usize,
) -> Question {
    let numbers = list(t.m("captcha-numbers"));
    let word = |number: usize| numbers.get(number).copied().unwrap_or("");
    let text = asked(t, draw, key, &[("a", word(a)), ("b", word(b))]);
    Question { text, answers: forms(answer) }
}

fn places(t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    let drawn = draw.some(&groups(t), LIST);
    let words: Vec<&str> = drawn.iter().map(|(_, words)| draw.one(words)).collect();
    let numbered: Vec<(&str, &str)> =
        list(t.m("captcha-ordinals")).into_iter().zip(words.iter().copied()).collect();
    let two = draw.some(&numbered, 2);
    let [(n, first), (m, second)] = two.as_slice() else { return nothing() };
    let text = asked(t, draw, "captcha-ask-places", &[("n", n), ("m", m), ("words", &joined(t, &words))]);
    Question { text, answers: vec![in_order(first, second)] }
}

fn order(t: &'static Texts, draw: &mut Draw<'_>) -> Question {
    let words = list(t.m("captcha-numbers"));
    let numbered: Vec<(usize, &str)> = words.into_iter().enumerate().skip(2).collect();
    let drawn = draw.some(&numbered, NUMBERS);
    let all: Vec<&str> = drawn.iter().map(|(_, word)| *word).collect();
    let values = || drawn.iter().map(|(number, _)| *number);
    let (least, most) = (forms(values().min().unwrap_or(0)), forms(values().max().unwrap_or(0)));
    let text = asked(t, draw, "captcha-ask-order", &[("words", &joined(t, &all))]);
    let answers = least.iter().flat_map(|first| most.iter().map(move |second| format!("{first}{second}")));
    Question { text, answers: answers.collect() }
}

/// A number in digits and in the words of both languages.
fn forms(number: usize) -> Vec<String> {
    let word = |lang| list(texts(lang).m("captcha-numbers")).get(number).map(|word| plain(word));
    std::iter::once(number.to_string()).chain([Lang::Zh, Lang::En].into_iter().filter_map(word)).collect()
}

/// A question that has no answer: a catalogue without its words, which a test rules out.
fn nothing() -> Question {
    Question { text: String::new(), answers: Vec::new() }
}

/// What was typed, without what people add or leave out: case, width, blanks, punctuation, articles and “and”.
pub(super) fn plain(typed: &str) -> String {
    let mut folded = String::new();
    for c in typed.chars().filter(|c| !is_invisible(*c)).take(LONGEST_ANSWER) {
        match ascii_form(c) {
            Some(ascii) => folded.extend(ascii.flat_map(char::to_lowercase)),
            None => folded.push(c),
        }
    }
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let said: String = words.filter(|word| !matches!(*word, "a" | "an" | "and" | "the" | "then")).collect();
    said.chars()
        .filter(|c| !matches!(c, '和' | '与' | '跟' | '及'))
        .map(|c| if c == '两' { '二' } else { c })
        .collect()
}

#[cfg(test)]
#[path = "questions_tests.rs"]
mod tests;
