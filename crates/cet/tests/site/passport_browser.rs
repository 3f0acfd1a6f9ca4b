//! Chapter two of the manual (账号密码使用及找回) in Chromium, each numbered step with its mails: on a telephone, on a
//! desktop, with script switched off, and in English. The last step, 2.4.2 b 2, takes staff: `staff_browser.rs`.

use super::client::{Client, PASSWORD};
use super::demo::{Demo, Student};
use super::window::{Look, Window};

const ADDRESS: &str = "zhang3@163.com";
const MOVED: &str = "zhang3@126.com";
const MISTYPED: &str = "li4@163.con";
const RIGHT: &str = "li4@163.com";
const CHANGED: &str = "Green-Boat-7731";
const FORGOTTEN: &str = "Amber-Lake-5902";
const REGISTERED_BY: &str = "liao@example.cn";

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
    let Some(window) = Window::open(look).await else { return };
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

struct Person {
    window: Window,
    demo: Demo,
    chinese: bool,
}

impl Person {
    async fn open(&self, path: &str) {
        self.window.go(&format!("{}{path}", self.demo.url)).await;
    }

    /// Fails unless the page says this, in Chinese.
    async fn reads(&self, words: &str) {
        let text = self.window.text().await;
        assert!(!self.chinese || text.contains(words), "{words} is missing in\n{text}");
    }

    /// Fails unless the page shows this, in either language.
    async fn shows(&self, what: &str, shown: bool) {
        let text = self.window.text().await;
        assert_eq!(text.contains(what), shown, "{what} in\n{text}");
    }

    async fn log_in(&self, email: &str, password: &str) {
        self.open("/login").await;
        self.window.fill("email", email).await;
        self.window.fill("password", password).await;
        self.window.send("/login").await;
    }

    async fn log_out(&self) {
        self.open("/account").await;
        self.window.click("form[action='/logout'] button").await;
        self.window.arrives("/").await;
    }

    /// The links of the newest mail to this address that has one with `path` and none of those seen: the education
    /// network's first.
    async fn mail(&self, to: &str, path: &str, seen: &[String]) -> Vec<String> {
        const NEWEST: &str = "return [...document.querySelectorAll('article')].map(mail =>
            [mail.innerText, ...[...mail.querySelectorAll('a')].map(link => link.href)])";
        for _ in 0..200 {
            self.open("/rehearsal/mailbox").await;
            let mails = self.window.ask(NEWEST).await;
            let mails: Vec<Vec<String>> = serde_json::from_value(mails).unwrap();
            let fits = |mail: &&Vec<String>| {
                mail[0].contains(to)
                    && mail[1..].iter().any(|link| link.contains(path))
                    && !mail.iter().any(|link| seen.contains(link))
            };
            if let Some(mail) = mails.iter().find(fits) {
                let port = self.demo.url.rsplit(':').next().unwrap();
                let token = mail[1].rsplit('/').next().unwrap();
                let both = ["localhost", "127.0.0.1"];
                let both = both.map(|network| format!("http://{network}:{port}{path}{token}"));
                assert_eq!(mail[1..], both, "a link for each network, the education network's first");
                return mail[1..].to_vec();
            }
            // Another process sends it; there is nothing in this one to wait on.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("no mail to {to} with {path}: {}", self.window.text().await);
    }

    /// Opens a link where it stands in the mailbox.
    async fn follow(&self, link: &str) {
        self.open("/rehearsal/mailbox").await;
        self.window.click(&format!("article a[href='{link}']")).await;
        self.window.arrives(link).await;
    }

