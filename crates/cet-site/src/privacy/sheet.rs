//! A copy of one's own data as sections of rows, from which the JSON and the PDF are made: so both hold the same.

use super::pages::access_row;
use crate::passport::Candidate;
use crate::passport::views::document_kind_name;
use crate::passport::views::sessions::browser_words;
use crate::payment::views::reason_words;
use crate::registration::pages::sex_name;
use crate::web::answer::PageError;
use cet_base::texts::Texts;
use cet_base::words::codes::SubjectCode;
use cet_base::words::subject_list::join_codes;
use cet_base::words::time::Time;
use cet_domain::dispute::DisputeState;
use cet_domain::message::{Facts, words};
use cet_domain::privacy::copy::OwnData;

/// One value.
pub(super) enum Cell {
    Text(String),
    /// A code with its words.
    Code(&'static str, &'static str),
    /// A code of the sitting or the roster with its words.
    Named(String, String),
    At(Option<Time>),
    Money(String),
}

/// A table; of one whose rows are all one object's fields there is one row.
pub(super) struct Section {
    /// Its name in the JSON.
    pub(super) name: &'static str,
    /// The key of its heading.
    pub(super) heading: &'static str,
    /// Name in the JSON and key of the heading of each column.
    pub(super) columns: &'static [(&'static str, &'static str)],
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Cell {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// As the PDF says it.
    pub(super) fn printed(&self, t: &'static Texts) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Code(_, key) => t.m(key).to_owned(),
            Self::Named(_, words) => words.clone(),
            Self::At(at) => at.map_or_else(String::new, Time::page),
            Self::Money(amount) => format!("¥{amount}"),
        }
    }

    /// As the JSON holds it.
    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) | Self::Money(text) => serde_json::Value::String(text.clone()),
            Self::Code(code, _) => serde_json::Value::String((*code).to_owned()),
            Self::Named(code, _) => serde_json::Value::String(code.clone()),
            Self::At(at) => at.map_or(serde_json::Value::Null, |at| at.to_string().into()),
        }
    }
}

const ACCOUNT: &[(&str, &str)] = &[
    ("passport_id", "passport-id"),
    ("email", "passport-email"),
    ("email_verified_at", "privacy-copy-verified-at"),
    ("phone", "passport-phone"),
    ("document_kind", "passport-document-kind"),
    ("document_number", "passport-document-number"),
    ("name", "passport-name"),
    ("made_at", "privacy-copy-made-at"),
    ("notice_version", "privacy-copy-notice"),
];
const REGISTRATION: &[(&str, &str)] = &[
    ("sitting", "privacy-copy-sitting"),
    ("school", "registration-school"),
    ("campus", "registration-campus"),
    ("name", "passport-name"),
    ("sex", "registration-sex"),
    ("document_kind", "passport-document-kind"),
    ("document_number", "passport-document-number"),
    ("education", "registration-education"),
    ("duration", "registration-length"),
    ("entry_year", "registration-entered"),
    ("grade", "registration-grade"),
    ("college", "registration-faculty"),
    ("major", "registration-major"),
    ("class", "registration-class"),
    ("student_number", "registration-student-number"),
    ("remark", "registration-note"),
    ("subjects", "privacy-copy-subjects"),
    ("saved_at", "privacy-copy-saved-at"),
];
const ENTRIES: &[(&str, &str)] = &[
    ("subject", "privacy-copy-subject"),
    ("campus", "registration-campus"),
    ("state", "privacy-copy-state"),
    ("entered_at", "privacy-copy-entered-at"),
    ("fee", "privacy-copy-amount"),
];
const ORDERS: &[(&str, &str)] = &[
    ("number", "privacy-copy-order"),
    ("state", "privacy-copy-state"),
    ("opened_at", "privacy-copy-opened-at"),
    ("paid_at", "privacy-copy-paid-at"),
    ("amount", "privacy-copy-amount"),
];
const WAITING: &[(&str, &str)] =
    &[("subject", "privacy-copy-subject"), ("campuses", "standby-campus"), ("joined_at", "standby-since")];
