//! Recognises files that are not tables: one message with the cause, instead of consequential errors.

use std::path::Path;

/// How much of a file is looked at to tell what it is.
pub(super) const HEAD: usize = 1 << 16;

/// What a file is that is neither CSV nor a workbook, by its first bytes or its name; and what to do.
pub(super) fn foreign(path: &Path, head: &[u8]) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("~$") {
        return Some("sheet-is-lock");
    }
    by_bytes(head).or_else(|| by_text(head))
}

fn by_bytes(head: &[u8]) -> Option<&'static str> {
    Some(match head {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "sheet-is-xls",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "sheet-is-utf16",
        [b'R', b'a', b'r', b'!', ..] => "sheet-is-rar",
        [b'7', b'z', 0xBC, 0xAF, ..] => "sheet-is-7z",
        [0x1F, 0x8B, ..] => "sheet-is-gzip",
        [b'%', b'P', b'D', b'F', ..] => "sheet-is-pdf",
        [0xFF, 0xD8, 0xFF, ..] | [0x89, b'P', b'N', b'G', ..] => "sheet-is-picture",
        [b'P', b'K', 5, 6, ..] => "sheet-is-empty-zip",
        [b'P', b'K', 3, 4, ..] => return None,
        _ if is_dbf(head) => "sheet-is-dbf",
        _ if nul_share(head) => "sheet-is-nul",
        _ => return None,
    })
}

/// UTF-16 of mostly ASCII has a NUL in every other byte; a stray NUL in a cell is a fault of that cell.
fn nul_share(head: &[u8]) -> bool {
    let nul = head.iter().filter(|byte| **byte == 0).count();
    head.len() >= 16 && nul.saturating_mul(8) > head.len()
}

fn by_text(head: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(head.get(..head.len().min(4_096)).unwrap_or(head));
    let text = text.trim_start_matches('\u{FEFF}').trim_start().to_ascii_lowercase();
    let begins = |what: &str| text.starts_with(what);
    if begins("<?xml") && text.contains("office:spreadsheet") {
        return Some("sheet-is-xml-sheet");
    }
    if ["<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<style", "<div", "<!--"]
        .into_iter()
        .any(begins)
        || (begins("<?xml") && text.contains("<html"))
    {
        return Some("sheet-is-web-page");
    }
    if begins("<?xml") {
        return Some("sheet-is-xml");
    }
    if begins("id;p") {
        return Some("sheet-is-sylk");
    }
    if begins("{\\rtf") {
        return Some("sheet-is-rtf");
    }
    if begins("mime-version:") {
        return Some("sheet-is-mht");
    }
    None
}

/// The header of a dBASE table: version, a date, and consistent lengths.
fn is_dbf(head: &[u8]) -> bool {
    let [version, _, month, day, _, _, _, _, header_low, header_high, record_low, record_high, ..] = head
    else {
        return false;
    };
    let (header, record) =
        (u16::from_le_bytes([*header_low, *header_high]), u16::from_le_bytes([*record_low, *record_high]));
    matches!(version, 0x02 | 0x03 | 0x04 | 0x05 | 0x30 | 0x31 | 0x32 | 0x43 | 0x83 | 0x8B | 0x8C | 0xF5)
        && *month <= 12
        && *day <= 31
        && header >= 33
        && record >= 2
}

/// What a ZIP archive without an XLSX workbook is, by the names of its parts.
pub(super) fn archive(parts: &[String]) -> Option<&'static str> {
    const XML: &str = ".xml";
    let has = |name: &str| parts.iter().any(|part| part == name);
    let ends = |end: &str| parts.iter().any(|part| part.ends_with(end));
    let begins = |start: &str| parts.iter().any(|part| part.starts_with(start));
    if parts.iter().any(|part| part.contains("workbook") && part.ends_with(XML)) {
        return None;
    }
    Some(if ends("workbook.bin") {
        "sheet-is-xlsb"
    } else if has("mimetype") && has("content.xml") {
        "sheet-is-ods"
    } else if begins("word/") || begins("ppt/") {
        "sheet-is-document"
    } else if begins("index/") {
        "sheet-is-numbers"
    } else if [".csv", ".xlsx", ".xls", ".txt", ".et"].into_iter().any(ends) {
        "sheet-is-zip"
    } else {
        "sheet-is-zip-without"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{Lang, texts};

    #[test]
    fn what_a_file_is_is_told_by_its_first_bytes() {
        let english = |key| texts(Lang::En).m(key);
        let told = |head: &[u8]| foreign(Path::new("f.xlsx"), head).map_or("", english);
        for (head, told_of) in [
            (&b"\xEF\xBB\xBF\r\n<HTML xmlns:x=''>"[..], "web page"),
            (b"<table border=1>", "web page"),
            (
                b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
                "XML spreadsheet",
            ),
            (b"ID;PWXL;N;E\r\n", "SYLK"),
            (b"Rar!\x1a\x07\x01\x00", "RAR"),
            (b"7z\xBC\xAF\x27\x1C", "7z"),
            (b"%PDF-1.4", "PDF"),
            (b"\x03\x11\x0B\x1C\x01\0\0\0\x61\0\x20\0\0\0", "dBASE"),
            (b"\x89PNG\r\n", "picture"),
        ] {
            assert!(told(head).contains(told_of), "{head:?}: {}", told(head));
        }
        for head in ["姓名,证件号码", "0301,a,b,c,d,e,f,g", "id,name\n1,a", "code,name\n"] {
            assert_eq!(told(head.as_bytes()), "", "{head}");
        }
        assert!(
            foreign(Path::new("/x/~$名单.xlsx"), b"\x05Admin")
                .is_some_and(|key| english(key).contains("lock file"))
        );
    }
}
