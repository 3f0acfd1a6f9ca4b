//! Which mails a candidate wants (A10).

use std::net::IpAddr;

use crate::audit::Changes;
use crate::passport::store;
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

/// Switches the mails that a candidate can do without on or off; as they are is the same success.
pub async fn want_optional(
    tx: &mut Tx<'_>,
    id: PassportId,
    wanted: bool,
    address: IpAddr,
) -> Result<(), DbError> {
    if store::set_optional_mails(tx, id, wanted).await? {
        let changes = Changes::NONE.field("optional-mails", !wanted, wanted);
        super::record(tx, id, ("profile-changed", changes), address).await?;
    }
    Ok(())
}
