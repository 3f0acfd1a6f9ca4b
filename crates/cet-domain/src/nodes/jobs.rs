//! The job that renews the number of this node every second.

use std::sync::Arc;

use super::{Holder, verbs};
use crate::alarms::{Alarms, NODE_NUMBER};
use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Tx};

/// The job's name, in the log too.
pub const JOB: &str = "node-number";

/// Renews the number. If another process has taken it over, this one writes nothing from then on: it tells so once.
///
/// # Errors
/// [`DbError`].
pub async fn round(db: &Db, of: &Arc<Holder>, alarms: &Alarms) -> Result<Round, DbError> {
    if of.lost().is_some() {
        return Ok(Round::default());
    }
    let me = Arc::clone(of);
    let taken_over = db.write(async move |tx: &mut Tx<'_>| verbs::renew(tx, &me).await).await?;
    if let Some(held) = taken_over
        && of.lost.set(held.clone()).is_ok()
    {
        db.stop_writes();
        alarms.sound(NODE_NUMBER);
        tracing::error!("{held}. This node takes no more writes; start it again when that is done");
    }
    Ok(Round::default())
}
