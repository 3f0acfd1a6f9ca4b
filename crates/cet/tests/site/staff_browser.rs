//! The staff pages in Chromium: what two and three people do together, each in their own window, and every page of
//! every role at both widths.

use serde_json::Value;

use super::client::{Client, PASSWORD};
use super::demo::{Demo, Student};
use super::journey_browser::{bind, log_in};
use super::mailbox::has_mail;
use super::window::{Look, Window};

/// 王小明's CET4 ticket, which has a score of 431 under another document.
pub(crate) const WANG_TICKET: &str = "993010151100102";

const fn look(width: u32, name: &'static str) -> Look {
    Look { width, script: true, language: "zh-CN", dark: false, name }
}

/// A demo account, as in `demo.json`.
pub(crate) struct Account {
    name: String,
    password: String,
    secret: Vec<u8>,
}

impl Account {
    pub(crate) fn of(demo: &Demo, name: &str) -> Self {
        let file: Value = serde_json::from_str(&demo.json()).unwrap();
        let staff = file["staff"].as_array().unwrap();
        let found = staff.iter().find(|account| account["name"] == name).unwrap();
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        Self {
            name: text("name"),
            password: text("password"),
            secret: cet_domain::staff::totp::from_base32(&text("totp_secret")).unwrap(),
        }
    }

    /// The code of now, or of this many steps later.
    #[expect(clippy::disallowed_methods, reason = "an authenticator has the time of the world")]
    fn code(&self, later: i64) -> String {
        let step = jiff::Timestamp::now().as_second().div_euclid(30);
        cet_domain::staff::totp::code(&self.secret, step + later)
    }

    /// Logs in with both factors.
    pub(crate) async fn enter(&self, window: &Window, demo: &Demo) {
        self.enter_with(window, &demo.url, 0).await;
    }

    /// Logs in a second time; a code is taken once only, so this is the next one.
    pub(crate) async fn enter_again(&self, window: &Window, url: &str) {
        self.enter_with(window, url, 1).await;
    }

    async fn enter_with(&self, window: &Window, url: &str, later: i64) {
        window.go(&format!("{url}/staff/login")).await;
        window.fill("name", &self.name).await;
        window.fill("password", &self.password).await;
        window.send("/staff/login").await;
        window.arrives("/staff/second-factor").await;
        window.fill("code", &self.code(later)).await;
        window.send("/staff/second-factor").await;
        window.arrives("/staff").await;
    }
}

/// A candidate in a window: signed in, and from there to the saved registration.
async fn candidate(window: &mut Window, demo: &Demo, email: &str, student: Option<&Student>) {
    log_in(window, demo, email, PASSWORD).await;
    window.arrives("/home").await;
    if let Some(student) = student {
        bind(window, student).await;
    }
}

async fn submit(window: &Window, demo: &Demo) {
    window.go(&format!("{}/review", demo.url)).await;
    window.fill("ticket_number", WANG_TICKET).await;
    window.click("main input[name=confirmed]").await;
    window.send("/review").await;
    window.find("[data-review=pending]").await;
}

