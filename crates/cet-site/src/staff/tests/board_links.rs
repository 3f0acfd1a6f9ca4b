//! Every link of the boards leads to a page that whoever reads it can open.

use std::collections::BTreeSet;

use super::access::ACCOUNTS;
use super::lists::world;
use super::world::{counted, member, more_accounts};
use crate::registration::pages::tests::bound;
use cet_base::on_both;

/// The addresses of the links between the menu and the end of a page's content.
fn links(text: &str) -> BTreeSet<String> {
    let hrefs = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let hrefs = hrefs.map(|href| href.replace("&#38;", "&").replace("&amp;", "&"));
    hrefs.filter(|href| href.starts_with("/staff")).collect()
}

on_both! {
    /// season.md 1, 2.
    async fn every_link_of_a_board_opens_for_whoever_reads_it(t: TestDb) {
        let app = world(t).await;
        more_accounts(&app).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        counted(&app).await;
        let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
        for account in ACCOUNTS.into_iter().chain(["auditor"]) {
            let mut browser = member(&app, account).await;
            let mut boards = vec!["/staff".to_owned()];
            let board = browser.get("/staff/sittings/2017-2").await;
            if board.status == 200 {
                boards.push("/staff/sittings/2017-2".to_owned());
                boards.extend(links(&board.text).into_iter().filter(|href| href.contains("?place=")));
            }
            let mut all = BTreeSet::new();
            for board in boards {
                let page = browser.get(&board).await;
                assert_eq!(page.status, 200, "{board} as {account}");
                all.extend(links(&page.text).into_iter().map(|href| (href, board.clone())));
            }
            for (href, board) in all {
                let answer = browser.get(&href).await;
                if answer.status != 200 && answer.status != 303 {
                    wrong.push(format!("{href} of {board} as {account}: {}", answer.status));
                }
                seen.insert(href);
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(seen.len() > 30 && seen.contains("/staff/sittings/2017-2/fees"), "{seen:?}");
    }

    /// season.md 1.
    async fn a_school_reads_its_fees_with_where_they_come_from_and_changes_none(t: TestDb) {
        let app = world(t).await;
        more_accounts(&app).await;
        for (account, place) in [("school-99301", "99301"), ("school-99301", "993010"), ("campus-993010", "993010")] {
            let mut browser = member(&app, account).await;
            let path = format!("/staff/sittings/2017-2/fees/{place}");
            let page = browser.get(&path).await;
            assert_eq!(page.status, 200, "{account} {place}");
            assert!(!page.text.contains("name=\"fee.1\"") && page.text.contains("全国"), "{}", page.text);
            assert_eq!(browser.post(&path, &[("fee.1", "1"), ("confirm", "yes")]).await.status, 404, "{account}");
            let list = browser.get("/staff/sittings/2017-2/fees").await;
            assert!(list.status == 200 && !list.text.contains(&format!("href=\"{path}\"")), "{account}");
            for outside in ["99", "nation", "99101"] {
                let other = browser.get(&format!("/staff/sittings/2017-2/fees/{outside}")).await;
                assert_eq!(other.status, 404, "{account} {outside}");
            }
        }
    }
}
