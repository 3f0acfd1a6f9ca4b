//! The words of messages about disputes (R24).

use super::{Composed, Href, information, line_text, start};
use crate::message::facts::{DisputeEnd, Line, deadline_words};
use crate::texts::Texts;

pub(super) fn opened(t: &'static Texts, (school, campus): (&str, &str), at: &str) -> Composed {
    let facts = [("school", school), ("campus", campus), ("time", at)];
    Composed {
        title: t.m("dispute-mail-opened-title").to_owned(),
        paragraphs: vec![
            t.f("dispute-mail-opened", &facts),
            t.m("dispute-mail-opened-yours").to_owned(),
            t.m("dispute-mail-opened-not-yours").to_owned(),
        ],
        links: vec![information(t)],
    }
}

pub(super) fn received(t: &'static Texts, (school, campus): (&str, &str), at: &str) -> Composed {
    let facts = [("school", school), ("campus", campus), ("time", at)];
    Composed {
        title: t.m("dispute-mail-received-title").to_owned(),
        paragraphs: vec![t.f("dispute-mail-received", &facts), t.m("dispute-mail-received-next").to_owned()],
        links: vec![own(t)],
    }
}

pub(super) fn ended(
    t: &'static Texts,
    end: DisputeEnd,
    (lines, until): (&[Line], Option<i64>),
    written: Option<&str>,
) -> Composed {
    let (title, said, link) = match end {
        DisputeEnd::LetGo => ("dispute-mail-lost-title", "dispute-mail-let-go", start(t)),
        DisputeEnd::GivenAway => ("dispute-mail-lost-title", "dispute-mail-given-away", start(t)),
        DisputeEnd::Stays => ("dispute-mail-stays-title", "dispute-mail-stays", information(t)),
        DisputeEnd::Free => ("dispute-mail-free-title", "dispute-mail-free", start(t)),
        DisputeEnd::Given => ("dispute-mail-given-title", "dispute-mail-given", information(t)),
        DisputeEnd::Refused => ("dispute-mail-refused-title", "dispute-mail-refused", own(t)),
        DisputeEnd::GivenToAnother => ("dispute-mail-refused-title", "dispute-mail-another", own(t)),
        DisputeEnd::Lapsed => ("dispute-mail-free-title", "dispute-mail-lapsed", start(t)),
    };
    let mut paragraphs = vec![t.m(said).to_owned()];
    paragraphs.extend(written.map(|words| t.f("dispute-mail-answer", &[("text", words)])));
    let lost = matches!(end, DisputeEnd::LetGo | DisputeEnd::GivenAway);
    if !lines.is_empty() {
        paragraphs
            .push(t.m(if lost { "dispute-mail-ended-lines" } else { "dispute-mail-kept-lines" }).to_owned());
        paragraphs.extend(lines.iter().map(|line| line_text(t, line)));
    }
    if lost {
        paragraphs.push(t.m("dispute-mail-money").to_owned());
    }
    paragraphs.extend(until.map(|until| t.f("dispute-mail-pay-until", &[("time", &deadline_words(until))])));
    Composed { title: t.m(title).to_owned(), paragraphs, links: vec![link] }
}

fn own(t: &'static Texts) -> Href {
    Href { what: t.m("dispute-mail-link"), path: "/dispute" }
}
