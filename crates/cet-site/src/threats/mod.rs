//! The rows of the threat table that no single room answers for; each test begins with its row's number. `SECURITY.md`
//! lists the rows with all their tests, those of the rooms too.

mod ids;
mod passwords;
mod requests;
mod routes;
mod timing;
mod sessions;
mod staff;
