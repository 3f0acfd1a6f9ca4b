//! Detects truncated JPEG files. The decoder shows missing pixels as grey, and skips surplus data; a ticket must show
//! neither half a face nor garbage.

use std::cell::Cell;

use zune_jpeg::zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZCursor, ZSeekFrom};

/// Zeros instead of a picture's end marker: a decoder that reads far into them had too few pixels.
const PAD: usize = 64;
/// How far the decoder reads ahead of the current pixel.
const AHEAD: usize = 8;
/// Bytes between the last pixel and the end: some programs add padding.
const LEFT_OVER_MOST: usize = 256;

/// The positions in a JPEG that show whether it is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Where the end marker begins.
    pub(super) end: usize,
    progressive: bool,
    scans: usize,
}

impl Layout {
    /// Parses it marker by marker (ITU-T T.81, B.1.1); `None` without an end. Data after the end, which some phones
    /// write, are not part of the picture, and the ends of previews inside its headers are ignored.
    pub(super) fn of(file: &[u8]) -> Option<Self> {
        let mut this = Self::default();
        let mut rest = file.get(2..)?;
        loop {
            rest = match rest {
                [0xFF, 0xD9, ..] => {
                    this.end = file.len().checked_sub(rest.len())?;
                    return Some(this);
                }
                // A marker may have any number of fill bytes before it, and some have no length.
                [0xFF, after @ ..] if matches!(after, [0xFF, ..]) => after,
                [0xFF, 0x00 | 0x01 | 0xD0..=0xD8, after @ ..] => after,
                [0xFF, marker, after @ ..] => {
                    this.progressive |= *marker == 0xC2;
                    this.scans = this.scans.saturating_add(usize::from(*marker == 0xDA));
                    let [high, low, ..] = after else { return None };
                    after.get(usize::from(u16::from_be_bytes([*high, *low])).max(2)..)?
                }
                // The pixels after a scan's header, which contain no markers except restarts.
                [_, after @ ..] => after,
                [] => return None,
            };
        }
    }

    /// The picture for the decoder, with zeros instead of its end marker.
    pub(super) fn padded<'p>(&self, file: &[u8], pixels: &'p Cell<u64>) -> Counted<'p> {
        let mut padded = file.get(..self.end).unwrap_or_default().to_vec();
        padded.extend([0; PAD]);
        padded.extend([0xFF, 0xD9]);
        Counted { inner: ZCursor::new(padded), pixels }
    }

    /// Whether all pixels were there, after they were read up to `pixels`. A progressive picture is complete, if
    /// coarse, once its first scan is.
    pub(super) fn has_all(&self, pixels: u64) -> bool {
        let read = usize::try_from(pixels).unwrap_or(usize::MAX);
        if self.progressive { self.scans > 1 } else { read <= self.end.saturating_add(AHEAD) }
    }

    /// Whether no data were left over.
    pub(super) fn has_no_more(&self, pixels: u64) -> bool {
        let read = usize::try_from(pixels).unwrap_or(usize::MAX);
        self.progressive || self.end.saturating_sub(read) <= LEFT_OVER_MOST
    }
}

/// A reader that records where pixels were read: four bytes at once or single ones without an error, which are the only
/// reads after the headers.
pub(super) struct Counted<'p> {
    inner: ZCursor<Vec<u8>>,
    pixels: &'p Cell<u64>,
}

impl Counted<'_> {
    fn note(&mut self) {
        if let Ok(position) = self.inner.z_position() {
            self.pixels.set(position);
        }
    }
}

impl ZByteReaderTrait for Counted<'_> {
    fn read_byte_no_error(&mut self) -> u8 {
        let byte = self.inner.read_byte_no_error();
        self.note();
        byte
    }

    fn read_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        self.inner.read_exact_bytes(buf)?;
        if buf.len() == 4 {
            self.note();
        }
        Ok(())
    }

    fn read_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        self.inner.read_bytes(buf)
    }

    fn peek_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        self.inner.peek_bytes(buf)
    }

    fn peek_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        self.inner.peek_exact_bytes(buf)
    }

    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        self.inner.z_seek(from)
    }

    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        self.inner.is_eof()
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        self.inner.z_position()
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        self.inner.read_remaining(sink)
    }
}
