//! One examination round (考次): its subjects, dates, windows, fees and texts.

pub mod window;
