//! What people type, and what is printed of it.

use super::Target;
use super::requests::none;
use cet_base::texts::Lang;
use cet_base::words::document::{Document, DocumentKind, DocumentNumber};
use cet_base::words::email::Email;
use cet_base::words::name::PersonName;
use cet_domain::outbox::delivery::bytes_of;
use cet_domain::outbox::{Mail, Part};
use cet_site::web::markdown::render;
use ticket_pdf::printable;

pub(crate) const DOCUMENT: Target = Target {
    name: "document",
    run: document,
    seeds: none,
    words: &["X", "x", "Ｘ", "０", "(", ")", "（", " ", "\u{200b}", "110105194912310020"],
    mutations: 5_000,
};

pub(crate) const MAIL: Target = Target {
    name: "mail",
    run: mail,
    seeds: none,
    words: &["@", "\r\nBcc: x@y.cn", "\"", "<", ">", ".", "xn--", "＠", "\0", "%0d%0a"],
    mutations: 3_000,
};

pub(crate) const NOTICE_HTML: Target = Target {
    name: "notice_html",
    run: notice_html,
    seeds: none,
    words: &[
        "<script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "<svg/onload=1>",
        "<style>",
        "&lt;",
        "](data:text/html,",
        "<a href='java\nscript:1'>",
        "<math><mtext></form>",
        "|a|b|\n|-|-|\n",
        "> ",
        "<iframe",
    ],
    mutations: 3_000,
};

pub(crate) const PDF: Target = Target {
    name: "pdf_text",
    run: pdf_text,
    seeds: none,
    words: &["\u{202e}", "\u{200b}", "\u{feff}", "\u{0}", "\u{1f468}\u{200d}", "·", "𠮷", "\u{fffe}"],
    mutations: 5_000,
};

fn document(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(number) = DocumentNumber::parse(&text) {
        let again = DocumentNumber::parse(number.as_str()).expect("what was read is read again");
        assert_eq!(again.as_str(), number.as_str());
        assert!(
            number.as_str().len() <= 4 * DocumentNumber::MAX && !number.as_str().contains(char::is_control)
        );
        assert_eq!(number.masked().chars().count() == 0, number.as_str().is_empty());
    }
    for kind in DocumentKind::ALL {
        let Ok(document) = Document::parse(kind, &text) else { continue };
        let again = Document::parse(kind, document.number.as_str()).expect("what was read is read again");
        assert_eq!(again.match_key().as_str(), document.match_key().as_str());
        let _checked = document.check();
        if let Some(other) = document.other_writing() {
            assert_ne!(other.match_key().as_str(), document.match_key().as_str());
        }
    }
    if let Ok(name) = PersonName::parse(&text) {
        let again = PersonName::parse(name.as_str()).expect("a name is read again");
        assert_eq!(again.key().as_str(), name.key().as_str());
        assert!(name.is_written_for(name.as_str()));
    }
}

/// A mail has the one recipient that was parsed, and no header that anybody typed.
fn mail(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (address, words) = text.split_once('\u{1e}').unwrap_or((&text, &text));
    let to = match Email::parse(address) {
        Ok(to) => {
            let again = Email::parse(&to.address()).expect("an address is read again");
            assert_eq!((again.address(), again.key()), (to.address(), to.key()));
            assert!(
                to.address().len() <= Email::MAX
                    && !to.address().contains(|c: char| c.is_control() || c == ' ')
            );
            to
        }
        Err(_) => Email::parse("zhang3@163.com").unwrap(),
    };
    let parts =
        vec![Part::Text(words.to_owned()), Part::Link("a".to_owned(), "https://cet.example.cn/x".to_owned())];
    let mail = Mail { to, lang: Lang::Zh, subject: words.to_owned(), parts };
    let Ok(bytes) = bytes_of("cet@example.cn", &mail) else { return };
    let written = String::from_utf8(bytes).expect("a mail is text");
    let (head, _) = written.split_once("\r\n\r\n").expect("a head");
    // A header that is folded goes on behind a blank.
    let names: Vec<String> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split(':').next().unwrap_or_default().to_ascii_lowercase())
        .collect();
    for name in &names {
        let known = [
            "from",
            "to",
            "subject",
            "mime-version",
            "content-type",
            "date",
            "message-id",
            "content-transfer-encoding",
        ];
        assert!(known.contains(&name.as_str()), "somebody typed the header {name:?}");
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name} is there twice");
    }
}

/// The tags of a page in lower case, each up to the `>` that is not in a value.
fn tags(html: &str) -> Vec<String> {
    let (mut tags, mut rest) = (Vec::new(), html);
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == '>' && !quoted
        });
        let end = end.map_or(after.len(), |(at, _)| at);
        tags.push(after[..end].to_ascii_lowercase());
        rest = &after[end..];
    }
    tags
}

const FORBIDDEN: [&str; 14] = [
    "script", "style", "img", "svg", "iframe", "object", "embed", "form", "input", "link", "meta", "base",
    "math", "template",
];

/// Only what Markdown makes, and nothing that runs.
fn notice_html(data: &[u8]) {
    let Ok(markdown) = std::str::from_utf8(data) else { return };
    let html = render(markdown);
    for tag in tags(&html) {
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(!FORBIDDEN.contains(&name.as_str()), "<{tag}> in {html}");
        for (n, part) in tag.split('"').enumerate() {
            if n % 2 == 1 {
                let value: String = part.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
                assert!(
                    !value.starts_with("javascript:") && !value.starts_with("data:"),
                    "<{tag}> in {html}"
                );
            } else {
                let mut names = part.split_whitespace().skip(usize::from(n == 0));
                assert!(
                    !names.any(|name| name.starts_with("on") || name.starts_with("style")),
                    "<{tag}> in {html}"
                );
            }
        }
    }
}

/// Text as it is printed is one line of characters that can be seen, and printing it again changes nothing.
fn pdf_text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let printed = printable(&text);
    assert_eq!(printable(&printed), printed);
    assert!(!printed.contains(char::is_control), "{printed:?}");
    assert!(!printed.contains(['\u{202e}', '\u{200b}', '\u{feff}', '\u{2028}']), "{printed:?}");
    assert!(printed.chars().count() <= text.chars().count());
}
