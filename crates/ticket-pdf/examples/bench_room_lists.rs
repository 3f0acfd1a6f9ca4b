//! Prints how long the lists of a campus with 10,000 seats take, their size and the peak memory of the process:
//! `cargo run --release -p ticket-pdf --example bench_room_lists`.

use std::error::Error;
use std::time::Instant;

use ticket_pdf::{
    Fonts, Rendered, Room, Seat, TicketError, desk_labels, door_list, room_list, signature_sheet,
};

type List = fn(&Fonts, &[Room]) -> Result<Rendered, TicketError>;

fn main() -> Result<(), Box<dyn Error>> {
    let fonts = Fonts::bundled(Vec::new())?;
    let rooms: Vec<Room> = (0..334).map(room).collect();
    let seats: usize = rooms.iter().map(|room| room.seats.len()).sum();
    let lists: [(&str, List); 4] = [
        ("room list", room_list),
        ("door list", door_list),
        ("desk labels", desk_labels),
        ("signature sheet", signature_sheet),
    ];
    for (name, list) in lists {
        let begun = Instant::now();
        let bytes = list(&fonts, &rooms)?.pdf.len();
        println!("{name}: {seats} seats, {:.1?}, {bytes} bytes", begun.elapsed());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
    Ok(())
}

fn room(number: u32) -> Room {
    let name = |seat: u32| {
        let letter = |n: u32| char::from_u32(0x4E00 + n % 0x5000).unwrap_or('王');
        format!("{}{}{}", letter(seat), letter(number * 30 + seat), letter(number * 7))
    };
    let seat = |seat: u32| Seat {
        seat: format!("{seat:02}"),
        ticket_number: format!("9930101711{number:03}{seat:02}"),
        name: name(seat),
        sex: "女".into(),
        document_number: format!("33010119900101{:04}", number * 30 + seat),
        class: "计算机科学与技术学院 软件工程 1501 班".into(),
    };
    Room {
        sitting: "2017年上半年".into(),
        subject: "(1) 英语四级笔试".into(),
        exam_time: "2017年6月17日（周六）上午 9:00 – 11:20".into(),
        campus: "(993010)测试校区机构001".into(),
        room: format!("{number:03}"),
        place: String::new(),
        batch: String::new(),
        note: String::new(),
        seats: (1..=30).map(seat).collect(),
    }
}
