//! 缴费凭证: a receipt for a payment and its refunds, on A4. All texts come from the caller, in one language.
#![expect(clippy::float_arithmetic, reason = "a page is measured in fractions of a point, as the PDF is")]

use std::num::NonZeroU16;

use krilla::tagging::{TableHeaderScope, Tag, TagGroup};

use crate::book::{Book, PAGE_HEIGHT_MM, PAGE_WIDTH_MM};
use crate::pen::{Align, Pen, Style, mm};
use crate::ticket::count;
use crate::{Fonts, Rendered, TicketError};

const MARGIN: f32 = mm(20.0);
const WIDTH: f32 = mm(PAGE_WIDTH_MM) - 2.0 * MARGIN;
/// The first baseline.
const TOP: f32 = mm(26.0);
const BOTTOM: f32 = mm(PAGE_HEIGHT_MM - 24.0);
const FOOT: f32 = mm(PAGE_HEIGHT_MM - 14.0);
const LABEL_WIDTH: f32 = mm(44.0);
const SIZE: f32 = 10.5;
const LEADING: f32 = mm(5.4);
const PAD: f32 = mm(1.6);

/// The content of a receipt; texts as they are printed.
#[derive(Clone)]
pub struct Receipt {
    /// The language of its labels, for screen readers: `zh-CN` or `en`.
    pub lang: &'static str,
    /// The large heading.
    pub title: String,
    /// The line under the title.
    pub under: String,
    /// Label and value, one row each.
    pub facts: Vec<(String, String)>,
    /// What was paid for, what came in, what went back.
    pub tables: Vec<Table>,
    /// Sentences at the end.
    pub notes: Vec<String>,
    /// The line at the foot of each page.
    pub foot: String,
}

/// One table of a receipt; the last column holds sums and is right-aligned.
#[derive(Clone)]
pub struct Table {
    /// What it shows.
    pub heading: String,
    /// The columns' names and their share of the width, all shares together 1.
    pub columns: Vec<(String, f32)>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<String>>,
    /// Totals of the last column, each with its label.
    pub totals: Vec<(String, String)>,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receipt(..)")
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({} rows)", self.rows.len())
    }
}

/// The receipt as a PDF: one page, more only where it is too long for one.
///
/// # Errors
/// [`TicketError::Pdf`].
pub fn receipt(fonts: &Fonts, receipt: &Receipt) -> Result<Rendered, TicketError> {
    let mut book = Book::in_language(fonts, &receipt.title, receipt.lang)?;
    book.outline(&receipt.title, 0);
    let parts = parts(fonts, receipt);
    let mut rest = parts.as_slice();
    let mut tree = Tree { section: TagGroup::new(Tag::Section), table: None };
    while !rest.is_empty() {
        let (page, after) = rest.split_at_checked(fitting(rest)).unwrap_or((rest, &[]));
        rest = after;
        book.page(|pen| {
            let mut y = TOP;
            for part in page {
                part.draw(pen, fonts, y, &mut tree);
                y += part.height();
            }
            tree.end_table();
            let at = (MARGIN, FOOT);
            tree.section.push(pen.line(Tag::P, at, Align::Left, Style::grey(8.0), &receipt.foot));
        })?;
    }
    book.read_next(tree.section);
    book.finish()
}

/// How many parts fit a page, at least one. A heading goes with the row below it.
fn fitting(parts: &[Part]) -> usize {
    let mut y = TOP;
    let mut fit: usize = 0;
    for part in parts {
        y += part.height();
        if y > BOTTOM && fit > 0 {
            break;
        }
        fit = fit.saturating_add(1);
    }
    if fit < parts.len() {
        let heads = |part: &&Part| matches!(part, Part::Heading(_) | Part::Row(Kind::Head, _));
        let alone = parts.iter().take(fit).rev().take_while(heads).count();
        fit = fit.saturating_sub(alone).max(1);
    }
    fit
}

/// The tags for screen readers: the finished ones, and the body of the current table.
struct Tree {
    section: TagGroup,
    table: Option<TagGroup>,
}

impl Tree {
    fn row(&mut self, row: TagGroup) {
        self.table.get_or_insert_with(|| TagGroup::new(Tag::TBody)).push(row);
    }

    fn end_table(&mut self) {
        if let Some(body) = self.table.take() {
            self.section.push(TagGroup::with_children(Tag::Table, vec![body.into()]));
        }
    }
}

/// A row of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Head,
    Body,
    Total,
}

/// The elements of a receipt from top to bottom, already wrapped into lines.
enum Part {
    Title(String),
    Under(String),
    Fact(Vec<String>, Vec<String>),
    Heading(String),
    /// The lines of each cell with where it begins and how wide it is.
    Row(Kind, Vec<(Vec<String>, f32, f32)>),
    Note(Vec<String>),
}

