//! Capacity and taken seats of one subject at one campus.

pub mod rules;
