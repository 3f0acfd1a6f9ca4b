//! A mail: recipient and content, as plain text and as HTML from the same parts.

use serde::{Deserialize, Serialize};

use crate::store::DbError;
use crate::texts::Lang;
use crate::words::email::Email;

/// One paragraph.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Words.
    Text(String),
    /// A link on a line of its own: its label and its URL.
    Link(String, String),
}

/// A mail to one person. It has no Debug: address and links are private.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient.
    pub to: Email,
    /// Its language.
    pub lang: Lang,
    /// The subject line.
    pub subject: String,
    /// The body.
    pub parts: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    to: String,
    lang: String,
    subject: String,
    parts: Vec<Part>,
}

impl Mail {
    pub(super) fn to_json(&self) -> Result<String, DbError> {
        let stored = Stored {
            to: self.to.address(),
            lang: self.lang.code().to_owned(),
            subject: self.subject.clone(),
            parts: self.parts.clone(),
        };
        serde_json::to_string(&stored).map_err(|error| DbError::Other(error.to_string()))
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        Some(Self {
            to: Email::parse(&stored.to).ok()?,
            lang: Lang::parse(&stored.lang)?,
            subject: stored.subject,
            parts: stored.parts,
        })
    }

    /// The plain-text part.
    #[must_use]
    pub fn plain(&self) -> String {
        let lines: Vec<String> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Link(what, address) => format!("{what}\n{address}"),
            })
            .collect();
        lines.join("\n\n") + "\n"
    }

    /// The HTML part.
    #[must_use]
    pub fn html(&self) -> String {
        let body: String = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => format!("<p>{}</p>", ammonia::clean_text(text)),
                Part::Link(what, address) => {
                    format!(
                        "<p><a href=\"{}\">{}</a></p>",
                        ammonia::clean_text(address),
                        ammonia::clean_text(what)
                    )
                }
            })
            .collect();
        format!("<!doctype html><html lang=\"{}\"><body>{body}</body></html>", self.lang.html())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_say_the_same_and_nothing_in_them_is_markup() {
        let mail = Mail {
            to: Email::parse("a@b.cn").unwrap(),
            lang: Lang::Zh,
            subject: "x".to_owned(),
            parts: vec![
                Part::Text("<b>颜</b>".to_owned()),
                Part::Link("重设密码".to_owned(), "https://x/y?a=1&b=2".to_owned()),
            ],
        };
        assert_eq!(mail.plain(), "<b>颜</b>\n\n重设密码\nhttps://x/y?a=1&b=2\n");
        assert!(!mail.html().contains("<b>"));
        let again = Mail::from_json(&mail.to_json().unwrap()).unwrap();
        assert!(again == mail);
    }
}
