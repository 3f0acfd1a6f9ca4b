use serde_json::value::RawValue;

use crate::json::RawObject;
use crate::refused::WireError;

/// The members of a JSON object; unlike [`crate::Object`] also whole numbers and objects in it, whose names are unique too.
#[derive(Debug)]
pub(super) struct Members<'a>(RawObject<'a>);

impl<'a> Members<'a> {
    /// Parses the body of a message.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, WireError> {
        let text = std::str::from_utf8(body).map_err(|_| WireError::Encoding)?;
        RawObject::parse(text).map(Self)
    }

    fn raw(&self, name: &'static str) -> Result<&'a RawValue, WireError> {
        self.0.get(name).ok_or(WireError::MissingField(name))
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str) -> Result<String, WireError> {
        serde_json::from_str(self.raw(name)?.get()).map_err(|_| WireError::Malformed(name))
    }

    /// A text that may be absent, or null.
    pub(super) fn text_or_empty(&self, name: &'static str) -> Result<String, WireError> {
        match self.0.get(name) {
            None => Ok(String::new()),
            Some(raw) => {
                let text: Option<String> =
                    serde_json::from_str(raw.get()).map_err(|_| WireError::Malformed(name))?;
                Ok(text.unwrap_or_default())
            }
        }
    }

    /// An amount in fen.
    pub(super) fn fen(&self, name: &'static str) -> Result<i64, WireError> {
        let fen: i64 = serde_json::from_str(self.raw(name)?.get()).map_err(|_| WireError::BadAmount)?;
        if (0..=crate::MAX_FEN).contains(&fen) { Ok(fen) } else { Err(WireError::BadAmount) }
    }

    /// An object.
    pub(super) fn object(&self, name: &'static str) -> Result<Members<'a>, WireError> {
        RawObject::parse(self.raw(name)?.get()).map(Members)
    }

    /// A list of objects, at most so many.
    pub(super) fn list(&self, name: &'static str, most: usize) -> Result<Vec<Members<'a>>, WireError> {
        let all: Vec<&'a RawValue> =
            serde_json::from_str(self.raw(name)?.get()).map_err(|_| WireError::Malformed(name))?;
        if all.len() > most {
            return Err(WireError::Malformed(name));
        }
        all.into_iter().map(|one| RawObject::parse(one.get()).map(Members)).collect()
    }

    /// The text that must stand in a member.
    pub(super) fn same(&self, name: &'static str, own: &str, error: WireError) -> Result<(), WireError> {
        if self.text(name)? == own { Ok(()) } else { Err(error) }
    }
}
