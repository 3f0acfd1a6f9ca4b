//! Chapter two of the manual (账号密码使用及找回) in Chromium, each numbered step with its mails: on a phone, on a desktop, with
//! JavaScript disabled, and in English. This file has the first part; 2.2 and 2.3 are in `recovery_browser.rs`, 2.4 in
//! `address_browser.rs`, and its last step, which needs staff, in `staff_browser.rs`.

use super::address_browser::{
    a_change_of_a_verified_address_is_undone, manual_2_4_1_a_mistyped_address_is_changed,
    manual_2_4_2_with_the_password_forgotten_too_one_registers_again,
};
use super::client::{Client, PASSWORD};
use super::demo::Demo;
use super::journey_browser;
use super::mailbox;
use super::recovery_browser::{
    manual_2_2_a_forgotten_password_is_set_anew, manual_2_3_a_forgotten_account_is_found,
};
use super::window::{Look, Window};

/// The address of the passport used in this chapter.
pub(crate) const ADDRESS: &str = "zhang3@163.com";
/// Its password after 修改密码, and again after the recovery.
pub(crate) const CHANGED: &str = "Green-Boat-7731";
pub(crate) const RECOVERED: &str = "Amber-Lake-5902";

#[tokio::test(flavor = "multi_thread")]
async fn chapter_two_of_the_manual_is_done_on_a_telephone() {
    let look = Look { width: 360, script: true, dark: false, language: "zh-CN", name: "passport-telephone" };
    chapter_two(look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chapter_two_of_the_manual_is_done_on_a_desktop() {
    let look = Look { width: 1280, script: true, dark: false, language: "zh-CN", name: "passport-desktop" };
    chapter_two(look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chapter_two_of_the_manual_is_done_without_script() {
    let look =
        Look { width: 600, script: false, dark: false, language: "zh-CN", name: "passport-without-script" };
    chapter_two(look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chapter_two_of_the_manual_is_done_in_english_on_a_telephone() {
    let look = Look { width: 360, script: true, dark: false, language: "en", name: "passport-english" };
    chapter_two(look).await;
}

async fn chapter_two(look: Look) {
    let window = Window::open(look).await;
    let demo = Demo::start(None);
    let mut person = Person { window, demo, chinese: look.language == "zh-CN" };
    manual_2_1_a_passport_is_registered(&mut person).await;
    the_address_is_verified(&mut person).await;
    another_window_is_signed_out_by_a_new_password(&mut person).await;
    manual_2_2_a_forgotten_password_is_set_anew(&mut person).await;
    manual_2_3_a_forgotten_account_is_found(&mut person).await;
    manual_2_4_1_a_mistyped_address_is_changed(&mut person).await;
    manual_2_4_2_with_the_password_forgotten_too_one_registers_again(&mut person).await;
    a_change_of_a_verified_address_is_undone(&mut person).await;
    person.window.close().await;
    person.demo.verify();
}

pub(crate) struct Person {
    pub(crate) window: Window,
    pub(crate) demo: Demo,
    chinese: bool,
}

impl Person {
    pub(crate) async fn open(&self, path: &str) {
        self.window.go(&format!("{}{path}", self.demo.url)).await;
    }

    /// Fails unless the page contains this text in its language.
    pub(crate) async fn reads(&self, chinese: &str, english: &str) {
        self.shows(if self.chinese { chinese } else { english }, true).await;
    }

    /// Fails unless the page shows this text, or does not, in either language.
    pub(crate) async fn shows(&self, what: &str, shown: bool) {
        let text = self.window.text().await;
        assert_eq!(text.contains(what), shown, "{what} in\n{text}");
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) {
        journey_browser::log_in(&self.window, &self.demo, email, password).await;
    }

    pub(crate) async fn log_out(&self) {
        self.open("/account").await;
        self.window.click("form[action='/logout'] button").await;
        self.window.arrives("/").await;
    }

    /// Fails unless the page says that its link no longer works.
    pub(crate) async fn is_a_dead_link(&self) {
        self.window.find("[data-code=token-invalid]").await;
    }

    /// Fails unless the page says, to a person who is not signed in, that its link's work is already done.
    pub(crate) async fn is_a_link_that_has_done_its_work(&self) {
        self.window.find("main #what + p + h2 + ul a[href='/login']").await;
        assert_eq!(self.window.count("[data-code]").await, 0);
    }

    /// The links of the newest mail to this address that contains `path` and none of the links in `seen`: the education
    /// network's first.
    pub(crate) async fn mail(&self, to: &str, path: &str, seen: &[String]) -> [String; 2] {
        let fits = |mail: &mailbox::Mail| {
            let links = mail.links();
            mail.to == to
                && links.iter().any(|link| link.contains(path))
                && !links.iter().any(|link| seen.contains(link))
        };
        let mail = mailbox::wait_for(&self.demo, fits).await;
        let links = mail.unwrap_or_else(|| panic!("no mail to {to} with {path}")).links();
        let port = self.demo.url.rsplit(':').next().unwrap();
        let token = links[0].rsplit('/').next().unwrap();
        let both = ["localhost", "127.0.0.1"].map(|network| format!("http://{network}:{port}{path}{token}"));
        assert_eq!(links, both, "a link for each network, the education network's first");
        both
    }

    /// Opens a link from the mailbox page.
    pub(crate) async fn follow(&self, link: &str) {
        self.open("/rehearsal/mailbox").await;
        self.window.click(&format!("article a[href='{link}']")).await;
        self.window.arrives(link).await;
    }

    pub(crate) async fn look_at_mailbox(&mut self, name: &str) {
        self.open("/rehearsal/mailbox").await;
        self.window.look(name).await;
    }
}

async fn manual_2_1_a_passport_is_registered(person: &mut Person) {
    person.open("/").await;
    person.window.look("2-1-step-1").await;
    person.window.click(".acts a[href='/login']").await;
    person.window.arrives("/login").await;
    person.window.look("2-1-step-2").await;
    person.window.click("main a[href='/register']").await;
    person.window.arrives("/register").await;
    let account = [("email", ADDRESS), ("password", PASSWORD), ("password_again", PASSWORD)];
    person.window.fill_all(&account).await;
    person.window.click("main details summary").await;
    person.window.choose("document_kind", "macau-id").await;
    let more = [("phone", "13812345678"), ("document_number", "99101000001"), ("name", "张三")];
    person.window.fill_all(&more).await;
    person.window.look("2-1-step-3").await;
    person.window.send("/register").await;
    person.window.arrives("/login").await;
    person.log_in(ADDRESS, PASSWORD).await;
    person.window.arrives("/home").await;
    person.window.click("a[href='/account']").await;
    person.window.arrives("/account").await;
    person.reads("通行证ID", "Passport ID").await;
    person.shows("zh***3@163.com", true).await;
    for whole in [ADDRESS, "13812345678", "99101000001"] {
        person.shows(whole, false).await;
    }
    person.window.look("2-1-step-4").await;
    person.window.click("main a[href='/account?show=yes']").await;
    person.window.find("main a[href='/account']").await;
    for whole in [ADDRESS, "13812345678", "99101000001"] {
        person.shows(whole, true).await;
    }
    person.window.look("2-1-step-4-whole").await;
    person.open("/login").await;
    person.window.look("2-1-step-5-signed-in").await;
    person.window.find("main a[href='/home']").await;
    // The front page sends nobody who is signed in to the log-in.
    person.open("/").await;
    person.window.click(".acts a[href='/home']").await;
    person.window.arrives("/home").await;
    person.window.find("main a[href='/agreement']").await;
    person.window.look("2-1-step-5").await;
}

async fn the_address_is_verified(person: &mut Person) {
    person.open("/account").await;
    person.window.click("main form[action='/account/verification'] button").await;
    person.window.find(".notes .note.ok").await;
    person.window.look("verification-asked").await;
    let links = person.mail(ADDRESS, "/account/verification/", &[]).await;
    person.look_at_mailbox("mailbox").await;
    person.follow(&links[1]).await;
    person.window.look("verification").await;
    person.window.click("main form button.btn").await;
    person.window.arrives("/account").await;
    person.window.find("main .tag.ok").await;
    assert_eq!(person.window.count("main form[action='/account/verification']").await, 0);
    person.window.look("verified").await;
    // The work of the other link in the same mail is done as well.
    person.follow(&links[0]).await;
    person.is_a_link_that_has_done_its_work().await;
}

async fn another_window_is_signed_out_by_a_new_password(person: &mut Person) {
    let mut other = Client::new(&person.demo.url);
    let fields = [("email", ADDRESS), ("password", PASSWORD)];
    other.post("/login", &fields).await.leads_to("/home");
    other.page("/account").await;
    person.open("/account").await;
    person.window.click("main a[href='/account/password']").await;
    person.window.arrives("/account/password").await;
    person.window.fill("current_password", "not the password").await;
    person.window.fill_all(&[("password", CHANGED), ("password_again", CHANGED)]).await;
    person.window.send("/account/password").await;
    person.window.find("[data-code=credentials]").await;
    person.window.look("password-refused").await;
    person.window.fill("current_password", PASSWORD).await;
    person.window.fill_all(&[("password", CHANGED), ("password_again", CHANGED)]).await;
    person.window.look("password").await;
    person.window.send("/account/password").await;
    person.window.arrives("/account").await;
    person.window.look("password-changed").await;
    assert_eq!(other.get("/account").await.status, 303, "the other window");
    person.open("/account").await;
    person.window.find("main a[href='/account/password']").await;
    person.log_out().await;
}
