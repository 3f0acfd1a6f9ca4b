//! Refusals of changes on the form that they came from.

use super::form::Fields;
use super::keys;
use super::words::{self, LineShown};
use crate::staff::StaffMember;
use crate::web::page::{Page, Refused};
use cet_base::words::time::Time;
use cet_domain::change::{ChangeRefusal, Key, SettingValue};
use cet_domain::sitting::Plan;
use cet_domain::sitting::consistency::{About, Misfit, Why};
use cet_domain::sitting::limit::Limit;

/// The texts of a refusal, each at the field of its setting.
pub(super) fn on_form(
    who: &StaffMember,
    page: &Page,
    plan: &Plan,
    fields: &Fields,
    refusal: &ChangeRefusal,
) -> Vec<Refused> {
    let catalogue = who.app.catalogue.get();
    let field_of = |key: &Key, name: &str| {
        let of_key = || fields.list.iter().filter(|field| field.key == *key);
        let named = of_key().find(|field| field.name == name).or_else(|| of_key().next());
        named.map(|field| field.name.clone())
    };
    let plain = Refused::new(page.t, refusal.code());
    let at = |refused: Refused, key: &Key, name: &str| match field_of(key, name) {
        Some(field) => refused.at(field),
        None => refused,
    };
    match refusal {
        ChangeRefusal::Meanwhile(lines) => {
            let both = words::lines(page, &catalogue, lines, plan);
            both.iter().map(|line| plain.clone().saying(meanwhile(page, line))).collect()
        }
        ChangeRefusal::UndoImpossible(keys) => {
            let all: Vec<_> = keys.iter().map(|key| words::setting(page, &catalogue, plan, key)).collect();
            let what = all.join(page.m("arrangement-and"));
            vec![plain.saying(page.f("setting-undo-impossible", &[("what", &what)]))]
        }
        ChangeRefusal::BelowTaken(key, n) | ChangeRefusal::PoolHeld(key, n) => {
            let what = words::setting(page, &catalogue, plan, key);
            let text = page.f(held(refusal), &[("what", &what), ("taken", &n.to_string())]);
            vec![at(plain.saying(text), key, "")]
        }
        ChangeRefusal::OutsideLimits(key, place, limit) => {
            let place = words::place(page, &catalogue, *place);
            let limit = limit_words(page, *limit);
            let text = page.f("setting-outside", &[("place", &place), ("limit", &limit)]);
            vec![at(plain.saying(text), key, "")]
        }
        ChangeRefusal::Misfit(misfit) => {
            let key = match misfit.about {
                About::Sitting => Key::Sitting,
                About::Subject(code) => Key::Subject(code),
                About::Window(place, mode) => Key::Window(place, mode),
            };
            let (what, field) = (words::setting(page, &catalogue, plan, &key), asked_for(misfit));
            let text = page.f(why(misfit.why), &[("what", &what), ("field", &words::field(page, field))]);
            vec![at(plain.saying(text), &key, field)]
        }
        ChangeRefusal::PlaceUnknown(key) => {
            let name = if matches!(key, Key::Arrangement(_)) { "arrange_as" } else { "" };
            vec![at(plain, key, name)]
        }
        ChangeRefusal::CampusElsewhere(key) => {
            vec![at(plain.saying(page.m("setting-arrange-as-elsewhere")), key, "arrange_as")]
        }
        ChangeRefusal::Missing(missing) => missing
            .iter()
            .map(|what| {
                let key = format!("setting-missing-{}", what.wire());
                plain.clone().saying(keys::find(page, &key).unwrap_or_default())
            })
            .collect(),
        ChangeRefusal::State(state) => {
            let state = keys::find(page, &format!("setting-state-{}", state.wire())).unwrap_or_default();
            vec![plain.saying(page.f("setting-wrong-state", &[("state", state)]))]
        }
        ChangeRefusal::NoReason => vec![plain.saying(page.m("setting-reason-wrong")).at("reason")],
        other => vec![match words_of(other) {
            Some(words) => plain.saying(page.m(words)),
            None => plain,
        }],
    }
}

