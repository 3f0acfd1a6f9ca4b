//! A cache of rendered, compressed pages.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;

use crate::texts::Lang;

/// One page in each encoding it can be sent in.
pub(super) struct CachedPage {
    pub(super) plain: Bytes,
    pub(super) brotli: Bytes,
    pub(super) gzip: Bytes,
    /// The entity tag, with its quotes.
    pub(super) tag: String,
}

type Key = (&'static str, Lang);

/// The portal's pages for one version of the catalogue.
#[derive(Default)]
pub struct PageCache(RwLock<(i64, HashMap<Key, Arc<CachedPage>>)>);

impl PageCache {
    pub(super) fn get(&self, version: i64, key: Key) -> Option<Arc<CachedPage>> {
        let cache = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (cache.0 == version).then(|| cache.1.get(&key).map(Arc::clone)).flatten()
    }

    pub(super) fn put(&self, version: i64, key: Key, page: Arc<CachedPage>) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.0 != version {
            *cache = (version, HashMap::new());
        }
        cache.1.insert(key, page);
    }
}
