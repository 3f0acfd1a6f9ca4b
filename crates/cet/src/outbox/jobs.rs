//! Sends what is owed.

use std::sync::Arc;

use super::delivery::{self, Delivery};
use super::{Mail, store};
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;

/// Mails taken at once.
const BATCH: i64 = 20;

/// Sends the mails that are due; answers how many were taken.
///
/// # Errors
/// [`DbError`]: what was not marked as sent is tried again.
pub async fn send_due(db: &Db, vault: &Arc<Vault>, delivery: &Delivery) -> Result<i64, DbError> {
    match delivery {
        Delivery::Mailbox => {
            let vault = Arc::clone(vault);
            db.write(async move |tx: &mut Tx<'_>| into_mailbox(tx, &vault).await).await
        }
        Delivery::Smtp { transport, from } => {
            let due = db.write(async |tx: &mut Tx<'_>| store::claim(tx, BATCH).await).await?;
            let taken = i64::try_from(due.len()).unwrap_or(BATCH);
            for row in due {
                let mail = vault.open(&row.sealed).ok().and_then(|text| Mail::from_json(&text));
                let outcome = match &mail {
                    Some(mail) => delivery::send(transport, from, mail).await.map(|()| true),
                    None => Ok(false),
                };
                let (school, id) = (row.school, row.id);
                match outcome {
                    Ok(true) => {
                        db.write(async move |tx: &mut Tx<'_>| store::sent(tx, school, id).await).await?;
                    }
                    Ok(false) => {
                        tracing::error!(
                            mail = id,
                            "a mail can't be opened with the keys of this installation"
                        );
                        db.write(async move |tx: &mut Tx<'_>| store::give_up(tx, school, id).await).await?;
                    }
                    Err(error) => tracing::warn!(
                        mail = id,
                        tries = row.tries,
                        error,
                        "a mail was not taken; it is tried again"
                    ),
                }
            }
            Ok(taken)
        }
    }
}

/// In a rehearsal the mail and its mark are one transaction: each mail stands in the mailbox exactly once.
async fn into_mailbox(tx: &mut Tx<'_>, vault: &Vault) -> Result<i64, DbError> {
    let due = store::claim(tx, BATCH).await?;
    for row in &due {
        match vault.open(&row.sealed).ok().and_then(|text| Mail::from_json(&text)) {
            Some(mail) => {
                store::put_in_mailbox(tx, &mail.to.address(), &mail.subject, &mail.plain(), &mail.html())
                    .await?;
                store::sent(tx, row.school, row.id).await?;
            }
            None => store::give_up(tx, row.school, row.id).await?,
        }
    }
    Ok(i64::try_from(due.len()).unwrap_or(BATCH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both;
    use crate::outbox::{Part, post};
    use crate::web::texts::Lang;
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
            assert_eq!(a.unwrap() + b.unwrap() + send_due(&t.db, &vault, &Delivery::Mailbox).await.unwrap(), 2);
            let mails = t.db.read(async |tx: &mut Tx<'_>| store::mailbox(tx, 10).await).await.unwrap();
            assert_eq!(mails.len(), 2);
            assert_eq!(mails[0].body, "已退款\n");
        }

        async fn a_mail_that_nobody_took_is_tried_again_later(t: TestDb) {
            let vault = vault();
            owe(&t.db, &vault, "1").await;
            let take = async |db: &Db| db.write(async |tx: &mut Tx<'_>| store::claim(tx, 9).await).await.unwrap().len();
            assert_eq!((take(&t.db).await, take(&t.db).await), (1, 0));
            t.clock.set(t.clock.process_now().plus(jiff::SignedDuration::from_secs(61)));
            assert_eq!(take(&t.db).await, 1);
        }
    }
}
