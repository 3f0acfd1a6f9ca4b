//! Why an uploaded table can't be read, and what to do: the cause, not its consequences.

use crate::web::page::{Page, Refused};
use cet_domain::sheet::SheetError;
use cet_domain::sheet::words::Say as _;

/// The refusal at the field of the file.
pub(crate) fn refused(page: &Page, error: &SheetError) -> Refused {
    Refused::new(page.t, "file-unreadable").at("file").saying(error.say(page.t))
}