    async fn new_password(&self, email: &str, password: &str) {
        self.window.fill("email", email).await;
        self.window.fill("password", password).await;
        self.window.fill("password_again", password).await;
        self.window.click("main form .bar button.btn").await;
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
    person.window.fill("email", ADDRESS).await;
    person.window.fill("password", PASSWORD).await;
    person.window.fill("password_again", PASSWORD).await;
    person.window.click("main details summary").await;
    person.window.fill("phone", "13812345678").await;
    person.window.choose("document_kind", "macau-id").await;
    person.window.fill("document_number", "99101000001").await;
    person.window.fill("name", "张三").await;
    person.window.look("2-1-step-3").await;
    person.window.send("/register").await;
    person.window.arrives("/login").await;
    person.log_in(ADDRESS, PASSWORD).await;
    person.window.arrives("/home").await;
    person.window.click("a[href='/account']").await;
    person.window.arrives("/account").await;
    person.reads("通行证ID").await;
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
    person.open("/").await;
    person.window.click(".acts a[href='/login']").await;
    person.window.arrives("/login").await;
    person.window.look("2-1-step-5-signed-in").await;
    person.window.click("main a[href='/home']").await;
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
    person.window.look("mailbox").await;
    person.follow(&links[1]).await;
    person.window.look("verification").await;
    person.window.click("main form button.btn").await;
    person.window.arrives("/account").await;
    person.window.find("main .tag.ok").await;
    assert_eq!(person.window.count("main form[action='/account/verification']").await, 0);
    person.window.look("verified").await;
    person.window.go(&links[0]).await;
    person.window.find("[data-code=token-invalid]").await;
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
    person.window.fill("password", CHANGED).await;
    person.window.fill("password_again", CHANGED).await;
    person.window.send("/account/password").await;
    person.window.find("[data-code=credentials]").await;
    person.window.look("password-refused").await;
    person.window.fill("current_password", PASSWORD).await;
    person.window.fill("password", CHANGED).await;
    person.window.fill("password_again", CHANGED).await;
    person.window.look("password").await;
    person.window.send("/account/password").await;
    person.window.arrives("/account").await;
    person.window.look("password-changed").await;
    assert_eq!(other.get("/account").await.status, 303, "the other window");
    person.open("/account").await;
    person.window.find("main a[href='/account/password']").await;
    person.log_out().await;
}

async fn manual_2_2_a_forgotten_password_is_set_anew(person: &mut Person) {
    person.open("/").await;
    person.window.click(".acts a[href='/login']").await;
    person.window.arrives("/login").await;
    person.window.click("main a[href='/recover']").await;
    person.window.arrives("/recover").await;
    person.window.look("2-2-step-2").await;
    person.window.fill("email", ADDRESS).await;
    person.window.send("/recover").await;
    person.window.find("main [role=status]").await;
    person.reads("系统已把找回密码邮件发到您的邮箱，请注意查收！").await;
    person.window.look("2-2-step-3").await;
    let older = person.mail(ADDRESS, "/recover/", &[]).await;
    person.open("/recover").await;
    person.window.fill("email", ADDRESS).await;
    person.window.send("/recover").await;
    let newer = person.mail(ADDRESS, "/recover/", &older).await;
    person.window.look("2-2-mailbox").await;
    person.follow(&older[0]).await;
    person.window.find("[data-code=token-invalid]").await;
    person.window.look("2-2-older-link").await;

    person.follow(&newer[0]).await;
    person.new_password(RIGHT, FORGOTTEN).await;
    person.window.find("[data-code=email-mismatch]").await;
    person.window.look("2-2-step-4-another-name").await;
    person.new_password(ADDRESS, FORGOTTEN).await;
    person.window.arrives("/login").await;
    person.reads("修改密码成功").await;
    person.window.look("2-2-step-4").await;
    person.follow(&newer[1]).await;
    person.window.find("[data-code=token-invalid]").await;

    person.log_in(ADDRESS, CHANGED).await;
    person.window.find("[data-code=credentials]").await;
    person.log_in(ADDRESS, FORGOTTEN).await;
    person.window.arrives("/home").await;
    person.window.look("2-2-step-5").await;
    person.log_out().await;
}

async fn retrieve(person: &Person, student: &Student, student_number: &str) {
    person.window.choose("document_kind", student.document_kind).await;
    person.window.fill("document_number", &student.document_number).await;
    person.window.fill("name", &student.name).await;
    person.window.fill("student_number", student_number).await;
    person.window.click("main form[action='/retrieve'] .bar button").await;
}

async fn manual_2_3_a_forgotten_account_is_found(person: &mut Person) {
    let student = person.demo.person("廖晓儿");
    let mut registered = Client::new(&person.demo.url);
    registered.join(REGISTERED_BY).await;
    registered.bind(&student).await;
    person.open("/login").await;
    person.window.find("main a[href='/retrieve']").await;
    person.open("/").await;
    person.window.click(".acts a[href='/retrieve']").await;
    person.window.arrives("/retrieve").await;
    person.window.look("2-3-step-1").await;
    retrieve(person, &student, "nobody's").await;
    person.window.find("[data-code=record-not-found]").await;
    person.window.look("2-3-step-2-refused").await;
    retrieve(person, &student, "").await;
    person.window.find("[data-account]").await;
    person.shows("li***o@example.cn", true).await;
    person.shows(REGISTERED_BY, false).await;
    person.window.look("2-3-step-3-masked").await;
    person.open("/retrieve").await;
    retrieve(person, &student, &student.student_number).await;
    person.window.find("[data-account]").await;
    person.shows(REGISTERED_BY, true).await;
    person.reads("找回成功！").await;
    person.window.look("2-3-step-3").await;
    person.window.click("main a[href='/']").await;
    person.window.arrives("/").await;
}

async fn manual_2_4_1_a_mistyped_address_is_changed(person: &mut Person) {
    Client::new(&person.demo.url).join(MISTYPED).await;
    person.open("/").await;
    person.open("/account").await;
    person.window.arrives("/login").await;
    person.window.fill("email", MISTYPED).await;
    person.window.fill("password", PASSWORD).await;
    person.window.send("/login").await;
    person.window.arrives("/account").await;
    person.window.look("2-4-1-step-3").await;
    person.window.click("main a[href='/account/profile']").await;
    person.window.arrives("/account/profile").await;
    person.window.look("2-4-1-step-4").await;
    person.window.fill("email", "li4@163").await;
    person.window.fill("current_password", PASSWORD).await;
    person.window.send("/account/profile").await;
    person.window.find("[data-code=email-invalid]").await;
    person.window.look("2-4-1-step-4-refused").await;
    person.window.fill("email", RIGHT).await;
    person.window.fill("current_password", PASSWORD).await;
    person.window.send("/account/profile").await;
    person.window.arrives("/account").await;
    person.window.find("main form[action='/account/verification']").await;
    person.reads("更改成功").await;
    person.window.look("2-4-1-step-5").await;
    person.log_out().await;
    person.log_in(MISTYPED, PASSWORD).await;
    person.window.find("[data-code=credentials]").await;
    person.log_in(RIGHT, PASSWORD).await;
    person.window.arrives("/home").await;
}

/// Case a is to register, which step 2.1 did; case b meets the registration of the passport that is lost.
async fn manual_2_4_2_with_the_password_forgotten_too_one_registers_again(person: &mut Person) {
    let student = person.demo.person("廖晓儿");
    person.window.click("main a[href='/agreement']").await;
    person.window.arrives("/agreement").await;
    person.window.click("main input[name=read]").await;
    person.window.click("main button[name=accept][value=yes]").await;
    person.window.arrives("/qualification").await;
    person.window.choose("document_kind", student.document_kind).await;
    person.window.fill("document_number", &student.document_number).await;
    person.window.fill("name", &student.name).await;
    person.window.send("/qualification").await;
    person.window.arrives("/qualification/record").await;
    person.window.click("main input[name=checked]").await;
    person.window.send("/qualification/record").await;
    person.window.find("[data-code=student-bound]").await;
    person.reads("010-62987880").await;
    person.window.look("2-4-2-b-step-1").await;
    person.log_out().await;
}

async fn a_change_of_a_verified_address_is_undone(person: &mut Person) {
    person.log_in(ADDRESS, FORGOTTEN).await;
    person.window.arrives("/home").await;
    person.open("/account/profile").await;
    person.window.fill("email", MOVED).await;
    person.window.fill("current_password", FORGOTTEN).await;
    person.window.send("/account/profile").await;
    person.window.arrives("/account").await;
    person.open("/account?show=yes").await;
    person.shows(MOVED, true).await;
    let links = person.mail(ADDRESS, "/account/undo/", &[]).await;
    person.window.look("undo-mailbox").await;
    person.follow(&links[0]).await;
    person.window.look("undo").await;
    person.window.click("main form button.btn").await;
    person.window.arrives("/login").await;
    person.window.look("undone").await;
    person.log_in(MOVED, FORGOTTEN).await;
    person.window.find("[data-code=credentials]").await;
    person.follow(&links[1]).await;
    person.window.find("[data-code=token-invalid]").await;
    person.log_in(ADDRESS, FORGOTTEN).await;
    person.window.arrives("/home").await;
}