const REFUNDS: &[(&str, &str)] = &[
    ("order", "privacy-copy-order"),
    ("reason", "privacy-col-why"),
    ("due_at", "privacy-copy-due-at"),
    ("done_at", "privacy-copy-done-at"),
    ("amount", "privacy-copy-amount"),
];
const DISPUTES: &[(&str, &str)] = &[
    ("opened_at", "dispute-opened-at"),
    ("student_number", "registration-student-number"),
    ("phone", "passport-phone"),
    ("note", "privacy-copy-text"),
    ("state", "dispute-state"),
    ("answer", "privacy-copy-answer"),
];
const MESSAGES: &[(&str, &str)] =
    &[("title", "privacy-copy-title"), ("text", "privacy-copy-text"), ("at", "privacy-col-time")];
const CONSENTS: &[(&str, &str)] = &[
    ("consent", "privacy-copy-consent"),
    ("state", "privacy-copy-state"),
    ("version", "privacy-copy-version"),
    ("at", "privacy-col-time"),
];
const SESSIONS: &[(&str, &str)] = &[
    ("browser", "passport-sessions-browser"),
    ("network", "passport-sessions-network"),
    ("since", "passport-sessions-since"),
    ("used", "passport-sessions-used"),
];
const ACCESS: &[(&str, &str)] = &[
    ("number", "privacy-copy-number"),
    ("who", "privacy-col-who"),
    ("where", "privacy-col-where"),
    ("what", "privacy-col-what"),
    ("at", "privacy-col-time"),
];

/// The sections of a copy, in the language of the reader's pages.
pub(super) fn sections(who: &Candidate, of: &OwnData) -> Result<Vec<Section>, PageError> {
    let t = who.page().t;
    let (refunds, orders) = money(t, of);
    Ok(vec![
        Section {
            name: "account",
            heading: "passport-account-profile",
            columns: ACCOUNT,
            rows: vec![account(who, of)?],
        },
        Section {
            name: "registration",
            heading: "privacy-copy-registration",
            columns: REGISTRATION,
            rows: registration(who, of)?.into_iter().collect(),
        },
        Section {
            name: "entries",
            heading: "privacy-copy-entries",
            columns: ENTRIES,
            rows: entries(who, of),
        },
        Section { name: "waiting", heading: "standby-mine", columns: WAITING, rows: waiting(who, of) },
        Section { name: "orders", heading: "payment-history-title", columns: ORDERS, rows: orders },
        Section { name: "refunds", heading: "privacy-copy-refunds", columns: REFUNDS, rows: refunds },
        Section { name: "disputes", heading: "dispute-title", columns: DISPUTES, rows: disputes(who, of)? },
        Section { name: "messages", heading: "message-title", columns: MESSAGES, rows: messages(who, of)? },
        Section {
            name: "consents",
            heading: "privacy-consents-title",
            columns: CONSENTS,
            rows: consents(of),
        },
        Section {
            name: "sessions",
            heading: "passport-sessions-title",
            columns: SESSIONS,
            rows: sessions(t, of),
        },
        Section { name: "access", heading: "privacy-access-title", columns: ACCESS, rows: access(who, of) },
    ])
}

fn account(who: &Candidate, of: &OwnData) -> Result<Vec<Cell>, PageError> {
    let account = &of.account;
    let vault = &who.app.vault;
    let kind = account.document_kind.as_deref().unwrap_or("");
    Ok(vec![
        Cell::text(&account.public_id),
        Cell::text(&account.email),
        Cell::At(account.email_verified_at),
        Cell::Text(account.telephone(vault).map_err(PageError::fault)?),
        Cell::text(document_kind_name(who.page().t, kind)),
        Cell::Text(account.document_number(vault).map_err(PageError::fault)?),
        Cell::text(&account.name),
        Cell::At(of.made_at),
        Cell::Text(of.notice_version.to_string()),
    ])
}

