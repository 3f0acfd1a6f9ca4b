//! Every page on narrow phones with extreme content: counts next to each menu item, long names and numbers, nation-wide
//! sums, many rows. No page may scroll sideways.

use std::collections::BTreeSet;

use super::client::{Client, PASSWORD};
use super::demo::Demo;
use super::gateway::{self, PayBy};
use super::journey_browser::log_in;
use super::staff_browser::{Account, ROLES, WANG_TICKET, leads_to};
use super::window::{Look, Window};

/// Widths of common phones.
const WIDTHS: [u32; 3] = [390, 360, 320];

const fn look(language: &'static str, name: &'static str) -> Look {
    Look { width: 390, script: true, language, dark: false, name }
}

/// A demo with pending work: a review, a paid entry, unpaid ones.
async fn busy() -> Demo {
    let demo = Demo::start(None);
    for (name, email) in [("张三", "zhang@example.cn"), ("李四", "li@example.cn")] {
        let mut candidate = Client::new(&demo.url);
        candidate.join(email).await;
        candidate.bind(&demo.person(name)).await;
        candidate.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
        if name == "张三" {
            gateway::go(&mut candidate, PayBy::Alipay, "pay").await.unwrap();
        }
    }
    let mut wang = Client::new(&demo.url);
    wang.join("wang@example.cn").await;
    wang.bind(&demo.person("王小明")).await;
    let asked = wang.post("/review", &[("ticket_number", WANG_TICKET), ("confirmed", "yes")]).await;
    assert_eq!(asked.status, 303, "{:?}", asked.codes());
    demo
}

/// Checks the page at each width, as it is and with extreme content.
async fn measure(window: &Window, name: &str, faults: &mut Vec<String>) {
    for full in [false, true] {
        if full {
            window.ask(FILL).await;
        }
        for width in WIDTHS {
            window.narrow(width).await;
            if let Some(wide) = window.too_wide().await {
                let how = if full { "full" } else { "as it is" };
                faults.push(format!("{name} at {width}, {how}: {wide}"));
            }
        }
    }
    window.narrow(WIDTHS[0]).await;
}

/// Fills a page with the content of a large school, a long name and a whole nation, using the markup of its own
/// templates.
const FILL: &str = "
for (const item of document.querySelectorAll('nav.side a')) {
  const count = item.querySelector('.n') ?? item.appendChild(document.createElement('span'));
  count.className = 'n';
  count.innerHTML = '99999<span class=\"vh\"> 件等待处理</span>';
}
for (const body of document.querySelectorAll('main tbody')) {
  const row = body.lastElementChild;
  if (row) for (let n = 0; n < 30; n += 1) body.append(row.cloneNode(true));
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
while (texts.nextNode()) found.push(texts.currentNode);
for (const text of found) {
  const words = text.data.trim(), of = text.parentElement;
  if (!words || !of.closest('td, tbody th, dd, .staff .brand small')) continue;
  if (of.closest('script, style, svg, .btn, option, .vh, nav, .prose, .hero, dd a, .seat')) continue;
  if (/^[¥￥]?[0-9,.]+( ?元)?$/.test(words)) text.data = words.includes('.') ? '12,345,678,901.00' : words.length < 12 ? '1234567890123456' : words;
  else if (/^(?:[0-9\\s:~–至年月日周一二三四五六（）()\\/,-]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?|Tue|Wed|Thu|Sat)+$/.test(words)) continue;
  else if (/\\p{Script=Han}/u.test(words)) text.data = words + '阿卜杜热合曼·买买提依明江·艾合买提';
  else if (!of.closest('.brand')) text.data = words + ' wolfeschlegelsteinhausenberger@students.university.edu.cn';
}";

async fn staff(look: Look) {
    let window = Window::open(look).await;
    let demo = busy().await;
    let mut faults = Vec::new();
    window.go(&format!("{}/staff/login", demo.url)).await;
    measure(&window, "/staff/login", &mut faults).await;
    let mut counted = 0;
    for role in ROLES {
        Account::of(&demo, role).enter(&window, &demo).await;
        let mut seen = BTreeSet::new();
        let mut open = vec!["/staff".to_owned()];
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            window.go(&format!("{}{path}", demo.url)).await;
            open.extend(leads_to(&window).await);
            counted += window.count("nav.side a > .n > .vh").await;
            measure(&window, &format!("{role} {path}"), &mut faults).await;
        }
        window.go(&format!("{}/staff", demo.url)).await;
        window.click("header form[action='/staff/logout'] button").await;
        window.arrives("/staff/login").await;
    }
    window.close().await;
    // The inserted markup must be what the menu itself writes.
    assert!(counted > 0, "no item of the menu had a count");
    assert!(faults.is_empty(), "{} faults:\n  {}", faults.len(), faults.join("\n  "));
}

async fn candidates(look: Look) {
    let window = Window::open(look).await;
    let demo = busy().await;
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for email in ["", "zhang@example.cn", "li@example.cn", "wang@example.cn"] {
        let mut open = vec!["/".to_owned(), "/login".to_owned(), "/register".to_owned()];
        if !email.is_empty() {
            log_in(&window, &demo, email, PASSWORD).await;
            window.arrives("/home").await;
            let own = ["/home", "/agreement", "/qualification", "/registration", "/registration/written"];
            let more = ["/registration/oral", "/payment", "/review", "/account"];
            open = own.iter().chain(&more).map(ToString::to_string).collect();
        }
        while let Some(path) = open.pop() {
            if !seen.insert((email, path.clone())) {
                continue;
            }
            window.go(&format!("{}{path}", demo.url)).await;
            for link in window.links("nav a, main a, footer a").await {
                let path = link.split(['?', '#']).next().unwrap_or_default();
                if path.starts_with('/') && !path.starts_with("/staff") && !path.contains(".pdf") {
                    open.push(path.to_owned());
                }
            }
            faults.extend(window.broken_date().await.map(|date| format!("{email} {path}: broken {date}")));
            measure(&window, &format!("{email} {path}"), &mut faults).await;
        }
    }
    window.close().await;
    assert!(seen.len() > 30, "only {} pages were looked at", seen.len());
    assert!(faults.is_empty(), "{} faults:\n  {}", faults.len(), faults.join("\n  "));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_staff_scrolls_sideways_on_a_telephone_however_full_it_is() {
    staff(look("zh-CN", "narrow-staff")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_staff_scrolls_sideways_in_english() {
    staff(look("en", "narrow-staff-english")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_a_candidate_scrolls_sideways_on_a_telephone_however_full_it_is() {
    candidates(look("zh-CN", "narrow-candidate")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_a_candidate_scrolls_sideways_in_english() {
    candidates(look("en", "narrow-candidate-english")).await;
}
