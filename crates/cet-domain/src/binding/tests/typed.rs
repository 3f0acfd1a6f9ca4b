//! Look-ups as people type (from the field), on both databases.

use std::sync::Arc;

use crate::entry::testing::*;
use crate::on_both;
use crate::registration::verbs::{LookUpCommand, look_up};
use crate::roster::DocumentKeys;
use crate::roster::tests::{File, HEAD, vault};
use crate::store::testing::TestDb;
use crate::words::document::{Document, DocumentKind};
use crate::words::ids::PassportId;
use crate::words::name::PersonName;

/// The sitting with people whose names and numbers are typed in many ways.
async fn with_people(t: TestDb) -> World {
    let world = World::with_seats(t, 5).await;
    let people = [
        ("买买提·艾力", "居民身份证", "11010519491231002X", "1"),
        ("O'NEIL SEAN PAUL", "护照", "E12345678", "2"),
        ("MÜLLER JÜRGEN", "护照", "E12345679", "3"),
        ("陈大文", "香港身份证", "A123456(3)", "4"),
        ("陈小文", "香港身份证", "AB987654", "5"),
        // One card that two lists have in two ways, under two names.
        ("黄一", "香港身份证", "G123456", "6"),
        ("黄二", "香港身份证", "G123456(A)", "7"),
    ];
    let lines: String = people
        .iter()
        .map(|(name, kind, number, n)| {
            format!("{name},女,{kind},{number},99301,993010,本科,4,16,2,学院,化学,1,2016000{n},,,\n")
        })
        .collect();
    let file = File::of(format!("{HEAD}\n{lines}"));
    let nobody_watches = Arc::new(|_, _, _| {});
    crate::roster::file::import(&world.t.db, vault(), &file.path(), "2017-2", false, nobody_watches)
        .await
        .unwrap();
    world
}

fn typed(kind: DocumentKind, number: &str, name: &str, passport: i64) -> LookUpCommand {
    LookUpCommand {
        documents_a_day: 100,
        passport: PassportId(passport),
        document: DocumentKeys::of(&vault(), &Document::parse(kind, number).unwrap()),
        name: PersonName::parse(name).unwrap(),
        student_number: None,
        address: String::new(),
    }
}

/// The name of who is found.
async fn found(world: &World, cmd: LookUpCommand) -> Result<String, &'static str> {
    let plan = Arc::clone(world.catalogue.current().unwrap());
    let found = world.t.db.write(async move |tx| look_up(tx, &plan, &cmd).await).await.unwrap();
    found.map(|found| found.name).map_err(|refusal| refusal.code())
}

on_both! {
    /// R3.
    async fn people_are_found_as_they_type_themselves(t: TestDb) {
        use DocumentKind::{HongKongId, Passport, ResidentId};
        let world = with_people(t).await;
        for (kind, number, name, who) in [
            (ResidentId, "110105 19491231 002x", "买买提˙艾力", "买买提·艾力"),
            (ResidentId, "11010519491231002X", "买买提▪艾力", "买买提·艾力"),
            (ResidentId, "11010519491231002X", "买买提艾力", "买买提·艾力"),
            (Passport, "e12345678", "ONeil/Sean Paul", "O'NEIL SEAN PAUL"),
            (Passport, "E12345678", "Sean Paul O’Neil", "O'NEIL SEAN PAUL"),
            (Passport, "E 12345678", "ONEIL SEANPAUL", "O'NEIL SEAN PAUL"),
            (Passport, "E12345679", "Juergen Mueller", "MÜLLER JÜRGEN"),
            (Passport, "E12345679", "MULLER JURGEN", "MÜLLER JÜRGEN"),
            (HongKongId, "A123456", "陈大文", "陈大文"),
            (HongKongId, "a123456 (3)", "陈大文", "陈大文"),
            (HongKongId, "AB987654", "陈小文", "陈小文"),
            (HongKongId, "AB987654(3)", "陈小文", "陈小文"),
        ] {
            assert_eq!(found(&world, typed(kind, number, name, 1)).await.as_deref(), Ok(who), "{number} {name}");
        }
        for (kind, number, name) in [
            (HongKongId, "A123456(4)", "陈大文"),
            (HongKongId, "A12345", "陈大文"),
            (Passport, "A123456", "陈大文"),
            (HongKongId, "A123456", "陈小文"),
            (Passport, "E12345678", "SEAN PAUL"),
            (Passport, "E12345678", "MÜLLER JÜRGEN"),
            (ResidentId, "11010519491231002X", "艾力·买买提"),
        ] {
            assert_eq!(found(&world, typed(kind, number, name, 1)).await, Err("record-not-found"), "{number} {name}");
        }
    }

    /// R3.
    async fn a_number_that_two_records_hold_in_two_ways_finds_only_its_own(t: TestDb) {
        let world = with_people(t).await;
        let number = |text: &str, name: &str| typed(DocumentKind::HongKongId, text, name, 1);
        assert_eq!(found(&world, number("G123456", "黄一")).await.as_deref(), Ok("黄一"));
        assert_eq!(found(&world, number("G123456(A)", "黄二")).await.as_deref(), Ok("黄二"));
        // The record with the number as it was typed is there: no other is tried, whatever the name.
        assert_eq!(found(&world, number("G123456", "黄二")).await, Err("record-not-found"));
        assert_eq!(found(&world, number("G123456(A)", "黄一")).await, Err("record-not-found"));
    }

    /// R3, W2.
    async fn both_ways_to_write_a_card_count_once_and_are_the_bound_students_own(t: TestDb) {
        let world = with_people(t).await;
        let card = |text: &str| LookUpCommand {
            documents_a_day: 1,
            ..typed(DocumentKind::HongKongId, text, "陈大文", 1)
        };
        for text in ["A123456", "A123456(3)", "A123456"] {
            assert_eq!(found(&world, card(text)).await.as_deref(), Ok("陈大文"));
        }
        assert_eq!(found(&world, card("AB987654")).await, Err("too-many"));
        let record = world.look_up(card("A123456")).await.unwrap();
        world.save(1, Some(record), true).await.unwrap();
        assert_eq!(found(&world, card("A123456")).await.as_deref(), Ok("陈大文"), "not passport-bound");
        assert_eq!(found(&world, card("AB987654")).await, Err("passport-bound"));
    }
}