fn registration(who: &Candidate, of: &OwnData) -> Result<Option<Vec<Cell>>, PageError> {
    let Some((live, kept)) = &of.registration else { return Ok(None) };
    let number = kept.number(&who.app.vault).map_err(PageError::fault)?;
    let (page, catalogue) = (who.page(), who.app.catalogue.get());
    let (plan, lang) = (catalogue.sitting(&live.sitting), page.lang().code());
    let subject = |code: &SubjectCode| {
        let subject = plan.and_then(|plan| plan.subject(*code));
        subject.map_or_else(|| code.to_string(), |subject| subject.name_in(lang).to_owned())
    };
    let subjects: Vec<_> = kept.subjects.0.iter().map(subject).collect();
    let sitting = plan.map_or_else(|| live.sitting.to_string(), |plan| plan.name_in(lang).to_owned());
    Ok(Some(vec![
        Cell::Named(live.sitting.to_string(), sitting),
        Cell::Text(format!("({}){}", live.school, kept.school_name)),
        Cell::Text(format!("({}){}", kept.campus, kept.campus_name)),
        Cell::text(&kept.name),
        Cell::Named(kept.sex.clone(), sex_name(&page, &kept.sex)),
        Cell::text(document_kind_name(page.t, &kept.document_kind)),
        Cell::Text(number),
        Cell::text(&kept.education),
        Cell::text(&kept.duration),
        Cell::text(&kept.entry_year),
        Cell::text(&kept.grade),
        Cell::text(&kept.college),
        Cell::text(&kept.major),
        Cell::text(&kept.class),
        Cell::text(&kept.student_number),
        Cell::text(&kept.remark),
        Cell::Named(join_codes(&kept.subjects.0), subjects.join(page.m("layout-subjects-and"))),
        Cell::At(Some(live.saved_at)),
    ]))
}

fn entries(who: &Candidate, of: &OwnData) -> Vec<Vec<Cell>> {
    let catalogue = who.app.catalogue.get();
    let lang = who.page().lang().code();
    let row = |entry: &cet_domain::entry::Entry| {
        let plan = catalogue.sitting(&entry.sitting);
        let name = plan.and_then(|plan| plan.subject(entry.subject)).map_or("", |of| of.name_in(lang));
        let (code, key) = match entry.state {
            cet_domain::entry::EntryState::Held => ("held", "privacy-state-held"),
            cet_domain::entry::EntryState::Paid => ("paid", "privacy-state-paid"),
            cet_domain::entry::EntryState::Cancelled => ("cancelled", "privacy-state-cancelled"),
            cet_domain::entry::EntryState::Expired => ("expired", "privacy-state-expired"),
            cet_domain::entry::EntryState::Withdrawn => ("withdrawn", "privacy-state-withdrawn"),
        };
        vec![
            Cell::Text(format!("({}) {name}", entry.subject)),
            Cell::Text(format!("({}){}", entry.campus, entry.campus_name)),
            Cell::Code(code, key),
            Cell::At(Some(entry.entered_at)),
            Cell::Money(entry.fee.to_string()),
        ]
    };
    of.entries.iter().map(row).collect()
}

fn waiting(who: &Candidate, of: &OwnData) -> Vec<Vec<Cell>> {
    let catalogue = who.app.catalogue.get();
    let lang = who.page().lang().code();
    let row = |place: &cet_domain::standby::Standby| {
        let plan = catalogue.sitting(&place.sitting);
        let name = plan.and_then(|plan| plan.subject(place.subject)).map_or("", |of| of.name_in(lang));
        let campuses: Vec<String> = place.campuses().iter().map(ToString::to_string).collect();
        vec![
            Cell::Text(format!("({}) {name}", place.subject)),
            Cell::Text(campuses.join(" ")),
            Cell::At(Some(place.joined_at)),
        ]
    };
    of.waiting.iter().map(row).collect()
}

/// The rows of refunds, and of orders.
fn money(t: &'static Texts, of: &OwnData) -> (Vec<Vec<Cell>>, Vec<Vec<Cell>>) {
    let (mut refunds, mut orders) = (Vec::new(), Vec::new());
    for past in &of.payments.orders {
        let order = &past.money.order;
        let (code, key) = match order.state.wire() {
            "open" => ("open", "privacy-state-open"),
            "paid" => ("paid", "privacy-state-paid"),
            _ => ("closed", "privacy-state-closed"),
        };
        orders.push(vec![
            Cell::Text(order.number.to_string()),
            Cell::Code(code, key),
            Cell::At(Some(order.opened_at)),
            Cell::At(past.money.paid_at()),
            Cell::Money(order.amount.to_string()),
        ]);
        for refund in &past.money.refunds {
            let why = reason_words(t, &refund.reason);
            refunds.push(vec![
                Cell::Text(order.number.to_string()),
                Cell::text(why),
                Cell::At(Some(refund.due_at)),
                Cell::At(refund.done_at),
                Cell::Money(refund.amount.to_string()),
            ]);
        }
    }
    (refunds, orders)
}

