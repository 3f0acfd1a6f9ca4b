//! User behaviour that no form expects: double clicks, a second tab, going back.

use super::client::{Client, PASSWORD};
use super::demo::Demo;
use super::journey_browser::{leave_for_gateway, log_in, look_up};
use super::window::{Look, Window};

/// A window with a signed-in person who is bound and may enter English 4 and 6.
async fn signed_in(name: &'static str, script: bool, person: &str) -> (Window, Demo) {
    // ChromeDriver uses a script to tap on a phone's page: without JavaScript this must be a desktop window.
    let width = if script { 390 } else { 600 };
    let look = Look { width, script, language: "zh-CN", dark: false, name };
    let window = Window::open(look).await;
    let demo = Demo::start(None);
    let mut client = Client::new(&demo.url);
    client.join("habit@example.cn").await;
    client.bind(&demo.person(person)).await;
    log_in(&window, &demo, "habit@example.cn", PASSWORD).await;
    window.arrives("/home").await;
    (window, demo)
}

async fn tick(window: &Window, demo: &Demo, subject: &str) {
    window.go(&format!("{}/registration/written", demo.url)).await;
    window.click(&format!("main input[name=subject][value='{subject}']")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pressing_twice_enters_and_orders_once() {
    for (name, script) in [("twice", true), ("twice-without-script", false)] {
        let (mut window, demo) = signed_in(name, script, "张三").await;
        tick(&window, &demo, "1").await;
        window.double_click("main form[action='/registration/written'] .bar button").await;
        window.arrives("/registration").await;
        assert_eq!(window.count("[data-entry]").await, 1);
        assert_eq!(window.count("[data-code]").await, 0, "{}", window.text().await);
        window.look("01-entered").await;
        window.click("main .bar a[href='/payment']").await;
        window.arrives("/payment").await;
        window.click("main input[name=gateway][value=alipay]").await;
        window.double_click("main form[action='/payment'] .bar button").await;
        window.find("main form[action^='http'] button.btn").await;
        let order = window.url().await;
        window.look("02-order").await;
        // The same selection again leads to the same order.
        window.go(&format!("{}/payment", demo.url)).await;
        window.click("main input[name=gateway][value=alipay]").await;
        window.click("main form[action='/payment'] .bar button").await;
        window.find("main form[action^='http'] button.btn").await;
        assert_eq!(window.url().await, order);
        window.double_click("main form[action^='http'] button.btn").await;
        leave_for_gateway(&mut window, &demo).await;
        window.double_click("form button[name=outcome][value=pay]").await;
        window.arrives("/registration").await;
        // The gateway's notification may take a while; 更新 queries the gateway.
        for _ in 0..200 {
            if window.count("[data-entry][data-payment=paid]").await == 1 {
                break;
            }
            window.press_for_the_same("button[form=refresh]").await;
        }
        assert_eq!(window.count("[data-entry][data-payment=paid]").await, 1);
        window.close().await;
        demo.verify();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_enter_what_goes_together_and_are_told_what_does_not() {
    let (mut window, demo) = signed_in("two-tabs", true, "王小明").await;
    tick(&window, &demo, "1").await;
    let first = window.other_tab().await;
    tick(&window, &demo, "4").await;
    let second = window.switch(first).await;
    window.send("/registration/written").await;
    window.arrives("/registration").await;
    let first = window.switch(second).await;
    // Japanese 6 next to English 4: the other tab's page is stale, but what it submits is valid.
    window.send("/registration/written").await;
    window.arrives("/registration").await;
    assert_eq!(window.count("[data-entry]").await, 2);
    // A tab that was opened earlier still offers what can no longer be entered.
    window.go(&format!("{}/registration/written", demo.url)).await;
    let second = window.switch(first).await;
    window.click("[data-entry][data-subject='1'] a[href$='/cancellation']").await;
    window.press_for_the_same("form[action$='/cancellation'] button").await;
    window.arrives("/registration").await;
    tick(&window, &demo, "1").await;
    let first = window.switch(second).await;
    tick(&window, &demo, "3").await;
    let second = window.switch(first).await;
    window.send("/registration/written").await;
    window.arrives("/registration").await;
    window.switch(second).await;
    window.send("/registration/written").await;
    window.find("[data-code=level-taken]").await;
    window.look("01-level-taken").await;
    window.close().await;
    demo.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_after_saving_shows_what_is_saved() {
    let (mut window, demo) = signed_in("back", true, "李四").await;
    tick(&window, &demo, "1").await;
    window.send("/registration/written").await;
    window.arrives("/registration").await;
    window.back().await;
    window.arrives("/registration/written").await;
    window.find("[data-subject='1'][data-offer=already-entered]").await;
    assert_eq!(window.count("input[name=subject][value='1']:not([disabled])").await, 0);
    window.look("01-back").await;
    window.click("main input[name=subject][value='2']").await;
    window.send("/registration/written").await;
    window.arrives("/registration").await;
    assert_eq!(window.count("[data-entry]").await, 2);
    // Back from an order to the selection: another gateway means another order, and the first one is closed.
    window.click("main .bar a[href='/payment']").await;
    window.arrives("/payment").await;
    window.click("main input[name=gateway][value=alipay]").await;
    window.send("/payment").await;
    window.find("main form[action^='http'] button.btn").await;
    let alipay = window.url().await;
    window.back().await;
    window.arrives("/payment").await;
    window.look("02-back-to-the-choice").await;
    window.click("main input[name=gateway][value=payease]").await;
    window.click("main input[name=bank][value='85']").await;
    window.send("/payment").await;
    window.find("main form[action^='http'] button.btn").await;
    assert_ne!(window.url().await, alipay);
    window.go(&alipay).await;
    assert_eq!(window.count("main form[action^='http']").await, 0, "the first order takes no money any more");
    window.look("03-closed-order").await;
    window.close().await;
    demo.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_the_one_that_shows_another_student_binds_nobody() {
    for (name, script) in [("two-students", true), ("two-students-without-script", false)] {
        let width = if script { 390 } else { 600 };
        let look = Look { width, script, language: "zh-CN", dark: false, name };
        let mut window = Window::open(look).await;
        let demo = Demo::start(None);
        Client::new(&demo.url).join("habit@example.cn").await;
        log_in(&window, &demo, "habit@example.cn", PASSWORD).await;
        window.arrives("/home").await;
        look_up(&mut window, &demo.person("张三")).await;
        window.click("main input[name=checked]").await;
        let first = window.other_tab().await;
        let other = demo.person("李四");
        window.go(&format!("{}/qualification", demo.url)).await;
        window.choose("document_kind", other.document_kind).await;
        window.fill_all(&[("document_number", &other.document_number), ("name", &other.name)]).await;
        window.send("/qualification").await;
        window.arrives("/qualification/record").await;
        window.switch(first).await;
        window.send("/qualification/record").await;
        window.find("[data-code=record-changed]").await;
        let text = window.text().await;
        assert!(text.contains("重新查询张*") && text.contains("为李*继续"), "{text}");
        assert_eq!(window.count("main input[name=checked]:checked").await, 0);
        window.look("01-record-changed").await;
        // The page now shows the other student, and saving it saves that one.
        window.click("main input[name=checked]").await;
        window.send("/qualification/record").await;
        window.arrives("/registration/written").await;
        window.close().await;
        demo.verify();
    }
}
