//! The pages of uploads.
