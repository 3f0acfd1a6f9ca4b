//! Finished pages, compressed once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;

use crate::texts::Lang;

/// One page in the forms it can be sent in.
pub(super) struct Finished {
    pub(super) plain: Bytes,
    pub(super) brotli: Bytes,
    pub(super) gzip: Bytes,
    /// The entity tag, with its quotes.
    pub(super) tag: String,
}

type Key = (&'static str, Lang);

/// The portal's pages of one version of the catalogue.
#[derive(Default)]
pub struct Shelf(RwLock<(i64, HashMap<Key, Arc<Finished>>)>);

impl Shelf {
    pub(super) fn get(&self, version: i64, key: Key) -> Option<Arc<Finished>> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (shelf.0 == version).then(|| shelf.1.get(&key).map(Arc::clone)).flatten()
    }

    pub(super) fn put(&self, version: i64, key: Key, page: Arc<Finished>) {
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shelf.0 != version {
            *shelf = (version, HashMap::new());
        }
        shelf.1.insert(key, page);
    }
}
