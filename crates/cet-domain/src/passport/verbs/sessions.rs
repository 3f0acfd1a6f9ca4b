//! 登录记录 (A9): the owner ends sessions, one or all others.

use std::net::IpAddr;

use crate::audit::{Changes, Value};
use crate::passport::session::{self, Session};
use crate::store::{DbError, Tx};

/// Ends one session of the same passport; one that has ended already is the same success.
pub async fn end_one(tx: &mut Tx<'_>, who: &Session, id: i64, address: IpAddr) -> Result<(), DbError> {
    if session::end_by_id(tx, who.passport, id).await? {
        record(tx, who, 1, address).await?;
    }
    Ok(())
}

/// Ends all sessions of the passport but this one.
pub async fn end_others(tx: &mut Tx<'_>, who: &Session, address: IpAddr) -> Result<(), DbError> {
    let ended = session::end_others(tx, who.passport, &who.token_hash).await?;
    if ended > 0 {
        record(tx, who, i64::try_from(ended).unwrap_or(i64::MAX), address).await?;
    }
    Ok(())
}

async fn record(tx: &mut Tx<'_>, who: &Session, ended: i64, address: IpAddr) -> Result<(), DbError> {
    let changes = Changes::NONE.set("sessions", Value::Number(ended));
    super::record(tx, who.passport, ("sessions-ended", changes), address).await
}
