//! The lists a school prints for its rooms (T4): for the invigilator, the door, the desks and the signatures.
#![expect(clippy::float_arithmetic, reason = "a page is measured in fractions of a point, as the PDF is")]

use krilla::geom::Rect;
use krilla::tagging::{Tag, TagGroup};

use crate::book::Book;
use crate::pen::{Align, Pen, Style, mm};
use crate::table::{Column, Form, MARGIN, WIDTH, page_of, print};
use crate::ticket::{bar_boxes, count};
use crate::{Fonts, Rendered, TicketError, code128};

/// One candidate in a room; texts as they are printed.
#[derive(Clone)]
pub struct Seat {
    /// 座位号.
    pub seat: String,
    /// 准考证号.
    pub ticket_number: String,
    /// 姓名.
    pub name: String,
    /// 性别.
    pub sex: String,
    /// 证件号码; not printed on door lists and desk labels.
    pub document_number: String,
    /// 院系, 专业 or 班级, in whatever form the school uses.
    pub class: String,
}

/// One room of one subject, its seats in order.
#[derive(Clone)]
pub struct Room {
    /// 考次.
    pub sitting: String,
    /// 考试科目.
    pub subject: String,
    /// 考试时间.
    pub exam_time: String,
    /// 考试校区 with its code.
    pub campus: String,
    /// 考场号.
    pub room: String,
    /// Where the room is, such as 教三-201; empty if its school does not say.
    pub place: String,
    /// 场次 of an oral subject, such as 第 3 场; empty for a written one.
    pub batch: String,
    /// 合理便利 of the whole room; empty if none.
    pub note: String,
    /// Seats in printing order.
    pub seats: Vec<Seat>,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seat(..)")
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Room({}, {} seats)", self.room, self.seats.len())
    }
}

impl Room {
    fn under(&self) -> Vec<String> {
        let seats = format!("应考 {} 人", self.seats.len());
        vec![
            joined(&[&self.name(), &self.subject, &self.sitting]),
            joined(&[&self.campus, &self.note]),
            joined(&[&self.exam_time, &seats]),
        ]
    }

    fn name(&self) -> String {
        let room = format!("第 {} 考场", self.room);
        joined(&[&room, &self.place, &self.batch])
    }
}

/// The parts that are not empty, separated by spaces.
fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("    ")
}

const fn column(name: &'static str, share: f32) -> Column {
    Column { name, share }
}

/// 考场名单: for the invigilators, with document numbers.
///
/// # Errors
/// [`TicketError::Empty`] without rooms, [`TicketError::Pdf`].
pub fn room_list(fonts: &Fonts, rooms: &[Room]) -> Result<Rendered, TicketError> {
    let columns = [
        column("座位号", 0.08),
        column("准考证号", 0.2),
        column("姓名", 0.2),
        column("性别", 0.07),
        column("证件号码", 0.22),
        column("院系班级", 0.23),
    ];
    let form = Kind { title: "考场名单", columns: &columns, size: 10.0, row: 7.4, foot: "" };
    form.render(fonts, rooms, |seat| {
        vec![&seat.seat, &seat.ticket_number, &seat.name, &seat.sex, &seat.document_number, &seat.class]
    })
}

/// 门贴: posted in public, so without document numbers.
///
/// # Errors
/// [`TicketError::Empty`] without rooms, [`TicketError::Pdf`].
pub fn door_list(fonts: &Fonts, rooms: &[Room]) -> Result<Rendered, TicketError> {
    let columns = [column("座位号", 0.16), column("准考证号", 0.4), column("姓名", 0.44)];
    let form = Kind { title: "考场门贴", columns: &columns, size: 13.0, row: 7.4, foot: "" };
    form.render(fonts, rooms, |seat| vec![&seat.seat, &seat.ticket_number, &seat.name])
}

/// 签到表: with an empty field for each candidate's signature and for remarks.
///
/// # Errors
/// [`TicketError::Empty`] without rooms, [`TicketError::Pdf`].
pub fn signature_sheet(fonts: &Fonts, rooms: &[Room]) -> Result<Rendered, TicketError> {
    let columns = [
        column("座位号", 0.08),
        column("准考证号", 0.19),
        column("姓名", 0.2),
        column("证件号码", 0.21),
        column("考生签名", 0.2),
        column("备注", 0.12),
    ];
    let foot = "实考        人    缺考        人    监考员签名                    日期";
    let form = Kind { title: "考生签到表", columns: &columns, size: 10.0, row: 7.4, foot };
    form.render(fonts, rooms, |seat| {
        vec![&seat.seat, &seat.ticket_number, &seat.name, &seat.document_number, "", ""]
    })
}

/// One of the three tables.
struct Kind<'k> {
    title: &'k str,
    columns: &'k [Column],
    /// In points.
    size: f32,
    /// The height of a row, in millimetres: 30 rows fit a page.
    row: f32,
    foot: &'k str,
}

