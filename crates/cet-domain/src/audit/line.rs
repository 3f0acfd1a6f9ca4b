//! A line of the log as it is stored, and the hash of its content.

use ring::digest;

use super::detail::Detail;
use crate::record;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

record! {
    /// A stored line.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Line {
        /// The school whose log it belongs to.
        pub school: SchoolCode,
        /// Its id, which increases with time.
        pub id: i64,
        /// When.
        pub at: Time,
        /// The kind of actor.
        pub actor_kind: String,
        /// The actor.
        pub actor: String,
        /// The action.
        pub action: String,
        /// The kind of object.
        pub object_kind: String,
        /// The object.
        pub object: String,
        /// The network address.
        pub address: String,
        /// Relevant codes and the changes, in the form that [`Detail::read`] parses.
        pub detail: String,
        /// The hash of all of these.
        pub hash: Vec<u8>,
    }
}

impl Line {
    /// The parsed details.
    #[must_use]
    pub fn read_detail(&self) -> Detail {
        Detail::read(&self.detail)
    }

    /// The hash of the content: each part is preceded by its length, so that the boundaries can't be shifted.
    #[must_use]
    pub(crate) fn content_hash(&self) -> Vec<u8> {
        let mut context = digest::Context::new(&digest::SHA256);
        let (id, at) = (self.id.to_string(), self.at.micros().to_string());
        let parts = [
            self.school.as_str(),
            &id,
            &at,
            &self.actor_kind,
            &self.actor,
            &self.action,
            &self.object_kind,
            &self.object,
            &self.address,
            &self.detail,
        ];
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.finish().as_ref().to_vec()
    }
}

/// The hash of a link: of the previous link (empty for the first), its place and the line.
#[must_use]
pub(super) fn link_hash(before: &[u8], school: SchoolCode, place: i64, line: i64, content: &[u8]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [before, school.as_str().as_bytes(), &place.to_be_bytes(), &line.to_be_bytes(), content] {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_sees_where_one_part_ends_and_the_next_begins() {
        let line = |address: &str, detail: &str| Line {
            school: SchoolCode::NONE,
            id: 1,
            at: Time::from_micros(1),
            actor_kind: "job".to_owned(),
            actor: "expiry".to_owned(),
            action: "tried".to_owned(),
            object_kind: "test".to_owned(),
            object: "x".to_owned(),
            address: address.to_owned(),
            detail: detail.to_owned(),
            hash: Vec::new(),
        };
        assert_ne!(line("a", "b").content_hash(), line("ab", "").content_hash());
    }

    #[test]
    fn a_link_depends_on_the_one_before_it() {
        let link = |before: &[u8]| link_hash(before, SchoolCode::NONE, 2, 7, b"content");
        assert_ne!(link(b"one"), link(b"two"));
    }
}
