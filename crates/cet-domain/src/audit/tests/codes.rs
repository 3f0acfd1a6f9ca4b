//! The lists of codes are sorted and worded.

use super::*;
use crate::texts::{Lang, texts};

#[test]
fn every_code_is_found_and_has_words_in_both_languages() {
    for (list, before) in
        [(ACTIONS, ""), (OBJECTS, "object-"), (ACTORS, "actor-"), (FIELDS, "field-"), (VALUES, "value-")]
    {
        assert!(list.is_sorted());
        assert!(list.iter().all(|(code, key)| *key == format!("audit-{before}{code}")));
        for lang in [Lang::Zh, Lang::En] {
            assert!(list.iter().all(|(code, key)| words(texts(lang), list, code) == texts(lang).m(key)));
        }
    }
    let all: std::collections::BTreeSet<&str> =
        ACTIONS.iter().map(|(code, _)| words(texts(Lang::Zh), ACTIONS, code)).collect();
    assert!(all.len() > 60 && all.iter().all(|words| !words.is_ascii()), "{all:?}");
    assert_eq!(words(texts(Lang::Zh), ACTIONS, "of-a-later-version"), "of-a-later-version");
    assert!(CHANGING.is_sorted() && CHANGING.iter().all(|action| is_known(ACTIONS, action)));
    assert!(WORDED.iter().all(|field| is_known(FIELDS, field)));
}
