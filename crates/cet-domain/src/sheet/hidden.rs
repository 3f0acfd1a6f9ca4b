//! Hidden rows of a workbook. The workbook reader does not report them, so they are found while the package is checked:
//! by the attribute of `<row>`, in parts that were verified to be plain UTF-8 without a document type.

/// The hidden rows of one sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HiddenRows {
    /// Their number.
    pub(super) count: u64,
    /// The line of the first.
    pub(super) first: u64,
    last: u64,
}

impl HiddenRows {
    /// Checks the bytes from a `<` on.
    pub(super) fn look_at(&mut self, here: &[u8]) {
        let Some(attributes) = tag(here, "row") else { return };
        let number = attribute(attributes, "r").and_then(|text| text.parse::<u64>().ok());
        self.last = number.unwrap_or_else(|| self.last.saturating_add(1));
        if matches!(attribute(attributes, "hidden"), Some("1" | "true")) {
            if self.count == 0 {
                self.first = self.last;
            }
            self.count = self.count.saturating_add(1);
        }
    }
}

/// The parts of the package that map parts to sheets.
#[derive(Default)]
pub(super) struct Book {
    workbook: Vec<u8>,
    relations: Vec<u8>,
    sheets: Vec<(String, HiddenRows)>,
}

impl Book {
    /// Whether the text of a part is needed.
    pub(super) fn is_of_interest(name: &str) -> bool {
        name.ends_with("/workbook.xml") || name.ends_with("/workbook.xml.rels")
    }

    /// Adds a part.
    pub(super) fn part(&mut self, name: &str, kept: Vec<u8>, rows: Option<HiddenRows>) {
        if let Some(rows) = rows {
            self.sheets.push((name.to_owned(), rows));
        }
        if name.ends_with("/workbook.xml") {
            self.workbook = kept;
        } else if name.ends_with("/workbook.xml.rels") {
            self.relations = kept;
        }
    }

    /// For each sheet in the order of the workbook. Unknown ones are left out: this is a note, not a check.
    pub(super) fn hidden_rows(&self) -> Vec<Option<HiddenRows>> {
        let targets: Vec<(String, String)> = tags(&self.relations, "Relationship")
            .filter_map(|found| {
                Some((attribute(found, "Id")?.to_owned(), attribute(found, "Target")?.to_owned()))
            })
            .collect();
        tags(&self.workbook, "sheet")
            .map(|found| {
                let id = attribute(found, "id")?;
                let (_, target) = targets.iter().find(|(known, _)| known == id)?;
                let target = target.to_ascii_lowercase().replace('\\', "/");
                let target = target.trim_start_matches('/').trim_start_matches("xl/");
                let part = self.sheets.iter().find(|(name, _)| name.ends_with(&format!("/{target}")))?;
                (part.1.count > 0).then_some(part.1)
            })
            .collect()
    }
}

/// The attributes of each tag of this name, with or without a prefix.
fn tags<'t>(text: &'t [u8], name: &'static str) -> impl Iterator<Item = &'t str> {
    let places = text.iter().enumerate().filter(|(_, byte)| **byte == b'<').map(|(at, _)| at);
    places.filter_map(move |at| tag(text.get(at..).unwrap_or_default(), name))
}

/// The attributes of a tag, if it has this name.
fn tag<'t>(here: &'t [u8], name: &str) -> Option<&'t str> {
    const LONGEST: usize = 2_048;
    let inner = here.strip_prefix(b"<")?;
    let end = inner.iter().take(LONGEST).position(|byte| *byte == b'>').unwrap_or(inner.len().min(LONGEST));
    let whole = inner.get(..end)?;
    let stop =
        whole.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(whole.len());
    let (found, rest) = whole.split_at_checked(stop)?;
    let local = found.rsplit(|byte| *byte == b':').next()?;
    (local == name.as_bytes()).then(|| std::str::from_utf8(rest).ok()).flatten()
}

/// The value of an attribute, with or without a prefix.
fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = attributes;
    loop {
        let (before, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, behind) = after.get(1..)?.split_once(quote)?;
        let found = before.trim();
        if found.rsplit(':').next() == Some(name) {
            return Some(value);
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_are_counted_whatever_order_their_attributes_have() {
        let mut rows = HiddenRows::default();
        for tag in [
            "<row r=\"1\">",
            "<x:row spans='1:17' hidden='1' r='5' ht=\"0\"><c/>",
            "<row r=\"6\" hidden=\"0\">",
            "<row hidden=\"true\">",
            "<rowBreaks hidden=\"1\">",
        ] {
            rows.look_at(tag.as_bytes());
        }
        assert_eq!((rows.count, rows.first), (2, 5));
    }

    #[test]
    fn the_parts_are_brought_into_the_order_of_the_sheets() {
        let mut book = Book::default();
        let hidden = HiddenRows { count: 3, first: 7, last: 9 };
        book.part("xl/worksheets/sheet2.xml", vec![], Some(hidden));
        book.part("xl/worksheets/sheet1.xml", vec![], Some(HiddenRows::default()));
        let sheets = b"<workbook><sheets><sheet name='a' sheetId='9' r:id='rId1'/><x:sheet name='b' r:id=\"rId2\"/></sheets>";
        book.part("xl/workbook.xml", sheets.to_vec(), None);
        let relations = br#"<Relationship Id="rId2" Target="worksheets/sheet2.xml"/><Relationship Target="/xl/worksheets/sheet1.xml" Id="rId1"/>"#;
        book.part("xl/_rels/workbook.xml.rels", relations.to_vec(), None);
        assert_eq!(book.hidden_rows(), [None, Some(hidden)]);
    }
}
