//! How a change is recorded: its place, its hash, its line of the log.

use ring::digest;

use super::By;
use std::collections::BTreeSet;

use crate::audit::{self, Changes, Event, Value, differing};
use crate::change::rules::TwoPeople;
use crate::change::setting::{Fields, Line, SettingValue};
use crate::change::store::{Change, StoredLine};
use crate::sitting::window::Scope as Place;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;

/// The narrowest place that holds the places of all lines.
pub(super) fn widest(lines: &[Line]) -> Place {
    let mut places = lines.iter().map(|line| line.key.place().to_string());
    let first = places.next().unwrap_or_default();
    let shared = places.fold(first, |shared, place| {
        let same = shared.bytes().zip(place.bytes()).take_while(|(a, b)| a == b).count();
        shared.get(..same).unwrap_or_default().to_owned()
    });
    let whole = [6, 5, 2, 0].into_iter().find(|length| *length <= shared.len()).unwrap_or(0);
    shared.get(..whole).and_then(Place::parse).unwrap_or(Place::National)
}

/// The change with the hash of its lines.
pub(in crate::change) fn seal(mut change: Change, lines: &[StoredLine]) -> Change {
    change.hash = hash(&change, lines);
    change
}

/// The hash of what was asked: it can't be changed before it is approved.
pub(super) fn hash(change: &Change, lines: &[StoredLine]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut put = |part: &str| {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    };
    for part in [&change.sitting, &change.reason, &change.account, &change.person, &change.scope] {
        put(part);
    }
    put(&change.id.to_string());
    put(&change.expires_at.map(|end| end.micros().to_string()).unwrap_or_default());
    if let Some(from) = change.from_at {
        put("from");
        put(&from.micros().to_string());
    }
    for line in lines {
        for part in &line.setting {
            put(part);
        }
        for value in [&line.before, &line.after] {
            put(if value.is_some() { "set" } else { "none" });
            put(value.as_deref().unwrap_or_default());
        }
    }
    context.finish().as_ref().to_vec()
}

/// The state of a change that somebody decided on.
fn before_of(state: &str) -> &'static str {
    if state == "scheduled" { "scheduled" } else { "asked" }
}

pub(super) async fn record(
    tx: &mut Tx<'_>,
    by: &By,
    of: (&'static str, &Change),
    lines: &[Line],
) -> Result<(), DbError> {
    record_alone(tx, by, of, lines, &BTreeSet::new()).await
}

/// The same of a change that took effect without the second person whom `alone` asks for.
pub(super) async fn record_alone(
    tx: &mut Tx<'_>,
    by: &By,
    (action, change): (&'static str, &Change),
    lines: &[Line],
    alone: &BTreeSet<TwoPeople>,
) -> Result<(), DbError> {
    let mut changes = Changes::NONE;
    for line in lines {
        let of = format!("{} {}", line.key.place(), line.key.item());
        let (before, after) = worded(line.before.as_ref(), line.after.as_ref());
        changes = changes.changed_of(line.key.kind().audit_field(), of.trim().to_owned(), before, after);
    }
    if action == "change-refused" {
        changes = changes.field("state", Value::code(before_of(&change.state)), Value::code("refused"));
    }
    if action == "change-taken-back" {
        changes = changes.field("state", Value::code(before_of(&change.state)), Value::code("withdrawn"));
    }
    if action == "change-overtaken" {
        changes = changes.field("state", Value::code(before_of(&change.state)), Value::code("overtaken"));
    }
    let school = SchoolCode::parse(change.place.get(..5).unwrap_or_default()).unwrap_or(SchoolCode::NONE);
    let mut detail = format!("sitting={} place={}", change.sitting, change.place);
    if !alone.is_empty() {
        let alone: Vec<&str> = alone.iter().map(|of| of.wire()).collect();
        detail = format!("{detail} alone={}", alone.join(","));
    }
    let event = Event {
        school,
        actor: by.actor(),
        action,
        object_kind: "change",
        object: &change.id.to_string(),
        address: by.address(),
        detail: &detail,
        changes,
    };
    audit::record(tx, &event).await
}

/// The values of a setting in a line of the log: of what has several fields those that differ.
fn worded(before: Option<&SettingValue>, after: Option<&SettingValue>) -> (Value, Value) {
    let one = |value: &SettingValue| match value {
        SettingValue::State(state) => Some(Value::code(state.wire())),
        SettingValue::Fee(amount) => Some((*amount).into()),
        SettingValue::Pool(capacity) => Some((*capacity).into()),
        _ => None,
    };
    if [before, after].into_iter().flatten().any(|value| one(value).is_some()) {
        let of = |value: Option<&SettingValue>| value.and_then(one).unwrap_or(Value::Nothing);
        return (of(before), of(after));
    }
    let fields = |value: Option<&SettingValue>| value.map(SettingValue::fields).unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let (mut was, mut is) = (Vec::new(), Vec::new());
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let of = |fields: &'_ Fields| fields.get(name).cloned().unwrap_or_default();
        let (before, after) = (of(&before), of(&after));
        if before != after {
            let (before, after) = differing(&before, &after);
            was.extend((!before.is_empty()).then(|| format!("{name}={before}")));
            is.extend((!after.is_empty()).then(|| format!("{name}={after}")));
        }
    }
    (Value::text(&was.join("; ")), Value::text(&is.join("; ")))
}
