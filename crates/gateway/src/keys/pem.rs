use data_encoding::BASE64;
use rsa::pkcs8::der::pem::Decoder;
use zeroize::Zeroizing;

use super::KeyError;

/// The bytes of the only block. Alipay's own tool writes the base64 without the armour lines, so that is read too.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.contains("-----BEGIN") {
        let mut der = Zeroizing::new(Vec::new());
        Decoder::new_detect_wrap(text.as_bytes())?.decode_to_end(&mut der)?;
        return Ok(der);
    }
    let bare: Zeroizing<String> = Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    if bare.is_empty() {
        return Err(KeyError::NotPem);
    }
    BASE64.decode(bare.as_bytes()).map(Zeroizing::new).map_err(|_| KeyError::NotPem)
}
