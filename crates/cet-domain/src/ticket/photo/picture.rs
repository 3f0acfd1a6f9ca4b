//! Converts a delivered picture to the one on a ticket: decoded once, turned upright, scaled down, and re-encoded
//! without metadata, such as the place where it was taken.

use std::cell::Cell;
use std::fmt;

use crate::sheet::words::{Phrase, Say as _};
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits, RgbImage};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::counted::Layout;

/// The largest file in bytes.
pub const LARGEST: u64 = 20 * 1024 * 1024;
/// The minimum pixels on each side: with fewer, faces can't be distinguished.
const SIDE_LEAST: u32 = 50;
/// The most pixels on each side.
const SIDE_MOST: u32 = 12_000;
/// The most pixels in total: a small file can expand to gigabytes.
const PIXELS_MOST: u64 = 30_000_000;
/// A progressive JPEG is read scan by scan, each as large as the picture: a real one has about ten.
const SCANS_MOST: usize = 40;
/// The box that a photo is scaled down to: 33 mm across on the ticket, more than 350 dpi.
const FIT: (u32, u32) = (480, 640);
/// JPEG quality in percent: no visible loss in print.
const QUALITY: u8 = 90;
/// The box of a picture on a page, and its quality: enough to tell whose face it is.
const FIT_SMALL: (u32, u32) = (120, 160);
const QUALITY_SMALL: u8 = 75;

/// A photo as it is stored. It has no Debug: it is personal data.
pub struct Picture {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
    /// Width and height as delivered, turned upright, if not those of a portrait.
    pub odd: Option<(u32, u32)>,
}

/// Why a file is not a photo for a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is empty.
    Empty,
    /// More than [`LARGEST`] bytes.
    TooLarge,
    /// Another kind of picture, by its name; or not a picture.
    Kind(&'static str),
    /// Its end is missing.
    CutOff,
    /// It can't be decoded.
    Broken,
    /// Pixels on a side, fewer than [`SIDE_LEAST`].
    TooSmall(u32, u32),
    /// More pixels than are decoded.
    TooManyPixels,
}

impl Flaw {
    /// What is said about it.
    #[must_use]
    pub(crate) fn phrase(self) -> Phrase {
        match self {
            Self::Empty => Phrase::of("upload-photo-empty"),
            Self::TooLarge => Phrase::of("upload-photo-too-large"),
            Self::Kind(kind) => Phrase::of("upload-photo-kind").with_text("kind", kind),
            Self::CutOff => Phrase::of("upload-photo-cut-off"),
            Self::Broken => Phrase::of("upload-photo-broken"),
            Self::TooSmall(width, height) => Phrase::of("upload-photo-too-small")
                .with("least", SIDE_LEAST)
                .with("width", width)
                .with("height", height),
            Self::TooManyPixels => {
                Phrase::of("upload-photo-too-many").with("most", SIDE_MOST).with("all", PIXELS_MOST)
            }
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase().in_english())
    }
}

/// Makes the stored photo of a delivered file.
///
/// # Errors
/// [`Flaw`].
pub fn prepare(file: &[u8]) -> Result<Picture, Flaw> {
    let (jpeg, (width, height)) = scaled(file, FIT, QUALITY)?;
    Ok(Picture { jpeg, odd: (!is_portrait(width, height)).then_some((width, height)) })
}

/// Makes a small picture of a delivered file, for a page.
///
/// # Errors
/// [`Flaw`].
pub fn small(file: &[u8]) -> Result<Vec<u8>, Flaw> {
    Ok(scaled(file, FIT_SMALL, QUALITY_SMALL)?.0)
}

