//! Finished pages, compressed once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;

use crate::texts::Lang;
use crate::words::time::Time;

/// One page in the forms it can be sent in.
pub(super) struct Finished {
    pub(super) plain: Bytes,
    pub(super) brotli: Bytes,
    pub(super) gzip: Bytes,
    /// The entity tag, with its quotes.
    pub(super) tag: String,
}

type Key = (&'static str, Lang);

/// What finished pages were made of: the version of the catalogue, and when its dates last changed what they say (P5).
pub(super) type Edition = (i64, Option<Time>);

/// The portal's pages of one edition.
#[derive(Default)]
pub struct Shelf(RwLock<(Edition, HashMap<Key, Arc<Finished>>)>);

impl Shelf {
    pub(super) fn get(&self, edition: Edition, key: Key) -> Option<Arc<Finished>> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (shelf.0 == edition).then(|| shelf.1.get(&key).map(Arc::clone)).flatten()
    }

    pub(super) fn put(&self, edition: Edition, key: Key, page: Arc<Finished>) {
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shelf.0 != edition {
            *shelf = (edition, HashMap::new());
        }
        shelf.1.insert(key, page);
    }
}
