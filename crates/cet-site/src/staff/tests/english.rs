//! English pages say in English whatever has an English text. What is left in Chinese is data (names of people, places and
//! texts that somebody wrote), and is marked as Chinese for whoever has it read aloud.

use std::collections::BTreeSet;

use super::access::rows::ROWS;
use super::access::{ACCOUNTS, allowed, filled, path_of, populated};
use super::world::{counted, member};
use crate::registration::pages::tests::bound;
use crate::testing::{Answer, Browser};
use cet_base::on_both;

/// The Chinese of the tests' data, and the name of the other language.
const DATA: [&str; 9] = [
    "学生",
    "化学学院",
    "化学",
    "99101-0校区",
    "测试校区机构001",
    "测试学校机构01",
    "测试学校",
    "三班",
    "中文",
];
/// What files that staff send call their columns: a page that says what a file holds says it as the file does.
const COLUMNS: [&str; 17] = [
    "准考证号",
    "姓名",
    "成绩",
    "科目",
    "考次",
    "证件号码",
    "证件类型",
    "校区代码",
    "校区名称",
    "考场号",
    "考场名称",
    "名称",
    "角色",
    "范围",
    "人员编号",
    "邮箱",
    "容量",
];
/// What the log holds of settings: names of subjects and sittings, languages.
const LOGGED: [&str; 8] =
    ["年下半年", "考试", "英语", "日语", "四级笔试", "六级笔试", "四级口试", "六级口试"];
/// Pages of candidates and of the portal.
const CANDIDATES: [&str; 33] = [
    "/",
    "/about",
    "/guide",
    "/schedule",
    "/process",
    "/faq",
    "/tips",
    "/register",
    "/login",
    "/recover",
    "/retrieve",
    "/verify-ticket",
    "/privacy",
    "/account",
    "/account/profile",
    "/account/password",
    "/account/payments",
    "/account/messages",
    "/account/access",
    "/account/sessions",
    "/account/closing",
    "/home",
    "/agreement",
    "/qualification",
    "/qualification/record",
    "/review",
    "/registration",
    "/registration/written",
    "/registration/oral",
    "/registration/waiting-list",
    "/payment",
    "/record-report",
    "/dispute",
];
/// Elements without an end.
const VOID: [&str; 9] = ["area", "br", "col", "hr", "img", "input", "link", "meta", "use"];
/// Attributes that are read aloud or shown.
const SHOWN: [&str; 4] = ["aria-label", "alt", "title", "placeholder"];

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff01}'..='\u{ffee}')
}

/// The Chinese of a page: what is marked as Chinese, and what is not.
#[derive(Default)]
struct Found {
    marked: Vec<String>,
    bare: Vec<String>,
}

impl Found {
    fn take(&mut self, text: &str, lang: &str) {
        if !text.chars().any(is_chinese) {
        } else if lang.starts_with("zh") {
            self.marked.push(text.trim().to_owned());
        } else {
            self.bare.push(text.trim().to_owned());
        }
    }
}

/// The attributes of a tag.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let Some((value, next)) = after.split_once('"') else { break };
        all.push((before.rsplit(char::is_whitespace).next().unwrap_or_default(), value));
        rest = next;
    }
    all
}

/// Reads a page as a browser does, as far as languages go.
fn read(html: &str) -> Found {
    let mut found = Found::default();
    let mut open: Vec<(String, String)> = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        found.take(text, open.last().map_or("", |(_, lang)| lang.as_str()));
        let Some((tag, next)) = after.split_once('>') else { break };
        rest = next;
        let name = tag.split([' ', '\n', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if tag.starts_with('!') {
            continue;
        }
        if tag.starts_with('/') {
            while open.pop().is_some_and(|(last, _)| last != name) {}
            continue;
        }
        let attributes = attributes(tag);
        let own = attributes.iter().find(|(key, _)| *key == "lang").map(|(_, lang)| (*lang).to_owned());
        let lang = own.unwrap_or_else(|| open.last().map_or_else(String::new, |(_, lang)| lang.clone()));
        for (_, value) in attributes.iter().filter(|(key, _)| SHOWN.contains(key)) {
            found.take(value, &lang);
        }
        // The title of a window is one text in one language.
        if ["script", "style", "title"].contains(&name) {
            rest = rest.split_once(&format!("</{name}>")).map_or("", |(_, after)| after);
        } else if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push((name.to_owned(), lang));
        }
    }
    found
}

/// What is left of a Chinese text without the data in it.
fn without_data(path: &str, text: &str) -> String {
    let logged = if path == "/staff/audit" { &LOGGED[..] } else { &LOGGED[..0] };
    let known = DATA.iter().chain(&COLUMNS).chain(logged);
    known.fold(text.to_owned(), |left, known| left.replace(known, ""))
}

/// What is wrong with an English page.
fn faults(path: &str, answer: &Answer) -> BTreeSet<String> {
    if !answer.header(http::header::CONTENT_TYPE).starts_with("text/html") {
        return BTreeSet::new();
    }
    let found = read(&answer.text);
    let bare = found.bare.iter().map(|text| format!("{path}: not marked as Chinese: {text}"));
    let words = found.marked.iter().filter(|text| without_data(path, text).chars().any(is_chinese));
    bare.chain(words.map(|text| format!("{path}: has no English words: {text}"))).collect()
}

async fn walked(browser: &mut Browser<'_>, path: &str) -> BTreeSet<String> {
    let and = if path.contains('?') { '&' } else { '?' };
    let answer = browser.get(&format!("{path}{and}lang=en")).await;
    faults(path, &answer)
}

#[test]
fn chinese_is_found_in_texts_and_labels_by_the_language_of_what_holds_it() {
    let page = "<!doctype html><html lang=\"en\"><title>子</title><script>“中”</script><p aria-label=\"甲\">乙 <b lang=\"zh-CN\">丙<br>\
                <i lang=\"en\">丁</i></b>戊<img alt=\"己\" lang=\"zh-CN\"><input value=\"庚\">";
    let found = read(page);
    assert_eq!(found.bare, ["甲", "乙", "丁", "戊"]);
    assert_eq!(found.marked, ["丙", "己"]);
}

on_both! {
    async fn english_pages_of_staff_have_no_chinese_but_data_that_is_marked(t: TestDb) {
        let app = populated(t).await;
        let names = filled(&app).await;
        counted(&app).await;
        let mut wrong = BTreeSet::new();
        for account in ACCOUNTS.into_iter().chain(["auditor"]) {
            let mut browser = member(&app, account).await;
            for row in ROWS.iter().filter(|row| row.method == "GET" && allowed(row, account)) {
                let path = path_of(row.route, &names);
                if ["csv", "xlsx", "zip", "pdf"].iter().any(|end| path.ends_with(&format!(".{end}"))) {
                    continue;
                }
                // The Chinese text of a page is what its editor edits.
                let is_editor = path.starts_with("/staff/portal/") && path.ends_with("/zh");
                let found = walked(&mut browser, &path).await;
                wrong.extend(found.into_iter().filter(|of| !is_editor || of.contains("not marked")));
            }
        }
        assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
    }

    async fn english_pages_of_candidates_have_no_chinese_but_data_that_is_marked(t: TestDb) {
        let app = populated(t).await;
        filled(&app).await;
        let mut wrong = BTreeSet::new();
        let mut browsers = [app.browser(), app.signed_in(9).await, app.signed_in(1).await, bound(&app, 3).await];
        browsers[3].post("/registration/written", &[("subject", "1")]).await;
        for browser in &mut browsers {
            for path in CANDIDATES {
                wrong.extend(walked(browser, path).await);
            }
        }
        assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
    }
}
