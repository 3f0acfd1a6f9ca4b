//! How far campuses are from the home campus, as far as their codes say it.

use crate::words::codes::CampusCode;

/// How near a campus is. No file says in which town a campus lies; its code names the school and the province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nearness {
    /// The home campus itself.
    Home,
    /// Another campus of the home school.
    School,
    /// Another school of the home province.
    Province,
    /// Another province.
    Elsewhere,
}

/// How near a campus is to the home campus.
#[must_use]
pub fn nearness(home: CampusCode, campus: CampusCode) -> Nearness {
    if campus == home {
        Nearness::Home
    } else if campus.school() == home.school() {
        Nearness::School
    } else if campus.province() == home.province() {
        Nearness::Province
    } else {
        Nearness::Elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_campus_comes_first_then_school_province_and_the_rest_by_code() {
        let campus = |code: &str| CampusCode::parse(code).unwrap();
        let home = campus("993011");
        let mut all = ["110010", "991010", "993012", "993011", "993010", "440010", "993020"].map(campus);
        all.sort_unstable_by_key(|campus| (nearness(home, *campus), *campus));
        let sorted = all.map(|campus| campus.to_string());
        assert_eq!(sorted, ["993011", "993010", "993012", "991010", "993020", "110010", "440010"]);
    }
}
