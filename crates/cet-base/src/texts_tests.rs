use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::refusal::TABLE;

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    // The registry of the gateways names their texts.
    for name in ["cet-base", "cet-domain", "cet-site", "cet", "gateway"] {
        files(&root.join("..").join(name).join("src"), ".rs", &mut found);
    }
    files(&root.join("../cet-site/templates"), ".html", &mut found);
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines() {
        if line.starts_with('#') {
            continue;
        }
        if let Some((id, _)) = line.split_once('=').filter(|_| !line.starts_with(char::is_whitespace)) {
            current = id.trim().to_owned();
            assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{current} stands twice");
        }
        for part in line.split("{ $").skip(1) {
            let name = part.split([' ', '}', '-']).next().unwrap().to_owned();
            found.get_mut(&current).unwrap().insert(name);
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    for (room, zh, en) in ROOMS {
        assert_eq!(messages(zh), messages(en), "locales/*/{room}.ftl");
    }
}

#[test]
fn every_fluent_file_parses_and_keeps_to_its_room() {
    for (room, zh, en) in ROOMS {
        for source in [zh, en] {
            assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{room}.ftl has an error");
            for key in messages(source).keys() {
                assert!(key.starts_with(&format!("{room}-")), "{key} is not of room {room}");
            }
        }
    }
}

#[test]
fn every_message_that_pages_name_exists() {
    let keys: BTreeSet<_> = ROOMS.iter().flat_map(|(_, zh, _)| messages(zh).into_keys()).collect();
    for (path, text) in sources() {
        if path.ends_with("texts_tests.rs") {
            continue;
        }
        for call in [".m(\"", ".f(\""] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                assert!(keys.contains(key), "{} names {key}", path.display());
            }
        }
    }
}

#[test]
fn no_message_is_left_over() {
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    for key in ROOMS.iter().flat_map(|(_, zh, _)| messages(zh).into_keys()) {
        let code =
            key.strip_prefix("refusal-").is_some_and(|code| TABLE.iter().any(|(known, _)| *known == code));
        assert!(code || all.contains(&format!("\"{key}\"")), "{key} is used nowhere");
    }
}

#[test]
fn arguments_are_filled_in_without_direction_marks() {
    assert_eq!(texts(Lang::Zh).f("layout-step-of", &[("n", "4")]), "第 4 步，共 6 步：");
}

#[test]
fn what_is_counted_stands_in_the_singular_where_it_is_one() {
    let refunds = |n| texts(Lang::En).f("staff-task-refunds", &[("n", n)]);
    assert_eq!(
        ["0", "1", "2", "11", "1000"].map(refunds),
        [
            "0 refunds in progress",
            "1 refund in progress",
            "2 refunds in progress",
            "11 refunds in progress",
            "1000 refunds in progress",
        ]
    );
    // Whatever the count is called.
    let rows = |n| texts(Lang::En).f("sheet-note-read", &[("sheet", "1"), ("rows", n)]);
    assert_eq!(["1", "2"].map(rows), ["sheet 1: 1 row", "sheet 1: 2 rows"]);
    // What only looks like a number stays as it is.
    assert_eq!(refunds("001"), "001 refunds in progress");
    assert_eq!(refunds("99301125095244980006"), "99301125095244980006 refunds in progress");
}

/// What one counts. A word that is missing here hides its message from the test below.
const COUNTED: &[&str] = &[
    "accounts",
    "campuses",
    "candidates",
    "changes",
    "days",
    "differences",
    "disputes",
    "drafts",
    "entries",
    "files",
    "hours",
    "items",
    "minutes",
    "orders",
    "payments",
    "people",
    "photos",
    "refunds",
    "registrations",
    "reports",
    "requests",
    "reviews",
    "rows",
    "seats",
    "seconds",
    "students",
    "subjects",
];

/// The count and the words behind it, up to the first that is counted, if a message would also say "1 rows".
fn never_one(source: &str) -> Option<String> {
    source.lines().find_map(|line| {
        line.match_indices("{ $").find_map(|(at, _)| {
            let (before, after) = line.split_at(at);
            let (_, behind) = after.split_once('}')?;
            // A limit of the program is more than one.
            let limit = ["at most ", "At most ", " 1 to ", " of "].iter().any(|word| before.ends_with(word));
            let counted = behind
                .trim_start()
                .split(' ')
                .take(2)
                .map(|word| word.trim_end_matches([',', '.', ':', ';']))
                .find(|word| COUNTED.contains(word))?;
            let chosen = ["[one]", "*[other]"].iter().any(|case| before.trim_start().starts_with(case));
            (!limit && !chosen && behind.starts_with(' ')).then(|| format!("{line} ({counted})"))
        })
    })
}

#[test]
fn no_english_message_says_several_of_one() {
    assert!(never_one("key = { $rows } hidden rows of sheet").is_some());
    assert!(never_one("       *[other] { $rows } rows").is_none());
    // More than one by what they say.
    let several = ["upload-photo-several-files", "upload-photo-shared"];
    let found: Vec<_> = ROOMS
        .iter()
        .flat_map(|(_, _, en)| en.lines())
        .filter(|line| !several.iter().any(|key| line.starts_with(key)))
        .filter_map(never_one)
        .collect();
    assert!(found.is_empty(), "choose by {{ $n -> [one] … *[other] … }}: {found:#?}");
}

/// RFC 9110, sections 12.4.2 and 12.5.4.
#[test]
fn the_known_language_that_a_browser_wants_most_is_taken() {
    for (header, lang) in [
        ("fr-FR,en-GB;q=0.8,zh;q=0.5", Lang::En),
        ("zh-TW,zh;q=0.9,en;q=0.8", Lang::Zh),
        ("", Lang::Zh),
        ("en;q=0.3,zh;q=0.8", Lang::Zh),
        ("zh;q=0.3, en;q=0.8", Lang::En),
        ("en;q=0, zh", Lang::Zh),
        ("en;q=0", Lang::Zh),
        ("zh;q=0, en;q=0.001", Lang::En),
        ("zh;q=0.000,*", Lang::En),
        ("en;q=0.5,*;q=0.8", Lang::Zh),
        ("*, en;q=0.5", Lang::Zh),
        ("*", Lang::Zh),
        ("fr, *;q=0.1", Lang::Zh),
        ("en,zh", Lang::En),
        ("zh,en", Lang::Zh),
        ("zh;q=0.8,en;q=0.8", Lang::Zh),
        ("en;q=1.000,zh;q=0.999", Lang::En),
        ("EN-us;Q=1 , zh ; q=0.2", Lang::En),
        // What is no weight counts for nothing.
        ("en;q=2,zh;q=0.1", Lang::Zh),
        ("en;q=0.1234,zh;q=0.1", Lang::Zh),
        ("en;q=,zh;q=0.1", Lang::Zh),
        ("en;q=-1,zh;q=0.1", Lang::Zh),
        ("en;q=1.5,zh;q=0.1", Lang::Zh),
        (",;,en;q=0.1", Lang::En),
    ] {
        assert_eq!(Lang::accepted(header), lang, "{header}");
    }
}

#[test]
fn every_refusal_code_has_its_words_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for (code, _) in TABLE {
            assert!(texts(lang).find(&format!("refusal-{code}")).is_some(), "{code} in {lang:?}");
        }
    }
}
