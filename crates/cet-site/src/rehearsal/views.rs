//! Views of the rehearsal pages.

use askama::Template;

use crate::web::page::Page;

/// `/rehearsal`: the links.
#[derive(Template)]
#[template(path = "rehearsal/home.html")]
pub struct RehearsalView {
    /// The page frame.
    pub page: Page,
    /// The sitting, if its dates are in another year than its name says, and that year.
    pub shifted: Option<(String, String)>,
}

impl RehearsalView {
    fn why_shifted(&self) -> Option<String> {
        let (sitting, year) = self.shifted.as_ref()?;
        Some(self.page.f("rehearsal-shifted-text", &[("sitting", sitting), ("year", year)]))
    }
}

/// A part of a line of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, or the URL of a link.
    pub text: String,
    /// Whether it is a link.
    pub link: bool,
}

/// One mail that the system sent.
#[derive(Clone, PartialEq, Eq)]
pub struct MailView {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When, `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// The plain-text part by lines, with its links found.
    pub lines: Vec<Vec<Piece>>,
}

impl MailView {
    /// Creates the view of a mail from its plain-text part; http addresses become links.
    #[must_use]
    pub fn new(to: impl Into<String>, subject: impl Into<String>, at: impl Into<String>, text: &str) -> Self {
        let lines = text.lines().map(pieces).collect();
        Self { to: to.into(), subject: subject.into(), at: at.into(), lines }
    }
}

/// Characters that a URL in our mails may contain.
fn in_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

fn pieces(line: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(start) = [rest.find("http://"), rest.find("https://")].into_iter().flatten().min() {
        let (before, from) = rest.split_at(start);
        let (address, after) = from.split_at(from.find(|c| !in_address(c)).unwrap_or(from.len()));
        if !before.is_empty() {
            found.push(Piece { text: before.to_owned(), link: false });
        }
        found.push(Piece { text: address.to_owned(), link: true });
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece { text: rest.to_owned(), link: false });
    }
    found
}

/// `/rehearsal/mailbox`: every mail sent, newest first.
#[derive(Template)]
#[template(path = "rehearsal/mailbox.html")]
pub struct MailboxView {
    /// The page frame.
    pub page: Page,
    /// The mails, newest first.
    pub mails: Vec<MailView>,
}

/// `/rehearsal/clock`: the time of the system and how to advance it.
#[derive(Template)]
#[template(path = "rehearsal/clock.html")]
pub struct ClockView {
    /// The page frame; it keeps the typed values.
    pub page: Page,
    /// The system's time, `YYYY-MM-DD HH:MM:SS`.
    pub now: String,
    /// The same time in RFC 3339.
    pub now_machine: String,
    /// How far ahead of real time it is: `26:30:00`.
    pub shift: String,
}

/// How the sandbox gateways treat the next payments; the form's fields have the same names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayBehaviour {
    /// One of [`OUTCOMES`].
    pub outcome: String,
    /// Seconds before a notification goes out.
    pub delay: i64,
    /// Whether notifications get lost.
    pub drop: bool,
    /// How many additional times each notification is sent.
    pub duplicates: i64,
    /// Whether notifications go out last first.
    pub reorder: bool,
    /// One of [`FALSIFICATIONS`].
    pub falsify: String,
    /// One of [`TROUBLES`].
    pub trouble: String,
    /// Whether a closed or expired order can still be paid.
    pub late: bool,
    /// What is wrong in bills, of [`PLANTS`].
    pub bill: Vec<String>,
}

/// The values of `bill`, each with its text key.
pub const PLANTS: &[(&str, &str)] = &[
    ("missing", "rehearsal-bill-missing"),
    ("extra", "rehearsal-bill-extra"),
    ("sum", "rehearsal-bill-sum"),
    ("twice", "rehearsal-bill-twice"),
    ("unknown-order", "rehearsal-bill-unknown-order"),
    ("refund-missing", "rehearsal-bill-refund-missing"),
    ("refund-extra", "rehearsal-bill-refund-extra"),
    ("cut-off", "rehearsal-bill-cut-off"),
];

/// The values of `outcome`, each with its text key.
pub const OUTCOMES: &[(&str, &str)] = &[
    ("ask", "rehearsal-gateway-outcome-ask"),
    ("pay", "rehearsal-gateway-outcome-pay"),
    ("decline", "rehearsal-gateway-outcome-decline"),
];

/// The values of `falsify`, each with its text key.
pub const FALSIFICATIONS: &[(&str, &str)] = &[
    ("none", "rehearsal-gateway-falsify-none"),
    ("signature", "rehearsal-gateway-falsify-signature"),
    ("amount", "rehearsal-gateway-falsify-amount"),
    ("merchant", "rehearsal-gateway-falsify-merchant"),
    ("order", "rehearsal-gateway-falsify-order"),
    ("state", "rehearsal-gateway-falsify-state"),
    ("currency", "rehearsal-gateway-falsify-currency"),
];

/// The values of `trouble`, each with its text key.
pub const TROUBLES: &[(&str, &str)] = &[
    ("none", "rehearsal-gateway-trouble-none"),
    ("unreachable", "rehearsal-gateway-trouble-unreachable"),
    ("slow", "rehearsal-gateway-trouble-slow"),
    ("error", "rehearsal-gateway-trouble-error"),
    ("garbled", "rehearsal-gateway-trouble-garbled"),
    ("answer-lost", "rehearsal-gateway-trouble-answer-lost"),
    ("refund-refused", "rehearsal-gateway-trouble-refund-refused"),
];

/// The maximum delay in seconds: two days, longer than any hold.
pub const DELAY_MAX_SECONDS: i64 = 172_800;
/// The maximum number of duplicates.
pub const DUPLICATES_MAX: i64 = 20;

/// `/rehearsal/gateway`: what happens to the next payments.
#[derive(Template)]
#[template(path = "rehearsal/gateway.html")]
pub struct GatewayView {
    /// The page frame.
    pub page: Page,
    /// The current behaviour, or the submitted one.
    pub behaviour: GatewayBehaviour,
}

struct OptionView {
    value: &'static str,
    text: &'static str,
    chosen: bool,
}

struct SelectView {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Vec<OptionView>,
}

struct NumberView {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: i64,
    max: i64,
}

struct TickView {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    chosen: bool,
}

impl GatewayView {
    /// The message that a change was saved.
    #[must_use]
    pub fn saved(page: &Page) -> crate::web::page::Notice {
        crate::web::page::Notice::new(crate::web::page::Tone::Ok, page.m("rehearsal-gateway-saved"), "")
    }

    fn select(
        &self,
        name: &'static str,
        words: (&'static str, &'static str),
        options: &[(&'static str, &'static str)],
        now: &str,
    ) -> SelectView {
        let option = |&(value, key): &(&'static str, &'static str)| OptionView {
            value,
            text: self.page.m(key),
            chosen: value == now,
        };
        SelectView { name, label: words.0, hint: words.1, options: options.iter().map(option).collect() }
    }

    fn selects(&self) -> [SelectView; 3] {
        let (page, now) = (&self.page, &self.behaviour);
        let outcome = (page.m("rehearsal-gateway-outcome"), page.m("rehearsal-gateway-outcome-hint"));
        let falsify = (page.m("rehearsal-gateway-falsify"), page.m("rehearsal-gateway-falsify-hint"));
        let trouble = (page.m("rehearsal-gateway-trouble"), page.m("rehearsal-gateway-trouble-hint"));
        [
            self.select("outcome", outcome, OUTCOMES, &now.outcome),
            self.select("falsify", falsify, FALSIFICATIONS, &now.falsify),
            self.select("trouble", trouble, TROUBLES, &now.trouble),
        ]
    }

    fn numbers(&self) -> [NumberView; 2] {
        [
            NumberView {
                name: "delay",
                label: self.page.m("rehearsal-gateway-delay"),
                hint: self.page.m("rehearsal-gateway-delay-hint"),
                value: self.behaviour.delay,
                max: DELAY_MAX_SECONDS,
            },
            NumberView {
                name: "duplicates",
                label: self.page.m("rehearsal-gateway-duplicates"),
                hint: self.page.m("rehearsal-gateway-duplicates-hint"),
                value: self.behaviour.duplicates,
                max: DUPLICATES_MAX,
            },
        ]
    }

    /// What may be wrong in bills, with whether it is chosen.
    fn plants(&self) -> Vec<OptionView> {
        let option = |&(value, key): &(&'static str, &'static str)| OptionView {
            value,
            text: self.page.m(key),
            chosen: self.behaviour.bill.iter().any(|chosen| chosen == value),
        };
        PLANTS.iter().map(option).collect()
    }

    fn ticks(&self) -> [TickView; 3] {
        [
            TickView {
                name: "drop",
                label: self.page.m("rehearsal-gateway-drop"),
                hint: self.page.m("rehearsal-gateway-drop-hint"),
                chosen: self.behaviour.drop,
            },
            TickView {
                name: "reorder",
                label: self.page.m("rehearsal-gateway-reorder"),
                hint: self.page.m("rehearsal-gateway-reorder-hint"),
                chosen: self.behaviour.reorder,
            },
            TickView {
                name: "late",
                label: self.page.m("rehearsal-gateway-late"),
                hint: self.page.m("rehearsal-gateway-late-hint"),
                chosen: self.behaviour.late,
            },
        ]
    }
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
