//! Marks of forms (R19): keyed hashes that bind a form to a user and to the values it was made from. Pages write them,
//! verbs compare them under their lock.

use std::sync::Arc;

use crate::vault::{Vault, to_hex};

/// Length of a mark in bytes.
const TAG: usize = 16;

/// A mark: a keyed hash, which reveals nothing and cannot be forged.
#[must_use]
pub fn mark(vault: &Vault, purpose: &str, content: &[u8]) -> String {
    to_hex(vault.sign_token(purpose, content).first_chunk::<TAG>().unwrap_or(&[0; TAG]))
}

/// The name of the hidden field with the mark of the values that the form was made from.
pub const SEEN: &str = "seen";

/// The mark of the values that a form of this kind was made from.
#[must_use]
pub fn seen<V: AsRef<str>>(vault: &Vault, kind: &str, values: impl IntoIterator<Item = V>) -> String {
    let mut content = kind.as_bytes().to_vec();
    for value in values {
        content.push(0);
        content.extend_from_slice(value.as_ref().as_bytes());
    }
    mark(vault, "form-seen", &content)
}

/// The mark that a form was sent with, for the verb that changes the values: it compares them under its lock.
#[derive(Clone, Default)]
pub struct Seen(Option<(Arc<Vault>, String)>);

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seen({})", self.0.is_some())
    }
}

impl Seen {
    /// The mark that a form was sent with.
    #[must_use]
    pub fn sent(vault: &Arc<Vault>, mark: &str) -> Self {
        Self(Some((Arc::clone(vault), mark.to_owned())))
    }

    /// Whether the form was made from these values; true for a form without a mark.
    #[must_use]
    pub fn fits<V: AsRef<str>>(&self, kind: &str, values: impl IntoIterator<Item = V>) -> bool {
        self.0.as_ref().is_none_or(|(vault, sent)| seen(vault, kind, values) == *sent)
    }

    /// Whether the form proves that it was made from exactly these values; one without a mark proves nothing.
    #[must_use]
    pub fn proves<V: AsRef<str>>(&self, kind: &str, values: impl IntoIterator<Item = V>) -> bool {
        self.0.is_some() && self.fits(kind, values)
    }
}
