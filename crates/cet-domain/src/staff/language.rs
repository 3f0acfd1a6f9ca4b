//! In which language the holder of an account is told by mail (A9).

use super::{session, store, verbs};
use crate::audit::{Actor, Changes, Value};
use crate::store::{DbError, Tx};
use crate::texts::Lang;

/// Sets the language; as it is is the same success.
///
/// # Errors
/// [`DbError`].
pub async fn set(
    tx: &mut Tx<'_>,
    session: &session::StaffSession,
    lang: Lang,
    address: &str,
) -> Result<(), DbError> {
    let name = session.account.as_str();
    if store::accounts::set_lang(tx, name, lang).await? {
        let (was, is) = (Value::code(lang.other().code()), Value::code(lang.code()));
        let changed = ("staff-language-changed", Changes::NONE.field("language", was, is));
        verbs::record(tx, Actor::Staff(name.to_owned()), changed, name, address, "").await?;
    }
    Ok(())
}
