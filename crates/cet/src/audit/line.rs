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
        /// Its id, which rises with time.
        pub id: i64,
        /// When.
        pub at: Time,
        /// The kind of who acted.
        pub actor_kind: String,
        /// Who acted.
        pub actor: String,
        /// What was done.
        pub action: String,
        /// To what kind of thing.
        pub object_kind: String,
        /// To which.
        pub object: String,
        /// From where.
        pub address: String,
        /// Codes that matter for it and what was changed, as [`Detail::read`] reads them.
        pub detail: String,
        /// The hash of all this.
        pub hash: Vec<u8>,
    }
}

impl Line {
    /// What it tells besides who, what and when.
    #[must_use]
    pub fn read_detail(&self) -> Detail {
        Detail::read(&self.detail)
    }

    /// The hash of the content: each part with its length before it, so that borders can't be moved.
    #[must_use]
    pub fn content_hash(&self) -> Vec<u8> {
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

/// The hash of a link: of the link before (nothing for a chain's first), of its place and of the line.
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
