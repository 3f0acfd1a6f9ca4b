//! Submitted form data, strictly decoded (TH56): invalid UTF-8 is 400, a duplicate field 422.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::answer::PageError;
use super::page::Typed;
use crate::app::App;

/// The maximum size of a form's body in bytes (TH58).
pub const MOST: usize = 64 * 1024;
/// The same of a form of texts: two of 48 KiB, of whose bytes each is sent as three characters.
const MOST_OF_TEXTS: usize = 320 * 1024;
/// The timeout for reading a body (TH58).
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The fields of a submitted form, in order.
pub struct FormData(Vec<(String, String)>);

impl FormData {
    /// Decodes `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`PageError::Protocol`] 400 for invalid percent-encoding or UTF-8.
    pub fn parse(body: &[u8]) -> Result<Self, PageError> {
        let bad = PageError::Protocol(StatusCode::BAD_REQUEST);
        let mut fields = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let cut = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match cut {
                Some(cut) => (
                    pair.get(..cut).unwrap_or_default(),
                    pair.get(cut.saturating_add(1)..).unwrap_or_default(),
                ),
                None => (pair, &b""[..]),
            };
            fields
                .push((decode(name).ok_or_else(|| bad.clone())?, decode(value).ok_or_else(|| bad.clone())?));
        }
        Ok(Self(fields))
    }

    /// Fields that were decoded otherwise.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The only value of a field; empty if it was not sent.
    ///
    /// # Errors
    /// [`PageError::Doubled`] if it was sent twice.
    pub fn one(&self, name: &'static str) -> Result<&str, PageError> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = values.next().unwrap_or("");
        if values.next().is_some() { Err(PageError::Doubled(name.into())) } else { Ok(first) }
    }

    /// For forms that read fields by [`first`](Self::first): that each was sent once, but for those that may repeat.
    ///
    /// # Errors
    /// [`PageError::Doubled`] for the first that was sent twice.
    pub fn each_once(&self, repeating: &[&str]) -> Result<(), PageError> {
        let mut seen = BTreeSet::new();
        let mut names = self.0.iter().map(|(name, _)| name.as_str());
        match names.find(|name| !repeating.contains(name) && !seen.insert(*name)) {
            Some(name) => Err(PageError::Doubled(name.into())),
            None => Ok(()),
        }
    }

    /// All values of a field that may repeat (`subject`, `entry`).
    pub fn many<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> + 'f {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The typed values of these fields, to fill the form again.
    #[must_use]
    pub fn typed(&self, names: &[&'static str]) -> Typed {
        names.iter().fold(Typed::default(), |typed, name| {
            self.many(name).fold(typed, |typed, value| typed.with(*name, value))
        })
    }

    /// The first value of a field whose name is not known in advance; empty if it was not sent. The handler asks
    /// [`each_once`](Self::each_once) before.
    #[must_use]
    pub fn first(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All fields in the order in which they were sent.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All typed values, to fill the form again.
    #[must_use]
    pub fn all_typed(&self) -> Typed {
        self.all().fold(Typed::default(), |typed, (name, value)| typed.with(name.to_owned(), value))
    }
}

/// `+` is a space, `%XX` a byte, anything else itself. `None` for an invalid escape or invalid UTF-8.
fn decode(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// The maximum size of the body of a form that is sent to this path: staff write long texts on some pages.
#[must_use]
pub fn most_of(path: &str) -> usize {
    let of_texts = path.starts_with("/staff/notices/")
        || path.starts_with("/staff/portal/")
        || path.starts_with("/staff/sittings/") && path.contains("/texts/");
    if of_texts { MOST_OF_TEXTS } else { MOST }
}

/// Reads a whole body within the limits.
///
/// # Errors
/// [`PageError::Protocol`] 413 above `most`, 400 if it does not arrive.
pub async fn read_body(most: usize, body: Body) -> Result<Bytes, PageError> {
    // Announced as too long: not one byte of it is asked for or waited for (TH58).
    let announced = body.size_hint().lower();
    if u64::try_from(most).is_ok_and(|most| announced > most) {
        return Err(PageError::Protocol(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let body = Limited::new(body, most).collect();
    let status = match tokio::time::timeout(READ_TIMEOUT, body).await {
        Ok(Ok(body)) => return Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => StatusCode::PAYLOAD_TOO_LARGE,
        Ok(Err(_)) | Err(_) => StatusCode::BAD_REQUEST,
    };
    Err(PageError::Protocol(status))
}

impl FromRequest<App> for FormData {
    type Rejection = PageError;

    fn from_request(request: Request, _: &App) -> impl Future<Output = Result<Self, PageError>> + Send {
        read(request)
    }
}

/// Boxed here: an `async fn` is compiled anew into every unit that awaits it, and here each form's handler does.
fn read(request: Request) -> BoxFuture<'static, Result<FormData, PageError>> {
    async move {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.map(|kind| kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
        let body_declared = essence.is_some();
        if body_declared && essence.as_deref() != Some("application/x-www-form-urlencoded") {
            return Err(PageError::Protocol(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = read_body(most_of(request.uri().path()), request.into_body()).await?;
        // A form without fields may come without a content type; anything else may not.
        if !body_declared && !body.is_empty() {
            return Err(PageError::Protocol(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        FormData::parse(&body)
    }
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TH56.
    #[test]
    fn fields_are_decoded_strictly() {
        let form = FormData::parse("name=%E9%A2%9C+x&empty=&subject=1&subject=2&flag".as_bytes()).unwrap();
        assert_eq!(form.one("name").unwrap(), "颜 x");
        assert_eq!(form.one("empty").unwrap(), "");
        assert_eq!(form.one("missing").unwrap(), "");
        assert_eq!(form.many("subject").collect::<Vec<_>>(), ["1", "2"]);
        let doubled = |found: Result<(), PageError>| matches!(found, Err(PageError::Doubled(name)) if &*name == "subject");
        assert!(doubled(form.one("subject").map(|_| ())));
        assert!(doubled(form.each_once(&["name"])) && form.each_once(&["subject"]).is_ok());
    }

    /// TH56.
    #[test]
    fn broken_bytes_are_refused() {
        for body in ["a=%zz", "a=%e", "a=%ff", "%ff=1", "a=%"] {
            assert!(FormData::parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(FormData::parse(b"a=\xff").is_err());
    }
}
