//! Photos as phones take them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::must_use_candidate,
    clippy::new_without_default,
    reason = "what tests share fails as tests do"
)]

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::picture::jpeg;
use crate::store::testing::fail;

/// A picture as a JPEG.
#[must_use]
pub(crate) fn as_jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut jpeg = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 95))
        .unwrap_or_else(|error| fail(&error));
    jpeg
}

/// A JPEG with an Exif header as phones write it: orientation and place.
#[must_use]
pub fn held(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0II\x2A\0\x08\0\0\0\x02\0".to_vec();
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    // GPSInfo, with a number that a search would find.
    exif.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0]);
    exif.extend(b"GPS!\0\0\0\0GPS-39.9042N116.4074E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

/// The sensor's picture of a phone that is held upright.
#[must_use]
pub fn lying(upright: &[u8]) -> Vec<u8> {
    as_jpeg(&image::imageops::rotate270(&jpeg(upright).unwrap().0))
}
