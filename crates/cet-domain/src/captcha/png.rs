//! A greyscale picture as PNG.

use std::io::{self, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// A picture of one byte per pixel, row by row; 255 is white.
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
}

/// The file's bytes.
pub(super) fn encode(picture: &Picture) -> io::Result<Vec<u8>> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend(picture.width.to_be_bytes());
    head.extend(picture.height.to_be_bytes());
    // 8 bits, greyscale, and the only defined methods.
    head.extend([8, 0, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &head)?;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let row = usize::try_from(picture.width).unwrap_or(1).max(1);
    for pixels in picture.pixels.chunks(row) {
        packed.write_all(&[0])?;
        packed.write_all(pixels)?;
    }
    chunk(&mut out, *b"IDAT", &packed.finish()?)?;
    chunk(&mut out, *b"IEND", &[])?;
    Ok(out)
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> io::Result<()> {
    let length = u32::try_from(data.len()).map_err(|_| io::Error::other("a picture's part is too long"))?;
    out.extend(length.to_be_bytes());
    out.extend(kind);
    out.extend(data);
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(data);
    out.extend(sum.sum().to_be_bytes());
    Ok(())
}
