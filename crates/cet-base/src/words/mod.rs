//! Newtypes that all modules use: text from outside is parsed into one of these at the boundary, or refused.

pub mod codes;
pub mod document;
pub mod document_key;
pub mod email;
pub mod fen;
pub mod ids;
pub mod name;
pub mod staff;
pub mod subject;
pub mod subject_list;
pub mod text;
pub mod time;
