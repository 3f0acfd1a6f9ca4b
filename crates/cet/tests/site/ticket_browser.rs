//! From payment to printing in Chromium: the demo's clock is moved, and the operator arranges while the demo is
//! running.

use super::client::{Client, PASSWORD};
use super::demo::Demo;
use super::journey_browser::{bind, enter, join, log_in, pay};
use super::window::{Look, Window};

const LOOK: Look = Look { width: 1280, script: true, dark: false, language: "zh-CN", name: "ticket" };

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_who_paid_prints_the_ticket_and_sits_the_exam() {
    let mut window = Window::open(LOOK).await;
    let mut demo = Demo::start(None);
    window.go(&format!("{}/register", demo.url)).await;
    join(&mut window, LOOK).await;
    bind(&mut window, &demo.person("廖晓儿")).await;
    enter(&mut window).await;
    pay(&mut window, &demo, "alipay").await;
    let ticket = ticket_path(&window).await;
    // Before registration closes nothing is arranged, and no ticket is available.
    let early = demo.command(&["arrange", "--sitting", "2017-2", "--publish"]);
    assert!(!early.0 && early.1.contains("[window-not-closed]"), "{}", early.1);
    assert_eq!(window.fetch(&ticket).await.0, 403);

    move_on(&mut window, &demo, 21).await;
    let (good, said) = demo.command(&["arrange", "--sitting", "2017-2", "--seed", "7", "--publish"]);
    assert!(good && said.contains("1: 1 candidate in 1 room, published"), "{said}");
    information(&window, &demo).await;
    assert_eq!(window.count("[data-entry][data-arrangement=arranged]").await, 2);
    assert_eq!(window.count("[data-step=print-ticket][data-state=todo]").await, 1);
    window.look("14-arranged").await;
    // Before the printing time the page says when the ticket will be available.
    let (status, page) = window.fetch(&ticket).await;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert_eq!(status, 403);
    assert!(page.contains("data-code=\"not-printable\"") && page.contains("起可以下载和打印"), "{page}");
    window.go(&format!("{}{ticket}", demo.url)).await;
    window.find("[data-code=not-printable]").await;
    window.look("15-too-early").await;

    move_on(&mut window, &demo, 10).await;
    information(&window, &demo).await;
    assert_eq!(window.count("[data-step=print-ticket][data-state=current]").await, 1);
    window.look("16-printable").await;
    window.click(&format!("a[href='{ticket}']")).await;
    keep_without_network(&mut window, &mut demo, &ticket).await;
    information(&window, &demo).await;
    for path in [ticket.as_str(), "/tickets.pdf"] {
        let (status, pdf) = window.fetch(path).await;
        assert!(status == 200 && pdf.starts_with(b"%PDF-") && pdf.len() < 250_000, "{path}: {status}");
    }
    let (good, said) = demo.command(&["arrange", "--sitting", "2017-2", "--replay"]);
    assert!(good && said.contains("0 differ"), "{said}");

    after_the_exam(&mut window, &demo).await;
    information(&window, &demo).await;
    let state = window.find("[data-step=end]").await.attr("data-state").await.unwrap();
    assert_eq!(state.as_deref(), Some("done"));
    window.look("20-end").await;
    window.close().await;
    demo.verify();
}

/// P1, TH11: what is kept is what was asked for; it is shown while the site is away, and gone after logging out.
async fn keep_without_network(window: &mut Window, demo: &mut Demo, ticket: &str) {
    let button = format!("a[href='{ticket}'] + button");
    window.find(&format!("{button}[data-state=keep]")).await;
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(0), "downloading it keeps nothing");
    window.look("17-can-be-kept").await;
    window.click(&button).await;
    window.find(&format!("{button}[data-state=kept]")).await;
    window.look("18-kept").await;
    demo.crash();
    window.go(&format!("{}/home", demo.url)).await;
    assert!(window.text().await.contains("没有网络"), "{}", window.text().await);
    assert_eq!(window.links("a").await, [ticket]);
    let (status, pdf) = window.fetch(ticket).await;
    assert!(status == 200 && pdf.starts_with(b"%PDF-"), "{status}");
    window.shoot("19-without-network").await;
    demo.again();
    log_in(window, demo, &format!("{}@example.cn", LOOK.name), PASSWORD).await;
    window.arrives("/home").await;
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(1), "its owner came back");
    window.click("form[action='/logout'] button").await;
    window.arrives("/").await;
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(0));
    assert_eq!(window.ask(WORKERS).await.as_u64(), Some(0));
    another_has_the_device(window, demo, &button).await;
    log_in(window, demo, &format!("{}@example.cn", LOOK.name), PASSWORD).await;
    window.arrives("/home").await;
}