/// The picture upright and within a box, and its sides as delivered.
fn scaled(file: &[u8], fit: (u32, u32), quality: u8) -> Result<(Vec<u8>, (u32, u32)), Flaw> {
    if u64::try_from(file.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(Flaw::TooLarge);
    }
    let (picture, orientation) = match file {
        [] => return Err(Flaw::Empty),
        [0xFF, 0xD8, 0xFF, ..] => jpeg(file)?,
        [0x89, b'P', b'N', b'G', ..] => png(file)?,
        other => return Err(Flaw::Kind(kind(other))),
    };
    let mut picture = DynamicImage::ImageRgb8(picture);
    let (width, height) = (picture.width(), picture.height());
    let (across, down) = if on_its_side(orientation) { (fit.1, fit.0) } else { fit };
    if width > across || height > down {
        picture = picture.resize(across, down, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    let (width, height) = if on_its_side(orientation) { (height, width) } else { (width, height) };
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    picture.write_with_encoder(encoder).map_err(|_| Flaw::Broken)?;
    Ok((jpeg, (width, height)))
}

/// Whether the sides are those of a portrait: upright or square, and not too narrow.
fn is_portrait(width: u32, height: u32) -> bool {
    let (width, height) = (u64::from(width), u64::from(height));
    height >= width && height.saturating_mul(10) <= width.saturating_mul(17)
}

fn on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

fn fits(width: u32, height: u32) -> Result<(), Flaw> {
    if width < SIDE_LEAST || height < SIDE_LEAST {
        return Err(Flaw::TooSmall(width, height));
    }
    let all = u64::from(width).saturating_mul(u64::from(height));
    if width > SIDE_MOST || height > SIDE_MOST || all > PIXELS_MOST {
        return Err(Flaw::TooManyPixels);
    }
    Ok(())
}

/// Grey, colour, CMYK and YCCK; baseline and progressive.
pub(super) fn jpeg(file: &[u8]) -> Result<(RgbImage, Orientation), Flaw> {
    let layout = Layout::of(file).ok_or(Flaw::CutOff)?;
    let most = usize::try_from(SIDE_MOST).unwrap_or(usize::MAX);
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        // Checked below, with our own error.
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(SCANS_MOST)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let read = Cell::new(0);
    let mut decoder = JpegDecoder::new_with_options(layout.padded(file, &read), options);
    decoder.decode_headers().map_err(|_| Flaw::Broken)?;
    let (width, height) = decoder.dimensions().ok_or(Flaw::Broken)?;
    if width > most || height > most {
        return Err(Flaw::TooManyPixels);
    }
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let (width, height) = (side(width), side(height));
    fits(width, height)?;
    let turn = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let pixels = decoder.decode().map_err(|_| Flaw::Broken)?;
    if !layout.has_all(read.get()) {
        return Err(Flaw::CutOff);
    }
    // Garbage may decode as pixels, but practically never as exactly the right number.
    if !layout.has_no_more(read.get()) {
        return Err(Flaw::Broken);
    }
    let picture = RgbImage::from_raw(width, height, pixels).ok_or(Flaw::Broken)?;
    Ok((picture, turn.unwrap_or(Orientation::NoTransforms)))
}

fn png(file: &[u8]) -> Result<(RgbImage, Orientation), Flaw> {
    let wrong = |error: &ImageError| match error {
        ImageError::Limits(_) => Flaw::TooManyPixels,
        _ => Flaw::Broken,
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(PIXELS_MOST.saturating_mul(8));
    let mut decoder = PngDecoder::with_limits(Cursor::new(file), limits).map_err(|error| wrong(&error))?;
    let (width, height) = decoder.dimensions();
    fits(width, height)?;
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| wrong(&error))?;
    Ok((on_white(&picture), turn))
}

/// Transparent areas become white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut plain = RgbImage::new(picture.width(), picture.height());
    for (to, from) in plain.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [colours @ .., alpha] = from.0;
        to.0 = colours.map(|colour| mixed(colour, alpha));
    }
    plain
}

fn mixed(colour: u8, alpha: u8) -> u8 {
    let (colour, alpha) = (u32::from(colour), u32::from(alpha));
    let white = u32::from(u8::MAX);
    let sum = colour.saturating_mul(alpha).saturating_add(white.saturating_mul(white.saturating_sub(alpha)));
    u8::try_from(sum / white).unwrap_or(u8::MAX)
}

/// What a file is that is not a JPEG, by its first bytes.
fn kind(file: &[u8]) -> &'static str {
    match file {
        [b'B', b'M', ..] => "upload-photo-is-bmp",
        [b'G', b'I', b'F', b'8', ..] => "upload-photo-is-gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "upload-photo-is-webp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "upload-photo-is-tiff",
        [_, _, _, _, b'f', b't', b'y', b'p', rest @ ..] if rest.starts_with(b"avif") => {
            "upload-photo-is-avif"
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "upload-photo-is-heic",
        [0x00, 0x00, 0x00, 0x0C, b'j', b'P', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => "upload-photo-is-jp2",
        [b'P', b'K', 3, 4, ..] => "upload-photo-is-zip",
        [b'%', b'P', b'D', b'F', ..] => "upload-photo-is-pdf",
        [b'8', b'B', b'P', b'S', ..] => "upload-photo-is-psd",
        _ => "upload-photo-is-other",
    }
}

#[cfg(test)]
#[path = "../tests/picture.rs"]
mod tests;
