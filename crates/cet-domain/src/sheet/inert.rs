//! Cells of exported files.

const NUL: char = '\0';

/// A cell that no spreadsheet takes for a formula (TH29): an apostrophe is prepended if needed.
#[must_use]
pub fn inert(cell: &str) -> String {
    let plain: String = cell.chars().filter(|c| *c != NUL).collect();
    let risky =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '\'');
    if cell.starts_with(NUL) || plain.starts_with(risky) { format!("'{plain}") } else { plain }
}
