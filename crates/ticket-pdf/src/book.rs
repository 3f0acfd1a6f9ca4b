//! A document being built: pages, the structure tree for screen readers, the outline.

use std::collections::BTreeSet;

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{Node, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use crate::pen::{Pen, mm};
use crate::{Fonts, Rendered, TicketError};

/// A page's width, in millimetres.
pub(crate) const PAGE_WIDTH_MM: f32 = 210.0;
/// A page's height, in millimetres.
pub(crate) const PAGE_HEIGHT_MM: f32 = 297.0;

/// A PDF being built.
pub(crate) struct Book<'f> {
    document: Document,
    fonts: &'f Fonts,
    title: String,
    tree: TagTree,
    outline: Outline,
    missing: BTreeSet<char>,
    pages: usize,
}

impl<'f> Book<'f> {
    /// Creates an empty document; `title` is what a viewer shows in its window.
    pub(crate) fn new(fonts: &'f Fonts, title: &str) -> Result<Self, TicketError> {
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|why| TicketError::Pdf(format!("{why:?}")))?;
        let settings =
            SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
        Ok(Self {
            document: Document::new_with(settings),
            fonts,
            title: crate::printable(title),
            tree: TagTree::new().with_lang(Some("zh-CN".to_owned())),
            outline: Outline::new(),
            missing: BTreeSet::new(),
            pages: 0,
        })
    }

    /// Adds a page, drawn by `draw`; what it drew is pushed into `group` in reading order.
    pub(crate) fn page<R>(&mut self, draw: impl FnOnce(&mut Pen<'_, '_>) -> R) -> Result<R, TicketError> {
        let size = PageSettings::from_wh(mm(PAGE_WIDTH_MM), mm(PAGE_HEIGHT_MM))
            .ok_or_else(|| TicketError::Pdf("page size".to_owned()))?;
        let mut page = self.document.start_page_with(size);
        let mut pen = Pen::new(page.surface(), self.fonts, &mut self.missing, self.pages);
        let drawn = draw(&mut pen);
        pen.finish();
        page.finish();
        self.pages = self.pages.saturating_add(1);
        Ok(drawn)
    }

    /// The number of pages so far, i.e. the number of the next page (from 0).
    pub(crate) fn pages(&self) -> usize {
        self.pages
    }

    /// Appends what was drawn to the reading order.
    pub(crate) fn read_next(&mut self, group: TagGroup) {
        self.tree.push(Node::Group(group));
    }

    /// Adds an outline entry that leads to the top of a page (from 0).
    pub(crate) fn outline(&mut self, text: &str, page: usize) {
        let top = XyzDestination::new(page, Point::from_xy(0.0, 0.0));
        self.outline.push_child(OutlineNode::new(crate::printable(text), top));
    }

    /// Writes the file.
    pub(crate) fn finish(mut self) -> Result<Rendered, TicketError> {
        if self.pages == 0 {
            return Err(TicketError::Empty);
        }
        self.document.set_metadata(Metadata::new().title(self.title).language("zh-CN".to_owned()));
        self.document.set_outline(self.outline);
        self.document.set_tag_tree(self.tree);
        let mut pdf = self.document.finish().map_err(|why| TicketError::Pdf(format!("{why:?}")))?;
        leave_out_default(&mut pdf);
        Ok(Rendered { pdf, missing: self.missing.into_iter().collect(), bad_photos: Vec::new() })
    }
}

/// Poppler reports `/Suspects false` as a syntax error. It is the default value (ISO 32000-1, 14.7.1), so it is
/// replaced with spaces of the same length, which keeps all file offsets valid.
fn leave_out_default(pdf: &mut [u8]) {
    const MARKED: &[u8] = b"/MarkInfo<</Marked true/Suspects false>>";
    const BLANK: &[u8] = b"/MarkInfo<</Marked true               >>";
    // It is in the catalogue, near the end.
    let found = pdf.windows(MARKED.len()).rposition(|part| part == MARKED);
    if let Some(part) = found.and_then(|at| pdf.get_mut(at..)?.first_chunk_mut::<{ MARKED.len() }>()) {
        part.copy_from_slice(BLANK);
    }
}
