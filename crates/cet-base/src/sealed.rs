//! Sealed values that open only where they stand (TH61): each purpose has a key of its own, and a value is bound to the
//! person or row that it is of, so that a copy in another row opens nothing.
//!
//! The type says what for and where: a value of one purpose can't be opened as another's, nor without its place.

use std::fmt;
use std::marker::PhantomData;

use crate::store::{Column, DbError, Param, Row, Value};
use crate::vault::{Use, Vault, VaultError};
use crate::words::codes::SchoolCode;
use crate::words::ids::{DisputeId, PassportId};

/// What values are sealed for.
pub trait Purpose {
    /// Where a value stands.
    type Place<'p>;
    /// The key that it is sealed with.
    const USE: Use;

    /// The place in bytes: two places never have the same.
    fn place(at: Self::Place<'_>) -> Vec<u8>;
}

/// Document numbers of students, in rosters, registrations and reviews: bound to the person, by the look-up key beside
/// them, since a row's number goes with it from table to table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Document;

impl Purpose for Document {
    type Place<'p> = &'p [u8];
    const USE: Use = Use::Document;

    fn place(at: Self::Place<'_>) -> Vec<u8> {
        at.to_vec()
    }
}

/// The document number in a passport's profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnDocument;

impl Purpose for OwnDocument {
    type Place<'p> = PassportId;
    const USE: Use = Use::OwnDocument;

    fn place(at: Self::Place<'_>) -> Vec<u8> {
        at.0.to_be_bytes().to_vec()
    }
}

/// Telephones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Telephone;

/// Whose telephone it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TelephoneOf {
    /// In a passport's profile.
    Passport(PassportId),
    /// Under which a claimant in a dispute is called.
    Dispute(SchoolCode, DisputeId),
}

impl Purpose for Telephone {
    type Place<'p> = TelephoneOf;
    const USE: Use = Use::Telephone;

    fn place(at: Self::Place<'_>) -> Vec<u8> {
        match at {
            TelephoneOf::Passport(id) => [b"passport".as_slice(), id.0.to_be_bytes().as_slice()].concat(),
            TelephoneOf::Dispute(school, id) => {
                [b"dispute".as_slice(), school.as_str().as_bytes(), id.0.to_be_bytes().as_slice()].concat()
            }
        }
    }
}

/// Seeds of staff's second factors: bound to the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondFactor;

impl Purpose for SecondFactor {
    type Place<'p> = &'p str;
    const USE: Use = Use::SecondFactor;

    fn place(at: Self::Place<'_>) -> Vec<u8> {
        at.as_bytes().to_vec()
    }
}

/// A sealed value, as it is stored; empty where it was cleared.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sealed<P> {
    bytes: Vec<u8>,
    purpose: PhantomData<P>,
}

impl<P: Purpose> Sealed<P> {
    /// Seals a text for its place.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn new(vault: &Vault, at: P::Place<'_>, plain: &str) -> Result<Self, VaultError> {
        vault.seal_for(P::USE, &P::place(at), plain).map(Self::stored)
    }

    /// A value as it was stored.
    #[must_use]
    pub fn stored(bytes: Vec<u8>) -> Self {
        Self { bytes, purpose: PhantomData }
    }

    /// The text, at its place. What was sealed before values were bound opens too.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when it is another place's, the key is gone or a byte was changed.
    pub fn open(&self, vault: &Vault, at: P::Place<'_>) -> Result<String, VaultError> {
        vault.open_for(P::USE, &P::place(at), &self.bytes).or_else(|_| vault.open_before(&self.bytes))
    }

    /// As [`Sealed::open`]; of a value that was cleared an empty text.
    ///
    /// # Errors
    /// As [`Sealed::open`].
    pub fn open_if_kept(&self, vault: &Vault, at: P::Place<'_>) -> Result<String, VaultError> {
        if self.is_empty() { Ok(String::new()) } else { self.open(vault, at) }
    }

    /// Sealed with the first key and bound to its place; `None` if it is so already.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when it does not open; [`VaultError::Chance`].
    pub fn anew(&self, vault: &Vault, at: P::Place<'_>) -> Result<Option<Self>, VaultError> {
        let place = P::place(at);
        let bound = vault.open_for(P::USE, &place, &self.bytes);
        if bound.is_ok() && self.bytes.first() == Some(&vault.sealing_key()) {
            return Ok(None);
        }
        let plain = bound.or_else(|_| vault.open_before(&self.bytes))?;
        vault.seal_for(P::USE, &place, &plain).map(Self::stored).map(Some)
    }
}

impl<P> Sealed<P> {
    /// Whether the value was cleared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes as they are stored.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl<P> fmt::Debug for Sealed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

impl<P: Sync> Param for Sealed<P> {
    fn value(&self) -> Value<'_> {
        self.bytes.value()
    }
}

impl<P: Purpose> Column for Sealed<P> {
    fn read(row: &Row<'_>, index: usize) -> Result<Self, DbError> {
        Vec::read(row, index).map(Self::stored)
    }

