//! Changes in words: which setting, from what to what, with which effect.

use std::collections::BTreeSet;

use super::form::{Field, Input};
use super::keys;
use super::views::FormView;
use crate::web::page::Page;
use cet_base::texts::Lang;
use cet_base::words::codes::SubjectCode;
use cet_base::words::subject::Mode;
use cet_domain::change::effect::Effect;
use cet_domain::change::rules::{TwoPeople, value_in};
use cet_domain::change::setting::Fields;
use cet_domain::change::{Key, Line, SettingValue};
use cet_domain::portal::PortalPage;
use cet_domain::sitting::limit::{self, LimitOn};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Catalogue, Plan};

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineShown {
    /// The setting, as 报名时间 · (99)测试省 · 笔试.
    pub what: String,
    /// The field.
    pub field: String,
    /// The value before; empty if there was none.
    pub before: String,
    /// The value after; empty if there is none.
    pub after: String,
}

/// A place with its name, as (99)测试省.
pub(crate) fn place(page: &Page, catalogue: &Catalogue, place: Place) -> String {
    match place {
        Place::National => page.m("staff-nation").to_owned(),
        Place::Province(code) => format!("({code}){}", catalogue.province_name_in(code, page.lang())),
        Place::School(code) => format!("({code}){}", catalogue.school_name(code).unwrap_or_default()),
        Place::Campus(code) => format!("({code}){}", catalogue.campus_name(code).unwrap_or_default()),
    }
}

/// A mode in words.
pub(crate) fn mode(page: &Page, mode: Mode) -> &'static str {
    page.m(match mode {
        Mode::Written => "setting-written",
        Mode::Oral => "setting-oral-mode",
    })
}

/// A subject with its code, as (1) 英语四级笔试.
pub(crate) fn subject(page: &Page, plan: &Plan, code: SubjectCode) -> String {
    let name = plan.subject(code).map(|subject| subject.name_in(page.lang().code())).unwrap_or_default();
    format!("({code}) {name}")
}

/// The language of a text in words.
pub(super) fn lang_name(page: &Page, lang: Lang) -> &'static str {
    page.m(match lang {
        Lang::Zh => "setting-in-chinese",
        Lang::En => "setting-in-english",
    })
}

/// The name of a page of the portal, as in its navigation.
pub(super) fn portal_page(page: &Page, of: PortalPage) -> &'static str {
    page.m(match of {
        PortalPage::About => "portal-nav-about",
        PortalPage::Guide => "portal-nav-guide",
        PortalPage::Schedule => "portal-nav-schedule",
        PortalPage::Process => "portal-nav-process",
        PortalPage::Faq => "portal-nav-faq",
        PortalPage::Tips => "portal-nav-tips",
    })
}

