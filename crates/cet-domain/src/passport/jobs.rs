//! Sweeps expired sessions, outdated counts, links and captchas, and processes password recovery requests.

use futures_util::future::BoxFuture;

use super::session::{self, Life};
use super::{store, token, verbs};
use crate::context::Context;
use crate::jobs::batch::{self, Batching, Key, Queue, Round, all_of};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::{captcha, limit};

/// Requests processed per transaction.
const BATCH: usize = 20;

/// Deletes a batch of expired rows; returns how many. A failure in one table does not block the others.
pub async fn sweep(context: &Context) -> Result<Round, DbError> {
    let db = &context.db;
    all_of([
        session::ended(Life::from(&context.config.session)).run(db).await,
        limit::sweep(db).await,
        token::ended().run(db).await,
        store::held_for_long().run(db).await,
        captcha::sweep(db).await,
    ])
}

/// Processes password recovery requests by mail (A5); returns how many.
pub async fn recover(context: &Context) -> Result<Round, DbError> {
    batch::run(&context.db, &Requests { context: context.clone() }).await
}

/// Password recovery requests.
struct Requests {
    context: Context,
}

impl Queue for Requests {
    type Item = i64;

    fn job(&self) -> &'static str {
        "recovery"
    }

    fn batching(&self) -> Batching {
        Batching::Together(BATCH)
    }

    fn key(&self, id: &i64) -> Key {
        Key::of(SchoolCode::NONE, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<i64>, DbError>> {
        Box::pin(async move {
            self.context.db.read(async move |tx: &mut Tx<'_>| store::recovery::waiting(tx, most).await).await
        })
    }

    fn work(&self, ids: Vec<i64>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let node = self.context.clone();
            self.context
                .db
                .write(async move |tx: &mut Tx<'_>| {
                    let mut done = 0_i64;
                    for id in &ids {
                        if verbs::recover::answer(tx, &node, *id).await? {
                            done = done.saturating_add(1);
                        }
                    }
                    Ok(done)
                })
                .await
        })
    }
}
