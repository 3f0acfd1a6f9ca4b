//! Writes one of each PDF with made-up people, and the offline check page, to a folder, and prints how long a ticket
//! takes:
//! `cargo run -p ticket-pdf --example sample -- FOLDER [FONT…]`.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use ticket_pdf::{
    Content, English, Fonts, Receipt, Room, Seat, SigningKey, Slot, Table, Ticket, desk_labels, door_list,
    offline_page, receipt, render, room_list, signature_sheet,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let more = arguments.map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    let begun = Instant::now();
    let fonts = Fonts::bundled(more)?;
    println!("fonts: {:?}", begun.elapsed());

    let pkcs8 = SigningKey::generate(&ring::rand::SystemRandom::new())?;
    let key = SigningKey::from_pkcs8("sample", &pkcs8)?;
    let names = ["廖晓儿", "王㛃𬱖", "阿卜杜热合曼·买买提艾力", "O'NEILL-ŠKVORECKÝ MARÍA", "𠅤𪚥\u{E815}"];
    let tickets = names.map(|name| ticket(name, &key));
    let tickets = tickets.into_iter().collect::<Result<Vec<_>, _>>()?;
    for times in [1, 1, 100] {
        let begun = Instant::now();
        let mut bytes = 0;
        for _ in 0..times {
            bytes = render(&fonts, tickets.get(..1).unwrap_or_default())?.pdf.len();
        }
        println!("{times} times one ticket: {:?}, {bytes} bytes", begun.elapsed());
    }
    let all = render(&fonts, &tickets)?;
    println!("characters printed as a box: {:?}", all.missing);
    std::fs::write(folder.join("tickets.pdf"), all.pdf)?;
    let texts: Vec<&str> = tickets.iter().map(|ticket| ticket.qr_text.as_str()).collect();
    std::fs::write(folder.join("qr.txt"), texts.join("\n"))?;
    std::fs::write(folder.join("check.html"), offline_page(&[key.public()?]))?;

    let mut bilingual = ticket("𠮷𡈼·O'NEILL-ŠKVORECKÝ MARÍA", &key)?;
    bilingual.english = Some(english());
    bilingual.photo = None;
    std::fs::write(folder.join("bilingual.pdf"), render(&fonts, &[bilingual])?.pdf)?;
    std::fs::write(folder.join("receipt.pdf"), receipt(&fonts, &paid())?.pdf)?;

    let mut oral = room(&names, 64);
    oral.room = "004".into();
    oral.batch = "第 3 场".into();
    oral.note = "合理便利：延长考试时间、大字试卷".into();
    let rooms = [room(&names, 30), oral];
    std::fs::write(folder.join("room.pdf"), room_list(&fonts, &rooms)?.pdf)?;
    std::fs::write(folder.join("door.pdf"), door_list(&fonts, &rooms)?.pdf)?;
    std::fs::write(folder.join("desks.pdf"), desk_labels(&fonts, &rooms)?.pdf)?;
    std::fs::write(folder.join("signatures.pdf"), signature_sheet(&fonts, &rooms)?.pdf)?;
    Ok(())
}

fn ticket(name: &str, key: &SigningKey) -> Result<Ticket, ticket_pdf::TicketError> {
    let content = Content {
        ticket_number: "993010171100312".into(),
        name: name.into(),
        document_number: "330101199001010000".into(),
        sitting: "2017年上半年".into(),
        subject: "英语四级笔试".into(),
        starts_at: "2017-06-17 09:00".into(),
        campus: "993010".into(),
        room: "003".into(),
        seat: "12".into(),
    };
    Ok(Ticket {
        qr_text: key.sign(&content)?,
        sitting: content.sitting,
        subject: content.subject,
        subject_with_code: "(1) 英语四级笔试".into(),
        name: content.name,
        sex: "女".into(),
        document_kind: "中华人民共和国居民身份证".into(),
        document_number: content.document_number,
        ticket_number: content.ticket_number,
        exam_time: "2017年6月17日（周六）上午 9:00 – 11:20".into(),
        school: "(99301)测试学校机构01".into(),
        campus: "(993010)测试校区机构001".into(),
        address: "第一教学楼 203".into(),
        slots: [("考场号", "003"), ("座位号", "12"), ("入场", "8:30")]
            .map(|(label, value)| Slot { label: label.into(), value: value.into() })
            .into(),
        photo: Some(include_bytes!("../src/tests/photo.jpg").to_vec()),
        rules: [
            "凭本准考证、身份证件和学生证入场，缺一不可。",
            "开考后禁止入场，考试结束前不得提前离场。",
            "只准携带 2B 铅笔、黑色签字笔、橡皮和听力耳机；手机等电子设备不得带入考场。",
            "条形码粘贴条与试题册上的条形码须对应粘贴，按规定顺序作答。",
            "违规者按《国家教育考试违规处理办法》处理。",
        ]
        .map(str::to_owned)
        .into(),
        printed_at: "2017-06-02 10:30".into(),
        english: None,
    })
}

fn english() -> English {
    English {
        under: "First half of 2017 · CET-4 (written)".into(),
        subject: "CET-4 (written)".into(),
        exam_time: "Saturday 17 June 2017, 09:00 – 11:20".into(),
        address: "Teaching building 1, room 203; the school says where it is".into(),
        rules: [
            "Bring this ticket, your identity document and your student card; without any of them you are not let in.",
            "Nobody is let in after the exam has begun, and nobody leaves before its end.",
            "Bring only a 2B pencil, a black pen, a rubber and headphones for listening; no telephones or other electronic devices.",
            "The bar code strip goes with the one on the test book; answer in the order that is laid down.",
            "Breaches are dealt with by the rules for national education examinations.",
        ]
        .map(str::to_owned)
        .into(),
    }
}

fn paid() -> Receipt {
    let pair = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    Receipt {
        lang: "en",
        title: "Payment receipt".into(),
        under: "College English Test registration".into(),
        facts: vec![
            pair("Order number", "99301000000000000077"),
            pair("Name", "𠮷𡈼王𬱖𫖯·阿卜杜热合曼·买买提艾力·O'NEILL-ŠKVORECKÝ MARÍA DE LOS ÁNGELES"),
            pair("Document", "330101********0000"),
        ],
        tables: vec![Table {
            heading: "Paid for".into(),
            columns: vec![("Subject".into(), 0.4), ("Campus".into(), 0.4), ("Fee (yuan)".into(), 0.2)],
            rows: vec![row(["(1) 英语四级笔试", "(993010)测试校区机构001", "30.00"]); 5],
            totals: vec![pair("Total", "¥150.00")],
        }],
        notes: vec!["This receipt is not a tax invoice.".into()],
        foot: "Printed 2017-06-02 10:30".into(),
    }
}

fn room(names: &[&str], seats: usize) -> Room {
    let seats = (1..=seats).zip(names.iter().cycle()).map(|(number, name)| Seat {
        seat: format!("{number:02}"),
        ticket_number: format!("9930101711003{number:02}"),
        name: (*name).into(),
        sex: "女".into(),
        document_number: format!("3301011990010100{number:02}"),
        class: "计算机科学与技术学院 软件工程 1501 班".into(),
    });
    Room {
        sitting: "2017年上半年".into(),
        subject: "(1) 英语四级笔试".into(),
        exam_time: "2017年6月17日（周六）上午 9:00 – 11:20".into(),
        campus: "(993010)测试校区机构001".into(),
        room: "003".into(),
        place: "教三-201".into(),
        batch: String::new(),
        note: String::new(),
        seats: seats.collect(),
    }
}
