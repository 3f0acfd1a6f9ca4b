//! The passport (通行证): registering, login and logout, sessions, mailed links, and rate limits against guessing.

pub mod device;
pub mod jobs;
pub mod mails;
pub mod password;
pub mod rate_limits;
pub mod refusal;
pub mod rules;
pub mod store;
pub mod turns;
pub mod verbs;
pub mod verify;
pub mod weakness;

/// The version of the notice about personal data on the form to register (A1): whoever changes its texts counts it up.
pub const NOTICE_VERSION: i64 = 1;

pub use store::{session, token};

pub use session::{BoundTo, Session};
