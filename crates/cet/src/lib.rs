//! Registration for a national examination.
