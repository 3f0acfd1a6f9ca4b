//! Identity and digest of rows, the same for a row of a file and one of the database.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::JoinedBy;
use crate::words::codes::SchoolCode;

/// The number by which a student's photo is found; `None` if it is empty.
pub(crate) fn joined_by(school: SchoolCode, number: String) -> Option<JoinedBy> {
    if number.is_empty() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    (school.as_str(), &number).hash(&mut hasher);
    Some(JoinedBy { column: "学号", hash: hasher.finish(), number })
}

/// A digest of a row's data besides its document's number, the same for a row of a file and one of the database.
pub(crate) fn digest(said: &[Cow<'_, str>; 15]) -> u32 {
    let mut hasher = DefaultHasher::new();
    said.hash(&mut hasher);
    let [.., a, b, c, d] = hasher.finish().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}
