//! Messages about money that goes back (Y4).

use super::{Composed, information, line_text, name};
use crate::message::facts::Line;
use crate::texts::Texts;

/// A message about money that goes back: what leads in, what had been paid for, and what follows.
pub(super) fn refund(
    t: &'static Texts,
    title: &'static str,
    lines: &[Line],
    (first, after): (String, Vec<String>),
) -> Composed {
    let mut paragraphs = vec![first];
    paragraphs.extend(lines.iter().map(|line| line_text(t, line)));
    paragraphs.extend(after);
    Composed { title: t.m(title).to_owned(), paragraphs, links: vec![information(t)] }
}

/// What goes back, why, and what of it has ended.
pub(super) fn refund_due(
    t: &'static Texts,
    (number, amount): (&str, &str),
    reason: &str,
    (lines, ended): (&[Line], Option<&[Line]>),
) -> Composed {
    let why = match reason {
        "surplus" => "payment-mail-why-surplus",
        "replaced" => "payment-mail-why-replaced",
        "locked" => "payment-mail-why-locked",
        "cancelled" => "payment-mail-why-cancelled",
        "given-up" => "payment-mail-why-given-up",
        "given-up-owed" => "payment-mail-why-given-up-owed",
        "needs-written" => "payment-mail-why-needs-written",
        "exam-cancelled" => "payment-mail-why-exam-cancelled",
        "mistaken" => "payment-mail-why-mistaken",
        "instructed" => "payment-mail-why-instructed",
        "window-closed" => "payment-mail-why-window-closed",
        "not-allowed" => "payment-mail-why-not-allowed",
        "bound-elsewhere" => "payment-mail-why-bound-elsewhere",
        "not-granted" => "payment-mail-why-not-granted",
        _ => "payment-mail-why-no-seat",
    };
    let first = t.f("payment-mail-refund", &[("number", number), ("amount", amount)]);
    let mut after = vec![t.m(why).to_owned()];
    // Of an exam that does not take place nothing is to be sat, though its entry stays.
    let is_off = reason == "exam-cancelled";
    match ended {
        Some([]) if is_off => after.push(t.m("payment-mail-refund-off").to_owned()),
        Some([]) => after.push(t.m("payment-mail-refund-kept").to_owned()),
        Some(some) => {
            let names: Vec<&str> = some.iter().map(|line| name(t, &line.zh, &line.en)).collect();
            let subjects = names.join(t.m("situation-and"));
            after.push(t.f("payment-mail-refund-ended", &[("subjects", &subjects)]));
            // A test that has begun stays, whatever goes back for it.
            let stays = |line: &&Line| !some.iter().any(|ended| ended.entry == line.entry);
            let names: Vec<&str> =
                lines.iter().filter(stays).map(|line| name(t, &line.zh, &line.en)).collect();
            if !names.is_empty() {
                let subjects = names.join(t.m("situation-and"));
                let key = if is_off { "payment-mail-refund-stays-off" } else { "payment-mail-refund-stays" };
                after.push(t.f(key, &[("subjects", &subjects)]));
            }
        }
        // What finance refunds may end an entry that was paid.
        None if matches!(reason, "exam-cancelled" | "mistaken" | "instructed") => {
            after.push(t.m("payment-mail-refund-entry").to_owned());
        }
        None => {}
    }
    after.push(t.m("payment-mail-refund-way").to_owned());
    refund(t, "payment-mail-refund-subject", lines, (first, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{Lang, texts};

    /// An exam that is cancelled once it has begun leaves its entry, and nobody is told to sit it.
    #[test]
    fn nobody_is_told_that_the_entry_for_a_cancelled_exam_goes_on() {
        let line = Line {
            entry: 1,
            zh: "英语四级笔试".to_owned(),
            en: "CET 4".to_owned(),
            campus: "A".to_owned(),
            fee: 3000,
        };
        let other = Line { entry: 2, ..line.clone() };
        let lines = [line, other];
        for (lang, off, goes_on) in
            [(Lang::Zh, "不用参加", "报考不变"), (Lang::En, "do not need to sit", "still entered")]
        {
            for ended in [&lines[..0], &lines[1..]] {
                let told =
                    refund_due(texts(lang), ("9930112", "60.00"), "exam-cancelled", (&lines, Some(ended)));
                let told = told.paragraphs.join("\n");
                assert!(told.contains(off) && !told.contains(goes_on), "{told}");
            }
        }
    }

    /// Of two tests one of which had begun, the mail tells which ends and which stays.
    #[test]
    fn what_stays_is_named_beside_what_ends() {
        let line = |entry, zh: &str, en: &str| Line {
            entry,
            zh: zh.to_owned(),
            en: en.to_owned(),
            campus: "A".to_owned(),
            fee: 3000,
        };
        let lines = [line(1, "英语四级笔试", "CET 4 written"), line(2, "英语六级笔试", "CET 6 written")];
        for (lang, ends, stays) in [
            (Lang::Zh, "英语六级笔试不再报考", "英语四级笔试的报考不变"),
            (Lang::En, "no longer entered for CET 6 written", "still entered for CET 4 written"),
        ] {
            let told =
                refund_due(texts(lang), ("9930112", "60.00"), "instructed", (&lines, Some(&lines[1..])));
            let told = told.paragraphs.join("\n");
            assert!(told.contains(ends) && told.contains(stays), "{told}");
        }
    }
}
