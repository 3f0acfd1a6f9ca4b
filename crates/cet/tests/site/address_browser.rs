//! 更改账号邮箱 in Chromium (2.4 of the manual) and undoing it; continues `passport_browser.rs`.

use super::client::{Client, PASSWORD};
use super::journey_browser::look_up;
use super::passport_browser::{ADDRESS, Person, RECOVERED};

const MISTYPED: &str = "li4@163.con";
const RIGHT: &str = "li4@163.com";
const MOVED: &str = "zhang3@126.com";

async fn change(person: &Person, email: &str, password: &str) {
    person.window.fill_all(&[("email", email), ("current_password", password)]).await;
    person.window.send("/account/profile").await;
}

pub(crate) async fn manual_2_4_1_a_mistyped_address_is_changed(person: &mut Person) {
    Client::new(&person.demo.url).join(MISTYPED).await;
    person.open("/").await;
    person.window.click(".acts a[href='/register']").await;
    person.window.arrives("/register").await;
    person.window.click("main .bar a[href='/login']").await;
    person.window.arrives("/login").await;
    person.log_in(MISTYPED, PASSWORD).await;
    person.window.arrives("/home").await;
    person.window.click("a[href='/account']").await;
    person.window.arrives("/account").await;
    // The address that was probably meant.
    person.shows("l***@163.com", true).await;
    person.window.look("2-4-1-step-3").await;
    person.window.click("main .acts a[href='/account/profile']").await;
    person.window.arrives("/account/profile").await;
    person.window.look("2-4-1-step-4").await;
    change(person, "li4@163", PASSWORD).await;
    person.window.find("[data-code=email-invalid]").await;
    person.window.look("2-4-1-step-4-refused").await;
    change(person, RIGHT, PASSWORD).await;
    person.window.arrives("/account").await;
    person.window.find("main form[action='/account/verification']").await;
    person.reads("更改成功", "Log in with the new address from now on.").await;
    person.window.look("2-4-1-step-5").await;
    person.log_out().await;
    person.log_in(MISTYPED, PASSWORD).await;
    person.window.find("[data-code=credentials]").await;
    person.log_in(RIGHT, PASSWORD).await;
    person.window.arrives("/home").await;
}

/// Case a is to register, which step 2.1 did; case b meets the registration of the lost passport.
pub(crate) async fn manual_2_4_2_with_the_password_forgotten_too_one_registers_again(person: &mut Person) {
    look_up(&mut person.window, &person.demo.person("廖晓儿")).await;
    person.window.click("main input[name=checked]").await;
    person.window.send("/qualification/record").await;
    person.window.find("[data-code=student-bound]").await;
    person.shows("010-62987880", true).await;
    person.window.look("2-4-2-b-step-1").await;
    person.log_out().await;
}

/// Someone changes the account's address to their own; the owner of the verified old address restores it.
pub(crate) async fn a_change_of_a_verified_address_is_undone(person: &mut Person) {
    person.log_in(ADDRESS, RECOVERED).await;
    person.window.arrives("/home").await;
    person.open("/account/profile").await;
    change(person, MOVED, RECOVERED).await;
    person.window.arrives("/account").await;
    person.open("/account?show=yes").await;
    person.shows(MOVED, true).await;
    let mut thief = Client::new(&person.demo.url);
    thief.post("/login", &[("email", MOVED), ("password", RECOVERED)]).await.leads_to("/home");
    let verification = person.mail(MOVED, "/account/verification/", &[]).await;
    let undo = person.mail(ADDRESS, "/account/undo/", &[]).await;
    person.look_at_mailbox("undo-mailbox").await;
    person.follow(&undo[0]).await;
    person.window.look("undo").await;
    person.window.click("main form button.btn").await;
    person.window.arrives("/login").await;
    person.window.look("undone").await;
    assert_eq!(thief.get("/account").await.status, 303, "every session ended");
    person.follow(&undo[1]).await;
    person.is_a_link_that_has_done_its_work().await;
    person.follow(&verification[1]).await;
    person.is_a_dead_link().await;
    person.log_in(MOVED, RECOVERED).await;
    person.window.find("[data-code=credentials]").await;
    person.log_in(ADDRESS, RECOVERED).await;
    person.window.arrives("/home").await;
}
