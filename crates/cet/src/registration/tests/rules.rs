//! Rules of registrations.
