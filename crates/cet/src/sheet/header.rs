//! The header: columns are found by name, in any order.

use std::fmt;

use crate::words::text::is_invisible;

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// A column that is needed is not there.
    Missing(&'static str),
    /// A name that no column has.
    Unknown(String),
    /// A column stands twice.
    Doubled(&'static str),
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "column {name} is missing"),
            Self::Unknown(name) => write!(f, "column \"{name}\" is not known"),
            Self::Doubled(name) => write!(f, "column {name} stands twice"),
        }
    }
}

/// A header's name without what does not show.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|&c| !c.is_whitespace() && !is_invisible(c)).collect()
}

/// For each column asked for, where it stands in the file. Blank names at the end belong to no column.
pub(super) fn places(
    found: &[String],
    columns: &'static [&'static str],
) -> Result<Vec<usize>, Vec<HeaderFault>> {
    let found: Vec<String> = found.iter().map(|name| plain(name)).collect();
    let named = found.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last.saturating_add(1));
    let found = found.get(..named).unwrap_or(&found);
    let mut faults = Vec::new();
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        let mut at = found.iter().enumerate().filter(|(_, name)| name == column).map(|(place, _)| place);
        match at.next() {
            Some(place) => places.push(place),
            None => faults.push(HeaderFault::Missing(column)),
        }
        if at.next().is_some() {
            faults.push(HeaderFault::Doubled(column));
        }
    }
    let unknown = found.iter().filter(|name| !columns.contains(&name.as_str()));
    faults.extend(unknown.map(|name| HeaderFault::Unknown(super::masked(name))));
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}
