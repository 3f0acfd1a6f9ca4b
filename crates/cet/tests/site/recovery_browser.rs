//! 密码找回 and 账号找回 in Chromium (2.2 and 2.3 of the manual); continues `passport_browser.rs`.

use super::client::Client;
use super::demo::Student;
use super::mailbox;
use super::passport_browser::{ADDRESS, CHANGED, Person, RECOVERED};

const UNKNOWN: &str = "nobody@163.com";
const REGISTERED_BY: &str = "liao@example.cn";
/// A recovery link works for 30 minutes.
const AFTER_ITS_LIFE: &str = "1860";

async fn ask(person: &Person, email: &str) -> String {
    person.open("/recover").await;
    person.window.fill("email", email).await;
    person.window.send("/recover").await;
    person.window.find("main [role=status]").await.text().await.unwrap()
}

async fn set(person: &Person, email: &str, password: &str) {
    let fields = [("email", email), ("password", password), ("password_again", password)];
    person.window.fill_all(&fields).await;
    person.window.click("main form .bar button.btn").await;
}

pub(crate) async fn manual_2_2_a_forgotten_password_is_set_anew(person: &mut Person) {
    person.open("/").await;
    person.window.click(".acts a[href='/login']").await;
    person.window.arrives("/login").await;
    person.window.click("main a[href='/recover']").await;
    person.window.arrives("/recover").await;
    person.window.look("2-2-step-2").await;
    // A person without a passport sees the same page and gets no mail.
    let unknown = ask(person, UNKNOWN).await;
    assert_eq!(ask(person, ADDRESS).await, unknown);
    person
        .reads(
            "系统已把找回密码邮件发到您的邮箱，请注意查收！",
            "We sent an email with a link to your mailbox.",
        )
        .await;
    person.window.look("2-2-step-3").await;
    let older = person.mail(ADDRESS, "/recover/", &[]).await;
    assert!(mailbox::mails(&person.demo).await.iter().all(|mail| mail.to != UNKNOWN));
    ask(person, ADDRESS).await;
    let newer = person.mail(ADDRESS, "/recover/", &older).await;
    person.look_at_mailbox("2-2-mailbox").await;
    person.follow(&older[0]).await;
    person.is_a_dead_link().await;
    person.window.look("2-2-older-link").await;

    // A tab that is already open when the link is used in another tab.
    person.follow(&newer[1]).await;
    let stale = person.window.other_tab().await;
    person.follow(&newer[0]).await;
    set(person, UNKNOWN, RECOVERED).await;
    person.window.find("[data-code=email-mismatch]").await;
    person.window.look("2-2-step-4-another-name").await;
    set(person, ADDRESS, RECOVERED).await;
    person.window.arrives("/login").await;
    person.reads("修改密码成功", "Your password has changed").await;
    person.window.look("2-2-step-4").await;
    person.follow(&newer[0]).await;
    person.is_a_dead_link().await;
    person.window.switch(stale).await;
    set(person, ADDRESS, "Third-Tree-9901").await;
    person.is_a_dead_link().await;

    person.log_in(ADDRESS, CHANGED).await;
    person.window.find("[data-code=credentials]").await;
    person.log_in(ADDRESS, RECOVERED).await;
    person.window.arrives("/home").await;
    person.window.look("2-2-step-5").await;
    person.log_out().await;
    a_link_ends_after_half_an_hour(person, &[older, newer].concat()).await;
}

async fn a_link_ends_after_half_an_hour(person: &mut Person, seen: &[String]) {
    ask(person, ADDRESS).await;
    let late = person.mail(ADDRESS, "/recover/", seen).await;
    let moved = Client::new(&person.demo.url).post("/rehearsal/clock", &[("advance", AFTER_ITS_LIFE)]).await;
    moved.leads_to("/rehearsal/clock");
    person.follow(&late[0]).await;
    person.is_a_dead_link().await;
}

async fn retrieve(person: &Person, student: &Student, student_number: &str) {
    person.window.choose("document_kind", student.document_kind).await;
    let fields = [
        ("document_number", student.document_number.as_str()),
        ("name", &student.name),
        ("student_number", student_number),
    ];
    person.window.fill_all(&fields).await;
    person.window.click("main form[action='/retrieve'] .bar button").await;
}

pub(crate) async fn manual_2_3_a_forgotten_account_is_found(person: &mut Person) {
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
    person.reads("找回成功！", "Found").await;
    person.window.look("2-3-step-3").await;
    person.window.click("main a[href='/']").await;
    person.window.arrives("/").await;
}