fn disputes(who: &Candidate, of: &OwnData) -> Result<Vec<Vec<Cell>>, PageError> {
    let open = |sealed: &[u8]| who.app.vault.open(sealed).map_err(PageError::fault);
    let row = |of: &cet_domain::dispute::Dispute| {
        let (code, key) = match of.state {
            DisputeState::Open => ("open", "dispute-state-open"),
            DisputeState::Decided => ("decided", "dispute-state-decided"),
            DisputeState::Approved => ("approved", "dispute-state-approved"),
            DisputeState::Refused => ("refused", "dispute-state-refused"),
            DisputeState::Lapsed => ("lapsed", "dispute-state-lapsed"),
        };
        // What is decided is told once the second person has approved it.
        let answer = of.answer_sealed.as_deref().filter(|_| of.ended_at.is_some());
        Ok(vec![
            Cell::At(Some(of.opened_at)),
            Cell::Text(open(&of.number_sealed)?),
            Cell::Text(of.telephone(&who.app.vault).map_err(PageError::fault)?),
            Cell::Text(open(&of.note_sealed)?),
            Cell::Code(code, key),
            Cell::Text(answer.map_or(Ok(String::new()), open)?),
        ])
    };
    of.disputes.iter().map(row).collect()
}

fn messages(who: &Candidate, of: &OwnData) -> Result<Vec<Vec<Cell>>, PageError> {
    let row = |kept: &cet_domain::message::store::Kept| {
        let facts: Facts = serde_json::from_str(&kept.facts).map_err(PageError::fault)?;
        let written = kept.words_sealed.as_deref().map(|sealed| who.app.vault.open(sealed)).transpose();
        let written = written.map_err(PageError::fault)?;
        let said = words::compose(&facts, written.as_deref(), who.page().t);
        Ok(vec![Cell::Text(said.title), Cell::Text(said.paragraphs.join("\n")), Cell::At(Some(kept.at))])
    };
    of.messages.iter().map(row).collect()
}

fn consents(of: &OwnData) -> Vec<Vec<Cell>> {
    let row = |said: &cet_domain::consent::rules::Said| {
        let state = if said.given {
            Cell::Code("given", "privacy-consent-state-given")
        } else {
            Cell::Code("withdrawn", "privacy-consent-state-withdrawn")
        };
        vec![
            Cell::Code(said.kind.wire(), super::consents::words(said.kind).0),
            state,
            Cell::Text(said.version.to_string()),
            Cell::At(Some(said.at)),
        ]
    };
    of.consents.iter().map(row).collect()
}

fn sessions(t: &'static Texts, of: &OwnData) -> Vec<Vec<Cell>> {
    let row = |session: &cet_domain::passport::session::Listed| {
        vec![
            Cell::Text(browser_words(t, &session.browser)),
            Cell::text(&session.network),
            Cell::At(Some(session.created_at)),
            Cell::At(Some(session.seen_at)),
        ]
    };
    of.sessions.iter().map(row).collect()
}

fn access(who: &Candidate, of: &OwnData) -> Vec<Vec<Cell>> {
    let t = who.page().t;
    let row = |seen: &cet_domain::privacy::access::Seen| {
        let row = access_row(who, t, seen);
        let what = std::iter::once(row.what).chain(row.changes).collect::<Vec<_>>().join("; ");
        vec![
            Cell::Text(row.number),
            Cell::Text(row.role),
            Cell::Text(row.office),
            Cell::Text(what),
            Cell::At(Some(seen.line.at)),
        ]
    };
    of.access.iter().filter(|seen| seen.may_be_about_somebody()).map(row).collect()
}
