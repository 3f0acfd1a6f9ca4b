//! A table that a file should hold, and what a person chose where its header does not say it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The columns of a table, for one file.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The names in its header, in any order.
    pub columns: &'static [&'static str],
    /// The columns that a file may lack: they are taken as empty.
    pub optional: &'static [&'static str],
    /// Values for columns that the file lacks.
    pub fixed: BTreeMap<&'static str, String>,
    /// What a person chose; `None`: recognised by the header.
    pub chosen: Option<Chosen>,
}

impl Table {
    /// A table whose columns are all required.
    #[must_use]
    pub fn of(columns: &'static [&'static str]) -> Self {
        Self { columns, ..Self::default() }
    }

    /// The value of a column that the file lacks; `None` if it may not lack it.
    pub(super) fn lacking(&self, column: &str) -> Option<String> {
        let fixed = self.chosen.as_ref().and_then(|chosen| chosen.fixed.get(column));
        let fixed = fixed.or_else(|| self.fixed.get(column));
        match fixed {
            Some(value) => Some(value.clone()),
            None => self.optional.contains(&column).then(String::new),
        }
    }
}

/// Where a file's list is and what its columns are, as a person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The sheet of a workbook; empty: recognised.
    pub sheet: String,
    /// The line of the header, from 1; 0: recognised.
    pub header: u64,
    /// The table's column for each column of the file; empty: not read.
    pub columns: Vec<String>,
    /// Values for columns that the file lacks.
    pub fixed: BTreeMap<String, String>,
}
