//! The refusals of staff.

use crate::passport::weakness::Weakness;

/// Why a form of staff was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRefusal {
    /// Wrong name or wrong password: indistinguishable.
    Credentials,
    /// The challenge before the password was not solved.
    Captcha,
    /// Wrong, expired or used code.
    Code,
    /// Wrong current password.
    CurrentPassword,
    /// Too short, the same as before, or easy to guess.
    PasswordWeak(Weakness),
    /// The two passwords differ.
    PasswordMismatch,
    /// An invalid field.
    Field(&'static str),
    /// More rows than one file may hold; narrower filters help.
    TooManyRows,
    /// Too many failures; retry in this many seconds.
    TooMany(u64),
    /// Overloaded; retry in this many seconds.
    TooBusy(u64),
}

impl StaffRefusal {
    /// The code of interface section 1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Credentials | Self::Code | Self::CurrentPassword => "credentials",
            Self::Captcha => "captcha",
            Self::PasswordWeak(_) => "password-weak",
            Self::PasswordMismatch => "password-mismatch",
            Self::Field(_) | Self::TooManyRows => "field-invalid",
            Self::TooMany(_) => "too-many",
            Self::TooBusy(_) => "too-busy",
        }
    }

    /// For `Retry-After`.
    #[must_use]
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) | Self::TooBusy(seconds) => Some(seconds),
            Self::Credentials
            | Self::Captcha
            | Self::Code
            | Self::CurrentPassword
            | Self::PasswordWeak(_)
            | Self::PasswordMismatch
            | Self::Field(_)
            | Self::TooManyRows => None,
        }
    }
}
