//! The refusals of this module.

use super::weakness::Weakness;

/// Why a form was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassportRefusal {
    /// Not a valid address.
    EmailInvalid,
    /// Somebody has a passport with this address.
    EmailTaken,
    /// Too short, too long or easy to guess.
    PasswordWeak(Weakness),
    /// The two passwords differ.
    PasswordMismatch,
    /// Not one of the six kinds.
    DocumentKind,
    /// Empty, over-long or impossible.
    DocumentNumber,
    /// Another invalid field.
    Field(&'static str),
    /// The captcha's answer was not accepted.
    Captcha,
    /// Wrong address or wrong password: indistinguishable (A2).
    Credentials,
    /// The current password is wrong.
    CurrentPassword,
    /// Another e-mail address than that of the link's passport.
    EmailMismatch,
    /// No registration of such a person, or another name.
    RecordNotFound,
    /// The profile was changed since the form was loaded.
    ChangedMeanwhile,
    /// Too many failures; retry in this many seconds.
    TooMany(u64),
    /// Overloaded; retry in this many seconds.
    TooBusy(u64),
}

impl PassportRefusal {
    /// The code of interface section 1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmailInvalid => "email-invalid",
            Self::EmailTaken => "email-taken",
            Self::PasswordWeak(_) => "password-weak",
            Self::PasswordMismatch => "password-mismatch",
            Self::DocumentKind => "document-kind",
            Self::DocumentNumber => "document-number",
            Self::Field(_) => "field-invalid",
            Self::Captcha => "captcha",
            Self::Credentials | Self::CurrentPassword => "credentials",
            Self::EmailMismatch => "email-mismatch",
            Self::RecordNotFound => "record-not-found",
            Self::ChangedMeanwhile => "changed-meanwhile",
            Self::TooMany(_) => "too-many",
            Self::TooBusy(_) => "too-busy",
        }
    }

    /// The form field it belongs to.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::EmailInvalid | Self::EmailTaken | Self::Credentials | Self::EmailMismatch => Some("email"),
            Self::CurrentPassword => Some("current_password"),
            Self::PasswordWeak(_) => Some("password"),
            Self::PasswordMismatch => Some("password_again"),
            Self::DocumentKind => Some("document_kind"),
            Self::DocumentNumber => Some("document_number"),
            Self::Field(field) => Some(field),
            Self::Captcha => Some("captcha"),
            Self::TooMany(_) | Self::TooBusy(_) | Self::RecordNotFound | Self::ChangedMeanwhile => None,
        }
    }

    /// For `Retry-After`.
    #[must_use]
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) | Self::TooBusy(seconds) => Some(seconds),
            Self::EmailInvalid
            | Self::EmailTaken
            | Self::PasswordWeak(_)
            | Self::PasswordMismatch
            | Self::DocumentKind
            | Self::DocumentNumber
            | Self::Field(_)
            | Self::Captcha
            | Self::Credentials
            | Self::CurrentPassword
            | Self::EmailMismatch
            | Self::RecordNotFound
            | Self::ChangedMeanwhile => None,
        }
    }
}