/// TH11, A11: whoever logs in next finds nothing of the one before, who did not log out; and a passport that is closed leaves
/// nothing.
async fn another_has_the_device(window: &mut Window, demo: &Demo, button: &str) {
    log_in(window, demo, &format!("{}@example.cn", LOOK.name), PASSWORD).await;
    window.arrives("/home").await;
    information(window, demo).await;
    window.click(button).await;
    window.find(&format!("{button}[data-state=kept]")).await;
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(1));
    let mut another = Client::new(&demo.url);
    another.join("another@example.cn").await;
    log_in(window, demo, "another@example.cn", PASSWORD).await;
    window.arrives("/home").await;
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(0), "another logged in");
    assert_eq!(window.ask(WORKERS).await.as_u64(), Some(0));
    // A passport with a registration is not closed; this one has no ticket of its own, so that one is put there.
    assert_eq!(window.ask(PUT).await.as_bool(), Some(true));
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(1));
    window.go(&format!("{}/account/closing", demo.url)).await;
    window.fill("current_password", PASSWORD).await;
    window.click("#confirm").await;
    window.send("/account/closing").await;
    window.arrives("/").await;
    assert_eq!(window.ask(KEPT).await.as_u64(), Some(0), "the passport is closed");
}

/// The button of the form that moves the clock.
const MOVE: &str = "main form[action='/rehearsal/clock'] button.btn:not(.quiet):not(.alt)";

/// How many tickets are kept in this browser.
const KEPT: &str = "return caches.keys().then(async names => {
    let count = 0;
    for (const name of names) { count += (await (await caches.open(name)).keys()).length; }
    return count; })";
const PUT: &str = "return caches.open('ticket-' + document.querySelector('[data-of]').getAttribute('data-of')).then(cache =>
    cache.put('/tickets.pdf', new Response('x'))).then(() => true)";
const WORKERS: &str = "return navigator.serviceWorker.getRegistrations().then(all => all.length)";

/// The path of the written entry's ticket.
async fn ticket_path(window: &Window) -> String {
    let entry = window.find("[data-entry][data-subject='1']").await;
    format!("/tickets/{}.pdf", entry.attr("data-entry").await.unwrap().unwrap())
}

/// Moves the demo's clock by days, and logs in again: no session lasts that long.
async fn move_on(window: &mut Window, demo: &Demo, days: i64) {
    window.go(&format!("{}/rehearsal/clock", demo.url)).await;
    window.fill("advance", &(days * 86_400).to_string()).await;
    window.press_for_the_same(MOVE).await;
    log_in(window, demo, &format!("{}@example.cn", LOOK.name), PASSWORD).await;
    window.arrives("/home").await;
}

/// Moves the clock from the 31st day to the evening of the 50th, on which the written exam is: when that day is over, the
/// sitting closes by itself.
async fn after_the_exam(window: &mut Window, demo: &Demo) {
    window.go(&format!("{}/rehearsal/clock", demo.url)).await;
    let now = window.find("main time").await.attr("datetime").await.unwrap().unwrap();
    let today: jiff::civil::Date = now.get(..10).unwrap().parse().unwrap();
    let day = today.checked_add(jiff::Span::new().days(19)).unwrap();
    window.fill("now", &format!("{day} 20:00")).await;
    window.press_for_the_same(MOVE).await;
    log_in(window, demo, &format!("{}@example.cn", LOOK.name), PASSWORD).await;
    window.arrives("/home").await;
}

async fn information(window: &Window, demo: &Demo) {
    window.go(&format!("{}/registration", demo.url)).await;
    window.arrives("/registration").await;
}
