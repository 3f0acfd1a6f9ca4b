//! What the line of an order says where several refunds are of it, and of a request that nobody decided.

use super::*;
use cet_domain::payment::store::history::Returned;

/// Each sum is told with how far it has come, and of the subject that it was for.
#[test]
fn sums_of_several_refunds_are_told_one_by_one() {
    let (page, catalogue) = (page(Lang::Zh), Catalogue::default());
    let speaker = Speaker { page: &page, catalogue: &catalogue, banks: &[], now: NOON };
    let of_lines = |refunds: &[(i64, i64, i64, bool, Option<Time>)]| {
        let mut truth = truth(
            PAID,
            (3, 0, 0),
            vec![told(1, Kind::Booked, Some(1), None), told(2, Kind::Booked, Some(2), None)],
        );
        for (id, entry, amount, is_ended, done_at) in refunds.iter().copied() {
            truth.money.refunds.push(RefundShown {
                id,
                order: OrderId(77),
                amount: fen(amount),
                reason: "instructed".to_owned(),
                due_at: NOON,
                done_at,
                state: if done_at.is_some() { "done" } else { "due" }.to_owned(),
            });
            truth.money.returned.push(Returned {
                refund: id,
                order: OrderId(77),
                entry: EntryId(entry),
                subject: SubjectCode::parse(if entry == 1 { "1" } else { "2" }).unwrap(),
                amount: fen(amount),
                is_ended,
                ended_at: is_ended.then_some(NOON),
            });
        }
        speaker.story(&truth)
    };
    let part = of_lines(&[(8, 1, 1, false, None)]);
    assert_eq!(
        (part.word, part.todo.as_str()),
        ("已支付，部分款项在退", "1的 ¥0.01 正在退回，您不用做什么。")
    );
    let part = of_lines(&[(8, 1, 1, false, Some(NOON))]);
    assert_eq!((part.word, part.todo.as_str()), ("已支付，部分款项已退", "1的 ¥0.01 已退回，您不用做什么。"));
    let both = of_lines(&[(8, 1, 1, false, Some(NOON)), (9, 2, 1, true, Some(NOON))]);
    assert!(
        both.todo.ends_with("1的 ¥0.01 已退回。1已支付；2的 ¥0.01 已退回，您不用做什么。"),
        "{}",
        both.todo
    );
    let both = of_lines(&[(8, 1, 1, false, Some(NOON)), (9, 2, 1, true, None)]);
    assert!(
        both.todo.ends_with("1的 ¥0.01 已退回。1已支付；2的 ¥0.01 正在退回，您不用做什么。"),
        "{}",
        both.todo
    );
    let whole = of_lines(&[(8, 1, 2, true, Some(NOON)), (9, 2, 1, true, None)]);
    assert!(whole.todo.ends_with("¥0.02 已退回。¥0.01 正在退回，您不用做什么。"), "{}", whole.todo);
    // Two parts of one subject, and one of another: each with its subject, and what is to be done once, last.
    let parts = of_lines(&[(8, 1, 1, false, Some(NOON)), (9, 2, 1, false, None)]);
    assert_eq!(parts.todo, "1的 ¥0.01 已退回。2的 ¥0.01 正在退回，您不用做什么。");
    // Its candidate cancelled one of two at the gateway's page, and the other one still waits.
    let mut owed = truth(OrderState::Closed(ClosedFor::GivenUp), (3, 3, 0), vec![]);
    owed.lines[0].is_held = true;
    let todo = speaker.story(&owed).todo;
    assert!(
        todo.starts_with("¥0.03 正在退回。1还没有付款：要考的，请在 ") && !todo.contains("不用做什么"),
        "{todo}"
    );
}

#[test]
fn a_request_that_nobody_decided_in_time_is_told_to_have_lapsed() {
    let catalogue = Catalogue::default();
    let week = jiff::SignedDuration::from_hours(24 * 7);
    for (lang, title) in [(Lang::Zh, "没有人批准，已失效"), (Lang::En, "lapsed")] {
        let page = page(lang);
        let lapsed = |days: i64, events: &[(i64, Kind)]| {
            let now = NOON.plus(jiff::SignedDuration::from_hours(24 * days));
            let speaker = Speaker { page: &page, catalogue: &catalogue, banks: &[], now };
            let events = events.iter().map(|(id, kind)| told(*id, *kind, None, None)).collect();
            let steps = speaker.story(&truth(PAID, (3, 0, 0), events)).steps;
            steps
                .into_iter()
                .filter(|step| step.title.contains(title))
                .map(|step| step.at)
                .collect::<Vec<_>>()
        };
        let at = NOON.plus(week).page();
        assert_eq!(lapsed(6, &[(1, Kind::RefundAsked)]), Vec::<String>::new());
        assert_eq!(lapsed(7, &[(1, Kind::RefundAsked)]), std::slice::from_ref(&at));
        assert_eq!(lapsed(8, &[(1, Kind::RefundAsked), (2, Kind::RefundTurnedDown)]), Vec::<String>::new());
        assert_eq!(
            lapsed(8, &[(1, Kind::RefundAsked), (2, Kind::RefundAsked), (3, Kind::RefundApproved)]),
            [at]
        );
    }
}