    fn read_opt(row: &Row<'_>, index: usize) -> Result<Option<Self>, DbError> {
        Ok(Vec::read_opt(row, index)?.map(Self::stored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 2] = [
        "seal 1 0000000000000000000000000000000000000000000000000000000000000001",
        "lookup 0000000000000000000000000000000000000000000000000000000000000002",
    ];
    const NEWER: &str = "seal 2 00000000000000000000000000000000000000000000000000000000000000ff";

    fn vault() -> Vault {
        Vault::parse(&KEYS.join("\n")).unwrap()
    }

    /// TH61.
    #[test]
    fn a_value_copied_to_another_row_or_column_does_not_open() {
        let vault = vault();
        let (mine, theirs) = (PassportId(1), PassportId(2));
        let seed = Sealed::<SecondFactor>::new(&vault, "mallory", "SEED").unwrap();
        assert_eq!(seed.open(&vault, "mallory").unwrap(), "SEED");
        assert_eq!(seed.open(&vault, "admin"), Err(VaultError::Sealed));
        let number = Sealed::<Document>::new(&vault, b"one person", "993010").unwrap();
        assert_eq!(number.open(&vault, b"one person").unwrap(), "993010");
        assert_eq!(number.open(&vault, b"another"), Err(VaultError::Sealed));
        let own = Sealed::<OwnDocument>::new(&vault, mine, "993010").unwrap();
        assert_eq!(
            (own.open(&vault, mine).unwrap(), own.open(&vault, theirs)),
            ("993010".into(), Err(VaultError::Sealed))
        );
        let at = TelephoneOf::Passport(mine);
        let phone = Sealed::<Telephone>::new(&vault, at, "138").unwrap();
        assert_eq!(phone.open(&vault, at).unwrap(), "138");
        let school = SchoolCode::parse("99301").unwrap();
        for other in [TelephoneOf::Passport(theirs), TelephoneOf::Dispute(school, DisputeId(1))] {
            assert_eq!(phone.open(&vault, other), Err(VaultError::Sealed), "{other:?}");
        }
        // The same place under another purpose: the key is another.
        let moved = Sealed::<Document>::stored(own.into_bytes());
        assert_eq!(moved.open(&vault, &OwnDocument::place(mine)), Err(VaultError::Sealed));
        assert_eq!(vault.open(&number.into_bytes()), Err(VaultError::Sealed), "nor as a value of no purpose");
    }

    /// TH61: whoever can write to the database has what he typed himself sealed, and would have a second factor of his own choice.
    #[test]
    fn what_somebody_typed_does_not_open_in_the_place_of_a_bound_value() {
        let vault = vault();
        let typed = Sealed::<SecondFactor>::stored(vault.seal("JBSWY3DPEHPK3PXP").unwrap());
        assert_eq!(typed.open(&vault, "admin"), Err(VaultError::Sealed));
        assert_eq!(typed.anew(&vault, "admin"), Err(VaultError::Sealed));
        assert_eq!(typed.open_if_kept(&vault, "admin"), Err(VaultError::Sealed));
        let cleared = Sealed::<SecondFactor>::default();
        assert_eq!(cleared.open_if_kept(&vault, "admin").as_deref(), Ok(""));
    }

    #[test]
    fn what_was_sealed_before_values_were_bound_opens_and_is_bound_anew_once() {
        let vault = vault();
        let old = Sealed::<SecondFactor>::stored(vault.seal_as_before("SEED").unwrap());
        assert_eq!(old.open(&vault, "admin").unwrap(), "SEED");
        let new = old.anew(&vault, "admin").unwrap().unwrap();
        assert_eq!(
            (new.open(&vault, "admin").unwrap(), new.open(&vault, "mallory")),
            ("SEED".into(), Err(VaultError::Sealed))
        );
        assert_eq!(new.anew(&vault, "admin"), Ok(None));
        assert_eq!(new.anew(&vault, "mallory"), Err(VaultError::Sealed), "a copy is not made another's");
        let both = Vault::parse(&format!("{NEWER}\n{}", KEYS.join("\n"))).unwrap();
        let newer = new.anew(&both, "admin").unwrap().unwrap();
        assert_eq!(newer.clone().into_bytes().first(), Some(&2));
        let alone = Vault::parse(&format!("{NEWER}\n{}", KEYS[1])).unwrap();
        assert_eq!(
            (newer.open(&alone, "admin").unwrap(), newer.anew(&alone, "admin")),
            ("SEED".into(), Ok(None))
        );
    }

    #[test]
    fn a_changed_byte_opens_nothing_and_a_value_shows_nothing() {
        let vault = vault();
        let bytes = Sealed::<SecondFactor>::new(&vault, "admin", "SEED").unwrap().into_bytes();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            let changed = Sealed::<SecondFactor>::stored(changed);
            assert_eq!(changed.open(&vault, "admin"), Err(VaultError::Sealed), "{place}");
        }
        let none = Sealed::<SecondFactor>::stored(Vec::new());
        assert_eq!((none.is_empty(), none.open(&vault, "")), (true, Err(VaultError::Sealed)));
        assert_eq!(format!("{none:?}"), "Sealed");
    }
}
