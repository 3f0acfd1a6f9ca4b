//! A JSON object with unique names; plain `serde_json` would silently keep the last duplicate.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::refused::WireError;

/// The maximum number of members in an object.
const MAX_MEMBERS: usize = 200;

/// The members of an object, with their raw text.
#[derive(Debug)]
pub(crate) struct RawObject<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawObject<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject<'de>, A::Error> {
                let mut members: Vec<(String, &'de RawValue)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if members.len() >= MAX_MEMBERS || members.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("duplicate names or too many"));
                    }
                    members.push((name, value));
                }
                Ok(RawObject(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'a> RawObject<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, WireError> {
        serde_json::from_str(text).map_err(|_| WireError::Malformed("JSON"))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// An object of a request or an answer; every relevant value is a string.
#[derive(Clone, PartialEq)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    /// Parses one object.
    ///
    /// # Errors
    /// [`WireError::Malformed`], also for a duplicate name.
    pub fn parse(text: &str) -> Result<Self, WireError> {
        let raw = RawObject::parse(text)?;
        let mut members = Vec::with_capacity(raw.0.len());
        for (name, value) in raw.0 {
            let value = serde_json::from_str(value.get()).map_err(|_| WireError::Malformed("JSON"))?;
            members.push((name, value));
        }
        Ok(Self(members))
    }

    /// The string with this name; `None` if it is absent or not a string.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.as_str())
    }

    /// The string with this name.
    ///
    /// # Errors
    /// [`WireError::MissingField`].
    pub fn require(&self, name: &'static str) -> Result<&str, WireError> {
        self.get(name).ok_or(WireError::MissingField(name))
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names only: answers contain buyers' accounts.
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
