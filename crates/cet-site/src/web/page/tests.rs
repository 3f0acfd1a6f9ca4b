//! Paths and languages of pages.

use std::sync::Arc;

use super::Page;
use cet_base::texts::Lang;

#[test]
fn a_text_has_the_language_that_it_is_written_in_and_a_number_that_of_its_page() {
    let of =
        |lang: Lang, text: &str| Page::new(cet_base::texts::texts(lang), Arc::default(), "/").lang_of(text);
    for (text, on_chinese, on_english) in [
        ("英语四级笔试", "zh-CN", "zh-CN"),
        ("(1) 英语四级笔试", "zh-CN", "zh-CN"),
        ("CET-4口试", "zh-CN", "zh-CN"),
        ("College English Test, band 4", "en", "en"),
        ("1", "zh-CN", "en"),
        ("A1", "zh-CN", "en"),
        ("", "zh-CN", "en"),
        ("2017-09-20 12:00", "zh-CN", "en"),
    ] {
        assert_eq!((of(Lang::Zh, text), of(Lang::En, text)), (on_chinese, on_english), "{text}");
    }
}

/// The files of the templates below a folder.
fn templates(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { templates(&path, found) } else { found.push(path) }
    }
}

#[test]
fn no_template_says_the_language_of_a_value_that_it_does_not_know() {
    let mut found = Vec::new();
    templates(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut found);
    assert!(found.len() > 100, "only {} templates were found", found.len());
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        for part in text.split("lang=\"zh-CN\"").skip(1) {
            // The registration number of a site in China is Chinese by law; news are marked where they have no English.
            let known = part.starts_with(">{{ page.site.icp }}") || part.starts_with("{% endif %}");
            assert!(known, "{}: {}", file.display(), &part[..part.len().min(80)]);
        }
    }
}

#[test]
fn a_path_that_would_lead_to_another_host_becomes_the_front_page() {
    for path in ["//evil.example", "/\\evil.example", "https://evil.example", ""] {
        let page = Page::new(cet_base::texts::texts(Lang::Zh), Arc::default(), path);
        assert_eq!(page.path, "/", "{path}");
    }
}

#[test]
fn a_new_password_has_its_least_length_and_three_things_that_are_said_of_it() {
    for lang in [Lang::Zh, Lang::En] {
        for (path, least) in [("/register", 8), ("/account/password", 8), ("/staff/password", 12)] {
            let page = Page::new(cet_base::texts::texts(lang), Arc::default(), path);
            let (shown, words) = page.password_words("password", "new-password").unwrap();
            assert_eq!((shown, words.split('|').count()), (least, 3), "{path}: {words}");
            assert_eq!(page.password_words("password", "current-password"), None, "{path}");
            assert_eq!(page.password_words("password_again", "new-password"), None, "{path}");
            assert!(words.split('|').next().unwrap().contains(&format!(" {least} ")), "{words}");
        }
    }
}
