//! What a line says beside its changes, in words: `version=1` is a name and a value with its unit.

use super::codes::{FIELDS, OBJECTS, VALUES, words};
use crate::texts::Texts;

/// The names, with their message keys, sorted.
pub(super) const ABOUT: &[(&str, &str)] = &[
    ("alone", "audit-about-alone"),
    ("amount", "audit-about-amount"),
    ("answer", "audit-about-answer"),
    ("archive", "audit-about-archive"),
    ("as", "audit-about-as"),
    ("bank", "audit-about-bank"),
    ("barred", "audit-about-barred"),
    ("by", "audit-about-by"),
    ("bytes", "audit-about-bytes"),
    ("campus", "audit-about-campus"),
    ("campuses", "audit-about-campuses"),
    ("candidates", "audit-about-candidates"),
    ("claimant", "audit-about-claimant"),
    ("class", "audit-about-class"),
    ("collective-payment", "audit-about-collective-payment"),
    ("consent", "audit-about-consent"),
    ("difference", "audit-about-difference"),
    ("differences", "audit-about-differences"),
    ("dispute", "audit-about-dispute"),
    ("entries", "audit-about-entries"),
    ("export", "audit-about-export"),
    ("field", "audit-about-field"),
    ("form", "audit-about-form"),
    ("from", "audit-about-from"),
    ("gateway", "audit-about-gateway"),
    ("good_only", "audit-about-good-only"),
    ("holder", "audit-about-holder"),
    ("kept", "audit-about-kept"),
    ("kind", "audit-about-kind"),
    ("late", "audit-about-late"),
    ("lines", "audit-about-lines"),
    ("list", "audit-about-list"),
    ("matched", "audit-about-matched"),
    ("order", "audit-about-order"),
    ("people", "audit-about-people"),
    ("photos", "audit-about-photos"),
    ("place", "audit-about-place"),
    ("proof", "audit-about-proof"),
    ("reason", "audit-about-reason"),
    ("reason_given", "audit-about-reason-given"),
    ("rebind", "audit-about-rebind"),
    ("receipt", "audit-about-receipt"),
    ("record", "audit-about-record"),
    ("registration", "audit-about-registration"),
    ("remove_gone", "audit-about-remove-gone"),
    ("request", "audit-about-request"),
    ("requester", "audit-about-requester"),
    ("reset", "audit-about-reset"),
    ("rooms", "audit-about-rooms"),
    ("rows", "audit-about-rows"),
    ("scope", "audit-about-scope"),
    ("seed", "audit-about-seed"),
    ("sha256", "audit-about-sha256"),
    ("sitting", "audit-about-sitting"),
    ("subject", "audit-about-subject"),
    ("ticked", "audit-about-ticked"),
    ("to", "audit-about-to"),
    ("until", "audit-about-until"),
    ("version", "audit-about-version"),
    ("whole", "audit-about-whole"),
    ("why", "audit-about-why"),
];
/// Names whose value is what somebody wrote, to the end.
const FREE: [&str; 2] = ["answer", "reason"];

/// Each name with its value as a sentence. What is no name and value is a code, or goes on with the value before it.
pub(super) fn sentences(t: &'static Texts, about: &str) -> Vec<String> {
    let mut parts: Vec<(Option<&str>, String)> = Vec::new();
    for word in about.split(' ').filter(|word| !word.is_empty()) {
        let named = word.split_once('=').filter(|(name, _)| key(name).is_some());
        match named {
            Some((name, value)) => parts.push((Some(name), value.to_owned())),
            None => match parts.last_mut() {
                Some((Some(last), value)) if FREE.contains(last) => {
                    value.push(' ');
                    value.push_str(word);
                }
                _ => parts.push((None, word.to_owned())),
            },
        }
    }
    parts.iter().map(|(name, of)| sentence(t, *name, of)).collect()
}

fn sentence(t: &'static Texts, name: Option<&str>, of: &str) -> String {
    match name.and_then(|name| Some((name, key(name)?))) {
        Some((name, key)) => t.f("audit-about", &[("name", t.m(key)), ("value", &value(t, name, of))]),
        None => coded(t, &["staff-refund-"], of).unwrap_or_else(|| words(t, VALUES, of)).to_owned(),
    }
}

