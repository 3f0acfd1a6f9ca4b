//! The names that a school gives its rooms, as its list has them: one line a room, its number and then where it is.

use crate::words::text::{Line, LineError};

/// The longest name, in characters: it stands on one line of a ticket.
pub const LONGEST: usize = 30;
/// The highest room of a unit.
const HIGHEST: i64 = 999;
/// What may stand above the numbers.
const HEADINGS: [&str; 5] = ["考场号", "考场", "考场编号", "Room", "room"];

/// Why a line of the list, or the name of a room, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// It does not begin with the number of a room.
    Number,
    /// There is no name behind the number.
    Empty,
    /// The name is longer than [`LONGEST`].
    TooLong,
    /// The name has a line break or another character that can't be printed.
    Control,
    /// An earlier line has the same room.
    Twice,
    /// A cell of a workbook holds what is no text, such as a date.
    Cell,
}

/// A line of a list: its number, and the room with its name.
pub type NameLine = (u64, Result<(i64, String), NameFault>);

/// What stands between a number and its name, besides white space.
const BETWEEN: [char; 4] = [',', '，', ';', '；'];

/// The lines of a text: number and name with a tab, a comma, a semicolon or a space between them. Empty lines and a heading
/// are none.
#[must_use]
pub fn of_text(text: &str) -> Vec<NameLine> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let cells = lines.map(|(number, line)| {
        let line = line.trim();
        let end = line.find(|c: char| BETWEEN.contains(&c) || c.is_whitespace()).unwrap_or(line.len());
        let (room, name) = line.split_at_checked(end).unwrap_or((line, ""));
        (number, room.to_owned(), name.trim_start_matches(BETWEEN).trim().to_owned())
    });
    of_cells(cells.map(|(line, room, name)| (line, Some((room, name)))))
}

/// The lines of a text file without a header, in UTF-8 or GB18030: its first line is a room. `None` if it is none, so that
/// what is wrong is said of the table that it should be.
#[must_use]
pub fn of_bytes(content: &[u8]) -> Option<Vec<NameLine>> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let text = match std::str::from_utf8(content) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(content)?,
    };
    // Empty cells behind the name, as spreadsheets write them.
    let rows: Vec<&str> = text.lines().map(|line| line.trim_end_matches([',', ';', '\t', ' '])).collect();
    let lines = of_text(&rows.join("\n"));
    matches!(lines.first(), Some((_, Ok(_)))).then_some(lines)
}

/// The lines of a table whose cells are number and name; `None` for cells that hold no text.
pub fn of_cells(cells: impl Iterator<Item = (u64, Option<(String, String)>)>) -> Vec<NameLine> {
    let mut seen = std::collections::BTreeSet::new();
    let is_heading = |(room, _): &(String, String)| HEADINGS.contains(&room.as_str());
    let lines = cells.filter(|(_, cells)| !cells.as_ref().is_some_and(is_heading));
    let read = |(line, cells): (u64, Option<(String, String)>)| {
        let Some((room, name)) = cells else { return (line, Err(NameFault::Cell)) };
        let room = number(&room).ok_or(NameFault::Number);
        let read = room.and_then(|room| match checked(&name)? {
            name if name.is_empty() => Err(NameFault::Empty),
            name => Ok((room, name)),
        });
        let read = read.and_then(|of| if seen.insert(of.0) { Ok(of) } else { Err(NameFault::Twice) });
        (line, read)
    };
    lines.map(read).collect()
}

/// The number of a room, as `7`, `007`, `００７` or `第7考场`.
#[must_use]
pub fn number(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches('第').trim_end_matches('号').trim_end_matches("考场");
    let digit = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c).saturating_sub(u32::from('０')), 10),
        c => c.is_ascii_digit().then_some(c),
    };
    let digits: Option<String> = text.chars().map(digit).collect();
    let number = digits.filter(|digits| digits.len() <= 3)?.parse().ok()?;
    (1..=HIGHEST).contains(&number).then_some(number)
}

/// The name, trimmed and without marks that nobody sees; empty for none.
///
/// # Errors
/// [`NameFault::TooLong`], [`NameFault::Control`].
pub fn checked(name: &str) -> Result<String, NameFault> {
    match Line::<LONGEST>::optional(name) {
        Ok(name) => Ok(name.map(|name| name.as_str().to_owned()).unwrap_or_default()),
        Err(LineError::TooLong { .. }) => Err(NameFault::TooLong),
        Err(_) => Err(NameFault::Control),
    }
}

/// The rooms that share their name with another one: a slip of the list, unless a hall holds several rooms.
#[must_use]
pub fn doubled(names: &[(i64, &str)]) -> Vec<i64> {
    let is_shared = |(room, name): &(i64, &str)| {
        !name.is_empty() && names.iter().any(|(other, same)| other != room && same == name)
    };
    names.iter().filter(|one| is_shared(one)).map(|(room, _)| *room).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use NameFault::{Control, Empty, Number, TooLong, Twice};

    fn named(line: u64, room: i64, name: &str) -> NameLine {
        (line, Ok((room, name.to_owned())))
    }

    #[test]
    fn a_list_is_read_as_registrars_write_it() {
        let text =
            "考场号\t考场名称\r\n001\t教三-201\r\n\r\n2,教三-202\n第３考场 第二教学楼 301\n004，B 座 4 楼";
        assert_eq!(
            of_text(text),
            [
                named(2, 1, "教三-201"),
                named(4, 2, "教三-202"),
                named(5, 3, "第二教学楼 301"),
                named(6, 4, "B 座 4 楼")
            ]
        );
    }

    #[test]
    fn a_file_without_a_header_is_read_in_either_encoding_and_anything_else_is_none() {
        let text = "001,教三-201,,\r\n2;教三-202\r\n";
        let rooms = [named(1, 1, "教三-201"), named(2, 2, "教三-202")];
        let gbk = encoding_rs::GB18030.encode(text).0;
        for content in [text.as_bytes(), format!("\u{feff}{text}").as_bytes(), &gbk] {
            assert_eq!(of_bytes(content).unwrap(), rooms);
        }
        for content in ["a,b\n1,2\n".as_bytes(), b"", b"\xff\xfe1\x00,\x00", b"PK\x03\x04"] {
            assert_eq!(of_bytes(content), None);
        }
    }

    #[test]
    fn each_bad_line_has_its_number_and_its_reason() {
        let long = "长".repeat(LONGEST + 1);
        let text = format!("教三-201\n000 a\n1000 a\n1.5 a\n7\n8 {long}\n9 a\u{7}b\n10 a\n010 b\n10x b");
        let faults: Vec<_> =
            of_text(&text).into_iter().filter_map(|(line, read)| Some((line, read.err()?))).collect();
        let expected = [Number, Number, Number, Number, Empty, TooLong, Control];
        let expected = (1..).zip(expected).chain([(9, Twice), (10, Number)]).collect::<Vec<_>>();
        assert_eq!(faults, expected);
    }

    #[test]
    fn a_name_that_two_rooms_have_is_found_and_no_name_is_none() {
        assert_eq!(doubled(&[(1, "a"), (2, "b"), (3, "a"), (4, ""), (5, "")]), [1, 3]);
    }
}
