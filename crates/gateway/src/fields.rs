//! Form fields of both protocols: strict parsing, exact encoding.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::GBK;

use crate::refused::{BuildError, WireError};

/// The maximum size of a form in bytes; valid ones have less than a tenth of it.
const MAX_BYTES: usize = 64 * 1024;
/// The maximum number of fields in a form.
const MAX_FIELDS: usize = 100;

/// The charset of a form's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Alipay, always with `charset=utf-8`.
    Utf8,
    /// PayEase; GB2312 in its documentation, GBK in what it sends.
    Gbk,
}

impl Charset {
    /// The name used in `accept-charset` and `Content-Type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gbk => "GBK",
        }
    }

    /// Encodes `text`.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] for a character that the charset does not have.
    pub fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, BuildError> {
        match self {
            Self::Utf8 => Ok(Cow::Borrowed(text.as_bytes())),
            Self::Gbk => match GBK.encode(text) {
                (bytes, _, false) => Ok(bytes),
                (_, _, true) => Err(BuildError::Encoding),
            },
        }
    }

    /// Decodes `bytes`; nothing is replaced or guessed.
    ///
    /// # Errors
    /// [`WireError::Encoding`] for invalid bytes.
    pub fn decode(self, bytes: &[u8]) -> Result<String, WireError> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| WireError::Encoding),
            Self::Gbk => GBK
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(Cow::into_owned)
                .ok_or(WireError::Encoding),
        }
    }
}

/// One field: the decoded text, and the original bytes, which the MACs cover.
#[derive(Clone, PartialEq, Eq)]
struct Field {
    name: String,
    bytes: Vec<u8>,
    text: String,
}

/// The fields of a form in order, with unique names.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<Field>);

impl Fields {
    /// Parses an `application/x-www-form-urlencoded` body or a query string.
    ///
    /// # Errors
    /// [`WireError::TooLarge`], [`WireError::Malformed`], [`WireError::Encoding`] or [`WireError::DuplicateField`].
    pub fn parse(body: &[u8], charset: Charset) -> Result<Self, WireError> {
        if body.len() > MAX_BYTES {
            return Err(WireError::TooLarge);
        }
        let mut fields = Self::default();
        if body.is_empty() {
            return Ok(fields);
        }
        for pair in body.split(|b| *b == b'&') {
            if fields.0.len() >= MAX_FIELDS {
                return Err(WireError::TooLarge);
            }
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let name = unescape(halves.next().unwrap_or_default())?;
            let bytes = unescape(halves.next().ok_or(WireError::Malformed("form"))?)?;
            let name = String::from_utf8(name).map_err(|_| WireError::Encoding)?;
            if name.is_empty() {
                return Err(WireError::Malformed("form"));
            }
            if fields.get(&name).is_some() {
                return Err(WireError::DuplicateField(name));
            }
            let text = charset.decode(&bytes)?;
            fields.0.push(Field { name, bytes, text });
        }
        Ok(fields)
    }

    /// The fields of a URL and of a body together, as gateways read them; a field in both must have one value.
    ///
    /// # Errors
    /// [`WireError::DuplicateField`], [`WireError::TooLarge`].
    pub fn and(mut self, other: Self) -> Result<Self, WireError> {
        for field in other.0 {
            match self.0.iter().find(|known| known.name == field.name) {
                Some(known) if known.bytes == field.bytes => {}
                Some(_) => return Err(WireError::DuplicateField(field.name)),
                None if self.0.len() >= MAX_FIELDS => return Err(WireError::TooLarge),
                None => self.0.push(field),
            }
        }
        Ok(self)
    }

    /// The text of a field, if it was sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|field| field.name == name).map(|field| field.text.as_str())
    }

    /// The text of a mandatory field.
    ///
    /// # Errors
    /// [`WireError::MissingField`].
    pub fn require(&self, name: &'static str) -> Result<&str, WireError> {
        self.get(name).ok_or(WireError::MissingField(name))
    }

    /// The value of a field as the bytes that were sent, percent-decoded.
    ///
    /// # Errors
    /// [`WireError::MissingField`].
    pub fn require_bytes(&self, name: &'static str) -> Result<&[u8], WireError> {
        let field = self.0.iter().find(|field| field.name == name);
        field.map(|field| field.bytes.as_slice()).ok_or(WireError::MissingField(name))
    }

    /// Names and texts, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|field| (field.name.as_str(), field.text.as_str()))
    }

    /// Encodes a form body or query string.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] for a character that the charset does not have.
    pub fn encode<N: AsRef<str>, V: AsRef<str>>(
        pairs: &[(N, V)],
        charset: Charset,
    ) -> Result<String, BuildError> {
        let mut body = String::new();
        for (name, value) in pairs {
            if !body.is_empty() {
                body.push('&');
            }
            escape(name.as_ref().as_bytes(), &mut body);
            body.push('=');
            escape(&charset.encode(value.as_ref())?, &mut body);
        }
        Ok(body)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names only: a notification contains buyers' accounts.
        f.debug_list().entries(self.0.iter().map(|field| &field.name)).finish()
    }
}

fn unescape(text: &[u8]) -> Result<Vec<u8>, WireError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let high = rest.next().and_then(hex_value).ok_or(WireError::Malformed("percent sign"))?;
                let low = rest.next().and_then(hex_value).ok_or(WireError::Malformed("percent sign"))?;
                bytes.push((high << 4) | low);
            }
            plain => bytes.push(plain),
        }
    }
    Ok(bytes)
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Percent-encodes bytes the way browsers and Java's `URLEncoder` do.
pub(crate) fn escape(bytes: &[u8], into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                into.push(char::from(*byte));
            }
            b' ' => into.push('+'),
            other => {
                into.push('%');
                for half in [other >> 4, other & 15] {
                    into.push(HEX.get(usize::from(half)).copied().map_or('0', char::from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_field_refuses_the_form() {
        assert_eq!(
            Fields::parse(b"a=1&b=2&a=1", Charset::Utf8),
            Err(WireError::DuplicateField("a".to_owned()))
        );
        assert!(Fields::parse(b"a=1&%61=2", Charset::Utf8).is_err());
    }

    #[test]
    fn broken_percent_signs_and_bytes_are_refused() {
        for body in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a", b"=1", b"a=1&&b=2", b"a=%ff"] {
            assert!(Fields::parse(body, Charset::Utf8).is_err(), "{body:?}");
        }
        assert_eq!(Fields::parse(b"a=%d6", Charset::Gbk), Err(WireError::Encoding));
    }

    #[test]
    fn chinese_text_survives_in_both_charsets() {
        for charset in [Charset::Utf8, Charset::Gbk] {
            let body = Fields::encode(&[("v_pmode", "中国银行 &=+%")], charset).unwrap();
            let fields = Fields::parse(body.as_bytes(), charset).unwrap();
            assert_eq!(fields.get("v_pmode"), Some("中国银行 &=+%"));
        }
    }

    #[test]
    fn a_form_without_end_is_refused() {
        let many = vec!["a=1"; 101].join("&");
        assert!(Fields::parse(many.as_bytes(), Charset::Utf8).is_err());
        assert_eq!(Fields::parse(&vec![b'a'; MAX_BYTES + 1], Charset::Utf8), Err(WireError::TooLarge));
    }
}