/// A setting in words.
pub(crate) fn setting(page: &Page, catalogue: &Catalogue, plan: &Plan, key: &Key) -> String {
    let kind = keys::find(page, &format!("setting-kind-{}", key.kind().wire())).unwrap_or_default();
    let item = match key {
        Key::Sitting | Key::Oral(_) | Key::Arrangement(_) | Key::State | Key::News(_) => String::new(),
        Key::Portal(of, lang) => format!("{} · {}", portal_page(page, *of), lang_name(page, *lang)),
        Key::Subject(code)
        | Key::Fee(_, code)
        | Key::Pool(_, code)
        | Key::Limit(_, LimitOn::Capacity(code)) => subject(page, plan, *code),
        Key::Limit(_, LimitOn::Windows(of)) | Key::Window(_, of) => mode(page, *of).to_owned(),
        Key::Notice(_, step) => step.map_or(page.m("setting-every-step"), |step| mode(page, step)).to_owned(),
        Key::Text(kind, lang) => format!(
            "{} · {}",
            keys::find(page, &format!("setting-text-{}", kind.wire())).unwrap_or_default(),
            lang_name(page, *lang)
        ),
    };
    let of_nation =
        key.is_of_portal() || matches!(key, Key::Sitting | Key::Subject(_) | Key::Text(..) | Key::State);
    let place = if of_nation { String::new() } else { place(page, catalogue, key.place()) };
    [kind.to_owned(), place, item].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The changed fields of some lines.
pub(crate) fn lines(page: &Page, catalogue: &Catalogue, lines: &[Line], plan: &Plan) -> Vec<LineShown> {
    lines.iter().flat_map(|line| line_shown(page, catalogue, (line, None), plan)).collect()
}

/// The same of a change that is not yet made: a place without a value of its own has that of the place above.
pub(super) fn lines_before(
    page: &Page,
    catalogue: &Catalogue,
    lines: &[Line],
    plan: &Plan,
) -> Vec<LineShown> {
    let shown = |line: &Line| line_shown(page, catalogue, (line, inherited(plan, &line.key)), plan);
    lines.iter().flat_map(shown).collect()
}

/// The fields of a value, and the place that it is inherited from.
type Inherited = (Place, Fields);

fn inherited(plan: &Plan, key: &Key) -> Option<Inherited> {
    let of = |place: Place| match key {
        Key::Window(_, mode) => Some(Key::Window(place, *mode)),
        Key::Fee(_, subject) => Some(Key::Fee(place, *subject)),
        Key::Oral(_) => Some(Key::Oral(place)),
        _ => None,
    };
    let above = limit::above(key.place()).into_iter().rev();
    above.filter_map(of).find_map(|key| Some((key.place(), value_in(plan, &key)?.fields())))
}

fn line_shown(
    page: &Page,
    catalogue: &Catalogue,
    (line, inherited): (&Line, Option<Inherited>),
    plan: &Plan,
) -> Vec<LineShown> {
    let fields = |value: &Option<SettingValue>| value.as_ref().map(SettingValue::fields).unwrap_or_default();
    let (before, after) = (fields(&line.before), fields(&line.after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let from_above = |name: &str| {
        let (from, fields) = inherited.as_ref()?;
        let from = page.f("setting-from", &[("place", &place(page, catalogue, *from))]);
        let value = worded(page, name, fields.get(name)?);
        Some(page.f("setting-inherited", &[("value", &value), ("from", &from)]))
    };
    let mut shown = Vec::new();
    for name in names {
        let own = |of: &Fields| of.get(name).map(|text| worded(page, name, text));
        if before.get(name) != after.get(name) {
            let value = |own: Option<String>, side: &Option<SettingValue>| match (own, side) {
                (None, None) => from_above(name),
                (own, _) => own,
            };
            shown.push(LineShown {
                what: setting(page, catalogue, plan, &line.key),
                field: field(page, name),
                before: value(own(&before), &line.before).unwrap_or_default(),
                after: value(own(&after), &line.after).or_else(|| removed(page, line)).unwrap_or_default(),
            });
        }
    }
    shown
}

/// What has no value above it either, and is no longer there.
fn removed(page: &Page, line: &Line) -> Option<String> {
    let is_gone = line.after.is_none() && matches!(line.key, Key::Pool(..));
    is_gone.then(|| page.m("setting-pool-removed").to_owned())
}

/// The name of a field.
pub(crate) fn field(page: &Page, name: &str) -> String {
    keys::find(page, &format!("setting-field-{}", name.replace('_', "-"))).unwrap_or(name).to_owned()
}

/// The fields that are times, which pages show to the minute.
const TIMES: [&str; 8] =
    ["from", "to", "outsiders_from", "exam_from", "exam_to", "printing_from", "printing_to", "publish_at"];

/// The value of a field; codes of states, modes and switches in words.
fn worded(page: &Page, name: &str, text: &str) -> String {
    let of = |prefix: &str| keys::find(page, &format!("{prefix}{text}")).unwrap_or(text).to_owned();
    match name {
        "state" => of("setting-state-"),
        "mode" => Mode::from_wire(text).map_or_else(|| text.to_owned(), |of| mode(page, of).to_owned()),
        "ask_student_number" | "province_fees" | "withdraw" => of("setting-flag-"),
        "tail" => of("setting-tail-"),
        name if TIMES.contains(&name) => text.get(.."2017-09-20 12:00".len()).unwrap_or(text).to_owned(),
        _ => text.to_owned(),
    }
}

/// Effects in words: the number and what happens.
pub(crate) fn effects(page: &Page, effects: &[Effect]) -> Vec<(String, String)> {
    effects
        .iter()
        .map(|effect| {
            let words = keys::find(page, &format!("setting-effect-{}", effect.wire())).unwrap_or_default();
            let number = match effect {
                Effect::Seats(n) if *n > 0 => format!("+{n}"),
                effect => effect.count().to_string(),
            };
            (number, words.to_owned())
        })
        .collect()
}

impl FormView {
    /// The value of a field where it is only shown, as other pages write it.
    pub(super) fn shown(&self, of: &Field) -> String {
        match &of.input {
            Input::Time => of.value.replacen('T', " ", 1),
            Input::Choice(choices) => {
                let chosen = choices.iter().find(|choice| choice.value == of.value);
                chosen.map_or_else(|| of.value.clone(), |choice| choice.text.clone())
            }
            Input::Tick => keys::find(&self.page, &format!("setting-flag-{}", of.value))
                .unwrap_or(of.value.as_str())
                .to_owned(),
            _ => of.value.clone(),
        }
    }
}

/// The new Markdown of a change as readers will see it.
pub(super) fn texts(page: &Page, lines: &[Line]) -> Vec<String> {
    let texts = lines
        .iter()
        .filter(|line| matches!(line.key, Key::Portal(..) | Key::News(_) | Key::Text(..) | Key::Notice(..)));
    let fields = texts.filter_map(|line| line.after.as_ref()).map(SettingValue::fields);
    fields
        .flat_map(|fields| ["body", "body_en"].map(|name| fields.get(name).cloned().unwrap_or_default()))
        .filter(|text| !text.is_empty())
        .map(|text| super::pages::shown(page, &crate::web::markdown::render(&text)))
        .collect()
}

/// What needs a second person, in words.
pub(crate) fn second(page: &Page, second: &BTreeSet<TwoPeople>) -> Vec<String> {
    second
        .iter()
        .map(|of| keys::find(page, &format!("setting-second-{}", of.wire())).unwrap_or_default().to_owned())
        .collect()
}
