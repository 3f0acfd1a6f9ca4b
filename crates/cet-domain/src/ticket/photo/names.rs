//! File names of photos: which files are no photos at all, which school's folder they are in, and which words may be a
//! number.

use unicode_normalization::UnicodeNormalization as _;

use crate::sitting::Catalogue;
use crate::words::codes::{CampusCode, SchoolCode};

/// The kind of a part of a ZIP file, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'n> {
    /// A folder.
    Folder,
    /// Files that systems create by themselves.
    Junk,
    /// A photo.
    Photo {
        /// The folders before the name, from the outside in.
        folders: &'n str,
        /// The name without extension.
        stem: &'n str,
    },
    /// An archive, whose photos would be missed.
    Packed,
    /// A picture in an unsupported format, by its extension.
    Foreign,
    /// Anything else, as a list or a text.
    Other,
}

/// The kind of a part.
#[must_use]
pub(super) fn part(name: &str) -> Part<'_> {
    if name.ends_with(SEPARATORS) {
        return Part::Folder;
    }
    let (folders, file) = name.rsplit_once(SEPARATORS).unwrap_or(("", name));
    if is_junk(file) && !is_hidden_picture(file) || folders.split(SEPARATORS).any(is_junk) {
        return Part::Junk;
    }
    let Some((stem, ending)) = file.rsplit_once('.') else { return Part::Other };
    match ending.to_ascii_lowercase().as_str() {
        ending if PICTURES.contains(&ending) => Part::Photo { folders, stem },
        "zip" | "rar" | "7z" | "tar" | "gz" | "tgz" | "cab" => Part::Packed,
        "bmp" | "heic" | "heif" | "webp" | "gif" | "tif" | "tiff" | "avif" | "psd" | "jp2" => Part::Foreign,
        _ => Part::Other,
    }
}

/// Old Windows packers write `\`.
const SEPARATORS: [char; 2] = ['/', '\\'];

/// A file or folder that Windows, macOS, a network drive or an office program created by itself.
fn is_junk(name: &str) -> bool {
    let known = ["thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "icon\r"];
    // `.` and `..` are ways through folders.
    let is_hidden = name.starts_with('.') && !matches!(name, "." | "..");
    is_hidden || name.starts_with("~$") || known.contains(&name.to_lowercase().as_str())
}

/// A picture that somebody hid, unlike the `._N1.jpg` that macOS puts beside `N1.jpg`.
fn is_hidden_picture(file: &str) -> bool {
    let rest = file.strip_prefix('.').filter(|rest| !rest.starts_with(['.', '_']));
    let ending = rest.and_then(|rest| rest.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| PICTURES.contains(&ending.as_str()))
}

/// The endings of photos.
const PICTURES: [&str; 5] = ["jpg", "jpeg", "jpe", "jfif", "png"];

/// The school named by a photo's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// This one.
    School(SchoolCode),
    /// A folder looks like the code of a school or campus, but none has this code.
    Unknown(String),
    /// No folder names a school.
    None,
}

/// The school of the innermost folder that names one: by its code, optionally followed by words, by a campus's code or
/// by its name.
#[must_use]
pub(super) fn home(folders: &str, catalogue: &Catalogue) -> Home {
    let mut unknown = None;
    for folder in folders.rsplit(SEPARATORS) {
        let folder: String = folder.trim().nfkc().collect();
        if let Some(school) = named(&folder, catalogue) {
            return Home::School(school);
        }
        if unknown.is_none() && matches!(folder.len(), 5 | 6) && folder.bytes().all(|b| b.is_ascii_digit()) {
            unknown = Some(folder);
        }
    }
    unknown.map_or(Home::None, Home::Unknown)
}

fn named(folder: &str, catalogue: &Catalogue) -> Option<SchoolCode> {
    let digits = folder.bytes().take_while(u8::is_ascii_digit).count();
    let (code, _words) = folder.split_at_checked(digits)?;
    let school = match digits {
        5 => SchoolCode::parse(code).ok(),
        6 => CampusCode::parse(code).ok().map(|campus| campus.school()),
        _ => None,
    };
    if let Some(school) = school.filter(|school| catalogue.campuses_of(*school).next().is_some()) {
        return Some(school);
    }
    let plain = |name: &str| name.nfkc().filter(|c| !c.is_whitespace()).collect::<String>();
    let wanted = plain(folder);
    if wanted.is_empty() {
        return None;
    }
    let mut found = None;
    for (campus, name) in catalogue.campuses() {
        let school = campus.school();
        let by_name = catalogue.school_name(school).is_some_and(|name| plain(name) == wanted);
        if (by_name || plain(name) == wanted) && found.replace(school).is_some_and(|other| other != school) {
            // Two schools have the same name.
            return None;
        }
    }
    found
}

/// A name without the marks of repeated copying and downloading: `N1(1)`, `N1 - 副本`, `Copy of N1`.
#[must_use]
pub(super) fn without_copy_mark(stem: &str) -> &str {
    let mut rest = stem.trim();
    loop {
        let before = rest;
        if let Some((head, number)) = rest.strip_suffix(')').and_then(|open| open.rsplit_once('('))
            && (1..=3).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            rest = head;
        }
        for mark in ["副本", "复件", "拷贝", "copy", "Copy", "COPY"] {
            rest = rest.strip_suffix(mark).unwrap_or(rest).trim_end();
        }
        for mark in ["复件", "副本", "Copy of ", "copy of "] {
            rest = rest.strip_prefix(mark).unwrap_or(rest);
        }
        rest = rest.trim().trim_end_matches(['-', '_', '.']).trim_end();
        if rest == before {
            return rest;
        }
    }
}

/// The words of a name that may be a number, and those that may be a person's name or a class.
#[must_use]
pub(super) fn words(stem: &str) -> (Vec<String>, Vec<String>) {
    let (mut numbers, mut names) = (Vec::new(), Vec::new());
    let kind = |c: char| match c {
        c if c.is_ascii_alphanumeric() => Some(true),
        c if c.is_alphanumeric() || matches!(c, '·' | '•' | '・' | '‧') => Some(false),
        _ => None,
    };
    let mut rest = stem;
    while let Some(first) = rest.chars().next() {
        let of = kind(first);
        let end = rest.find(|c| kind(c) != of).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match of {
            Some(true) => numbers.push(word.to_owned()),
            Some(false) => names.push(word.to_owned()),
            None => {}
        }
        rest = after;
    }
    (numbers, names)
}

/// A name for messages: without control characters, and masked if as long as a resident's card's number.
#[must_use]
pub(super) fn shown(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(digits).unwrap_or((rest, ""));
        match (run.len() >= 15, run.get(..4), run.get(run.len().saturating_sub(4)..)) {
            (true, Some(head), Some(tail)) => {
                let hidden = "*".repeat(run.len().saturating_sub(8));
                text.extend([head, hidden.as_str(), tail]);
            }
            _ => text.push_str(run),
        }
        let next = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (words, after) = after.split_at_checked(next).unwrap_or((after, ""));
        text.extend(words.escape_debug());
        rest = after;
    }
    text
}

#[cfg(test)]
#[path = "../tests/names.rs"]
mod tests;
