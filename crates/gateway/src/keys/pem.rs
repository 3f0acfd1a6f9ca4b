use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::KeyError;

/// Decodes the first block. Alipay's own tool writes the base64 without the armour lines, so that is accepted too.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = text.trim_start_matches('\u{feff}');
    let armoured = text.contains("-----BEGIN");
    let mut inside = !armoured;
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    for line in text.lines().map(str::trim) {
        if line.starts_with("-----BEGIN") {
            inside = true;
        } else if line.starts_with("-----END") {
            break;
        } else if inside {
            base64.extend(line.chars().filter(|c| !c.is_whitespace()));
        }
    }
    if base64.is_empty() {
        return Err(KeyError::NotPem);
    }
    STANDARD.decode(base64.as_bytes()).map(Zeroizing::new).map_err(|_| KeyError::NotPem)
}