fn value(t: &'static Texts, name: &str, of: &str) -> String {
    let words_of = |list| words(t, list, of).to_owned();
    let of_texts = |prefixes: &[&str]| coded(t, prefixes, of).unwrap_or(of).to_owned();
    match (name, of) {
        ("place" | "scope", "") => t.m("audit-value-nation").to_owned(),
        (_, "") => t.m("audit-nothing").to_owned(),
        (_, "true" | "yes") => t.m("audit-yes").to_owned(),
        (_, "false" | "no") => t.m("audit-no").to_owned(),
        ("alone", _) => {
            let what = of.split(',').map(|one| coded(t, &["setting-second-"], one).unwrap_or(one));
            what.collect::<Vec<_>>().join(t.m("staff-list-and"))
        }
        ("amount", _) => t.f("audit-money", &[("amount", of)]),
        ("as", _) => of_texts(&["reconciliation-as-", "staff-suspense-as-"]),
        ("class", _) => of_texts(&["reconciliation-class-"]),
        ("field", _) => words_of(FIELDS),
        ("gateway", _) => gateway::GatewayCode::parse(of)
            .map_or_else(|| of.to_owned(), |code| t.m(code.profile().name).to_owned()),
        ("kind", _) => words_of(OBJECTS),
        ("list", _) => of_texts(&["staff-"]),
        ("reason", _) => of_texts(&["staff-reason-", "staff-suspense-", "staff-refund-"]),
        ("why", _) => of_texts(&["staff-refund-why-", "staff-refund-"]),
        _ => of.to_owned(),
    }
}

/// The text of a code by one of these beginnings of its key.
fn coded(t: &'static Texts, prefixes: &[&str], code: &str) -> Option<&'static str> {
    prefixes.iter().find_map(|prefix| t.find(&format!("{prefix}{code}")))
}

fn key(name: &str) -> Option<&'static str> {
    let at = ABOUT.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    ABOUT.get(at).map(|(_, key)| *key)
}

/// The first name of an event's codes that has no words.
pub(super) fn unknown(about: &str) -> Option<&str> {
    let names = about.split(' ').filter_map(|word| word.split_once('=')).map(|(name, _)| name);
    let mut written = names.take_while(|name| !FREE.contains(name));
    written.find(|name| key(name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{Lang, texts};

    #[test]
    fn every_name_is_found_and_has_words_in_both_languages() {
        assert!(ABOUT.is_sorted());
        for (name, key) in ABOUT {
            assert_eq!(*key, format!("audit-about-{}", name.replace('_', "-")));
            assert!(!texts(Lang::Zh).m(key).is_ascii() && texts(Lang::En).m(key) != *key, "{name}");
        }
    }

    #[test]
    fn what_a_line_is_about_is_said_in_words_with_units() {
        for (about, zh, en) in [
            ("version=1", vec!["版本：1"], vec!["Version: 1"]),
            (
                "entries=3 amount=90.00",
                vec!["科目数：3", "金额：90.00 元"],
                vec!["Entries: 3", "Amount: 90.00 yuan"],
            ),
            (
                "rows=7 whole=true scope=",
                vec!["行数：7", "含完整证件号：是", "范围：全国"],
                vec!["Rows: 7", "With whole document numbers: yes", "Scope: nation"],
            ),
            (
                "kind=roster place=99301",
                vec!["种类：学籍库", "范围：99301"],
                vec!["Kind: roster", "Place: 99301"],
            ),
            (
                "gateway=alipay bank=",
                vec!["支付平台：支付宝", "银行编号：（空）"],
                vec!["Gateway: Alipay", "Bank number: (none)"],
            ),
            (
                "surplus answer=no such a=b trade",
                vec!["重复支付", "支付平台的答复：no such a=b trade"],
                vec!["Paid twice", "The gateway’s answer: no such a=b trade"],
            ),
            ("of-a-later-version x=1", vec!["of-a-later-version", "x=1"], vec!["of-a-later-version", "x=1"]),
            ("", vec![], vec![]),
        ] {
            assert_eq!(
                (sentences(texts(Lang::Zh), about), sentences(texts(Lang::En), about)),
                (zh.iter().map(ToString::to_string).collect(), en.iter().map(ToString::to_string).collect()),
                "{about}"
            );
        }
    }

    #[test]
    fn a_name_without_words_is_found_but_not_in_what_somebody_wrote() {
        assert_eq!(unknown("sitting=2017-2 colour=red"), Some("colour"));
        assert_eq!(unknown("surplus answer=colour=red x=y"), None);
        assert_eq!(unknown("whole"), None);
    }
}
