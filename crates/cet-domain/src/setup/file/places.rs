//! The places that a file refers to: only the database knows whether they exist.

use std::collections::BTreeSet;

use super::FileFault;
use crate::sitting::provinces;
use crate::words::codes::{CampusCode, ProvinceCode};

/// The places of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The campuses that the file itself defines.
    pub(super) campuses: BTreeSet<CampusCode>,
    /// The provinces that it defines.
    pub(super) provinces: BTreeSet<ProvinceCode>,
    /// Those that it refers to: line, key and code, or a prefix of codes.
    pub(super) named: Vec<(usize, String, String)>,
}

impl Places {
    /// A fault for each place that is neither in the file nor already known.
    #[must_use]
    pub fn unknown(&self, known: &BTreeSet<CampusCode>) -> Vec<FileFault> {
        // The first campus from the lowest code that begins like this, if it does: a file may name thousands of places.
        let has_campus = |code: &str| {
            let lowest = CampusCode::parse(&format!("{code:0<6}"));
            let first = |of: &BTreeSet<CampusCode>| {
                lowest.is_ok_and(|from| {
                    of.range(from..).next().is_some_and(|campus| campus.as_str().starts_with(code))
                })
            };
            first(&self.campuses) || first(known)
        };
        let is_province = |code: &str| {
            ProvinceCode::parse(code).is_ok_and(|province| {
                self.provinces.contains(&province) || provinces::standard_name(province).is_some()
            })
        };
        let mut faults = Vec::new();
        // One line may refer to a place for several subjects.
        let mut told = BTreeSet::new();
        for named in &self.named {
            let (line, key, code) = named;
            if !has_campus(code) && !is_province(code) && told.insert(named) {
                let expected = match code.len() {
                    6 => "a campus of this file or of an earlier import",
                    5 => "a school that has a campus in this file or from an earlier import",
                    _ => "the beginning of a campus's code of this file or of an earlier import",
                };
                faults.push(FileFault { line: *line, text: format!("{key} = {code}: expected {expected}") });
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_known_by_the_beginning_of_a_campus_and_told_once_a_line() {
        let campuses = |code| BTreeSet::from([CampusCode::parse(code).unwrap()]);
        let named =
            ["9", "99", "99301", "993010", "1", "11001", "12", "993011", "993011", "99302", "5", "11"];
        let named = named.map(|code| (1, "window.campus".to_owned(), code.to_owned())).to_vec();
        let places = Places { campuses: campuses("110010"), named, ..Places::default() };
        let told: Vec<String> =
            places.unknown(&campuses("993010")).into_iter().map(|fault| fault.text).collect();
        let codes: Vec<&str> = told.iter().filter_map(|text| text.split(' ').nth(2)).collect();
        assert_eq!(codes, ["993011:", "99302:", "5:"]);
    }
}
