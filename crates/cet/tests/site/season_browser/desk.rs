//! One member of staff at a window.

use std::path::Path;

use serde_json::json;

use super::super::demo::{Demo, Student};
use super::super::staff_browser::Account;
use super::super::wait::until;
use super::super::window::{Look, Window};

/// A time of a form, some days later or earlier.
pub(super) fn days(at: &str, days: i64) -> String {
    let at: jiff::civil::DateTime = at.parse().unwrap();
    let later = at.checked_add(jiff::Span::new().days(days)).unwrap();
    later.strftime("%Y-%m-%dT%H:%M").to_string()
}

pub(super) struct Desk {
    pub(super) window: Window,
    account: Account,
    origin: String,
}

impl Desk {
    pub(super) async fn open(demo: &Demo, name: &str, look: Look) -> Self {
        let window = Window::open(look).await;
        let account = Account::of(demo, name);
        account.enter(&window, demo).await;
        Self { window, account, origin: demo.url.clone() }
    }

    /// Logs in again after the session ended.
    pub(super) async fn enter_again(&mut self) {
        self.account.enter_again(&self.window, &self.origin).await;
    }

    pub(super) async fn go(&self, path: &str) {
        self.window.go(&format!("{}{path}", self.origin)).await;
    }

    pub(super) async fn value(&self, name: &str) -> String {
        let script = format!("return document.querySelector({}).value", selector(name));
        self.window.ask(&script).await.as_str().unwrap().to_owned()
    }

    /// Fills in fields of any kind; typing a date depends on the browser's language.
    pub(super) async fn put(&self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            let script = format!(
                "const field = document.querySelector({}); if (!field) return false;
                 if (field.type === 'checkbox') field.checked = true; else field.value = {}; return true",
                selector(name),
                json!(value)
            );
            let found = self.window.ask(&script).await;
            assert_eq!(found, true, "no field {name} at {}", self.window.url().await);
        }
    }

    /// Ticks all boxes of a name that are not ticked.
    pub(super) async fn tick_all(&self, form: &str) {
        let script = format!(
            "document.querySelectorAll(\"main form[action='{form}'] input[type=checkbox]\").forEach(box => box.checked = true)"
        );
        self.window.ask(&script).await;
    }

    /// Presses a button or a link, and waits for the page behind it.
    pub(super) async fn press(&self, css: &str) {
        self.window.press_for_the_same(css).await;
    }

    /// Fails if the page refuses something.
    #[track_caller]
    pub(super) fn sound(&self) -> impl Future<Output = ()> {
        let window = &self.window;
        async move {
            let refused = window.count("[data-code]").await;
            assert_eq!(refused, 0, "{}\n{}", window.url().await, window.text().await);
        }
    }

    pub(super) async fn refused(&self, code: &str) {
        let found = self.window.count(&format!("[data-code='{code}']")).await;
        assert_eq!(found, 1, "{}\n{}", self.window.url().await, self.window.text().await);
    }

    /// Changes settings at a form: fills it in, looks at the preview, confirms.
    pub(super) async fn set(&self, path: &str, fields: &[(&str, &str)], reason: &str) {
        self.go(path).await;
        self.put(fields).await;
        self.press(&format!("main form[action='{path}'] button.btn:not(.quiet)")).await;
        self.confirm(reason).await;
    }

    pub(super) async fn confirm(&self, reason: &str) {
        self.sound().await;
        self.put(&[("reason", reason)]).await;
        self.press("main form:has(input[name=confirm]) button.btn:not(.quiet):not(.alt)").await;
        self.sound().await;
        assert_eq!(self.window.count("main input[name=confirm]").await, 0, "{}", self.window.text().await);
    }

    /// Approves the change that waits for a second person.
    pub(super) async fn approve(&self) {
        self.go("/staff/changes?state=asked").await;
        self.press("main tbody a").await;
        self.press("main form[action$='/approval'] button").await;
        self.sound().await;
        assert_eq!(
            self.window.count("[data-change][data-state=done]").await,
            1,
            "{}",
            self.window.text().await
        );
    }

    pub(super) async fn upload(&self, list: &str, file: &Path) {
        self.go(list).await;
        let field = self.window.find("main input[type=file]").await;
        field.send_keys(file.to_str().unwrap()).await.unwrap();
        self.press("main form[enctype] button.btn").await;
        self.sound().await;
    }

    /// Waits until the upload of the page is in this state; its page comes again by itself.
    pub(super) async fn becomes(&self, state: &str) {
        let css = format!("[data-import][data-state={state}]");
        let there = until(async || (self.window.count(&css).await == 1).then_some(())).await;
        assert!(there.is_some(), "not {state}: {}\n{}", self.window.url().await, self.window.text().await);
    }

    /// Finds a student by number and opens the page.
    pub(super) async fn open_student(&self, student: &Student) {
        self.go("/staff/students").await;
        self.put(&[("q", &student.document_number)]).await;
        self.press("main form[action='/staff/students/search'] button").await;
        assert!(self.window.text().await.contains(&student.name));
    }
}

/// A script's text that selects the field.
fn selector(name: &str) -> String {
    json!(format!("main [name='{name}']")).to_string()
}
