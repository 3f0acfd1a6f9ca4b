//! A table over as many pages as needed, with its heading and column names on each.
#![expect(clippy::float_arithmetic, reason = "a page is measured in fractions of a point, as the PDF is")]

use std::num::NonZeroU16;

use krilla::tagging::{TableHeaderScope, Tag, TagGroup};

use crate::book::{Book, PAGE_HEIGHT_MM, PAGE_WIDTH_MM};
use crate::pen::{Align, Pen, Style, mm};
use crate::ticket::count;
use crate::{Fonts, TicketError};

pub(crate) const MARGIN: f32 = mm(12.0);
pub(crate) const WIDTH: f32 = mm(PAGE_WIDTH_MM) - 2.0 * MARGIN;
const BOTTOM: f32 = mm(PAGE_HEIGHT_MM - 24.0);
const FOOT: f32 = mm(PAGE_HEIGHT_MM - 10.0);
/// The space for the title; the lines of the heading follow.
const HEAD: f32 = mm(20.0);
const LINE: f32 = mm(5.5);
/// The height of the row with the column names.
const HEAD_ROW: f32 = mm(7.0);
const PAD: f32 = mm(1.2);
/// The padding above and below the lines of a cell; two small lines still fit a row of 7.4 mm.
const PAD_ABOVE: f32 = mm(0.35);

/// One column: its name and its share of the width (all shares add up to the whole).
#[derive(Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) share: f32,
}

/// What all pages of one table have in common.
pub(crate) struct Form<'t> {
    /// The large heading.
    pub(crate) title: &'t str,
    /// The lines below the title.
    pub(crate) under: &'t [String],
    pub(crate) columns: &'t [Column],
    /// In points; a text too long for its cell is printed smaller, then wrapped.
    pub(crate) size: f32,
    /// The minimum height of a row, in points.
    pub(crate) row_height: f32,
    /// Printed at the bottom of each page, for signatures.
    pub(crate) foot: &'t str,
}

/// A row split into lines: for each cell its lines and their font size.
struct Row {
    cells: Vec<(Vec<String>, f32)>,
    height: f32,
}

/// Prints `rows` on new pages of `book`.
pub(crate) fn print(
    book: &mut Book<'_>,
    fonts: &Fonts,
    form: &Form<'_>,
    rows: &[Vec<&str>],
) -> Result<(), TicketError> {
    let rows: Vec<Row> = rows.iter().map(|cells| Row::cut(fonts, form, cells)).collect();
    let first_page = book.pages();
    let mut section = TagGroup::new(Tag::Section);
    let pages = pages(&rows, top(form) + HEAD_ROW);
    for (number, rows) in (1..).zip(&pages) {
        book.page(|pen| {
            head(pen, form, &mut section);
            foot(pen, form, &page_of(number, pages.len()), &mut section);
            body(pen, form, rows, &mut section);
        })?;
    }
    book.outline(&form.under.first().map_or_else(|| form.title.to_owned(), Clone::clone), first_page);
    book.read_next(section);
    Ok(())
}

impl Row {
    fn cut(fonts: &Fonts, form: &Form<'_>, cells: &[&str]) -> Self {
        let mut height = form.row_height;
        let cells = form
            .columns
            .iter()
            .zip(cells)
            .map(|(column, text)| {
                let width = column.share * WIDTH - 2.0 * PAD;
                let full = fonts.wrap(form.size, width, text);
                let (lines, size) = if full.len() == 1 {
                    (full, form.size)
                } else {
                    let small = form.size * 0.75;
                    (fonts.wrap(small, width, text), small)
                };
                height = height.max(count(lines.len()) * size * 1.25 + 2.0 * PAD_ABOVE);
                (lines, size)
            })
            .collect();
        Self { cells, height }
    }
}

/// `第 1 页，共 2 页`.
pub(crate) fn page_of(page: usize, pages: usize) -> String {
    format!("第 {page} 页，共 {pages} 页")
}

