//! What lists, files, figures and look-ups of staff show: all rows in the reader's scope, and none of another campus,
//! school or province (TH22). `access.rs` tests who gets in; this file tests what they see.
//!
//! The routes and exportable lists are read from the sources, so that a new one without a row here fails.

mod pages;
mod places;

use std::collections::BTreeSet;
use std::io::Read as _;

use self::pages::{Mark, Of, PAGES, Shows};
use self::places::{PLACES, Place, accounts, filled, fits};
use super::access::{OPEN, routes};
use super::world::{counted, member};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_domain::staff::exports::{What, may_approve, may_take};
use cet_domain::staff::{Permission as P, Role};

/// Paths that are read, without file extensions.
fn read() -> BTreeSet<(String, Vec<&'static str>)> {
    let paths: BTreeSet<String> = routes()
        .into_iter()
        .filter(|(method, path)| method == "GET" && !OPEN.contains(&path.as_str()))
        .map(|(_, path)| path)
        .collect();
    let forms = |path: &String| {
        let ends = [".csv", ".xlsx"].into_iter().filter(|end| paths.contains(&format!("{path}{end}")));
        std::iter::once("").chain(ends).collect()
    };
    let is_file = |path: &String| {
        [".csv", ".xlsx"].iter().any(|end| path.strip_suffix(end).is_some_and(|base| paths.contains(base)))
    };
    paths.iter().filter(|path| !is_file(path)).map(|path| (path.clone(), forms(path))).collect()
}

#[test]
fn every_page_of_staff_is_known_for_what_it_shows() {
    let read: BTreeSet<String> = read().into_iter().map(|(path, _)| path).collect();
    let known: BTreeSet<String> = PAGES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert!(read.len() >= 20, "only {} pages were found", read.len());
    let missing: Vec<_> = read.difference(&known).collect();
    let gone: Vec<_> = known.difference(&read).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "pages without a row: {missing:?}; rows without a page: {gone:?}"
    );
    for what in What::ALL {
        let page = format!("/staff/{}", what.wire());
        assert!(
            PAGES.iter().any(|(path, shows)| *path == page && matches!(shows, Shows::List(..))),
            "{page} can be exported and is no list"
        );
    }
}

/// Forms that show whom they are about; what they make has its own list.
const FORMS: [&str; 3] = ["/staff/collective-payments/new", "/staff/group-entry", "/staff/accommodations"];

/// season.md 2.
#[test]
fn every_list_of_staff_is_there_as_csv_and_xlsx() {
    let read = read();
    let settings = ["windows", "limits", "fees", "oral", "arrangement", "subjects"]
        .map(|list| format!("/staff/sittings/{{code}}/{list}"));
    let others =
        ["/staff/sittings", "/staff/notices", "/staff/portal", "/staff/portal/news"].map(str::to_owned);
    let lists = PAGES.iter().filter(|(_, shows)| matches!(shows, Shows::List(..)));
    let lists = lists.map(|(path, _)| (*path).to_owned()).filter(|path| !FORMS.contains(&path.as_str()));
    let without: Vec<String> = lists
        .chain(settings)
        .chain(others)
        .filter(|list| !read.iter().any(|(path, ends)| path == list && ends.len() == 3))
        .collect();
    assert!(without.is_empty(), "lists without files: {without:?}");
}

/// Whether the rows of a place are in a scope; implemented independently of the program.
fn lies(scope: &str, place: &Place, of: Of) -> bool {
    match of {
        Of::Campuses => place.campus.starts_with(scope),
        Of::Schools => place.campus.starts_with(&scope[..scope.len().min(5)]),
    }
}

/// The number of rows in a scope.
fn rows(scope: &str, of: Of) -> i64 {
    PLACES.iter().filter(|place| lies(scope, place, of)).map(|place| place.rows).sum()
}

