//! Files that can't be read, as their sender hears of it.

use super::{CUT, body, count, csv, row, send, send_bytes, work, world};
use crate::staff::tests::world::member;
use cet_base::on_both;

on_both! {
    /// TH31.
    async fn a_file_whose_first_bytes_tell_that_it_cannot_be_read_is_refused_at_once_and_not_kept(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let jpeg = cet_domain::testing::JPEG;
        let xls = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
        // Longer than one part of a file.
        let pdf = [&b"%PDF-1.4\n"[..], &vec![b'x'; 600_000]].concat();
        let table = ["/staff/rosters", "/staff/scores", "/staff/campuses"];
        let all = table.into_iter().flat_map(|list| {
            [(list, "a.xls", &xls[..], ".xls"), (list, "a.pdf", &pdf[..], "PDF"), (list, "~$a.xlsx", &b"x"[..], "临时文件")]
        });
        let photos = "/staff/photos";
        let others = [("a.jpg", jpeg, "一张图片"), ("a.csv", &b"a,b"[..], "不是 ZIP"), ("a.rar", &b"Rar!\x1a"[..], "RAR")];
        let all = all.chain(others.map(|(name, bytes, told)| (photos, name, bytes, told)));
        for (list, name, bytes, told) in all {
            let refused = send_bytes(&mut national, list, name, bytes).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["file-unreadable"]), "{list} {name}");
            assert!(refused.text.contains("name=\"file\"") && refused.text.contains(told), "{list} {name}: {}", refused.text);
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload WHERE state <> 'discarded'").await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload_part").await, 0);
        let listed = national.get("/staff/rosters").await.text;
        assert!(listed.matches("上传时拒收").count() == 3 && !listed.contains("已放弃</span>"), "{listed}");
        let href = listed.split("data-import=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let one = national.get(&format!("/staff/rosters/{href}?lang=en")).await.text;
        assert!(one.contains("refused on arrival") && !one.contains("discarded</span>"), "{one}");
        // Text that may be a list is one for the job.
        for list in table {
            assert_eq!(send(&mut national, list, body(&[], Some(("a.csv", "a,b\n1,2\n")))).await.status, 303);
        }
    }

    /// TH56.
    async fn a_field_of_an_upload_that_is_sent_twice_is_refused_and_nothing_is_kept(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let part = |field: &str, text: &str| format!("--{CUT}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        let file = |name: &str, text: &str| {
            format!("--{CUT}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let end = format!("--{CUT}--\r\n");
        for list in ["/staff/rosters", "/staff/scores", "/staff/photos", "/staff/campuses"] {
            for parts in [
                file("a.csv", "a,b\n1,2\n") + &file("b.csv", "a,b\n1,3\n"),
                part("sitting", "2017-2") + &part("sitting", "2017-2") + &file("a.csv", "a,b\n1,2\n"),
                file("a.csv", "a,b\n1,2\n") + &part("campus", "993010") + &part("campus", "991010"),
            ] {
                let refused = send(&mut national, list, parts + &end).await;
                assert_eq!(refused.status, 422, "{list}");
                assert!(refused.text.contains("data-code=\"field-invalid\""), "{list}: {}", refused.text);
            }
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload WHERE state <> 'discarded'").await, 0);
        work(&app).await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload_part").await, 0);
    }

    /// TH31.
    async fn an_account_with_many_files_that_wait_sends_no_more(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let file = csv(&[row("张三", "E1", "1")]);
        for _ in 0..cet_domain::upload::verbs::MOST_WAITING {
            assert_eq!(send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &file)))).await.status, 303);
        }
        let refused = send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &file)))).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (429, vec!["too-many"]));
        assert!(refused.text.contains("20 份文件") && !refused.header(http::header::RETRY_AFTER).is_empty());
        work(&app).await;
        let refused = send(&mut school, "/staff/photos", body(&[], Some(("a.zip", "PK\u{3}\u{4}")))).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (429, vec!["too-many"]));
        assert_eq!(refused.header(http::header::RETRY_AFTER), (7 * 24 * 3600).to_string(), "the oldest ends then");
        assert!(refused.text.contains("发布或放弃其中一份") && refused.text.contains("<a href=\"/staff/rosters\">"), "{}", refused.text);
        let first = school.get("/staff/rosters").await;
        let href = first.text.split("href=\"/staff/rosters/").find_map(|rest| rest.split('"').next().filter(|id| id.parse::<i64>().is_ok()));
        assert_eq!(school.post(&format!("/staff/rosters/{}/discard", href.unwrap()), &[]).await.status, 303);
        assert_eq!(send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &file)))).await.status, 303);
    }

    /// interface.md 1: a code is of this request's refusal, and of nothing else.
    async fn a_refused_act_on_a_file_names_its_own_code_alone(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let theirs = member(&app, "national").await.get("/staff/accounts").await.value("member").unwrap().to_owned();
        let sent = send_bytes(&mut school, "/staff/rosters", "a.xlsx", b"PK\x03\x04 and nothing else").await;
        work(&app).await;
        let bad = sent.location().to_owned();
        assert_eq!(school.get(&bad).await.codes(), ["file-unreadable"]);
        assert_eq!(school.post(&format!("{bad}/discard"), &[]).await.status, 303);
        let sent = send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", "姓名,学号\n张三,S3\n")))).await;
        work(&app).await;
        let unclear = sent.location().to_owned();
        assert_eq!(school.get(&unclear).await.codes(), ["columns-unclear"]);
        let of_another = [("member", theirs.as_str())];
        let none: &[(&str, &str)] = &[];
        for (path, fields, status, code) in [
            (format!("{bad}/publication"), none, 409, "changed-meanwhile"),
            (format!("{bad}/columns"), none, 409, "changed-meanwhile"),
            (format!("{bad}/withdrawal"), none, 409, "changed-meanwhile"),
            (format!("{bad}/publication"), &of_another[..], 409, "passport-changed"),
            (format!("{unclear}/publication"), none, 409, "changed-meanwhile"),
            (format!("{unclear}/columns"), none, 422, "columns-unclear"),
            (format!("{unclear}/columns"), &of_another[..], 409, "passport-changed"),
            (format!("{unclear}/discard"), &of_another[..], 409, "passport-changed"),
        ] {
            let answer = school.post(&path, fields).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (status, vec![code]), "{path} {fields:?}");
        }
    }
}
