//! A cache of rendered, compressed pages.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;

use cet_base::texts::Lang;
use cet_base::words::time::Time;

/// One page in each encoding it can be sent in.
pub(super) struct CachedPage {
    pub(super) plain: Bytes,
    pub(super) brotli: Bytes,
    pub(super) gzip: Bytes,
    /// The entity tag, with its quotes.
    pub(super) tag: String,
}

type Key = (&'static str, Lang);

/// What pages are rendered from: the catalogue version, and when the phase or the news last changed (P5).
pub(super) type Edition = (i64, Option<Time>);

/// The portal's pages for one edition.
#[derive(Default)]
pub struct PageCache(RwLock<(Edition, HashMap<Key, Arc<CachedPage>>)>);

impl PageCache {
    pub(super) fn get(&self, edition: Edition, key: Key) -> Option<Arc<CachedPage>> {
        let cache = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (cache.0 == edition).then(|| cache.1.get(&key).map(Arc::clone)).flatten()
    }

    pub(super) fn put(&self, edition: Edition, key: Key, page: Arc<CachedPage>) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.0 != edition {
            *cache = (edition, HashMap::new());
        }
        cache.1.insert(key, page);
    }
}
