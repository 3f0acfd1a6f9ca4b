//! One examination round (考次): its subjects, dates, windows, fees and texts.
//!
//! Staff and `cet import sitting` write the reference tables; everybody else reads the [`Catalogue`], an immutable
//! snapshot of them that each process replaces when their version has increased.

pub mod catalogue;
pub mod consistency;
pub mod hours;
pub mod limit;
pub mod phase;
pub mod plan;
pub mod provinces;
pub mod store;
pub mod subject;
pub mod window;

pub use catalogue::{Catalogue, CatalogueCell};
pub use plan::{Notice, Plan, SittingState, TextKind, VersionedText};
pub use subject::Subject;
