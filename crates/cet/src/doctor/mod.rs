//! A live look at a site: what `cet doctor` says of it.

pub(crate) mod inside;
pub(crate) mod outside;

use std::fmt;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Good,
    /// Somebody should look at it.
    Look,
    /// It harms people or the site now.
    Wrong,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) state: State,
    pub(crate) what: String,
    pub(crate) found: String,
    /// What to do; nothing when it is good.
    pub(crate) to_do: String,
}

impl Finding {
    pub(crate) fn good(what: &str, found: impl Into<String>) -> Self {
        Self { state: State::Good, what: what.to_owned(), found: found.into(), to_do: String::new() }
    }

    pub(crate) fn look(what: &str, found: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { state: State::Look, what: what.to_owned(), found: found.into(), to_do: to_do.into() }
    }

    pub(crate) fn wrong(what: &str, found: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { state: State::Wrong, what: what.to_owned(), found: found.into(), to_do: to_do.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Good => "good ",
            State::Look => "look ",
            State::Wrong => "WRONG",
        };
        write!(f, "{state}  {}: {}", self.what, self.found)?;
        if self.to_do.is_empty() { Ok(()) } else { write!(f, ". {}", self.to_do) }
    }
}