fn parts(fonts: &Fonts, receipt: &Receipt) -> Vec<Part> {
    let wrap = |width: f32, text: &str| fonts.wrap(SIZE, width, text);
    let mut parts = vec![Part::Title(receipt.title.clone()), Part::Under(receipt.under.clone())];
    for (label, value) in &receipt.facts {
        parts.push(Part::Fact(wrap(LABEL_WIDTH - PAD, label), wrap(WIDTH - LABEL_WIDTH, value)));
    }
    for table in &receipt.tables {
        parts.push(Part::Heading(table.heading.clone()));
        let row = |kind: Kind, cells: &[&str]| {
            let mut left = 0.0;
            let cut = table.columns.iter().zip(cells).map(|((_, share), text)| {
                let (from, width) = (left, share * WIDTH);
                left += width;
                (wrap(width - 2.0 * PAD, text), from, width)
            });
            Part::Row(kind, cut.collect())
        };
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        parts.push(row(Kind::Head, &names));
        for cells in &table.rows {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            parts.push(row(Kind::Body, &cells));
        }
        for (label, sum) in &table.totals {
            let half = WIDTH / 2.0;
            let cells = [(label, 0.0), (sum, half)];
            let cells = cells.map(|(text, from)| (wrap(half - 2.0 * PAD, text), from, half));
            parts.push(Part::Row(Kind::Total, cells.into()));
        }
    }
    parts.extend(receipt.notes.iter().map(|note| Part::Note(wrap(WIDTH, note))));
    parts
}

impl Part {
    fn height(&self) -> f32 {
        let lines = |most: usize| LEADING * count(most) + mm(2.2);
        match self {
            Self::Title(_) => mm(8.0),
            Self::Under(_) => mm(6.0),
            Self::Fact(label, value) => lines(label.len().max(value.len())),
            Self::Heading(_) => mm(14.0),
            Self::Row(_, cells) => lines(cells.iter().map(|(lines, _, _)| lines.len()).max().unwrap_or(1)),
            Self::Note(note) => mm(5.0) + LEADING * count(note.len()),
        }
    }

    /// Draws it from `y` down.
    fn draw(&self, pen: &mut Pen<'_, '_>, fonts: &Fonts, y: f32, tree: &mut Tree) {
        if !matches!(self, Self::Row(Kind::Body | Kind::Total, _) | Self::Fact(..)) {
            tree.end_table();
        }
        match self {
            Self::Title(text) => {
                let tag = Tag::Hn(NonZeroU16::MIN, Some(text.clone()));
                tree.section.push(pen.line(tag, (MARGIN, y), Align::Left, Style::bold(20.0), text));
            }
            Self::Under(text) => {
                tree.section.push(pen.line(Tag::P, (MARGIN, y), Align::Left, Style::grey(SIZE), text));
                pen.rule(MARGIN, y + mm(3.0), WIDTH, 1.0, 0);
            }
            Self::Fact(label, value) => {
                let base = y + mm(3.6);
                let scope = Tag::TH(TableHeaderScope::Row);
                let head = pen.lines(scope, (MARGIN, base), LEADING, Style::grey(SIZE), label);
                let at = (MARGIN + LABEL_WIDTH, base);
                let cell = pen.lines(Tag::TD, at, LEADING, Style::plain(SIZE), value);
                tree.row(TagGroup::with_children(Tag::TR, vec![head.into(), cell.into()]));
            }
            Self::Heading(text) => {
                let tag = Tag::Hn(NonZeroU16::MIN.saturating_add(1), Some(text.clone()));
                let at = (MARGIN, y + mm(9.0));
                tree.section.push(pen.line(tag, at, Align::Left, Style::bold(12.0), text));
            }
            Self::Row(kind, cells) => {
                let mut row = TagGroup::new(Tag::TR);
                pen.rule(MARGIN, y - mm(2.2), WIDTH, if *kind == Kind::Body { 0.4 } else { 0.8 }, 0x55);
                let last = cells.len().saturating_sub(1);
                for (at, cell) in cells.iter().enumerate() {
                    row.push(draw_cell(pen, fonts, y, *kind, cell, at == last));
                }
                tree.row(row);
            }
            Self::Note(lines) => {
                let at = (MARGIN, y + mm(7.0));
                tree.section.push(pen.lines(Tag::P, at, LEADING, Style::plain(SIZE), lines));
            }
        }
    }
}

/// Draws one cell.
fn draw_cell(
    pen: &mut Pen<'_, '_>,
    fonts: &Fonts,
    y: f32,
    kind: Kind,
    (lines, from, width): &(Vec<String>, f32, f32),
    to_the_right: bool,
) -> TagGroup {
    let style = if kind == Kind::Body { Style::plain(SIZE) } else { Style::bold(SIZE) };
    let mut cell = match kind {
        Kind::Head => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Kind::Body | Kind::Total => TagGroup::new(Tag::TD),
    };
    let mut base = y + mm(2.4);
    for line in lines {
        let left = MARGIN + from + PAD;
        let x = if to_the_right { left + width - 2.0 * PAD - fonts.width(SIZE, line) } else { left };
        cell.push(pen.line(Tag::Span, (x, base), Align::Left, style, line));
        base += LEADING;
    }
    cell
}
