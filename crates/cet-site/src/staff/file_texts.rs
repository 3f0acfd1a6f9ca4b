//! Why an uploaded table can't be read, and what to do: the cause, not its consequences.

use crate::sheet::{HeaderFault, SheetError};
use crate::web::page::{Page, Refused};

/// The refusal at the field of the file.
pub(crate) fn refused(page: &Page, error: &SheetError) -> Refused {
    Refused::new(page.t, "file-unreadable").at("file").saying(text(page, error))
}

fn text(page: &Page, error: &SheetError) -> String {
    let header = |faults: &[HeaderFault]| {
        let said = faults.iter().map(|fault| match fault {
            HeaderFault::Missing(column) => page.f("staff-file-missing", &[("column", column)]),
            HeaderFault::Unknown(name) => page.f("staff-file-unknown", &[("column", name)]),
            HeaderFault::Doubled(column) => page.f("staff-file-twice", &[("column", column)]),
        });
        page.f("staff-file-header", &[("faults", &said.collect::<Vec<_>>().join("；"))])
    };
    match error {
        SheetError::Io(_) | SheetError::Workbook(_) | SheetError::Hostile(_) => {
            page.m("staff-file-broken").to_owned()
        }
        SheetError::TooLarge { limit, .. } => page.f("staff-file-large", &[("n", &limit.to_string())]),
        SheetError::OtherForm(_) => page.m("staff-file-other").to_owned(),
        SheetError::Header { faults, .. } | SheetError::OtherSheet { faults, .. } => header(faults),
        SheetError::NoHeader { columns } => {
            page.f("staff-file-no-header", &[("columns", &columns.join("、"))])
        }
        SheetError::HiddenList { sheet } => page.f("staff-file-hidden", &[("sheet", sheet)]),
        SheetError::Quote { line } => page.f("staff-file-quote", &[("line", &line.to_string())]),
        SheetError::Empty => page.m("staff-file-empty").to_owned(),
    }
}
