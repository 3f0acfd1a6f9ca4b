//! What a person can be refused in this room.

/// Why a form of this room was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassportRefusal {
    /// Not one address.
    EmailInvalid,
    /// Somebody has a passport with this address.
    EmailTaken,
    /// Too short, too long or too common.
    PasswordWeak,
    /// The two passwords differ.
    PasswordMismatch,
    /// None of the six kinds.
    DocumentKind,
    /// Empty, over-long or impossible.
    DocumentNumber,
    /// Another field that is wrong.
    Field(&'static str),
    /// The captcha's answer does not count.
    Captcha,
    /// Wrong address or wrong password: the same answer (A2).
    Credentials,
    /// The current password is wrong.
    CurrentPassword,
    /// Another e-mail name than that of the link's passport.
    EmailMismatch,
    /// No registration of such a person, or another name.
    RecordNotFound,
    /// The profile was changed since the form showed it.
    ChangedMeanwhile,
    /// Too many failures; come back in so many seconds.
    TooMany(u64),
    /// Too much to do; come back in so many seconds.
    TooBusy(u64),
}

impl PassportRefusal {
    /// The code of interface section 1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmailInvalid => "email-invalid",
            Self::EmailTaken => "email-taken",
            Self::PasswordWeak => "password-weak",
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

    /// The field it stands at.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::EmailInvalid | Self::EmailTaken | Self::Credentials | Self::EmailMismatch => Some("email"),
            Self::CurrentPassword => Some("current_password"),
            Self::PasswordWeak => Some("password"),
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
            | Self::PasswordWeak
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
