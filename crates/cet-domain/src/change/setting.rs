//! The values of settings (the table of season.md section 1), with their stored form.

use std::collections::BTreeMap;

pub use super::key::{Key, Kind};

use super::parse::plain_lines;
use crate::arrangement::store::SettingRow;
use crate::portal::News;
use crate::sitting::limit::{Limit, LimitOn};
use crate::sitting::plan::SittingState;
use crate::sitting::store::write::Head;
use crate::sitting::subject::Subject;
use crate::sitting::window::Window;
use crate::words::fen::Fen;
use crate::words::subject::{Level, Mode};
use crate::words::subject_list::{join_codes, parse_codes};
use crate::words::time::Time;

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// Of [`Key::Sitting`].
    Sitting(Head),
    /// Of [`Key::State`].
    State(SittingState),
    /// Of [`Key::Subject`].
    Subject(Box<Subject>),
    /// Of [`Key::Window`]: the window, and when candidates of other campuses may come.
    Window(Window, Option<Time>),
    /// Of [`Key::Limit`].
    Limit(Limit),
    /// Of [`Key::Fee`].
    Fee(Fen),
    /// Of [`Key::Pool`]: seats.
    Pool(i64),
    /// Of [`Key::Oral`]: prefixes of campus codes.
    Oral(Vec<String>),
    /// Of [`Key::Notice`]: Markdown in Chinese and English.
    Notice(String, String),
    /// Of [`Key::Text`]: Markdown.
    Text(String),
    /// Of [`Key::Portal`]: Markdown.
    Portal(String),
    /// Of [`Key::News`].
    News(Box<News>),
    /// Of [`Key::Arrangement`].
    Arrangement(Box<SettingRow>),
}

/// The fields of a value by name, as text: the form in which values are stored, compared and shown.
pub type Fields = BTreeMap<&'static str, String>;

/// A time to the microsecond, as it is stored and parsed back.
fn at(time: Time) -> String {
    let text = time.local("%Y-%m-%d %H:%M:%S%.f");
    text.strip_suffix(":00").map_or_else(|| text.clone(), str::to_owned)
}

