//! Recognises files that are not tables: one message with the cause, instead of consequential errors.

use std::path::Path;

/// What a file is that is neither CSV nor a workbook, by its first bytes or its name; and what to do.
pub(super) fn foreign(path: &Path, head: &[u8]) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("~$") {
        return Some(
            "this is a lock file that a spreadsheet program keeps while the list is open, import the list itself",
        );
    }
    by_bytes(head).or_else(|| by_text(head))
}

fn by_bytes(head: &[u8]) -> Option<&'static str> {
    Some(match head {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => {
            "this is an old .xls (or locked) workbook, save it as .xlsx without a password"
        }
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "this is UTF-16 text, save it as CSV UTF-8",
        [b'R', b'a', b'r', b'!', ..] => "this is a RAR archive, unpack it and import the list inside",
        [b'7', b'z', 0xBC, 0xAF, ..] => "this is a 7z archive, unpack it and import the list inside",
        [0x1F, 0x8B, ..] => "this is a gzip archive, unpack it and import the list inside",
        [b'%', b'P', b'D', b'F', ..] => "this is a PDF, export the list as .xlsx instead",
        [0xFF, 0xD8, 0xFF, ..] | [0x89, b'P', b'N', b'G', ..] => {
            "this is a picture, export the list as .xlsx instead"
        }
        [b'P', b'K', 5, 6, ..] => "this is an empty ZIP archive",
        [b'P', b'K', 3, 4, ..] => return None,
        _ if is_dbf(head) => {
            "this is a dBASE table (.dbf), open it in a spreadsheet program and save it as .xlsx"
        }
        _ if nul_share(head) => {
            "this is UTF-16 text without its mark or no text at all, save it as CSV UTF-8"
        }
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
        return Some("this is an XML spreadsheet, open it in a spreadsheet program and save it as .xlsx");
    }
    if ["<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<style", "<div", "<!--"]
        .into_iter()
        .any(begins)
        || (begins("<?xml") && text.contains("<html"))
    {
        return Some(
            "this is a web page under the name of a workbook, open it in a spreadsheet program and save it as .xlsx",
        );
    }
    if begins("<?xml") {
        return Some("this is an XML file, export the list as .xlsx instead");
    }
    if begins("id;p") {
        return Some("this is a SYLK file (.slk), open it in a spreadsheet program and save it as .xlsx");
    }
    if begins("{\\rtf") {
        return Some("this is a text document (.rtf), export the list as .xlsx instead");
    }
    if begins("mime-version:") {
        return Some("this is a web archive (.mht), open it in a spreadsheet program and save it as .xlsx");
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
        "this is a binary workbook (.xlsb), save it as .xlsx"
    } else if has("mimetype") && has("content.xml") {
        "this is an OpenDocument file (.ods), save it as .xlsx"
    } else if begins("word/") || begins("ppt/") {
        "this is a text document or a presentation, copy the list into a workbook and save it as .xlsx"
    } else if begins("index/") {
        "this is a Numbers file, export it as .xlsx"
    } else if [".csv", ".xlsx", ".xls", ".txt", ".et"].into_iter().any(ends) {
        "this is a ZIP archive, unpack it and import the list inside"
    } else {
        "this is a ZIP archive without a workbook, save the list as .xlsx"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_is_told_by_its_first_bytes() {
        let told = |head: &[u8]| foreign(Path::new("f.xlsx"), head).unwrap_or_default();
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
            foreign(Path::new("/x/~$名单.xlsx"), b"\x05Admin").is_some_and(|told| told.contains("lock file"))
        );
    }
}