impl Kind<'_> {
    fn render(
        &self,
        fonts: &Fonts,
        rooms: &[Room],
        cells: impl for<'r> Fn(&'r Seat) -> Vec<&'r str>,
    ) -> Result<Rendered, TicketError> {
        let mut book = Book::new(fonts, self.title)?;
        for room in rooms {
            let rows: Vec<Vec<&str>> = room.seats.iter().map(&cells).collect();
            let form = Form {
                title: self.title,
                under: &room.under(),
                columns: self.columns,
                size: self.size,
                row_height: mm(self.row),
                foot: self.foot,
            };
            print(&mut book, fonts, &form, &rows)?;
        }
        book.finish()
    }
}

const LABEL_COLUMNS: usize = 3;
const LABEL_ROWS: usize = 10;
const LABEL_WIDTH: f32 = WIDTH / 3.0;
const LABEL_HEIGHT: f32 = mm(27.0);
/// The bottom of the last row of labels.
const LABEL_FOOT: f32 = mm(288.0);

/// 桌贴: 30 labels per page to cut apart, with seat, name, number and its barcode.
///
/// # Errors
/// [`TicketError::Empty`] without rooms or seats; [`TicketError::Barcode`] with the index of the seat, counted through
/// all rooms; [`TicketError::Pdf`].
pub fn desk_labels(fonts: &Fonts, rooms: &[Room]) -> Result<Rendered, TicketError> {
    let mut book = Book::new(fonts, "桌贴")?;
    let mut printed: usize = 0;
    let a_page = LABEL_COLUMNS.saturating_mul(LABEL_ROWS);
    for room in rooms {
        let mut section = TagGroup::new(Tag::Section);
        if !room.seats.is_empty() {
            book.outline(&joined(&[&room.name(), &room.subject]), book.pages());
        }
        let pages = room.seats.len().div_ceil(a_page);
        for (number, seats) in (1..).zip(room.seats.chunks(a_page)) {
            let mut bars = Vec::new();
            for (at, seat) in seats.iter().enumerate() {
                let place = printed.saturating_add(at);
                bars.push(code128::bars(&seat.ticket_number).ok_or(TicketError::Barcode(place))?);
            }
            let foot = joined(&["桌贴", &room.name(), &room.subject, &room.campus, &page_of(number, pages)]);
            book.page(|pen| {
                for (at, (seat, bars)) in seats.iter().zip(&bars).enumerate() {
                    let left = MARGIN + count(at % LABEL_COLUMNS) * LABEL_WIDTH;
                    let top = mm(12.0) + count(at / LABEL_COLUMNS) * LABEL_HEIGHT;
                    section.push(label(pen, fonts, (left, top), room, seat, bars));
                }
                let at = (MARGIN + WIDTH / 2.0, LABEL_FOOT);
                section.push(pen.line(Tag::P, at, Align::Centre, Style::grey(8.0), &foot));
            })?;
            printed = printed.saturating_add(seats.len());
        }
        book.read_next(section);
    }
    book.finish()
}

fn label(
    pen: &mut Pen<'_, '_>,
    fonts: &Fonts,
    (left, top): (f32, f32),
    room: &Room,
    seat: &Seat,
    bars: &[u8],
) -> TagGroup {
    pen.frame(left, top, LABEL_WIDTH, LABEL_HEIGHT, 0.4);
    let mut group = TagGroup::new(Tag::Div);
    let x = left + mm(3.0);
    let room_name = joined(&[&format!("{} 考场", room.room), &room.batch]).replace("    ", " ");
    let place = format!("{room_name} {} 座", seat.seat);
    group.push(pen.line(Tag::P, (x, top + mm(6.0)), Align::Left, Style::bold(12.0), &place));
    let name = crate::printable(&seat.name);
    let size = (13.0 * (LABEL_WIDTH - mm(6.0)) / fonts.width(13.0, &name).max(1.0)).clamp(3.0, 13.0);
    group.push(pen.line(Tag::P, (x, top + mm(12.0)), Align::Left, Style::plain(size), &name));
    // A quiet zone of ten modules on both sides of the bars (ISO/IEC 15417).
    let modules = count(bars.iter().map(|bar| usize::from(*bar)).sum()) + 20.0;
    let module = (LABEL_WIDTH / modules).min(mm(0.5));
    let from = left + 10.0 * module;
    let (boxes, end) = bar_boxes(bars, from, top + mm(14.0), module, mm(7.5));
    if let Some(frame) = Rect::from_ltrb(from, top + mm(14.0), end, top + mm(21.5)) {
        group.push(pen.figure(&format!("条形码：{}", seat.ticket_number), frame, &boxes));
    }
    let foot = format!("{}  {}", seat.ticket_number, room.subject);
    let wide = fonts.width(8.5, &crate::printable(&foot)).max(1.0);
    let size = (8.5 * (LABEL_WIDTH - mm(6.0)) / wide).clamp(3.0, 8.5);
    group.push(pen.line(Tag::P, (x, top + mm(25.0)), Align::Left, Style::plain(size), &foot));
    group
}