fn news_fields(news: &News, put: &mut impl FnMut(&'static str, String)) {
    put("title", news.title.clone());
    put("body", news.body.clone());
    put("title_en", news.title_en.clone());
    put("body_en", news.body_en.clone());
    put("publish_at", at(news.publish_at));
    put("withdraw", flag(news.withdrawn));
}

fn flag(on: bool) -> String {
    if on { "yes" } else { "no" }.to_owned()
}

impl SettingValue {
    /// Whether this is another value to whoever reads it. A form sends back what it showed with the line ends of a browser and
    /// without those at the end, and the Chinese name where there is no English one: neither is a change.
    #[must_use]
    pub fn differs(&self, from: &Self) -> bool {
        self != from && self.plain() != from.plain()
    }

    fn plain(&self) -> Self {
        let mut plain = self.clone();
        match &mut plain {
            Self::Text(body) | Self::Portal(body) => *body = plain_lines(body),
            Self::Notice(body, body_en) => {
                *body = plain_lines(body);
                *body_en = plain_lines(body_en);
            }
            Self::News(news) => {
                news.body = plain_lines(&news.body);
                news.body_en = plain_lines(&news.body_en);
            }
            Self::Sitting(head) if head.name_en.is_empty() => head.name_en.clone_from(&head.name),
            Self::Subject(subject) if subject.name_en.is_empty() => subject.name_en.clone_from(&subject.name),
            _ => {}
        }
        plain
    }

    /// The fields that are set.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        let mut put = |name: &'static str, value: String| {
            if !value.is_empty() {
                fields.insert(name, value);
            }
        };
        match self {
            Self::Sitting(head) => {
                put("name", head.name.clone());
                put("name_en", head.name_en.clone());
                put("year", head.year.to_string());
                put("half", head.half.to_string());
                put("ask_student_number", flag(head.ask_student_number));
                put("province_fees", flag(head.province_fees));
            }
            Self::State(state) => put("state", state.wire().to_owned()),
            Self::Subject(subject) => {
                put("place", subject.place.to_string());
                put("name", subject.name.clone());
                put("name_en", subject.name_en.clone());
                put("mode", subject.mode.wire().to_owned());
                put("level", subject.level.number().to_string());
                put("language", subject.language.clone());
                put("needs", join_codes(&subject.needs));
                put("exam_from", subject.exam_from.map(at).unwrap_or_default());
                put("exam_to", subject.exam_to.map(at).unwrap_or_default());
                put("printing_from", subject.printing_from.map(at).unwrap_or_default());
                put("printing_to", subject.printing_to.map(at).unwrap_or_default());
            }
            Self::Window(window, outsiders_from) => {
                put("from", at(window.opens()));
                put("to", at(window.closes()));
                put("outsiders_from", outsiders_from.map(at).unwrap_or_default());
            }
            Self::Limit(Limit::Span(from, to)) => {
                put("from", from.map(at).unwrap_or_default());
                put("to", to.map(at).unwrap_or_default());
            }
            Self::Limit(Limit::Seats(most)) => put("capacity", most.to_string()),
            Self::Fee(amount) => put("fee", amount.to_string()),
            Self::Pool(capacity) => put("capacity", capacity.to_string()),
            Self::Oral(prefixes) => {
                // An empty list differs from no setting: it allows no other campus.
                fields.insert("elsewhere", prefixes.join(";"));
            }
            Self::Notice(body, body_en) => {
                put("body", body.clone());
                put("body_en", body_en.clone());
            }
            Self::Text(body) | Self::Portal(body) => put("body", body.clone()),
            Self::News(news) => news_fields(news, &mut put),
            Self::Arrangement(row) => {
                let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
                put("room_size", number(row.room_size));
                put("columns", number(row.seat_columns));
                put("tail", row.tail.clone().unwrap_or_default());
                put("spare_seats", number(row.spare_seats));
                put("oral_rooms", number(row.oral_rooms));
                put("machines", number(row.machines));
                put("oral_sessions", row.oral_sessions.clone().unwrap_or_default());
                put("oral_ticket", row.oral_ticket.clone().unwrap_or_default());
                put("arrange_as", row.arrange_as.clone().unwrap_or_default());
            }
        }
        fields
    }

    /// The value as it is stored: its fields as one JSON object.
    ///
    /// # Errors
    /// As `serde_json`; texts cause none.
    pub fn stored(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.fields())
    }

    /// Parses a stored value of this key.
    #[must_use]
    pub(crate) fn from_stored(key: &Key, text: &str) -> Option<Self> {
        let fields: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
        let get = |name: &str| fields.get(name).map_or("", String::as_str);
        let time = |name: &str| match get(name) {
            "" => Some(None),
            text => Time::parse_local(text).ok().map(Some),
        };
        let number = |name: &str| match get(name) {
            "" => Some(None),
            text => text.parse::<i64>().ok().map(Some),
        };
        let text = |name: &str| Some(get(name).to_owned()).filter(|text| !text.is_empty());
        Some(match key {
            Key::Sitting => Self::Sitting(Head {
                name: get("name").to_owned(),
                name_en: get("name_en").to_owned(),
                year: number("year")??,
                half: number("half")??,
                ask_student_number: get("ask_student_number") == "yes",
                province_fees: get("province_fees") == "yes",
            }),
            Key::State => Self::State(SittingState::from_wire(get("state"))?),
            Key::Subject(code) => Self::Subject(Box::new(Subject {
                code: *code,
                place: number("place")??,
                name: get("name").to_owned(),
                name_en: get("name_en").to_owned(),
                mode: Mode::from_wire(get("mode"))?,
                level: Level::from_number(number("level")??)?,
                language: get("language").to_owned(),
                needs: parse_codes(get("needs")).ok()?,
                exam_from: time("exam_from")?,
                exam_to: time("exam_to")?,
                printing_from: time("printing_from")?,
                printing_to: time("printing_to")?,
            })),
            Key::Window(..) => {
                Self::Window(Window::new(time("from")??, time("to")??).ok()?, time("outsiders_from")?)
            }
            Key::Limit(_, LimitOn::Windows(_)) => Self::Limit(Limit::Span(time("from")?, time("to")?)),
            Key::Limit(_, LimitOn::Capacity(_)) => Self::Limit(Limit::Seats(number("capacity")??)),
            Key::Fee(..) => Self::Fee(Fen::from_yuan(get("fee")).ok()?),
            Key::Pool(..) => Self::Pool(number("capacity")??),
            Key::Oral(_) => Self::Oral(
                get("elsewhere").split(';').filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect(),
            ),
            Key::Notice(..) => Self::Notice(get("body").to_owned(), get("body_en").to_owned()),
            Key::Text(..) => Self::Text(get("body").to_owned()),
            Key::Portal(..) => Self::Portal(get("body").to_owned()),
            Key::News(id) => Self::News(Box::new(News {
                id: *id,
                title: get("title").to_owned(),
                body: get("body").to_owned(),
                title_en: get("title_en").to_owned(),
                body_en: get("body_en").to_owned(),
                publish_at: time("publish_at")??,
                withdrawn: get("withdraw") == "yes",
            })),
            Key::Arrangement(place) => Self::Arrangement(Box::new(SettingRow {
                scope: place.to_string(),
                room_size: number("room_size")?,
                seat_columns: number("columns")?,
                tail: text("tail"),
                spare_seats: number("spare_seats")?,
                oral_rooms: number("oral_rooms")?,
                machines: number("machines")?,
                oral_sessions: text("oral_sessions"),
                oral_ticket: text("oral_ticket"),
                arrange_as: text("arrange_as"),
            })),
        })
    }
}

/// A setting with the value that it is to have; `None`: none of its own.
pub type Wanted = (Key, Option<SettingValue>);

/// One changed setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The setting.
    pub key: Key,
    /// The value before.
    pub before: Option<SettingValue>,
    /// The value after.
    pub after: Option<SettingValue>,
}

#[cfg(test)]
#[path = "tests/setting.rs"]
pub(crate) mod tests;
