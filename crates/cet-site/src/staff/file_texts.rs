//! Why an uploaded table can't be read, and what to do: the cause, not its consequences.

use crate::sheet::SheetError;
use crate::sheet::words::Say as _;
use crate::web::page::{Page, Refused};

/// The refusal at the field of the file.
pub(crate) fn refused(page: &Page, error: &SheetError) -> Refused {
    Refused::new(page.t, "file-unreadable").at("file").saying(error.say(page.t))
}
