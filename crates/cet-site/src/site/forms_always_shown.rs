//! The GET of a form always shows the form, whoever asks and whatever was done before.

use jiff::SignedDuration;

use crate::registration::pages::tests::{accept, enrolled, look_up};
use crate::testing::Browser;
use cet_base::on_both;
use cet_base::store::testing::NOON;

const OPEN: [&str; 4] = ["/register", "/login", "/recover", "/retrieve"];
const OWN: [&str; 5] = [
    "/agreement",
    "/qualification",
    "/registration/written",
    "/registration/oral",
    "/registration/waiting-list",
];

async fn hold(browser: &mut Browser<'_>, paths: &[&str], when: &str) {
    for path in paths {
        let answer = browser.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (200, vec![]), "{path} {when}");
        let form = format!("action=\"{path}\" method=\"post\"");
        assert_eq!(answer.text.matches(&form).count(), 1, "{path} {when}");
    }
}

async fn entered(browser: &mut Browser<'_>) {
    let saved = browser.post("/qualification/record", &[("checked", "yes")]).await;
    assert_eq!(saved.status, 303);
    hold(browser, &OWN[2..], "when bound").await;
    for (page, subjects) in [("written", &["1", "2"][..]), ("oral", &["F", "S"])] {
        let fields: Vec<_> = subjects.iter().map(|code| ("subject", *code)).collect();
        let answer = browser.post(&format!("/registration/{page}"), &fields).await;
        assert_eq!(answer.status, 303, "{page} {:?}", answer.codes());
    }
}

on_both! {
    async fn the_get_of_a_form_holds_it_whatever_was_done_before(t: TestDb) {
        let app = enrolled(t).await;
        hold(&mut app.browser(), &OPEN, "for a stranger").await;
        let mut browser = app.signed_in(1).await;
        hold(&mut browser, &OPEN, "when signed in").await;
        hold(&mut browser, &OWN, "before the agreement").await;
        accept(&mut browser).await;
        hold(&mut browser, &OWN, "after the agreement").await;
        look_up(&mut browser, 1).await;
        hold(&mut browser, &OWN, "after a look-up").await;
        entered(&mut browser).await;
        hold(&mut browser, &OWN[2..], "with nothing left to tick").await;
        hold(&mut browser, &OWN[..1], "when bound").await;
        hold(&mut browser, &OPEN, "when bound").await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(240)));
        hold(&mut app.signed_in(2).await, &OWN, "after the window, unbound").await;
    }
}
