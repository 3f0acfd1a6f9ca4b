//! Lists of subjects as files and the database hold them.

use super::codes::SubjectCode;
use crate::store::{Column, DbError, Row};

/// Parses subject codes joined by `;`: half- or full-width, with optional blanks.
///
/// # Errors
/// The first part that is not a subject code.
pub fn parse_codes(text: &str) -> Result<Vec<SubjectCode>, String> {
    let mut codes = Vec::new();
    for part in text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty()) {
        let code = SubjectCode::parse(part).map_err(|_| part.to_owned())?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

/// Writes subject codes as the database holds them.
#[must_use]
pub fn join_codes(codes: &[SubjectCode]) -> String {
    codes.iter().map(SubjectCode::as_str).collect::<Vec<_>>().join(";")
}

/// Subject codes as a column holds them, joined by `;`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectList(pub Vec<SubjectCode>);

impl Column for SubjectList {
    fn read(row: &Row<'_>, index: usize) -> Result<Self, DbError> {
        let text: String = row.get(index)?;
        parse_codes(&text).map(Self).map_err(|_| DbError::Decode("list of subjects"))
    }

    fn read_opt(row: &Row<'_>, index: usize) -> Result<Option<Self>, DbError> {
        let text: Option<String> = row.get(index)?;
        let codes = text.map(|text| parse_codes(&text).map(Self)).transpose();
        codes.map_err(|_| DbError::Decode("list of subjects"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_codes_are_read_back_as_written() {
        let codes = parse_codes("1; 2；F;1;").unwrap();
        assert_eq!(join_codes(&codes), "1;2;F");
        assert_eq!(parse_codes(""), Ok(vec![]));
        assert_eq!(parse_codes("1,2"), Err("1,2".to_owned()));
    }
}
