//! Sends the queued mails.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};

use super::delivery::{self, Delivery};
use super::{Mail, as_of, store};
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;

/// Mails delivered to the mailbox page per transaction.
const BATCH: usize = 20;
/// Mails per round, sent one after the other: an unresponsive server takes a minute for each.
const SENT_AT_ONCE: usize = 10;

/// Sends the mails that are due; returns how many were processed.
///
/// # Errors
/// [`DbError`]: mails that were not marked as sent are retried.
pub async fn send_due(db: &Db, vault: &Arc<Vault>, delivery: &Delivery) -> Result<Round, DbError> {
    batch::run(db, &Mails { db: db.clone(), vault: Arc::clone(vault), delivery: delivery.clone() }).await
}

/// Mails that are due.
struct Mails {
    db: Db,
    vault: Arc<Vault>,
    delivery: Delivery,
}

impl Queue for Mails {
    type Item = (SchoolCode, i64);

    fn job(&self) -> &'static str {
        "mail"
    }

    fn batching(&self) -> Batching {
        match &self.delivery {
            Delivery::Mailbox => Batching::Together(BATCH),
            Delivery::Smtp { .. } => Batching::Alone { most: SENT_AT_ONCE, at_once: 1 },
        }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move { self.db.read(async move |tx: &mut Tx<'_>| store::due(tx, most).await).await })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            match &self.delivery {
                Delivery::Mailbox => {
                    let vault = Arc::clone(&self.vault);
                    self.db.write(async move |tx: &mut Tx<'_>| into_mailbox(tx, &vault, &items).await).await
                }
                Delivery::Smtp { transport, from } => {
                    let mut taken = 0_i64;
                    for (school, id) in items {
                        if self.sent_by_server((transport, from), (school, id)).await? {
                            taken = taken.saturating_add(1);
                        }
                    }
                    Ok(taken)
                }
            }
        })
    }

    fn is_over(&self, key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async move {
            let Some(id) = key.id() else { return Ok(true) };
            let school = key.school;
            self.db.read(async move |tx: &mut Tx<'_>| store::is_settled(tx, school, id).await).await
        })
    }
}

impl Mails {
    /// Claims one mail and gives it to the server; returns whether it was there to claim.
    async fn sent_by_server(
        &self,
        (transport, from): (&AsyncSmtpTransport<Tokio1Executor>, &Mailbox),
        (school, id): (SchoolCode, i64),
    ) -> Result<bool, DbError> {
        let vault = Arc::clone(&self.vault);
        let claim = async move |tx: &mut Tx<'_>| {
            let Some(row) = store::claim(tx, school, id).await? else { return Ok(None) };
            let mail = due_now(tx, &vault, &row).await?;
            Ok::<_, DbError>(Some((mail, row.tries)))
        };
        let Some((mail, tries)) = self.db.write(claim).await? else { return Ok(false) };
        let Some(mail) = mail else { return Ok(true) };
        match delivery::send(transport, from, &mail).await {
            Ok(()) => {
                self.db.write(async move |tx: &mut Tx<'_>| store::sent(tx, school, id).await).await?;
            }
            Err(error) => {
                tracing::warn!(mail = id, tries, error, "a mail was not taken; it is tried again");
            }
        }
        Ok(true)
    }
}

/// The mail as it is true now; one that is over is queued no more.
async fn due_now(tx: &mut Tx<'_>, vault: &Vault, row: &store::Due) -> Result<Option<Mail>, DbError> {
    let text = vault.open(&row.sealed).map_err(|error| DbError::Other(error.to_string()))?;
    let (mail, ends) = Mail::from_json(&text).ok_or(DbError::Decode("mail"))?;
    let Some((mail, _)) = as_of(mail, ends, tx.now().await?) else {
        tracing::info!(
            mail = row.id,
            tries = row.tries,
            "a mail is over before it was taken; it is left out"
        );
        store::left_out(tx, row.school, row.id).await?;
        return Ok(None);
    };
    Ok(Some(mail))
}

/// In a rehearsal the mail and its mark are written in one transaction: each mail is in the mailbox exactly once.
async fn into_mailbox(tx: &mut Tx<'_>, vault: &Vault, some: &[(SchoolCode, i64)]) -> Result<i64, DbError> {
    let mut taken = 0_i64;
    for &(school, id) in some {
        let Some(row) = store::claim(tx, school, id).await? else { continue };
        if let Some(mail) = due_now(tx, vault, &row).await? {
            store::put_in_mailbox(tx, &mail.to.address(), &mail.subject, &mail.plain(), &mail.html()).await?;
            store::sent(tx, school, id).await?;
        }
        taken = taken.saturating_add(1);
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both;
    use crate::outbox::{Part, post};
    use crate::texts::Lang;
    use crate::words::codes::SchoolCode;
    use crate::words::email::Email;

    fn mail() -> Mail {
        Mail {
            to: Email::parse("liao@example.cn").unwrap(),
            lang: Lang::Zh,
            subject: "退款".to_owned(),
            parts: vec![Part::Text("已退款".to_owned())],
        }
    }

    fn vault() -> Arc<Vault> {
        Arc::new(Vault::parse(&Vault::new_key_file().unwrap()).unwrap())
    }

    async fn owe(db: &Db, vault: &Arc<Vault>, event: &'static str) {
        let vault = Arc::clone(vault);
        let event = event.to_owned();
        db.write(async move |tx: &mut Tx<'_>| {
            post(tx, &vault, SchoolCode::NONE, "refund", &event, &mail()).await
        })
        .await
        .unwrap();
    }

    on_both! {
        /// O3, I20.
        async fn one_event_is_one_mail_on_any_number_of_nodes(t: TestDb) {
            let vault = vault();
            let other = t.another_node().await;
            owe(&t.db, &vault, "1").await;
            owe(&other, &vault, "1").await;
            owe(&other, &vault, "2").await;
            let (a, b) = tokio::join!(
                send_due(&t.db, &vault, &Delivery::Mailbox),
                send_due(&other, &vault, &Delivery::Mailbox)
            );
            let c = send_due(&t.db, &vault, &Delivery::Mailbox).await;
            assert_eq!(a.unwrap().and(b.unwrap()).and(c.unwrap()).done, 2);
            let mails = t.db.read(async |tx: &mut Tx<'_>| store::mailbox(tx, 10).await).await.unwrap();
            assert_eq!(mails.len(), 2);
            assert_eq!(mails[0].body, "已退款\n");
        }

        /// O4.
        async fn a_mail_that_nobody_took_is_tried_again_later(t: TestDb) {
            let vault = vault();
            owe(&t.db, &vault, "1").await;
            let take = async |db: &Db| db.write(async |tx: &mut Tx<'_>| {
                let mut taken = Vec::new();
                for (school, id) in store::due(tx, 9).await? {
                    taken.extend(store::claim(tx, school, id).await?);
                }
                Ok::<_, DbError>(taken.len())
            }).await.unwrap();
            assert_eq!((take(&t.db).await, take(&t.db).await), (1, 0));
            t.clock.set(t.clock.process_now().plus(jiff::SignedDuration::from_secs(61)));
            assert_eq!(take(&t.db).await, 1);
        }
    }
}
