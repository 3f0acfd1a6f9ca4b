//! Shared by tests of this crate and of those above it: files as schools send them, keys, photos.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::must_use_candidate,
    clippy::new_without_default,
    reason = "what tests share fails as tests do"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use gateway::keys::{DemoKeys, generate};

use crate::roster::DocumentKey;
use crate::vault::Vault;
use crate::words::document::{Document, DocumentKind};

/// The header of a roster.
pub const HEAD: &str = "姓名,性别,证件类型,证件号码,学校代码,校区代码,学历,学制,入学年份,年级,院系,专业,班级,学号,备注,资格科目,限制科目";

/// Keys that are the same in every test.
#[must_use]
pub fn vault() -> Arc<Vault> {
    let keys = format!("seal 1 {}\nlookup {}\n", "01".repeat(32), "02".repeat(32));
    Arc::new(Vault::parse(&keys).unwrap())
}

/// A file in a folder that is deleted after the test.
pub struct File(tempfile::TempDir);

impl File {
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file.csv"), bytes).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("file.csv")
    }
}

/// The key of a document under [`vault`].
#[must_use]
pub fn key(kind: DocumentKind, number: &str) -> DocumentKey {
    DocumentKey::of(&vault(), &Document::parse(kind, number).unwrap())
}

/// A photo as a school delivers it.
pub const JPEG: &[u8] = include_bytes!("../../ticket-pdf/src/tests/photo.jpg");

/// A ZIP archive of these files.
#[must_use]
pub fn archive(files: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    file.write_all(&zip.finish().unwrap().into_inner()).unwrap();
    file
}

/// The keys of both gateways, made once.
pub fn keys() -> &'static DemoKeys {
    static KEYS: OnceLock<DemoKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        generate(&mut |into| {
            for byte in into {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *byte = state.to_le_bytes()[3];
            }
            true
        })
        .unwrap()
    })
}
