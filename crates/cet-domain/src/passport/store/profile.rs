//! What a passport's owner has given, opened.

use super::Account;
use crate::sealed::TelephoneOf;
use crate::vault::{Vault, VaultError};

impl Account {
    /// The telephone; empty if not given.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn telephone(&self, vault: &Vault) -> Result<String, VaultError> {
        let at = TelephoneOf::Passport(self.id);
        self.phone.as_ref().map_or(Ok(String::new()), |sealed| sealed.open(vault, at))
    }

    /// The document number; empty if not given.
    ///
    /// # Errors
    /// As [`Account::telephone`].
    pub fn document_number(&self, vault: &Vault) -> Result<String, VaultError> {
        self.document.as_ref().map_or(Ok(String::new()), |sealed| sealed.open(vault, self.id))
    }
}
