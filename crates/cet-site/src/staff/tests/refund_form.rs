//! The form for a refund: of what it is, which lines it takes, and what candidates are told.

use super::finance::{NUMBER, line, refused, world};
use super::world::member;
use crate::testing::Browser;
use cet_base::on_both;

const AT: &str = "/staff/refunds/new";

/// How many lines a preview has, by its figures; `None`: it has none to confirm.
async fn previewed(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Option<String> {
    let shown = browser
        .post(AT, &[fields, &[("kind", "exam-cancelled"), ("reason", "停考"), ("preview", "yes")]].concat())
        .await
        .text;
    let figure =
        shown.split("class=\"sl fee\"").nth(1)?.split("class=\"num\">").nth(1)?.split('<').next()?.to_owned();
    shown.contains("name=\"seen\"").then_some(figure)
}

on_both! {
    /// interface.md: `order`, or `subject` `campus` `sitting`.
    async fn an_exam_is_cancelled_for_a_subject_a_campus_both_or_the_whole_sitting(t: TestDb) {
        let (app, _) = world(t).await;
        let mut finance = member(&app, "finance").await;
        for (subject, campus, words) in [
            ("1", "993010", "校区 993010：全部已支付的科目"),
            ("1", "", "所有校区：全部已支付的科目"),
            ("", "993010", "校区 993010，全部科目"),
            ("", "", "考次 2017-2，全部科目和校区"),
        ] {
            let query = format!("{AT}?sitting=2017-2&subject={subject}&campus={campus}");
            let shown = finance.get(&query).await;
            assert!(shown.status == 200 && shown.text.contains(words), "{query}: {}", shown.text);
            let fields = [("sitting", "2017-2"), ("subject", subject), ("campus", campus)];
            assert_eq!(previewed(&mut finance, &fields).await.as_deref(), Some("1"), "{query}");
            let sent = [&fields[..], &[("kind", "exam-cancelled"), ("reason", "停考"), ("confirm", "yes")]].concat();
            let place = finance.post(AT, &sent).await;
            assert_eq!(place.status, 303, "{query}: {:?}", place.codes());
            let at = place.location().to_owned();
            assert!(finance.get(&at).await.text.contains(words), "{query}");
        }
        // What nobody was charged for there is nothing to refund of; and nothing is named at first.
        assert_eq!(previewed(&mut finance, &[("sitting", "2017-2"), ("subject", "2")]).await, None);
        assert!(finance.get(AT).await.text.contains("整场考试"));
    }

    async fn sums_without_a_tick_choose_their_lines_or_contradict_the_ticked_ones(t: TestDb) {
        let (app, _) = world(t).await;
        let mut finance = member(&app, "finance").await;
        let line = line(&app).await;
        let amount: &str = format!("amount.{line}").leak();
        let rest = [("order", NUMBER), ("kind", "mistaken"), ("reason", "来信"), ("preview", "yes")];
        let shown = finance.post(AT, &[&rest[..], &[(amount, "0.01")]].concat()).await;
        assert!(shown.text.contains("¥0.01</b>") && shown.text.contains(" checked"), "{}", shown.text);
        for (field, value) in [("amount.7", "0.01"), ("amount.x", "0.01"), ("amount.", "0.01")] {
            let answer = finance.post(AT, &[&rest[..], &[("line", &*line), (field, value)]].concat()).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{field}");
            assert!(answer.text.contains("没有勾选"), "{field}: {}", answer.text);
        }
        // An empty one is none.
        let shown = finance.post(AT, &[&rest[..], &[("line", &*line), ("amount.7", " ")]].concat()).await;
        assert_eq!(refused(&shown), (200, vec![]));
    }

    async fn an_order_is_not_named_together_with_an_exam(t: TestDb) {
        let (app, _) = world(t).await;
        let mut finance = member(&app, "finance").await;
        for (field, value) in [("subject", "1"), ("campus", "993010")] {
            let answer = finance.get(&format!("{AT}?order={NUMBER}&{field}={value}")).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{field}");
            let fields = [("order", NUMBER), (field, value), ("kind", "mistaken"), ("reason", "x"), ("confirm", "yes")];
            let answer = finance.post(AT, &fields).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{field}");
            assert!(answer.text.contains("只用其中一种"), "{field}");
        }
        // The form of an order sends its sitting.
        let shown = finance.get(&format!("{AT}?order={NUMBER}&sitting=2017-2")).await;
        assert_eq!(refused(&shown), (200, vec![]));
    }

    /// Candidates are told it: the form gives none for who asks. Just the listed fields tell them who decided.
    async fn a_cause_that_nobody_chose_is_asked_for_by_the_form(t: TestDb) {
        let (app, _) = world(t).await;
        let mut finance = member(&app, "finance").await;
        for fields in [vec![("order", NUMBER)], vec![("sitting", "2017-2"), ("subject", "1"), ("campus", "993010")]] {
            let sent = [&fields[..], &[("reason", "来信"), ("preview", "yes")]].concat();
            let answer = finance.post(AT, &sent).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{fields:?}");
            assert!(answer.text.contains("href=\"#kind\""), "{fields:?}");
        }
        assert!(!finance.get("/staff/refunds").await.text.contains("来信"));
        let asked = finance.post(AT, &[("order", NUMBER), ("reason", "来信")]).await;
        assert_eq!(asked.status, 303, "{:?}", asked.codes());
        assert!(finance.get(asked.location()).await.text.contains("主管部门决定"));
    }
}
