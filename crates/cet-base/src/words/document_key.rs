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

/// The keys under which the document that somebody typed may be stored. Keys are stored by one rule for all time; what
/// people write differently is looked up under each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentKeys {
    as_typed: DocumentKey,
    otherwise: Option<DocumentKey>,
    whole: DocumentKey,
}

impl DocumentKeys {
    /// The keys of a document.
    #[must_use]
    pub fn of(vault: &Vault, document: &Document) -> Self {
        let key = |document: &Document| DocumentKey::of(vault, document);
        let as_typed = key(document);
        Self {
            as_typed,
            otherwise: document.other_writing().as_ref().map(key),
            whole: document.completed().as_ref().map_or(as_typed, key),
        }
    }

    /// The key of the document as it was typed.
    #[must_use]
    pub fn as_typed(&self) -> DocumentKey {
        self.as_typed
    }

    /// The key of the other number that names the same document, to be looked up when nobody has it as it was typed.
    #[must_use]
    pub fn otherwise(&self) -> Option<DocumentKey> {
        self.otherwise
    }

    /// One key for each way to write a document: what is counted for it is counted once.
    #[must_use]
    pub fn whole(&self) -> DocumentKey {
        self.whole
    }

    /// Whether a stored key is one of them.
    #[must_use]
    pub fn holds(&self, stored: &[u8]) -> bool {
        [Some(self.as_typed), self.otherwise].into_iter().flatten().any(|key| key.0.as_slice() == stored)
    }
}

impl fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentKey(..)")
    }
}

stored_as!(DocumentKey, Vec<u8>, |v| Value::Bytes(&v.0), |raw| raw.try_into().ok().map(DocumentKey));
