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
        let has_campus =
            |code: &str| self.campuses.iter().chain(known).any(|campus| campus.as_str().starts_with(code));
        let is_province = |code: &str| {
            ProvinceCode::parse(code).is_ok_and(|province| {
                self.provinces.contains(&province) || provinces::standard_name(province).is_some()
            })
        };
        let mut faults = Vec::new();
        for (line, key, code) in &self.named {
            if !has_campus(code) && !is_province(code) {
                let expected = match code.len() {
                    6 => "a campus of this file or of an earlier import",
                    5 => "a school that has a campus in this file or from an earlier import",
                    _ => "the beginning of a campus's code of this file or of an earlier import",
                };
                let fault = FileFault { line: *line, text: format!("{key} = {code}: expected {expected}") };
                // One line may refer to a place for several subjects.
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
        faults
    }
}
