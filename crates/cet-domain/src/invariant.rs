//! A check of a live database: each module defines its own, [`verify`](crate::verify) runs them all.

/// The most violations that are listed per invariant; more would not help.
pub const LISTED: i64 = 20;

/// One invariant and its violations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its number, as `I1`.
    pub invariant: &'static str,
    /// Its description.
    pub says: &'static str,
    /// The violations, by ids; empty when it holds.
    pub violations: Vec<String>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.violations.is_empty() { "ok" } else { "VIOLATED" };
        write!(f, "{:<4}{state:<9} {}", self.invariant, self.says)?;
        self.violations.iter().try_for_each(|violation| write!(f, "\n             {violation}"))
    }
}

/// An invariant checked by one statement: each row, one text column, names a violation.
pub struct Question {
    /// Its number.
    pub invariant: &'static str,
    /// Its description.
    pub says: &'static str,
    /// The statement.
    pub sql: &'static str,
}