/// What a reader gets to see; for a workbook, the texts of all its parts.
fn shown(answer: &Answer) -> String {
    if !answer.bytes.starts_with(b"PK") {
        return answer.text.clone();
    }
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes.clone())).unwrap();
    let mut all = String::new();
    for place in 0..zip.len() {
        zip.by_index(place).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

/// An account, and all errors found on its pages so far.
struct Reader<'a> {
    account: &'a str,
    role: Role,
    scope: &'static str,
    faults: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn fits(&self) -> bool {
        fits(self.role, self.scope)
    }

    fn expect(&mut self, holds: bool, fault: &str) {
        if !holds {
            self.faults.push(format!("{}: {fault}", self.account));
        }
    }

    /// All rows in scope are shown, and no others. An account whose role can't have its scope may see fewer.
    fn compare(&mut self, address: &str, answer: &Answer, of: Of, mark: Mark) {
        let text = shown(answer);
        for place in &PLACES {
            let (found, own) = (text.contains(&mark(place)), lies(self.scope, place, of));
            self.expect(own || !found, &format!("{address} shows rows of {}", place.campus));
            self.expect(
                found || !own || !self.fits(),
                &format!("{address} lacks its rows of {}", place.campus),
            );
        }
    }

    async fn look_at_list(&mut self, browser: &mut Browser<'_>, address: &str, of: Of, mark: Mark) {
        let answer = browser.get(address).await;
        // A page that needs one school does not exist for a wider scope.
        if answer.status == 404 && !self.fits() {
            return;
        }
        self.expect(answer.status == 200, &format!("{address} answers {}", answer.status));
        self.compare(address, &answer, of, mark);
    }
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn world(t: cet_base::store::testing::TestDb) -> TestApp {
    let app = TestApp::on(t).await;
    filled(&app).await;
    app
}

on_both! {
    async fn th22_every_list_and_its_files_show_the_scope_and_nothing_else(t: TestDb) {
        let app = world(t).await;
        let (read, mut faults) = (read(), Vec::new());
        for (account, role, scope) in accounts(&app).await {
            let mut browser = member(&app, &account).await;
            let mut reader = Reader { account: &account, role, scope, faults: &mut faults };
            for (path, ends) in &read {
                let Some((_, Shows::List(who, query, of, mark))) = PAGES.iter().find(|(known, _)| known == path) else { continue };
                for end in ends.iter().filter(|_| who.may(role)) {
                    reader.look_at_list(&mut browser, &format!("{path}{end}{query}"), *of, *mark).await;
                }
            }
        }
        none(&faults);
    }

    async fn th22_every_page_of_one_row_is_there_in_its_scope_and_nowhere_else(t: TestDb) {
        let app = world(t).await;
        let mut faults = Vec::new();
        for (account, role, scope) in accounts(&app).await {
            let mut browser = member(&app, &account).await;
            let mut reader = Reader { account: &account, role, scope, faults: &mut faults };
            for (_, shows) in PAGES {
                let Shows::One(who, of, addresses) = shows else { continue };
                for (place, address) in PLACES.iter().flat_map(|place| addresses(place).into_iter().map(move |address| (place, address))) {
                    let answer = browser.get(&address).await;
                    let own = who.may(role) && lies(scope, place, *of);
                    let there = answer.status == if own { 200 } else { 404 };
                    let fits = reader.fits();
                    reader.expect(there || own && answer.status == 404 && !fits, &format!("{address} answers {}", answer.status));
                    reader.expect(own || !shown(&answer).contains(place.name), &format!("{address} names somebody"));
                }
            }
        }
        none(&faults);
    }

    async fn th22_every_export_holds_the_scope_and_nothing_else(t: TestDb) {
        let app = world(t).await;
        let (mut taken, mut faults) = (0, Vec::new());
        for (account, role, scope) in accounts(&app).await {
            let mut browser = member(&app, &account).await;
            let mut reader = Reader { account: &account, role, scope, faults: &mut faults };
            for (what, form, whole) in What::ALL.into_iter().flat_map(|what| {
                [("csv", false), ("xlsx", false), ("csv", true), ("xlsx", true)].map(|(form, whole)| (what, form, whole))
            }) {
                if !may_take(role, what, whole) {
                    continue;
                }
                let page = format!("/staff/{}", what.wire());
                let Some((_, Shows::List(_, query, of, mark))) = PAGES.iter().find(|(path, _)| *path == page) else { continue };
                let fields = [("what", what.wire()), ("query", query.trim_start_matches('?')), ("form", form),
                    ("whole", if whole { "yes" } else { "" }), ("reason", "x")];
                let asked = browser.post("/staff/exports", &fields).await;
                reader.expect(asked.status == 303, &format!("a file of {page} is refused: {:?}", asked.codes()));
                let answer = browser.get(&format!("{}/file", asked.location())).await;
                reader.compare(&format!("a file of {page}"), &answer, *of, *mark);
                if form == "csv" {
                    // A heading, the rows, and the line that names who downloaded it.
                    let lines = i64::try_from(answer.text.lines().count()).unwrap();
                    reader.expect(lines - 2 == rows(scope, *of), &format!("a file of {page} has {lines} lines"));
                }
                taken += 1;
            }
        }
        none(&faults);
        assert!(taken > 50, "only {taken} files were taken");
    }

    async fn th22_whoever_is_looked_up_is_found_in_the_scope_and_nowhere_else(t: TestDb) {
        let app = world(t).await;
        let mut faults = Vec::new();
        for (account, role, scope) in accounts(&app).await {
            let mut browser = member(&app, &account).await;
            let mut reader = Reader { account: &account, role, scope, faults: &mut faults };
            for place in &PLACES {
                let own = lies(scope, place, Of::Campuses);
                let (number, passport) = (place.document(), format!("{:032X}", place.id()));
                let email = format!("candidate{}@", place.id());
                let document = [("document_kind", "macau-id"), ("document_number", &*number), ("name", place.name)];
                let (passport, person) = ([("passport", &*passport)], [("person", place.name)]);
                let find = |path, fields, may| (path, fields, may);
                for (path, fields, may) in [
                    find("/staff/registrations/search", &document[..], P::FindRegistrations),
                    find("/staff/registrations/search", &passport, P::FindRegistrations),
                    find("/staff/registrations/search", &person, P::FindRegistrations),
                    find("/staff/students/search", &document, P::Students),
                    find("/staff/students/search", &person, P::Students),
                    find("/staff/retrieval", &document, P::RetrieveAccount),
                ] {
                    let answer = browser.post(path, fields).await;
                    let found = role.may(may) && own;
                    let expected = if found { [200, 303] } else { [404, 422] };
                    let as_expected = expected.contains(&answer.status.as_u16())
                        && answer.text.contains(&email) == (found && path == "/staff/retrieval");
                    reader.expect(as_expected, &format!("{path} by {fields:?} of {} answers {}", place.campus, answer.status));
                }
            }
        }
        none(&faults);
    }

    async fn th22_every_figure_adds_up_the_scope_and_nothing_else(t: TestDb) {
        let app = world(t).await;
        let accounts = accounts(&app).await;
        let mut faults = Vec::new();
        counted(&app).await;
        // Before any export, because exports are counted too.
        for (account, role, scope) in &accounts {
            let mut reader = Reader { account, role: *role, scope, faults: &mut faults };
            let page = member(&app, account).await.get("/staff").await.text;
            let (campuses, schools) = (rows(scope, Of::Campuses), rows(scope, Of::Schools));
            let of = |may, rows| if role.may(may) { rows } else { 0 };
            let approved = What::ALL.into_iter().filter(|what| may_approve(*role, *what)).count();
            for (href, expected) in [
                ("/staff/reviews", of(P::DecideReviews, campuses)),
                ("/staff/record-reports", of(P::Students, campuses)),
                ("/staff/disputes", of(P::Disputes, campuses)),
                ("/staff/rebinds", of(P::DecideRebind, schools)),
                ("/staff/collective-payments", of(P::CollectivePayment, campuses)),
                ("/staff/refunds", of(P::Refunds, schools + campuses)),
                ("/staff/suspense", of(P::Refunds, schools)),
                ("/staff/exports", campuses * i64::try_from(approved).unwrap()),
            ] {
                let number = waiting(&page, href);
                reader.expect(number == expected, &format!("at {href} wait {number} instead of {expected}"));
            }
            let watched = format!("24 小时内 {schools} 次导出");
            reader.expect(page.contains(&watched) == role.may(P::ReadAudit), "another number of watched actions");
            if role.may(P::Statistics) {
                figures(&mut reader, &page, campuses);
            }
        }
        for (account, role, scope) in accounts.iter().filter(|(_, role, _)| role.may(P::Statistics)) {
            let mut reader = Reader { account, role: *role, scope, faults: &mut faults };
            let mut browser = member(&app, account).await;
            let n = rows(scope, Of::Campuses);
            let page = browser.get("/staff/statistics").await;
            figures(&mut reader, &page.text, n);
            // Campuses are below their schools.
            for place in &PLACES {
                let address = format!("/staff/statistics?place={}", place.campus);
                let status = browser.get(&address).await.status.as_u16();
                // Not every campus of the rows is one that the catalogue knows.
                let own = lies(scope, place, Of::Campuses);
                let expected = status == 404 || (own && status == 200);
                reader.expect(expected, &format!("{address} answers {status}"));
            }
            let file = browser.get("/staff/statistics.csv").await;
            for line in [format!("英语四级笔试,,{n},0,"), format!("英语六级笔试,,0,{n},"), format!(",{},{n},,", 2 * n)] {
                reader.expect(file.text.contains(&line), &format!("/staff/statistics.csv lacks {line}"));
            }
            reader.compare("/staff/statistics.csv", &file, Of::Campuses, |place| format!(",{},", place.campus));
            let book = browser.get("/staff/statistics.xlsx").await;
            reader.compare("/staff/statistics.xlsx", &book, Of::Campuses, |place| format!(">{}<", place.campus));
        }
        none(&faults);
    }
}

/// The count next to a menu item.
fn waiting(page: &str, href: &str) -> i64 {
    let item = page.split("<li><a href=\"").find(|item| item.starts_with(&format!("{href}\"")));
    let item = item.and_then(|item| item.split("</a>").next()).unwrap_or_default();
    let number = item.split("<span class=\"n\">").nth(1).and_then(|rest| rest.split('<').next());
    number.map_or(0, |number| number.parse().unwrap())
}

/// The figures at the top of a page, for a scope with `n` registrations.
fn figures(reader: &mut Reader<'_>, page: &str, n: i64) {
    for (name, value) in [
        ("报名人数", n.to_string()),
        ("已支付科目", n.to_string()),
        ("未支付科目", n.to_string()),
        ("实收", format!("¥0.{n:02}")),
        ("剩余容量", n.to_string()),
    ] {
        let shown = page.contains(&format!("<dt>{name}</dt><dd>{value}<"));
        reader.expect(shown, &format!("{name} is not {value}"));
    }
}
