//! The ZIP file with the photos. Sizes in its directory are not trusted.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::PhotoError;
use super::names::{Part, part};
use super::picture::LARGEST;
use crate::sheet::words::Phrase;

/// The most photos of one file.
const PHOTOS_MOST: usize = 100_000;
/// The most parts of one file: macOS adds a second one for each photo.
const PARTS_MOST: usize = 400_000;
/// The most bytes that are decompressed from one file in total.
const UNPACKED_MOST: u64 = 64 * 1024 * 1024 * 1024;

/// An open ZIP file.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    file: String,
    /// How many bytes may still be decompressed.
    left: u64,
}

impl Archive {
    /// Opens a file and reads its directory.
    ///
    /// # Errors
    /// [`PhotoError::File`] says what it is instead, and what to do.
    pub(super) fn open(path: &Path) -> Result<Self, PhotoError> {
        let told = |what: Phrase| PhotoError::File { file: path.display().to_string(), what };
        let io = |error: std::io::Error| told(Phrase::of("upload-photo-io").with("reason", error));
        let mut file = File::open(path).map_err(io)?;
        let mut head = Vec::new();
        file.by_ref().take(512).read_to_end(&mut head).map_err(io)?;
        if let Some(other) = other(&head) {
            return Err(told(Phrase::of(other)));
        }
        file.rewind().map_err(io)?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| match &error {
            ZipError::Io(fault) if fault.kind() != std::io::ErrorKind::UnexpectedEof => {
                told(Phrase::of("upload-photo-io").with("reason", error))
            }
            _ if head.starts_with(b"PK") => told(Phrase::of("upload-photo-zip-damaged")),
            _ => told(Phrase::of("upload-photo-zip-none")),
        })?;
        if zip.len() > PARTS_MOST {
            let what = Phrase::of("upload-photo-zip-parts");
            return Err(told(what.with("most", PARTS_MOST).with("found", zip.len())));
        }
        if zip.has_duplicate_names() {
            // Only one of several files with the same name can be read.
            return Err(told(Phrase::of("upload-photo-zip-same")));
        }
        Ok(Self { zip, file: path.display().to_string(), left: UNPACKED_MOST })
    }

    /// The names of its parts, in order.
    ///
    /// # Errors
    /// [`PhotoError::File`] when a photo's compression method is not supported, or there are too many.
    pub(super) fn names(&mut self) -> Result<Vec<String>, PhotoError> {
        let mut names = Vec::new();
        let mut photos = 0_usize;
        for place in 0..self.zip.len() {
            let wrong = |what: Phrase| PhotoError::File { file: self.file.clone(), what };
            let entry = self
                .zip
                .by_index_data(place)
                .map_err(|error| wrong(Phrase::of("upload-photo-io").with("reason", error)))?;
            let name = decoded(entry.name_raw());
            if matches!(part(&name), Part::Photo { .. }) {
                photos = photos.saturating_add(1);
                if entry.encrypted() {
                    return Err(wrong(Phrase::of("upload-photo-zip-locked")));
                }
                if let Some(method) = unread_method(entry.compression()) {
                    return Err(wrong(Phrase::of("upload-photo-zip-method").with("method", method)));
                }
            }
            names.push(name);
        }
        if photos > PHOTOS_MOST {
            let what = Phrase::of("upload-photo-zip-photos").with("most", PHOTOS_MOST).with("found", photos);
            return Err(PhotoError::File { file: self.file.clone(), what });
        }
        Ok(names)
    }

    /// The bytes of a part, at most one more than [`LARGEST`].
    ///
    /// # Errors
    /// [`PhotoError::File`] when they can't be decompressed, or their checksum is wrong.
    pub(super) fn read(&mut self, place: usize, name: &str) -> Result<Vec<u8>, PhotoError> {
        let wrong = |file: &str, what: &dyn std::fmt::Display| {
            let what = Phrase::of("upload-photo-zip-part").with("name", name).with("what", what);
            PhotoError::File { file: file.to_owned(), what }
        };
        let entry = self.zip.by_index(place).map_err(|error| wrong(&self.file, &error))?;
        let mut bytes = Vec::new();
        let read = entry.take(LARGEST.saturating_add(1).min(self.left)).read_to_end(&mut bytes);
        let read = read.map_err(|error| wrong(&self.file, &error))?;
        self.left = self.left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        if self.left == 0 {
            let what = Phrase::of("upload-photo-zip-unpacked").with("most", UNPACKED_MOST);
            return Err(PhotoError::File { file: self.file.clone(), what });
        }
        Ok(bytes)
    }
}

/// Names are in UTF-8, or in the encoding of Chinese Windows, which no flag indicates.
fn decoded(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// The name of an unsupported compression method.
fn unread_method(method: CompressionMethod) -> Option<&'static str> {
    match method {
        CompressionMethod::STORE | CompressionMethod::DEFLATE => None,
        CompressionMethod::DEFLATE64 => Some("Deflate64"),
        CompressionMethod::BZIP2 => Some("BZIP2"),
        CompressionMethod::LZMA => Some("LZMA"),
        CompressionMethod::ZSTD => Some("Zstandard"),
        CompressionMethod::XZ => Some("XZ"),
        CompressionMethod::PPMD => Some("PPMd"),
        _ => Some("a rare method"),
    }
}

/// What a file is that is not a ZIP file, by its first bytes, and what to do.
pub(super) fn other(head: &[u8]) -> Option<&'static str> {
    match head {
        [] => Some("upload-photo-zip-empty"),
        [b'R', b'a', b'r', b'!', ..] => Some("upload-photo-zip-rar"),
        [b'7', b'z', 0xBC, 0xAF, ..] => Some("upload-photo-zip-7z"),
        [0x1F, 0x8B, ..] | [b'B', b'Z', b'h', ..] | [0xFD, b'7', b'z', b'X', b'Z', ..] => {
            Some("upload-photo-zip-other")
        }
        [0xFF, 0xD8, 0xFF, ..] | [0x89, b'P', b'N', b'G', ..] => Some("upload-photo-zip-picture"),
        _ => None,
    }
}
