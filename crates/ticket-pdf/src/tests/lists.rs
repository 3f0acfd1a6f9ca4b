//! The lists of a campus.

use super::fonts;
use super::reading::{Picture, texts};
use crate::{Room, Seat, TicketError, desk_labels, door_list, room_list, signature_sheet};

fn rooms(seats: usize) -> Vec<Room> {
    let surnames: Vec<char> =
        "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜".chars().collect();
    let all: Vec<usize> = (0..seats).collect();
    all.chunks(30)
        .enumerate()
        .map(|(room, numbers)| Room {
            sitting: "2017年上半年".into(),
            subject: "(1) 英语四级笔试".into(),
            exam_time: "2017年6月17日（周六）上午 9:00 – 11:20".into(),
            campus: "(993010)测试校区机构001".into(),
            room: format!("{:03}", room + 1),
            place: String::new(),
            batch: String::new(),
            note: String::new(),
            seats: numbers.iter().enumerate().map(|(seat, n)| one(room, seat, *n, &surnames)).collect(),
        })
        .collect()
}

fn one(room: usize, seat: usize, n: usize, surnames: &[char]) -> Seat {
    let given = char::from_u32(0x4E00 + u32::try_from(n * 7 % 0x5000).unwrap()).unwrap();
    Seat {
        seat: format!("{:02}", seat + 1),
        ticket_number: format!("9930101711{:03}{:02}", room + 1, seat + 1),
        name: format!("{}{given}", surnames[n % surnames.len()]),
        sex: if n.is_multiple_of(2) { "男" } else { "女" }.into(),
        document_number: format!("33010119900101{n:04}"),
        class: "计算机科学与技术学院 软件工程 1501 班".into(),
    }
}

/// T4.
#[test]
fn a_full_room_stands_on_one_page_of_each_list() {
    let rooms = rooms(45);
    for pdf in [
        room_list(fonts(), &rooms).unwrap().pdf,
        door_list(fonts(), &rooms).unwrap().pdf,
        desk_labels(fonts(), &rooms).unwrap().pdf,
        signature_sheet(fonts(), &rooms).unwrap().pdf,
    ] {
        let texts = texts(&pdf);
        assert_eq!(texts.len(), 2);
        for (text, room) in texts.iter().zip(&rooms) {
            for seat in &room.seats {
                assert!(text.contains(&seat.name) && text.contains(&seat.ticket_number));
            }
        }
    }
}

/// T4.
#[test]
fn where_a_room_is_stands_beside_its_number_on_each_list_and_nowhere_without_a_name() {
    let mut rooms = rooms(31);
    rooms[0].place = "教三-201".into();
    for pdf in [
        room_list(fonts(), &rooms).unwrap().pdf,
        door_list(fonts(), &rooms).unwrap().pdf,
        desk_labels(fonts(), &rooms).unwrap().pdf,
        signature_sheet(fonts(), &rooms).unwrap().pdf,
    ] {
        let texts = texts(&pdf);
        assert!(texts[0].contains("001 考场    教三-201"), "{}", texts[0]);
        assert!(!texts[1].contains("教三"));
    }
}

#[test]
fn document_numbers_do_not_hang_on_the_door_nor_lie_on_the_desk() {
    let rooms = rooms(30);
    let shows = |pdf: &[u8]| texts(pdf).concat().contains(&rooms[0].seats[3].document_number);
    assert!(shows(&room_list(fonts(), &rooms).unwrap().pdf));
    assert!(shows(&signature_sheet(fonts(), &rooms).unwrap().pdf));
    assert!(!shows(&door_list(fonts(), &rooms).unwrap().pdf));
    assert!(!shows(&desk_labels(fonts(), &rooms).unwrap().pdf));
}

#[test]
fn a_long_name_takes_more_lines_and_pushes_rows_to_the_next_page() {
    let mut rooms = rooms(30);
    rooms[0].seats[4].name = "MUHAMMAD ABDULLAH IBN ABDURRAHMAN AL ".repeat(3);
    let texts = texts(&room_list(fonts(), &rooms).unwrap().pdf);
    let all: String = texts.concat().split_whitespace().collect();
    let name: String = rooms[0].seats[4].name.split_whitespace().collect();
    assert!(all.contains(&name), "{all}");
    assert!(all.contains(&rooms[0].seats[29].ticket_number));
}

#[test]
fn each_page_says_which_of_how_many_it_is_and_repeats_its_heading() {
    let mut rooms = rooms(40);
    let seats = rooms.remove(1).seats;
    rooms[0].seats.extend(seats);
    rooms[0].batch = "第 3 场".into();
    rooms[0].note = "合理便利：大字试卷".into();
    for list in [room_list, door_list, signature_sheet] {
        let texts = texts(&list(fonts(), &rooms).unwrap().pdf);
        assert_eq!(texts.len(), 2);
        for (text, page) in texts.iter().zip(1..) {
            assert!(text.contains(&format!("第 {page} 页，共 2 页")), "{text}");
            for heading in ["第 001 考场    第 3 场", "合理便利：大字试卷", "应考 40 人", "准考证号"]
            {
                assert!(text.contains(heading), "{heading}: {text}");
            }
        }
    }
    let labels = texts(&desk_labels(fonts(), &rooms).unwrap().pdf);
    assert!(
        labels[1].contains("第 2 页，共 2 页") && labels[1].contains("001 考场 第 3 场 10 座"),
        "{}",
        labels[1]
    );
}

#[test]
fn missing_characters_of_a_list_are_reported() {
    let mut rooms = rooms(3);
    rooms[0].seats[1].name.push('\u{E815}');
    assert_eq!(door_list(fonts(), &rooms).unwrap().missing, ['\u{E815}']);
}

#[test]
fn an_empty_room_still_has_its_page_and_no_rooms_have_none() {
    let mut rooms = rooms(1);
    rooms[0].seats.clear();
    assert_eq!(texts(&signature_sheet(fonts(), &rooms).unwrap().pdf).len(), 1);
    assert_eq!(room_list(fonts(), &[]).unwrap_err(), TicketError::Empty);
    assert_eq!(desk_labels(fonts(), &rooms).unwrap_err(), TicketError::Empty);
}

type List = fn(&crate::Fonts, &[Room]) -> Result<crate::Rendered, TicketError>;

#[test]
fn a_campus_of_ten_thousand_seats_is_printed() {
    let rooms = rooms(10_000);
    let lists: [(&str, List); 4] = [
        ("room list", room_list),
        ("door list", door_list),
        ("desk labels", desk_labels),
        ("signature sheet", signature_sheet),
    ];
    for (what, list) in lists {
        let begun = std::time::Instant::now();
        let rendered = list(fonts(), &rooms).unwrap();
        println!("{what}: {:?}, {} bytes", begun.elapsed(), rendered.pdf.len());
        assert!(Picture::of_page(&rendered.pdf, 333, 50).dark_share() > 0.005);
    }
}
