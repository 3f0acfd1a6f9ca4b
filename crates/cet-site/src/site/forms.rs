//! All forms of candidates, for the tests that cover every one of them.

use std::path::{Path, PathBuf};

/// How a form's page shows a field's value again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As typed, in a text input.
    Text,
    /// Never.
    Secret,
    /// As an option, a checkbox, or a hidden input: unknown values can't be shown.
    Choice,
}

/// One field with a valid value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) good: &'static str,
    pub(super) kind: Kind,
}

/// One route that accepts a POST.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The path, as the router has it.
    pub(super) address: &'static str,
    /// The page that the form is on, if it needs a signed-in person.
    pub(super) signed_in: Option<&'static str>,
    pub(super) fields: &'static [Field],
}

const fn text(name: &'static str, good: &'static str) -> Field {
    Field { name, good, kind: Kind::Text }
}

const fn secret(name: &'static str, good: &'static str) -> Field {
    Field { name, good, kind: Kind::Secret }
}

const fn choice(name: &'static str, good: &'static str) -> Field {
    Field { name, good, kind: Kind::Choice }
}

const fn open(address: &'static str, fields: &'static [Field]) -> Form {
    Form { address, signed_in: None, fields }
}

const fn own(address: &'static str, page: &'static str, fields: &'static [Field]) -> Form {
    Form { address, signed_in: Some(page), fields }
}

/// The password of the tests' passports.
pub(super) const PASSWORD: &str = "Blue-Kite-42";

/// Every form of candidates, by path. `{own}` in a value is filled in by the test.
pub(super) const FORMS: &[Form] = &[
    open(
        "/register",
        &[
            text("email", "{new}@example.cn"),
            secret("password", PASSWORD),
            secret("password_again", PASSWORD),
            text("phone", "13812345678"),
            choice("document_kind", "macau-id"),
            text("document_number", "99301000001"),
            text("name", "学生1"),
        ],
    ),
    open(
        "/login",
        &[text("email", "own@example.cn"), secret("password", PASSWORD), choice("next", "/account")],
    ),
    open("/logout", &[]),
    open("/recover", &[text("email", "own@example.cn")]),
    open(
        "/recover/{token}",
        &[
            text("email", "own@example.cn"),
            secret("password", "Red-Tree-77"),
            secret("password_again", "Red-Tree-77"),
        ],
    ),
    open(
        "/retrieve",
        &[
            choice("document_kind", "macau-id"),
            text("document_number", "99301000001"),
            text("name", "学生1"),
            text("student_number", "20160001"),
        ],
    ),
    own(
        "/account/profile",
        "/account/profile",
        &[
            text("email", "own@example.cn"),
            text("phone", "13812345678"),
            choice("document_kind", "macau-id"),
            text("document_number", "99301000001"),
            text("name", "学生1"),
            secret("current_password", PASSWORD),
        ],
    ),
    own(
        "/account/password",
        "/account/password",
        &[
            secret("current_password", PASSWORD),
            secret("password", "Red-Tree-77"),
            secret("password_again", "Red-Tree-77"),
        ],
    ),
    own("/account/messages", "/account/messages", &[choice("optional", "no")]),
    own(
        "/account/closing",
        "/account/closing",
        &[secret("current_password", PASSWORD), choice("confirm", "yes")],
    ),
    own("/account/consents/withdrawal", "/account/consents/withdrawal", &[choice("consent", "document")]),
    own("/account/consents/giving", "/account/consents/giving", &[choice("consent", "photo")]),
    own("/account/sessions", "/account/sessions", &[]),
    own("/account/sessions/{id}/end", "/account/sessions", &[]),
    own("/account/verification", "/account", &[]),
    open("/account/verification/{token}", &[]),
    open("/account/undo/{token}", &[]),
    own("/agreement", "/agreement", &[choice("accept", "yes"), choice("version", "{version}")]),
    own(
        "/qualification",
        "/qualification",
        &[choice("document_kind", "macau-id"), text("document_number", "99301000001"), text("name", "学生1")],
    ),
    own("/qualification/record", "/qualification/record", &[choice("checked", "yes")]),
    own("/review", "/review", &[text("ticket_number", "993010151100101"), choice("confirmed", "yes")]),
    own("/review/withdrawal", "/review", &[]),
    own(
        "/record-report",
        "/record-report",
        &[choice("field", "class"), text("right", "三班"), text("note", "学生证上是三班")],
    ),
    own(
        "/dispute",
        "/dispute",
        &[text("student_number", "20160005"), text("phone", "13800000000"), text("note", "白天可以接电话")],
    ),
    own(
        "/registration/written",
        "/registration/written",
        &[choice("subject", "1"), choice("command", "{command}")],
    ),
    own(
        "/registration/oral",
        "/registration/oral",
        &[choice("subject", "F"), choice("campus", "993010"), choice("command", "{command}")],
    ),
    own("/registration/entries/{id}/cancellation", "/registration/entries/{id}/cancellation", &[]),
    own(
        "/registration/waiting-list",
        "/registration/waiting-list",
        &[choice("subject", "1"), choice("campus", "993010")],
    ),
    own("/registration/waiting-list/{id}/leaving", "/registration/waiting-list/{id}/leaving", &[]),
    own("/registration/refresh", "/registration", &[]),
    own(
        "/payment",
        "/payment",
        &[choice("entry", "{entry}"), choice("gateway", "alipay"), choice("bank", "85")],
    ),
    own("/payment/{order}/code", "/payment/{order}", &[]),
    own("/payment/{order}/phone", "/payment/{order}", &[]),
    open("/verify-ticket", &[text("q", "CET1:x")]),
];

/// The paths of candidates' POST routes, read from the sources.
fn routes() -> Vec<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut found = Vec::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for call in source.split(".route(").skip(1) {
            let handlers = call.split(".route(").next().unwrap_or(call);
            // A route ends with its line, or with the first line that closes its brackets.
            let end =
                if handlers.starts_with('\n') { handlers.find("\n        )") } else { handlers.find('\n') };
            let handlers = &handlers[..end.unwrap_or(handlers.len())];
            let first = handlers.split(',').next().unwrap_or_default().trim();
            let address = match first.strip_prefix('"') {
                Some(text) => text.trim_end_matches('"').to_owned(),
                None => constant(&source, first),
            };
            if handlers.contains("post(") {
                found.push(address);
            }
        }
    }
    found
}

/// The text of `const NAME: &str = "…";`.
fn constant(source: &str, name: &str) -> String {
    let after = source.split(&format!("const {name}: &str = \"")).nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default().to_owned()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // Routes of a test's own server are not routes of the site.
            if !path.ends_with("tests") {
                sources(&path, files);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("site/forms.rs")
            && !path.to_string_lossy().ends_with("tests.rs")
        {
            files.push(path);
        }
    }
}

/// Not for candidates: staff have their own pages, gateways their protocols, and a rehearsal is not the site.
const OTHERS: [&str; 3] = ["/staff", "/notify/", "/rehearsal"];

#[test]
fn every_post_address_of_candidates_is_in_the_table() {
    let mut routed: Vec<String> =
        routes().into_iter().filter(|path| !OTHERS.iter().any(|other| path.starts_with(other))).collect();
    routed.sort_unstable();
    routed.dedup();
    let mut known: Vec<String> = FORMS.iter().map(|form| form.address.to_owned()).collect();
    known.sort_unstable();
    assert_eq!(routed, known, "src/site/forms.rs lists each form with its fields");
}
