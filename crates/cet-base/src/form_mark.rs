//! Marks of forms (R19): keyed hashes that say for whom and of which values a form was made. Pages write them, verbs compare
//! them under their lock.

use std::sync::Arc;

use crate::vault::{Vault, to_hex};

/// Bytes of a mark.
const TAG: usize = 16;

/// A mark: a keyed hash, from which nobody learns and which nobody makes.
#[must_use]
pub fn mark(vault: &Vault, purpose: &str, content: &[u8]) -> String {
    to_hex(vault.sign_token(purpose, content).first_chunk::<TAG>().unwrap_or(&[0; TAG]))
}

/// The hidden field that says which values a form was made of.
pub const SEEN: &str = "seen";

/// The mark of the values that a form of this kind was made of.
#[must_use]
pub fn seen<V: AsRef<str>>(vault: &Vault, kind: &str, values: impl IntoIterator<Item = V>) -> String {
    let mut content = kind.as_bytes().to_vec();
    for value in values {
        content.push(0);
        content.extend_from_slice(value.as_ref().as_bytes());
    }
    mark(vault, "form-seen", &content)
}

/// Which values a form was made of, for the verb that changes them: it asks under its lock.
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

    /// Whether these are the values that the form was made of.
    #[must_use]
    pub fn fits<V: AsRef<str>>(&self, kind: &str, values: impl IntoIterator<Item = V>) -> bool {
        self.0.as_ref().is_none_or(|(vault, sent)| seen(vault, kind, values) == *sent)
    }

    /// Whether the form says that it was made of just these values; one without a mark says nothing.
    #[must_use]
    pub fn proves<V: AsRef<str>>(&self, kind: &str, values: impl IntoIterator<Item = V>) -> bool {
        self.0.is_some() && self.fits(kind, values)
    }
}
