//! Each list as a file takes every filter of its page.

use std::collections::BTreeSet;

use super::access::{files, filled, populated};
use super::world::{counted, member};
use crate::testing::{Answer, Browser};
use cet_base::on_both;

/// Filters that are in the address alone, and choices that no list has.
const TYPED: [(&str, &str); 7] = [
    ("gateway", "alipay"),
    ("place", "993010"),
    ("place", "99101"),
    ("sitting", "2017-2"),
    ("sitting", "nonsense"),
    ("state", "nonsense"),
    ("class", "nonsense"),
];
/// What is written into a field of a filter.
const WRITTEN: [&str; 2] = ["993010", "2017-09-18"];
/// Choices of one filter that are tried.
const CHOICES: usize = 8;

/// The page of a file.
fn page_of(file: &str) -> &str {
    let list = file.trim_end_matches(".csv");
    // The money of each day is a part of the overview.
    if list == "/staff/money" { "/staff" } else { list }
}

/// The filters of a page's own search form, each with the values to try.
fn filters(page: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let forms = page.split("<form ").skip(1).filter_map(|part| part.split("</form>").next());
    for form in forms.filter(|form| form.split('>').next().is_some_and(|tag| tag.contains("method=\"get\"")))
    {
        for (tag, rest) in fields(form) {
            let Some(name) = attribute(tag, "name") else { continue };
            if tag.starts_with("select") {
                let choices = rest.split("</select>").next().unwrap_or_default();
                let values = choices.split("<option").skip(1).filter_map(|option| attribute(option, "value"));
                let values = values.filter(|value| !value.is_empty()).take(CHOICES);
                found.extend(values.map(|value| (name.to_owned(), value.to_owned())));
            } else if attribute(tag, "type").is_none_or(|kind| kind != "hidden" && kind != "checkbox") {
                found.extend(WRITTEN.map(|value| (name.to_owned(), value.to_owned())));
            }
        }
    }
    found
}

/// Each select and input of a form, with what follows it.
fn fields(form: &str) -> impl Iterator<Item = (&str, &str)> {
    let tags = form.split('<').filter(|part| part.starts_with("select ") || part.starts_with("input "));
    tags.map(move |tag| {
        let at = tag.as_ptr().addr() - form.as_ptr().addr();
        (tag, &form[at..])
    })
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split('>').next()?.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// How many rows the tables of a page have.
fn rows(page: &Answer) -> usize {
    page.text.split("<main").nth(1).unwrap_or_default().matches("<tr").count()
}

/// The rows of a file, without the mark of who has it.
fn lines(file: &Answer) -> Vec<&str> {
    file.text.lines().filter(|line| !line.contains("导出")).collect()
}

async fn compare(browser: &mut Browser<'_>, file: &str, (name, value): (&str, &str), is_own: bool) {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let at = format!("{file}?{query}");
    let (all, whole) = (browser.get(page_of(file)).await, browser.get(file).await);
    let (page, part) = (browser.get(&format!("{}?{query}", page_of(file))).await, browser.get(&at).await);
    assert_eq!(part.status, page.status, "{at}");
    if page.status != 200 {
        return;
    }
    if is_own {
        let links = page.text.split("href=\"").filter_map(|part| part.split('"').next());
        let links: Vec<&str> = links.filter(|link| link.split('?').next() == Some(file)).collect();
        assert!(links.iter().all(|link| link.contains(&query)), "{at}: the page's own link {links:?}");
    }
    if rows(&page) != rows(&all) {
        assert_ne!(lines(&part), lines(&whole), "{at}: the page has {} rows of {}", rows(&page), rows(&all));
    }
}

on_both! {
    async fn each_list_as_a_file_is_filtered_as_its_page_is(t: TestDb) {
        let app = populated(t).await;
        filled(&app).await;
        counted(&app).await;
        let mut found = BTreeSet::new();
        let day = ("/staff/reconciliation/alipay/2017-09-19.csv", "finance");
        for (file, account) in files().chain([day]) {
            let file = &*file.replace("{code}", "2017-2");
            // Of one upload: its page has no filters.
            if file.contains("{id}") {
                continue;
            }
            let mut browser = member(&app, account).await;
            let page = browser.get(page_of(file)).await;
            assert_eq!(page.status, 200, "{file}");
            let own = filters(&page.text);
            for (name, value) in &own {
                compare(&mut browser, file, (name, value), true).await;
                found.insert(format!("{file} {name}"));
            }
            for (name, value) in TYPED {
                compare(&mut browser, file, (name, value), false).await;
            }
        }
        for known in [
            "/staff/orders.csv gateway",
            "/staff/orders.csv state",
            "/staff/refunds.csv reason",
            "/staff/suspense.csv state",
            "/staff/statistics.csv mode",
            "/staff/statistics.csv from",
            "/staff/audit.csv action",
            "/staff/changes.csv sitting",
        ] {
            assert!(found.contains(known), "{known} is not there any more: {found:?}");
        }
    }
}
