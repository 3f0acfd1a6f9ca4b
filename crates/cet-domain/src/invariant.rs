//! What a check of a live database is: rooms write theirs down, [`verify`](crate::verify) asks them all.

/// The most violations that are listed of one invariant; more of them would not help.
pub const LISTED: i64 = 20;

/// One invariant and what breaks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its number, as `I1`.
    pub invariant: &'static str,
    /// What it says.
    pub says: &'static str,
    /// What breaks it, by ids; empty when it holds.
    pub violations: Vec<String>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.violations.is_empty() { "ok" } else { "VIOLATED" };
        write!(f, "{:<4}{state:<9} {}", self.invariant, self.says)?;
        self.violations.iter().try_for_each(|violation| write!(f, "\n             {violation}"))
    }
}

/// An invariant that is one statement: rows of one text column name what breaks it.
pub struct Question {
    /// Its number.
    pub invariant: &'static str,
    /// What it says.
    pub says: &'static str,
    /// The statement.
    pub sql: &'static str,
}
