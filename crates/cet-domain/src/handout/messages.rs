//! What candidates are told of their places in line, in the transaction of the event (A10, R16).

use crate::entry::{Entry, messages};
use crate::message::{self, Facts};
use crate::registration::Registration;
use crate::sitting::Catalogue;
use crate::standby::{EndedFor, Standby};
use crate::store::{DbError, Tx};

/// Tells that a seat was given, and until when it is to be paid for.
pub(super) async fn given(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    entry: &Entry,
) -> Result<(), DbError> {
    let facts = Facts::StandbyGiven {
        lines: vec![messages::line(catalogue, entry)],
        until: entry.expires_at.micros(),
    };
    message::tell(tx, of.passport, &entry.id.to_string(), &facts).await
}

/// Tells that a place ended without a seat, and why.
pub(super) async fn ended(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    standby: &Standby,
    why: EndedFor,
) -> Result<(), DbError> {
    let (zh, en) = messages::names(catalogue, &standby.sitting, standby.subject);
    let name = |campus| catalogue.campus_name(campus).unwrap_or_default().to_owned();
    let facts = Facts::StandbyEnded {
        zh,
        en,
        campuses: standby.campuses().into_iter().map(name).collect(),
        why: why.wire().to_owned(),
    };
    message::tell(tx, of.passport, &standby.id.to_string(), &facts).await
}
