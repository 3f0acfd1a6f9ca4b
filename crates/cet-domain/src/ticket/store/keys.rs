//! The public halves of all keys that have signed tickets here: a ticket that was printed before a key change stays
//! valid.

use ticket_pdf::PublicKey;

use crate::params;
use crate::store::{Db, DbError, Tx};

/// Stores the keys of this node, once each. Logs a warning when others have signed before.
pub async fn remember(db: &Db, own: &[PublicKey]) -> Result<(), DbError> {
    let known = known(db).await?;
    let new: Vec<PublicKey> = own.iter().filter(|key| !known.contains(key)).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    if !known.is_empty() {
        tracing::warn!("tickets.signing_key_file holds a key that has signed no ticket here so far");
    }
    db.write(async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        for key in &new {
            let sql =
                "INSERT INTO ticket_key (name, public, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            tx.execute(sql, params![key.name, key.bytes, now]).await?;
        }
        Ok(())
    })
    .await
}

/// All keys that verify tickets of this installation, the newest first.
pub async fn known(db: &Db) -> Result<Vec<PublicKey>, DbError> {
    let rows = db.read(async |tx: &mut Tx<'_>| {
        tx.query::<(String, Vec<u8>)>("SELECT name, public FROM ticket_key ORDER BY made_at DESC, name", &[])
            .await
    });
    let rows = rows.await?;
    let key = |(name, public): (String, Vec<u8>)| match public.try_into() {
        Ok(bytes) => Ok(PublicKey { name, bytes }),
        Err(_) => Err(DbError::Decode("public key")),
    };
    rows.into_iter().map(key).collect()
}
