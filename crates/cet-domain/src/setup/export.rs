//! A sitting's settings as its file (season.md 1.6): importing it again changes nothing.

use std::fmt::Write as _;

use super::file::TEXTS;
use crate::change::setting::Fields;
use crate::change::verify::all_now;
use crate::change::{Key, SettingValue};
use crate::sitting::limit::LimitOn;
use crate::sitting::window::Scope;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;

/// A sitting's file and the texts beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The TOML.
    pub toml: String,
    /// Name and content of each text file.
    pub texts: Vec<(String, String)>,
}

/// Exports a sitting; `None` if there is none.
///
/// # Errors
/// [`DbError`].
pub async fn sitting(tx: &mut Tx<'_>, code: &SittingCode) -> Result<Option<Exported>, DbError> {
    let settings = all_now(tx, code).await?;
    // The code of the portal is no sitting's.
    let is_sitting = settings.iter().any(|(key, _)| !key.is_of_portal());
    Ok(is_sitting.then(|| of(code, &settings)))
}

/// The file of some settings. The state is not part of a file.
#[must_use]
pub fn of(code: &SittingCode, settings: &[(Key, SettingValue)]) -> Exported {
    let mut out = Exported::default();
    line(&mut out.toml, "code", &text(code.as_str()));
    for (key, value) in settings {
        let fields = value.fields();
        match key {
            Key::Sitting => head(&mut out.toml, &fields),
            Key::Text(kind, lang) => {
                let named = TEXTS.iter().find(|(_, of, at)| of == kind && *at == lang.code());
                if let (Some((name, ..)), SettingValue::Text(body)) = (named, value) {
                    let file = format!("{}.{}.md", kind.wire(), lang.code());
                    line(&mut out.toml, name, &text(&file));
                    out.texts.push((file, body.clone()));
                }
            }
            _ => {}
        }
    }
    for (key, value) in settings {
        let section = match key {
            // The portal belongs to no sitting.
            Key::Sitting | Key::State | Key::Text(..) | Key::Portal(..) | Key::News(_) => continue,
            Key::Subject(_) => "subject",
            Key::Limit(..) => "limit",
            Key::Window(..) => "window",
            Key::Fee(..) => "fee",
            Key::Oral(_) => "oral",
            Key::Notice(..) => "notice",
            Key::Arrangement(_) => "arrangement",
            Key::Pool(..) => "pool",
        };
        out.toml.push_str("\n[[");
        out.toml.push_str(section);
        out.toml.push_str("]]\n");
        named(&mut out.toml, key);
        values(&mut out.toml, key, &value.fields());
    }
    out
}

fn line(out: &mut String, name: &str, value: &str) {
    // Writing to a string does not fail.
    let _written = writeln!(out, "{name} = {value}");
}

/// A text as a TOML basic string: a JSON string, except that TOML takes no bare DEL.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string().replace('\u{7f}', "\\u007f")
}

fn list<'a>(values: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", values.filter(|value| !value.is_empty()).map(text).collect::<Vec<_>>().join(", "))
}

fn head(out: &mut String, fields: &Fields) {
    for (name, value) in fields {
        let value = match *name {
            "year" | "half" => value.clone(),
            "ask_student_number" | "province_fees" => (value == "yes").to_string(),
            _ => text(value),
        };
        line(out, name, &value);
    }
}

/// The place and the item of a setting.
fn named(out: &mut String, key: &Key) {
    let place = match key.place() {
        Scope::National => None,
        Scope::Province(code) => Some(("province", code.to_string())),
        Scope::School(code) => Some(("school", code.to_string())),
        Scope::Campus(code) => Some(("campus", code.to_string())),
    };
    if let Some((kind, code)) = place {
        line(out, kind, &text(&code));
    }
    match key {
        Key::Subject(code) => line(out, "code", &text(code.as_str())),
        Key::Fee(_, code) | Key::Pool(_, code) | Key::Limit(_, LimitOn::Capacity(code)) => {
            line(out, "subject", &text(code.as_str()));
        }
        Key::Window(_, mode) | Key::Limit(_, LimitOn::Windows(mode)) => line(out, "mode", &text(mode.wire())),
        Key::Notice(_, Some(step)) => line(out, "step", &text(step.wire())),
        Key::Notice(_, None)
        | Key::Sitting
        | Key::State
        | Key::Text(..)
        | Key::Portal(..)
        | Key::News(_)
        | Key::Oral(_)
        | Key::Arrangement(_) => {}
    }
}

fn values(out: &mut String, key: &Key, fields: &Fields) {
    for (name, value) in fields {
        let name = match (key, *name) {
            (Key::Notice(..), "body") => "text",
            (Key::Notice(..), "body_en") => "text_en",
            (Key::Fee(..), "fee") => "amount",
            (_, name) => name,
        };
        let value = match name {
            "needs" | "elsewhere" | "oral_sessions" => list(value.split(';')),
            "level" | "place" | "capacity" | "room_size" | "columns" | "spare_seats" | "oral_rooms"
            | "machines" => value.clone(),
            _ => text(value),
        };
        line(out, name, &value);
    }
}

#[cfg(test)]
#[path = "tests/export.rs"]
mod tests;
