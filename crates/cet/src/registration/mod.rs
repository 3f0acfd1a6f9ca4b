//! The binding of one passport and one student for one sitting.

pub mod views;
