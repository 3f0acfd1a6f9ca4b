//! Ending requests for refunds that nobody decided in time.

use super::refund_request::record_by;
use crate::audit::{Actor, Changes, Value};
use crate::payment::store::lapsed_requests;
use crate::payment::store::refund_requests::{self as requests, Request};
use crate::store::{DbError, Tx};

/// Marks a request as lapsed, once: then it is returned, to be told to whoever asked. Nothing else changes, since it could
/// not be approved any more (Y5).
///
/// # Errors
/// [`DbError`].
pub(crate) async fn lapse_request(tx: &mut Tx<'_>, id: i64) -> Result<Option<Request>, DbError> {
    if !lapsed_requests::lapse(tx, id).await? {
        return Ok(None);
    }
    let Some(of) = requests::lock(tx, id).await? else { return Ok(None) };
    let changes = Changes::NONE.field("state", Value::code("asked"), Value::code("lapsed"));
    record_by(tx, (Actor::Job("staff"), ""), &of, ("refund-lapsed", changes)).await?;
    Ok(Some(of))
}
