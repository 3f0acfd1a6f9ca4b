//! The manual's journey in Chromium: on a phone, on a desktop, and with JavaScript disabled.

use super::client::PASSWORD;
use super::demo::{Demo, Student};
use super::wait::until;
use super::window::{Look, Window};

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_registers_and_pays_with_alipay_on_a_telephone() {
    let look = Look { width: 390, script: true, dark: false, language: "zh-CN", name: "telephone" };
    journey(look, "廖晓儿", "alipay").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_registers_and_pays_with_payease_on_a_desktop() {
    let look = Look { width: 1280, script: true, dark: false, language: "zh-CN", name: "desktop" };
    journey(look, "王小明", "payease").await;
}

/// P4.
#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_registers_and_pays_without_script() {
    let look = Look { width: 1280, script: false, dark: false, language: "zh-CN", name: "without-script" };
    journey(look, "张三", "payease").await;
}

/// P4.
#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_registers_and_pays_in_english_on_a_telephone() {
    let look = Look { width: 390, script: true, dark: false, language: "en", name: "telephone-english" };
    journey(look, "李四", "alipay").await;
}

async fn journey(look: Look, name: &str, gateway: &str) {
    let mut window = Window::open(look).await;
    let demo = Demo::start(None);
    let student = demo.person(name);
    portal(&mut window, &demo, look).await;
    join(&mut window, look).await;
    bind(&mut window, &student).await;
    enter(&mut window).await;
    pay(&mut window, &demo, gateway).await;
    window.go(&format!("{}/rehearsal/clock", demo.url)).await;
    window.look("13-clock").await;
    window.close().await;
    demo.verify();
}

async fn portal(window: &mut Window, demo: &Demo, look: Look) {
    window.go(&demo.url).await;
    if look.language == "zh-CN" {
        let text = window.text().await;
        for word in ["进入报名", "注册新用户", "找回已报名账号", "常见问题", "考试时间", "010-62987880"]
        {
            assert!(text.contains(word), "the portal lacks {word}");
        }
    } else {
        assert_eq!(window.count("html[lang=en]").await, 1);
    }
    window.look("01-portal").await;
    for page in ["about", "guide", "schedule", "process", "faq", "tips"] {
        window.go(&format!("{}/{page}", demo.url)).await;
        window.look(&format!("01-{page}")).await;
    }
    window.go(&demo.url).await;
    window.click("a[href='/register']").await;
    window.arrives("/register").await;
}

pub(crate) async fn join(window: &mut Window, look: Look) {
    let email = format!("{}@example.cn", look.name);
    window.look("02-register").await;
    window.fill("email", &email).await;
    window.fill("password", PASSWORD).await;
    window.fill("password_again", "something else").await;
    window.send("/register").await;
    window.find("[data-code=password-mismatch]").await;
    window.look("02-register-refused").await;
    window.fill("password", PASSWORD).await;
    window.fill("password_again", PASSWORD).await;
    window.send("/register").await;
    window.arrives("/login").await;
    window.look("03-login").await;
    window.fill_all(&[("email", &email), ("password", PASSWORD)]).await;
    window.send("/login").await;
    window.arrives("/home").await;
    window.look("04-home").await;
}

/// Opens the login page and submits it.
pub(crate) async fn log_in(window: &Window, demo: &Demo, email: &str, password: &str) {
    window.go(&format!("{}/login", demo.url)).await;
    window.fill_all(&[("email", email), ("password", password)]).await;
    window.send("/login").await;
}

pub(crate) async fn bind(window: &mut Window, student: &Student) {
    look_up(window, student).await;
    assert!(window.text().await.contains(&student.name));
    window.look("07-record").await;
    window.click("main input[name=checked]").await;
    window.send("/qualification/record").await;
    window.arrives("/registration/written").await;
}

/// From the home page to the record that was looked up.
pub(crate) async fn look_up(window: &mut Window, student: &Student) {
    window.click("main a[href='/agreement']").await;
    window.arrives("/agreement").await;
    window.look("05-agreement").await;
    window.click("main input[name=read]").await;
    window.click("main button[name=accept][value=yes]").await;
    window.arrives("/qualification").await;
    window.look("06-qualification").await;
    window.choose("document_kind", student.document_kind).await;
    window.fill_all(&[("document_number", &student.document_number), ("name", &student.name)]).await;
    window.send("/qualification").await;
    window.arrives("/qualification/record").await;
}

pub(crate) async fn enter(window: &mut Window) {
    window.look("08-written").await;
    window.click("main input[name=subject][value='1']").await;
    window.send("/registration/written").await;
    window.arrives("/registration").await;
    window.click("main a[href='/registration/oral']").await;
    window.arrives("/registration/oral").await;
    window.look("09-oral").await;
    window.click("main input[name=subject][value=F]").await;
    window.send("/registration/oral").await;
    window.arrives("/registration").await;
    assert_eq!(window.count("[data-entry][data-payment=unpaid]").await, 2);
    window.look("10-information").await;
}

pub(crate) async fn pay(window: &mut Window, demo: &Demo, gateway: &str) {
    window.click("main .bar a[href='/payment']").await;
    window.arrives("/payment").await;
    window.click(&format!("main input[name=gateway][value={gateway}]")).await;
    if gateway == "payease" {
        window.click("main input[name=bank][value='85']").await;
    }
    window.look("11-payment").await;
    window.send("/payment").await;
    leave_for_gateway(window, demo).await;
    window.click("form button[name=outcome][value=pay]").await;
    window.arrives("/registration").await;
    for _ in 0..200 {
        if window.count("[data-entry][data-payment=paid]").await == 2 {
            break;
        }
        window.press_for_the_same("button[form=refresh]").await;
    }
    assert_eq!(window.count("[data-entry][data-payment=paid]").await, 2);
    window.look("12-paid").await;
}

/// From the order's page to the gateway, by its button.
pub(crate) async fn leave_for_gateway(window: &mut Window, demo: &Demo) {
    let left = until(async || {
        let url = window.url().await;
        if url.starts_with("http") && !url.starts_with(&demo.url) {
            return Some(());
        }
        if url.starts_with(&format!("{}/payment/", demo.url)) {
            window.leave("main form[action^='http'] button.btn").await;
        }
        None
    });
    assert!(left.await.is_some(), "still at {}\n{}", window.url().await, window.text().await);
}
