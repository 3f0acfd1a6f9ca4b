//! A mail: recipient and content, as plain text and as HTML from the same parts.

use serde::{Deserialize, Serialize};

use crate::store::DbError;
use crate::texts::Lang;
use crate::words::email::Email;
use crate::words::time::Time;

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

/// When the words of a mail stop being true.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// From then on, in microseconds.
    pub at: i64,
    /// The subject line and the body that are true then; none: there is nothing left to say.
    pub instead: Option<(String, Vec<Part>)>,
}

/// A mail as it is true at a time, and how long it stays so; `None`: it is over.
#[must_use]
pub fn as_of(mail: Mail, ends: Option<Ends>, now: Time) -> Option<(Mail, Option<Ends>)> {
    match ends {
        Some(ends) if ends.at <= now.micros() => {
            ends.instead.map(|(subject, parts)| (Mail { subject, parts, ..mail }, None))
        }
        ends => Some((mail, ends)),
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    to: String,
    lang: String,
    subject: String,
    parts: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends: Option<Ends>,
}

impl Mail {
    pub(super) fn to_json(&self, ends: Option<&Ends>) -> Result<String, DbError> {
        let stored = Stored {
            to: self.to.address(),
            lang: self.lang.code().to_owned(),
            subject: self.subject.clone(),
            parts: self.parts.clone(),
            ends: ends.cloned(),
        };
        serde_json::to_string(&stored).map_err(|error| DbError::Other(error.to_string()))
    }

    pub(super) fn from_json(text: &str) -> Option<(Self, Option<Ends>)> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        let mail = Self {
            to: Email::parse(&stored.to).ok()?,
            lang: Lang::parse(&stored.lang)?,
            subject: stored.subject,
            parts: stored.parts,
        };
        Some((mail, stored.ends))
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
        let again = Mail::from_json(&mail.to_json(None).unwrap()).unwrap();
        assert!(again == (mail.clone(), None));
        // What was queued before mails had an end.
        let kept = r#"{"to":"a@b.cn","lang":"zh","subject":"x","parts":[{"Text":"y"}]}"#;
        assert!(Mail::from_json(kept).is_some_and(|(_, ends)| ends.is_none()));
    }

    #[test]
    fn a_mail_says_from_its_end_on_what_is_true_then_or_nothing() {
        let mail = Mail {
            to: Email::parse("a@b.cn").unwrap(),
            lang: Lang::Zh,
            subject: "pay".to_owned(),
            parts: vec![Part::Text("by noon".to_owned())],
        };
        let (at, late) = (100, ("over".to_owned(), vec![Part::Text("it was noon".to_owned())]));
        for instead in [None, Some(late)] {
            let ends = Some(Ends { at, instead: instead.clone() });
            let (stored, kept) = Mail::from_json(&mail.to_json(ends.as_ref()).unwrap()).unwrap();
            let at = |micros| as_of(stored.clone(), kept.clone(), Time::from_micros(micros));
            assert!(at(99).is_some_and(|(same, still)| same == mail && still == ends));
            let then = at(100);
            assert_eq!(then.is_some(), instead.is_some());
            assert!(then.is_none_or(|(other, still)| other.subject == "over" && still.is_none()));
        }
        assert!(as_of(mail.clone(), None, Time::from_micros(i64::MAX)).is_some_and(|(same, _)| same == mail));
    }
}
