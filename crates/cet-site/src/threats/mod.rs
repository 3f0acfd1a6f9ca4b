//! The rows of the threat table that belong to no single module; each test's name begins with its row's number.
//! `SECURITY.md` lists all rows with their tests, including those in other modules.

mod brakes;
mod ids;
mod passwords;
mod requests;
pub(crate) mod routes;
mod sessions;
mod staff;
mod timing;
