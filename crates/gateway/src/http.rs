//! What goes over HTTP, in the words of this crate.

use jiff::Timestamp;

use crate::refused::WireError;

/// What an [`HttpRequest`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Without a body.
    Get,
    /// With a body.
    Post,
}

/// A request that our server sends to the gateway.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// What it is.
    pub verb: Verb,
    /// The URL.
    pub url: String,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// A POST without further headers.
    #[must_use]
    pub const fn post(url: String, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { verb: Verb::Post, url, content_type, headers: Vec::new(), body }
    }

    /// A GET without further headers.
    #[must_use]
    pub const fn get(url: String) -> Self {
        Self { verb: Verb::Get, url, content_type: "", headers: Vec::new(), body: Vec::new() }
    }
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpRequest").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Headers as they came, by any spelling of their names.
pub type Headers = [(String, String)];

/// The response to an [`HttpRequest`].
#[derive(Clone, Copy)]
pub struct HttpReply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a Headers,
    /// The complete body.
    pub body: &'a [u8],
    /// Our own time when it was asked for.
    pub at: Timestamp,
}

impl<'a> HttpReply<'a> {
    /// A response of which nothing but status and body matters.
    #[must_use]
    pub const fn plain(status: u16, body: &'a [u8]) -> Self {
        Self { status, headers: &[], body, at: Timestamp::UNIX_EPOCH }
    }

    pub(crate) fn ok(self) -> Result<&'a [u8], WireError> {
        if self.status == 200 { Ok(self.body) } else { Err(WireError::HttpStatus(self.status)) }
    }
}

/// A notification that the gateway sends to us.
#[derive(Clone, Copy)]
pub struct HttpNotice<'a> {
    /// Its headers.
    pub headers: &'a Headers,
    /// The complete body.
    pub body: &'a [u8],
    /// Our own time when it came.
    pub at: Timestamp,
}

impl<'a> HttpNotice<'a> {
    /// A notification of which nothing but the body matters.
    #[must_use]
    pub const fn plain(body: &'a [u8]) -> Self {
        Self { headers: &[], body, at: Timestamp::UNIX_EPOCH }
    }
}

/// The acknowledgement of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledgement {
    /// Processed and committed, or queued for manual review; do not send it again.
    Done,
    /// Not completely stored yet; send it again.
    Failed,
    /// Not signed as it must be, so not trusted; whoever really sent it may send it again.
    NotTrusted,
    /// Trusted or not, it can not be read.
    Unreadable,
}

impl Acknowledgement {
    /// What is answered to a notification that was not read for this reason.
    #[must_use]
    pub fn of(why: &WireError) -> Self {
        match why {
            WireError::BadSignature(_)
            | WireError::UnknownKey(_)
            | WireError::WrongTime
            | WireError::WrongSignType => Self::NotTrusted,
            WireError::MissingField(name) if name.starts_with("Wechatpay-") => Self::NotTrusted,
            _ => Self::Unreadable,
        }
    }
}

/// The whole answer to a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeReply {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: &'static str,
}

impl NoticeReply {
    /// A word, for gateways that read nothing else.
    pub(crate) const fn word(body: &'static str) -> Self {
        Self { status: 200, content_type: "text/plain; charset=utf-8", body }
    }
}