/// Why a capacity can't be so low, or be none.
const fn held(refusal: &ChangeRefusal) -> &'static str {
    match refusal {
        ChangeRefusal::PoolHeld(..) => "setting-pool-held",
        _ => "setting-below-taken",
    }
}

/// A value that somebody else set meanwhile, beside the one that was wanted.
fn meanwhile(page: &Page, line: &LineShown) -> String {
    let (now, wanted) = (("now", &*line.before), ("wanted", &*line.after));
    page.f("setting-meanwhile", &[("what", &*line.what), ("field", &*line.field), now, wanted])
}

/// Refusals whose text has no values.
const fn words_of(refusal: &ChangeRefusal) -> Option<&'static str> {
    Some(match refusal {
        ChangeRefusal::Nothing => "setting-nothing",
        ChangeRefusal::Registered => "setting-registered",
        ChangeRefusal::NotOver => "setting-not-over",
        ChangeRefusal::SubjectUsed(_) => "setting-subject-used",
        ChangeRefusal::Arranged(_) => "setting-arranged",
        ChangeRefusal::AlreadySo => "setting-already-so",
        ChangeRefusal::Over => "setting-over",
        ChangeRefusal::FromPast => "setting-from-past",
        ChangeRefusal::Tampered => "setting-tampered",
        _ => return None,
    })
}

/// A limit in words.
pub(super) fn limit_words(page: &Page, limit: Limit) -> String {
    match limit {
        Limit::Seats(most) => page.f("setting-limit-seats", &[("n", &most.to_string())]),
        Limit::Span(from, to) => {
            let time =
                |at: Option<Time>| at.map_or_else(|| page.m("setting-any-time").to_owned(), Time::page);
            page.f("setting-limit-span", &[("from", &time(from)), ("to", &time(to))])
        }
    }
}

/// The field to correct: of a time that stands without the one before it, that one.
fn asked_for(misfit: &Misfit) -> &'static str {
    match (misfit.why, misfit.field) {
        (Why::StartMissing, "printing_from") => "exam_from",
        (Why::StartMissing, "printing_to") => "printing_from",
        (_, field) => field,
    }
}

const fn why(why: Why) -> &'static str {
    match why {
        Why::EndNotAfterStart => "setting-why-end",
        Why::ExamTooLong => "setting-why-long",
        Why::EndMissing | Why::StartMissing => "setting-why-missing",
        Why::PrintingNotBeforeExam => "setting-why-printing",
        Why::YearAfterExams => "setting-why-year",
        Why::OutsidersOutside => "setting-why-outsiders",
        Why::ClosesAfterExam => "setting-why-closes",
        Why::NeedsOfWritten => "setting-why-needs-written",
        Why::NeedsUnknown => "setting-why-needs",
    }
}

/// The value of a setting on one line, for lists.
pub(super) fn value_words(page: &Page, value: &SettingValue) -> String {
    match value {
        SettingValue::Window(window, _) => format!("{} – {}", window.opens().page(), window.closes().page()),
        SettingValue::Limit(limit) => limit_words(page, *limit),
        SettingValue::Fee(amount) => format!("¥{amount}"),
        SettingValue::Pool(capacity) => capacity.to_string(),
        SettingValue::Oral(prefixes) if prefixes.is_empty() => page.m("setting-oral-own").to_owned(),
        SettingValue::Oral(prefixes) => prefixes.join(page.m("arrangement-and")),
        SettingValue::Notice(body, _) | SettingValue::Text(body) => start(body),
        other => {
            let fields = other.fields();
            let name = |name: &str| words::field(page, name);
            fields
                .iter()
                .map(|(of, value)| format!("{} {value}", name(of)))
                .collect::<Vec<_>>()
                .join(page.m("setting-comma"))
        }
    }
}

/// The beginning of a text, for a list.
fn start(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
