//! The key by which a document is found without its number.

use std::fmt;

use super::document::Document;
use crate::store::Value;
use crate::stored_as;
use crate::vault::Vault;

/// The keyed hash by which a document is found: in rosters, scores, registrations and reviews alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentKey([u8; 16]);

impl DocumentKey {
    /// The key of a document.
    #[must_use]
    pub fn of(vault: &Vault, document: &Document) -> Self {
        Self(vault.document_key(document.kind.wire(), document.match_key().as_str()))
    }

    /// The key as it is stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, as they are stored.
    #[must_use]
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentKey(..)")
    }
}

stored_as!(DocumentKey, Vec<u8>, |v| Value::Bytes(&v.0), |raw| raw.try_into().ok().map(DocumentKey));
