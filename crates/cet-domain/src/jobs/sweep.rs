//! Deletes expired rows: a batch of one table at a time; a row that can't be deleted is set aside.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use ring::digest;

use super::batch::{self, Batching, Key, Queue, Round};
use crate::store::{Column, Db, DbError, Param, Tx, Value};
use crate::vault::to_hex;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// Length of the digest by which a row is identified: its key may be an address or a token's hash.
const DIGEST: usize = 12;

/// The expired rows of a table; `K` is the type of its key.
#[derive(Clone, Debug)]
pub struct Sweep<K> {
    job: &'static str,
    find: &'static str,
    delete: &'static str,
    ages: Vec<SignedDuration>,
    most: usize,
    key: PhantomData<fn() -> K>,
}

impl<K> Sweep<K> {
    /// `find` returns keys; its parameters are the limit as `$1`, then now minus each of `ages`. `delete` takes a key
    /// as `$1`, then the same times, and checks again that the row has expired.
    #[must_use]
    pub fn new(
        job: &'static str,
        most: usize,
        ages: &[SignedDuration],
        find: &'static str,
        delete: &'static str,
    ) -> Self {
        Self { job, find, delete, ages: ages.to_vec(), most, key: PhantomData }
    }

    async fn times(&self, tx: &mut Tx<'_>) -> Result<Vec<Time>, DbError> {
        let now = tx.now().await?;
        Ok(self.ages.iter().map(|age| now.minus(*age)).collect())
    }
}

impl<K: Column + Param + Clone + Send + Sync + 'static> Sweep<K> {
    /// Deletes a batch; returns the number of deleted rows.
    pub async fn run(&self, db: &Db) -> Result<Round, DbError> {
        batch::run(db, &Table { db: db.clone(), of: self.clone() }).await
    }

    async fn find(&self, tx: &mut Tx<'_>, most: i64) -> Result<Vec<K>, DbError> {
        let times = self.times(tx).await?;
        let mut values: Vec<&dyn Param> = vec![&most];
        values.extend(times.iter().map(|time| time as &dyn Param));
        let rows: Vec<(K,)> = tx.query(self.find, &values).await?;
        Ok(rows.into_iter().map(|(key,)| key).collect())
    }

    async fn delete(&self, tx: &mut Tx<'_>, keys: &[K]) -> Result<i64, DbError> {
        let times = self.times(tx).await?;
        let mut soon = Vec::with_capacity(keys.len());
        for key in keys {
            let mut values: Vec<&dyn Param> = vec![key];
            values.extend(times.iter().map(|time| time as &dyn Param));
            soon.push(tx.execute_soon(self.delete, &values).await?);
        }
        let mut gone = 0_u64;
        for one in soon {
            gone = gone.saturating_add(tx.changed(one).await?);
        }
        Ok(i64::try_from(gone).unwrap_or(i64::MAX))
    }
}

struct Table<K> {
    db: Db,
    of: Sweep<K>,
}

impl<K: Column + Param + Clone + Send + Sync + 'static> Queue for Table<K> {
    type Item = K;

    fn job(&self) -> &'static str {
        self.of.job
    }

    fn batching(&self) -> Batching {
        Batching::Together(self.of.most)
    }

    fn key(&self, item: &K) -> Key {
        let digest = match item.value() {
            Value::Int(id) => return Key::of(SchoolCode::NONE, id),
            Value::Text(text) => digest::digest(&digest::SHA256, text.as_bytes()),
            Value::Bytes(bytes) => digest::digest(&digest::SHA256, bytes),
            Value::Null | Value::Bool(_) => digest::digest(&digest::SHA256, &[]),
        };
        let short = digest.as_ref().get(..DIGEST).unwrap_or_default();
        Key { school: SchoolCode::NONE, item: to_hex(short) }
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<K>, DbError>> {
        Box::pin(async move {
            let of = self.of.clone();
            self.db.read(async move |tx: &mut Tx<'_>| of.find(tx, most).await).await
        })
    }

    fn work(&self, items: Vec<K>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let of = self.of.clone();
            self.db.write(async move |tx: &mut Tx<'_>| of.delete(tx, &items).await).await
        })
    }
}
