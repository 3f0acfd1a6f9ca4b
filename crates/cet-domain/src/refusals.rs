//! What this node refused, counted by reason for `/metrics` (TH1, TH12, TH68). Only constants are counted, never what was typed:
//! the number of series is bounded, and a flood of refusals costs no row and no line.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why something was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A wrong, late or repeated captcha.
    Captcha,
    /// A form that another site made the browser send.
    CrossSite,
    /// A wrong password of a candidate.
    Password,
    /// A wrong password at the log-in of staff.
    StaffPassword,
    /// A wrong second factor of staff.
    StaffCode,
    /// Too many failures, for now.
    Wait,
}

impl Reason {
    /// All, so that monitoring sees them from the start.
    pub const ALL: [Self; 6] =
        [Self::Captcha, Self::CrossSite, Self::Password, Self::StaffPassword, Self::StaffCode, Self::Wait];

    /// The label's value.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Captcha => "captcha",
            Self::CrossSite => "cross-site",
            Self::Password => "password",
            Self::StaffPassword => "staff-password",
            Self::StaffCode => "staff-code",
            Self::Wait => "wait",
        }
    }
}

/// The counts of a node.
#[derive(Debug, Default)]
pub struct Refusals {
    captcha: AtomicU64,
    cross_site: AtomicU64,
    password: AtomicU64,
    staff_password: AtomicU64,
    staff_code: AtomicU64,
    wait: AtomicU64,
}

impl Refusals {
    const fn of(&self, reason: Reason) -> &AtomicU64 {
        match reason {
            Reason::Captcha => &self.captcha,
            Reason::CrossSite => &self.cross_site,
            Reason::Password => &self.password,
            Reason::StaffPassword => &self.staff_password,
            Reason::StaffCode => &self.staff_code,
            Reason::Wait => &self.wait,
        }
    }

    /// Counts one.
    pub fn note(&self, reason: Reason) {
        self.of(reason).fetch_add(1, Ordering::Relaxed);
    }

    /// How many since the node started.
    #[must_use]
    pub fn count(&self, reason: Reason) -> u64 {
        self.of(reason).load(Ordering::Relaxed)
    }
}