/// The school opens the one application that waits and decides it.
async fn decide(window: &mut Window, demo: &Demo, decision: &str, evidence: &str) {
    window.go(&format!("{}/staff", demo.url)).await;
    window.look("01-overview").await;
    window.click("main a[href='/staff/reviews?state=pending']").await;
    window.arrives("/staff/reviews").await;
    window.look("02-reviews").await;
    window.click("main tbody a").await;
    window.find("main select[name=decision]").await;
    window.look(&format!("03-{decision}")).await;
    window.choose("decision", decision).await;
    window.fill("evidence", evidence).await;
    window.click("main form:has(select[name=decision]) button.btn:not(.quiet)").await;
    window.find("main .tag").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manual_review_is_lost_corrected_resubmitted_and_won_by_two_browsers() {
    let mut school = Window::open(look(1280, "staff-review-school")).await;
    let mut wang = Window::open(look(390, "staff-review-candidate")).await;
    let demo = Demo::start(None);
    let student = demo.person("王小明");
    Client::new(&demo.url).join("wang@example.cn").await;
    candidate(&mut wang, &demo, "wang@example.cn", Some(&student)).await;
    submit(&wang, &demo).await;
    wang.look("01-pending").await;
    Account::of(&demo, "school-99301").enter(&school, &demo).await;

    decide(&mut school, &demo, "refuse", "成绩单与身份证件不是同一个人").await;
    assert!(school.text().await.contains("成绩单与身份证件不是同一个人"));
    wang.go(&format!("{}/review", demo.url)).await;
    wang.find("[data-review=refused]").await;
    wang.look("02-refused").await;
    submit(&wang, &demo).await;

    // The full number is shown for a reason, and only once.
    school.go(&format!("{}/staff/reviews?state=pending", demo.url)).await;
    school.click("main tbody a").await;
    assert!(!school.text().await.contains(&student.document_number));
    school.click("main details summary").await;
    school.choose("reason", "review").await;
    school.click("main details button").await;
    school.find("main dl.sl").await;
    school.look("04-whole").await;
    assert!(school.text().await.contains(&student.document_number));

    decide(&mut school, &demo, "approve", "身份证件、成绩单和派出所证明一致").await;
    wang.go(&format!("{}/review", demo.url)).await;
    wang.find("[data-review=approved]").await;
    wang.look("03-approved").await;
    wang.go(&format!("{}/registration/written", demo.url)).await;
    wang.click("main input[name=subject][value='2']").await;
    wang.send("/registration/written").await;
    wang.arrives("/registration").await;
    assert_eq!(wang.count("[data-entry][data-subject='2']").await, 1);
    school.close().await;
    wang.close().await;
    demo.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_moves_to_a_new_passport_by_three_browsers() {
    let mut service = Window::open(look(1280, "staff-rebind-service")).await;
    let mut supervisor = Window::open(look(1280, "staff-rebind-supervisor")).await;
    let mut new = Window::open(look(390, "staff-rebind-candidate")).await;
    let demo = Demo::start(None);
    let student = demo.person("廖晓儿");
    // The first passport, whose address was mistyped and whose password is forgotten.
    let mut old = Client::new(&demo.url);
    old.join("typo@example.cn").await;
    old.bind(&student).await;
    old.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    Client::new(&demo.url).join("right@example.cn").await;
    candidate(&mut new, &demo, "right@example.cn", None).await;
    new.go(&format!("{}/account", demo.url)).await;
    let passport = new.text().await;
    let passport = passport
        .split_whitespace()
        .find(|word| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit()));
    let passport = passport.unwrap().to_owned();

    Account::of(&demo, "service").enter(&service, &demo).await;
    service.go(&format!("{}/staff/registrations", demo.url)).await;
    service.look("01-registrations").await;
    service.fill("q", &student.document_number).await;
    service.click("main form[action='/staff/registrations/search'] button").await;
    service.find("main a[href^='/staff/rebinds/new']").await;
    service.look("02-registration").await;
    service.click("main a[href^='/staff/rebinds/new']").await;
    service.arrives("/staff/rebinds/new").await;
    service.fill("new_passport", &passport).await;
    service.fill("new_email", "wrong@example.cn").await;
    service.fill("evidence", "核对了学号、班级和身份证件照片").await;
    service.send("/staff/rebinds").await;
    service.find("[data-code=email-mismatch]").await;
    service.look("03-refused").await;
    service.fill("new_email", "right@example.cn").await;
    service.send("/staff/rebinds").await;
    service.find("main .tag.warn").await;
    service.look("04-asked").await;
    // The requester has no button to approve.
    assert_eq!(service.count("main form[action$='/approval']").await, 0);

    Account::of(&demo, "supervisor").enter(&supervisor, &demo).await;
    supervisor.look("01-overview").await;
    supervisor.click("main a[href='/staff/rebinds?state=asked']").await;
    supervisor.arrives("/staff/rebinds").await;
    supervisor.look("02-rebinds").await;
    supervisor.click("main tbody a").await;
    supervisor.find("main form[action$='/approval']").await;
    assert!(supervisor.text().await.contains("核对了学号、班级和身份证件照片"));
    supervisor.look("03-rebind").await;
    supervisor.click("main form[action$='/approval'] button").await;
    supervisor.find("main .tag.ok").await;
    supervisor.look("04-approved").await;

    for told in ["typo@example.cn", "right@example.cn"] {
        assert!(has_mail(&demo, told, "更换了通行证").await, "{told}");
    }

    // Both passports were signed out; the new one holds the registration.
    candidate(&mut new, &demo, "right@example.cn", None).await;
    new.go(&format!("{}/registration", demo.url)).await;
    assert_eq!(new.count("[data-entry][data-subject='1']").await, 1);
    new.look("01-registration").await;
    assert_eq!(old.get("/registration").await.status, 303);
    for window in [service, supervisor, new] {
        window.close().await;
    }
    demo.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_is_clean_on_a_telephone() {
    every_page(look(390, "staff-telephone")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_is_clean_on_a_desktop() {
    every_page(look(1280, "staff-desktop")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_is_clean_in_english() {
    every_page(Look { language: "en", ..look(1280, "staff-english") }).await;
}

/// The demo accounts whose pages are checked.
pub(crate) const ROLES: [&str; 7] =
    ["school-99301", "province-99", "national", "service", "supervisor", "finance", "auditor"];

/// The links of a staff page: the menu, and its sub-pages; for a list, its first row. Files are excluded.
pub(crate) async fn leads_to(window: &Window) -> Vec<String> {
    let mut links = window.links("nav.side a, main .h a, main tbody tr:first-child a, main .acts a").await;
    let is_file = |link: &str| {
        let path = link.split('?').next().unwrap_or_default();
        [".csv", ".xlsx", "/file"].iter().any(|end| path.ends_with(end))
    };
    links.retain(|link| link.starts_with("/staff") && !is_file(link));
    links
}

async fn every_page(look: Look) {
    let mut window = Window::open(look).await;
    let demo = Demo::start(None);
    for (name, email) in [("张三", "zhang@example.cn"), ("李四", "li@example.cn")] {
        let mut candidate = Client::new(&demo.url);
        candidate.join(email).await;
        candidate.bind(&demo.person(name)).await;
        candidate.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    }
    window.go(&format!("{}/staff/login", demo.url)).await;
    window.look("login").await;
    for role in ROLES {
        Account::of(&demo, role).enter(&window, &demo).await;
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec!["/staff".to_owned()];
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            window.go(&format!("{}{path}", demo.url)).await;
            assert_eq!(window.count("main").await, 1, "{role}: {path}");
            window.look(&format!("{role}{}", path.replace(['/', '?', '='], "-"))).await;
            open.extend(leads_to(&window).await);
        }
        window.click("header form[action='/staff/logout'] button").await;
        window.arrives("/staff/login").await;
    }
    window.close().await;
}