/// The rows of each page: as many as fit, at least one; without rows there is one page with only the heading.
fn pages(rows: &[Row], top: f32) -> Vec<&[Row]> {
    let mut pages = Vec::new();
    let mut rest = rows;
    loop {
        let mut y = top;
        let mut fit: usize = 0;
        for row in rest {
            if y + row.height > BOTTOM && fit > 0 {
                break;
            }
            y += row.height;
            fit = fit.saturating_add(1);
        }
        let (page, after) = rest.split_at_checked(fit).unwrap_or((rest, &[]));
        pages.push(page);
        if after.is_empty() {
            return pages;
        }
        rest = after;
    }
}

/// The top of the table, below the heading.
fn top(form: &Form<'_>) -> f32 {
    HEAD + count(form.under.len()) * LINE + mm(3.0)
}

/// Draws the heading.
fn head(pen: &mut Pen<'_, '_>, form: &Form<'_>, section: &mut TagGroup) {
    let tag = Tag::Hn(NonZeroU16::MIN, Some(form.title.to_owned()));
    let middle = MARGIN + WIDTH / 2.0;
    section.push(pen.line(tag, (middle, HEAD - mm(2.0)), Align::Centre, Style::bold(16.0), form.title));
    let mut y = HEAD;
    for line in form.under {
        y += LINE;
        section.push(pen.line(Tag::P, (MARGIN, y), Align::Left, Style::plain(10.5), line));
    }
}

fn foot(pen: &mut Pen<'_, '_>, form: &Form<'_>, number: &str, section: &mut TagGroup) {
    if !form.foot.is_empty() {
        section.push(pen.line(Tag::P, (MARGIN, FOOT - mm(6.0)), Align::Left, Style::plain(10.5), form.foot));
    }
    section.push(pen.line(Tag::P, (MARGIN + WIDTH / 2.0, FOOT), Align::Centre, Style::grey(8.0), number));
}

/// Draws the column names and the rows of one page.
fn body(pen: &mut Pen<'_, '_>, form: &Form<'_>, rows: &[Row], section: &mut TagGroup) {
    let top = top(form);
    let names: Vec<(Vec<String>, f32)> =
        form.columns.iter().map(|column| (vec![column.name.to_owned()], 9.5)).collect();
    let head = Row { cells: names, height: HEAD_ROW };
    let head = TagGroup::with_children(Tag::THead, vec![row(pen, form, top, &head, true).into()]);
    let mut y = top + HEAD_ROW;
    let mut body = TagGroup::new(Tag::TBody);
    for next in rows {
        body.push(row(pen, form, y, next, false));
        y += next.height;
    }
    grid(pen, form, top, y);
    section.push(TagGroup::with_children(Tag::Table, vec![head.into(), body.into()]));
}

fn row(pen: &mut Pen<'_, '_>, form: &Form<'_>, y: f32, row: &Row, is_head: bool) -> TagGroup {
    let mut group = TagGroup::new(Tag::TR);
    let mut left = MARGIN;
    pen.rule(MARGIN, y, WIDTH, 0.5, 0);
    for (column, (lines, size)) in form.columns.iter().zip(&row.cells) {
        let text_height = count(lines.len()) * size * 1.25;
        let baseline = y + (row.height - text_height) / 2.0 + size;
        let at = (left + PAD, baseline);
        let style = if is_head { Style::bold(*size) } else { Style::plain(*size) };
        group.push(if is_head {
            pen.lines(Tag::TH(TableHeaderScope::Column), at, size * 1.25, style, lines)
        } else {
            pen.lines(Tag::TD, at, size * 1.25, style, lines)
        });
        left += column.share * WIDTH;
    }
    group
}

/// Draws the vertical lines and the bottom line.
fn grid(pen: &mut Pen<'_, '_>, form: &Form<'_>, top: f32, bottom: f32) {
    let mut left = MARGIN;
    pen.rule(left, top, 0.5, bottom - top, 0);
    for column in form.columns {
        left += column.share * WIDTH;
        pen.rule(left, top, 0.5, bottom - top, 0);
    }
    pen.rule(MARGIN, bottom, WIDTH + 0.5, 0.5, 0);
}
