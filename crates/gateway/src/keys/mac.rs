use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use zeroize::Zeroizing;

use super::KeyError;

/// The key shared with PayEase for HMAC-MD5; wiped when dropped.
pub struct MacKey(Zeroizing<Vec<u8>>);

impl MacKey {
    /// Takes the bytes of a key file; trailing line breaks are not part of the key.
    ///
    /// # Errors
    /// [`KeyError::Empty`].
    pub fn new(text: &[u8]) -> Result<Self, KeyError> {
        let mut end = text.len();
        while end > 0 && matches!(text.get(end.saturating_sub(1)), Some(b'\n' | b'\r')) {
            end = end.saturating_sub(1);
        }
        match text.get(..end) {
            None | Some([]) => Err(KeyError::Empty),
            Some(key) => Ok(Self(Zeroizing::new(key.to_vec()))),
        }
    }

    /// The MAC of the concatenated parts, in lower-case hex; `None` can't happen for HMAC's key lengths.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Option<String> {
        Some(HEXLOWER.encode(&self.begin(parts)?.finalize().into_bytes()))
    }

    /// Whether `mac` (hex) matches, compared in constant time.
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], mac: &str) -> bool {
        let (Some(state), Ok(bytes)) = (self.begin(parts), HEXLOWER_PERMISSIVE.decode(mac.as_bytes())) else {
            return false;
        };
        state.verify_slice(&bytes).is_ok()
    }

    fn begin(&self, parts: &[&[u8]]) -> Option<Hmac<Md5>> {
        let mut state = Hmac::<Md5>::new_from_slice(&self.0).ok()?;
        for part in parts {
            state.update(part);
        }
        Some(state)
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}
