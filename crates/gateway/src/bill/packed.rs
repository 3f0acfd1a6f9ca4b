//! What a bill is packed in, and whether it is the one that the gateway announced.

use std::io::Read;

use data_encoding::HEXLOWER;
use flate2::read::GzDecoder;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::http::HttpRequest;

/// The most bytes of a bill, unpacked.
const MOST_UNPACKED: u64 = 2 << 30;

/// What a bill is packed in. Each gateway's bill may also come as plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Plain text.
    Text,
    /// A zip with the bill and its summary.
    Zip,
    /// gzip.
    Gzip,
}

/// A bill that a gateway announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillFile {
    /// How it is fetched.
    pub request: HttpRequest,
    /// The SHA-1 of its text, where the gateway's signed answer names it: the file itself is not signed.
    pub sha1: Option<[u8; 20]>,
}

impl BillFile {
    /// Whether a fetched file is the announced one. It is slow for a large one.
    #[must_use]
    pub fn is(sha1: Option<[u8; 20]>, file: &[u8]) -> bool {
        let Some(sha1) = sha1 else { return true };
        let digest =
            if file.starts_with(&[0x1f, 0x8b]) { digest(GzDecoder::new(file)) } else { digest(file) };
        digest.is_some_and(|digest| digest == sha1)
    }
}

impl BillFile {
    /// The SHA-1 of a bill's text in hex digits, as the sandbox announces it.
    #[must_use]
    pub fn hex_digest(text: &[u8]) -> String {
        digest(text).map_or_else(String::new, |digest| HEXLOWER.encode(&digest))
    }
}

fn digest(text: impl Read) -> Option<[u8; 20]> {
    let mut text = text.take(MOST_UNPACKED);
    let mut state = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    let mut part = vec![0_u8; 1 << 16];
    loop {
        match text.read(&mut part).ok()? {
            0 => return state.finish().as_ref().try_into().ok(),
            read => state.update(part.get(..read)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(text).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn a_bill_is_the_announced_one_packed_or_not_and_no_other_is() {
        // SHA-1 of "abc" (FIPS 180-1).
        let hex = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let sha1: [u8; 20] = HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap();
        assert!(BillFile::is(Some(sha1), b"abc") && BillFile::is(Some(sha1), &packed(b"abc")));
        assert!(BillFile::is(None, b"anything"), "a gateway that announces none");
        for other in [&b"abd"[..], b"", &packed(b"abd"), &packed(b"abc")[..10], &[0x1f, 0x8b]] {
            assert!(!BillFile::is(Some(sha1), other), "{other:?}");
        }
    }
}
