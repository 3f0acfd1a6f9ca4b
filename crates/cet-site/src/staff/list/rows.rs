//! The rows of a file, and its two formats.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use cet_domain::sheet::inert;

/// Rows for a file: headings and cells, all as text.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The headings.
    pub headings: Vec<String>,
    /// The rows, each as long as the headings.
    pub rows: Vec<Vec<String>>,
}

/// The number of a cell that is a sum of money in yuan, `-61.55`: it can be added up, and is no formula.
fn sum(cell: &str) -> Option<f64> {
    let (yuan, fen) = cell.strip_prefix('-').unwrap_or(cell).split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_sum = digits(yuan) && digits(fen) && fen.len() == 2 && yuan.len() <= 12;
    // `007.50` is a name of something.
    let is_sum = is_sum && (yuan == "0" || !yuan.starts_with('0'));
    if is_sum { cell.parse().ok() } else { None }
}

/// Rows of one part of a CSV file: some 100 kB.
const PART: usize = 500;

fn csv_row(row: Vec<String>) -> Vec<String> {
    row.into_iter().map(|cell| if sum(&cell).is_some() { cell } else { inert(&cell) }).collect()
}

fn csv_part(mark: &str, rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = mark.as_bytes().to_vec();
    {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(&mut bytes);
        for row in rows {
            writer.write_record(row)?;
        }
        writer.flush()?;
    }
    Ok(bytes)
}

impl Sheet {
    /// How long the CSV will be.
    pub(super) fn csv_length(&self) -> Result<usize, csv::Error> {
        let head = csv_part("\u{feff}", &[csv_row(self.headings.clone())])?.len();
        self.rows
            .iter()
            .try_fold(head, |sum, row| Ok(sum.saturating_add(csv_part("", &[csv_row(row.clone())])?.len())))
    }

    /// The rows as CSV, in parts of some rows: a part is made when the one before was taken, and its rows are let go.
    ///
    /// # Errors
    /// Errors of the writer, which writes to memory only.
    pub fn csv(self) -> impl Iterator<Item = Result<Vec<u8>, csv::Error>> + Send + 'static {
        let head = std::iter::once(("\u{feff}", vec![csv_row(self.headings)]));
        let mut rows = self.rows.into_iter();
        let parts = std::iter::from_fn(move || {
            let part: Vec<Vec<String>> = rows.by_ref().take(PART).map(csv_row).collect();
            (!part.is_empty()).then_some(("", part))
        });
        head.chain(parts).map(|(mark, part)| csv_part(mark, &part))
    }

    /// The rows as a workbook of text cells but for sums of money, and a note on a sheet of its own: rows that are sent again must be
    /// nothing but rows.
    ///
    /// # Errors
    /// [`XlsxError`] if there are more rows than a workbook can hold.
    pub fn xlsx(&self, (title, note): (&str, &str)) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let text = Format::new().set_num_format("@");
        let yuan = Format::new().set_num_format("0.00");
        let sheet = book.add_worksheet();
        for (row, cells) in (0_u32..).zip(std::iter::once(&self.headings).chain(&self.rows)) {
            for (column, cell) in (0_u16..).zip(cells) {
                match sum(cell) {
                    Some(number) => sheet.write_number_with_format(row, column, number, &yuan)?,
                    None => sheet.write_string_with_format(row, column, inert(cell), &text)?,
                };
            }
        }
        book.add_worksheet().set_name(title)?.write_string_with_format(0, 0, inert(note), &text)?;
        book.save_to_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv_text(sheet: Sheet) -> String {
        let length = sheet.csv_length().unwrap();
        let bytes: Vec<u8> = sheet.csv().flat_map(Result::unwrap).collect();
        assert_eq!(bytes.len(), length);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_long_csv_is_made_in_parts_with_each_row_once_under_one_heading() {
        let rows = (0..=PART * 2).map(|n| vec![n.to_string(), "说, \"好\"".to_owned()]).collect();
        let sheet = Sheet { headings: vec!["序号".to_owned(), "话".to_owned()], rows };
        assert_eq!(sheet.clone().csv().count(), 4);
        let text = csv_text(sheet);
        assert!(text.starts_with("\u{feff}序号,话\r\n0,\"说, \"\"好\"\"\"\r\n"), "{text:.40}");
        let numbers: Vec<usize> =
            text.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
        assert_eq!(numbers, (0..=PART * 2).collect::<Vec<_>>());
    }

    /// TH29.
    #[test]
    fn no_cell_of_a_file_is_a_formula() {
        for payload in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠x", "'x"]
        {
            assert!(inert(payload).starts_with('\''), "{payload:?}");
            let sheet = Sheet { headings: vec!["x".to_owned()], rows: vec![vec![payload.to_owned()]] };
            let text = csv_text(sheet);
            assert!(text.contains('\''), "{text:?}");
        }
        assert_eq!(inert("颜"), "颜");
    }

    #[test]
    fn sums_of_money_are_numbers_in_files_and_nothing_else_is() {
        for (cell, number) in [("61.55", 61.55), ("-61.55", -61.55), ("0.00", 0.0), ("-0.01", -0.01)] {
            assert_eq!(sum(cell), Some(number));
        }
        for cell in [
            "-1", "61.5", "-61.55=1", "007.50", "--1.00", "1e3.00", "1,000.00", "9930112", "+1.00", ".50",
            "-",
        ] {
            assert_eq!(sum(cell), None, "{cell}");
        }
        let sheet = Sheet {
            headings: vec!["x".to_owned()],
            rows: vec![vec!["-61.55".to_owned()], vec!["-x".to_owned()]],
        };
        let text = csv_text(sheet);
        assert!(text.contains("\n-61.55\r") && text.contains("'-x"), "{text:?}");
    }
}
