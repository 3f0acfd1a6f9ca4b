//! What staff write to candidates whom they ticked in a list (S2): plain words, to their own place's candidates only
//! (TH22), in one transaction with the line of the log that counts them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::store::scoped::{Key, Seen, Ticked, ticked};
use crate::audit::{self, Actor, Changes, Event};
use crate::limit::{self, Rule, Then, Wait};
use crate::message::{self, Facts, Kind, tell_with_words};
use crate::store::{DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::staff::Scope;

/// The longest title in characters.
pub(crate) const LONGEST_TITLE: usize = 60;
/// The longest text in characters.
pub const LONGEST_TEXT: usize = 1_000;

/// Messages of one account: many classes in an afternoon, but not the whole nation by a stolen session.
const SENDINGS: Rule =
    Rule { what: "staff-message", most: 30, period: SignedDuration::from_hours(1), then: Then::Rest };

/// Why a message is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendRefusal {
    /// The title is empty, too long or not plain.
    Title,
    /// The text is.
    Text,
    /// This account has sent many; in so many seconds it may go on.
    TooMany(u64),
    /// One of the registrations is not in the scope.
    NotFound,
}

impl SendRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Title | Self::Text => "field-invalid",
            Self::TooMany(_) => "too-many",
            Self::NotFound => "not-found",
        }
    }

    /// For `Retry-After`.
    #[must_use]
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(seconds),
            Self::Title | Self::Text | Self::NotFound => None,
        }
    }
}

/// The words of a message, which are plain and not too long.
#[derive(Clone)]
pub struct Words(String);

impl Words {
    /// Takes what was typed.
    ///
    /// # Errors
    /// Each field that is empty, too long or not plain.
    pub fn of(title: &str, text: &str) -> Result<Self, Vec<SendRefusal>> {
        let (title, text) = (title.trim(), text.trim());
        let is_title =
            (1..=LONGEST_TITLE).contains(&title.chars().count()) && !title.contains(char::is_control);
        let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        let is_text = (1..=LONGEST_TEXT).contains(&text.chars().count()) && text.chars().all(plain);
        let wrong = [(!is_title, SendRefusal::Title), (!is_text, SendRefusal::Text)];
        let wrong: Vec<_> = wrong.into_iter().filter_map(|(is, why)| is.then_some(why)).collect();
        if wrong.is_empty() { Ok(Self(format!("{title}\n{text}"))) } else { Err(wrong) }
    }

    /// Title and text, for a mark that tells one message from another.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message to many.
#[derive(Clone)]
pub struct SendCommand {
    /// The account's scope.
    pub scope: Scope,
    /// The sitting of the registrations.
    pub sitting: SittingCode,
    /// The ticked registrations.
    pub to: BTreeSet<Key>,
    /// The name of the account's place; empty for the nation.
    pub from: String,
    /// What is written.
    pub words: Words,
    /// The form's command id: a repeat sends nothing again.
    pub command: String,
    /// The account.
    pub by: String,
    /// The network address, for the log.
    pub address: String,
}

/// What became of a message.
#[derive(Default)]
pub struct Sent {
    /// Who got it.
    pub told: Vec<Seen>,
    /// Who has no account yet: the registration is the school's alone.
    pub without: Vec<Seen>,
    /// How many registrations have ended since the list was shown.
    pub gone: usize,
}

/// Sends a message. A repeat answers as the first time.
///
/// Locks: the account's count of messages.
///
/// # Errors
/// [`SendRefusal::NotFound`], and nothing is sent to the others either; [`SendRefusal::TooMany`].
pub async fn send(tx: &mut Tx<'_>, vault: &Vault, cmd: &SendCommand) -> Result<Sent, Stop<SendRefusal>> {
    let found = ticked::find(tx, &cmd.scope, &cmd.sitting, &cmd.to).await?;
    let Ticked { current, gone } = found.ok_or(Stop::Refused(SendRefusal::NotFound))?;
    let (told, without): (Vec<Seen>, Vec<Seen>) = current.into_iter().partition(|of| of.passport.is_one());
    let sent = Sent { told, without, gone };
    let Some(first) = sent.told.first() else { return Ok(sent) };
    let first = message::store::words_of(tx, first.passport, Kind::FromStaff, &event(cmd, first)).await?;
    if first.is_some() {
        return Ok(sent);
    }
    let counted = limit::spend(tx, &SENDINGS, &cmd.by).await;
    counted.map_err(|stop| stop.map(|Wait { seconds }| SendRefusal::TooMany(seconds)))?;
    let mut counts: BTreeMap<SchoolCode, usize> = BTreeMap::new();
    let facts = Facts::FromStaff { from: cmd.from.clone() };
    for of in &sent.told {
        let sealed = vault.seal(cmd.words.as_str()).map_err(|error| DbError::Other(error.to_string()))?;
        tell_with_words(tx, of.passport, &event(cmd, of), &facts, Some(sealed)).await?;
        let count = counts.entry(of.school).or_default();
        *count = count.saturating_add(1);
    }
    for (school, count) in counts {
        log(tx, cmd, school, count).await?;
    }
    Ok(sent)
}

/// One event a candidate and form: it needs no passport, and is the same after the registration has moved.
fn event(cmd: &SendCommand, of: &Seen) -> String {
    format!("{}-{}", cmd.command, of.id)
}

async fn log(tx: &mut Tx<'_>, cmd: &SendCommand, school: SchoolCode, count: usize) -> Result<(), DbError> {
    let line = Event {
        school,
        actor: Actor::Staff(cmd.by.clone()),
        action: "candidates-written-to",
        object_kind: "message",
        object: &cmd.command,
        address: &cmd.address,
        detail: &format!("sitting={} people={count} scope={}", cmd.sitting, cmd.scope.prefix()),
        changes: Changes::NONE,
    };
    audit::record(tx, &line).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S2.
    #[test]
    fn words_are_plain_and_short() {
        assert_eq!(
            Words::of(" 缴费 ", " 请尽快缴费。\r\n谢谢 ").unwrap().as_str(),
            "缴费\n请尽快缴费。\r\n谢谢"
        );
        let long = |n: usize| "字".repeat(n);
        assert!(Words::of(&long(LONGEST_TITLE), &long(LONGEST_TEXT)).is_ok());
        for (title, text, wrong) in [
            ("", "x", vec![SendRefusal::Title]),
            ("x", " \n ", vec![SendRefusal::Text]),
            (" ", "", vec![SendRefusal::Title, SendRefusal::Text]),
            ("a\nb", "x", vec![SendRefusal::Title]),
            ("a\r\nBcc: x", "x", vec![SendRefusal::Title]),
            ("x", "a\u{0}b", vec![SendRefusal::Text]),
            ("x", "a\u{1b}b", vec![SendRefusal::Text]),
            (&long(LONGEST_TITLE + 1), "x", vec![SendRefusal::Title]),
            ("x", &long(LONGEST_TEXT + 1), vec![SendRefusal::Text]),
        ] {
            assert_eq!(Words::of(title, text).err(), Some(wrong), "{title:?}");
        }
    }
}
