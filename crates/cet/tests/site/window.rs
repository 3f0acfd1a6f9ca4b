//! A window of headless Chromium, used as a person would: navigate, read, fill in, select, click.

use std::path::PathBuf;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::wait::{PATIENCE, until};

/// The properties of a window.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// Its width in pixels.
    pub(crate) width: u32,
    /// Whether JavaScript is enabled.
    pub(crate) script: bool,
    /// `zh-CN` or `en`.
    pub(crate) language: &'static str,
    /// Whether a dark colour scheme is preferred.
    pub(crate) dark: bool,
    /// The name of its screenshots.
    pub(crate) name: &'static str,
}

pub(crate) struct Window {
    client: Client,
    look: Look,
    axe: Option<String>,
    faults: Vec<String>,
}

impl Window {
    /// Opens a window. Fails if `CET_TEST_WEBDRIVER` names no `WebDriver`; modules whose tests use it have names that
    /// end in `_browser`, so that they can be excluded.
    pub(crate) async fn open(look: Look) -> Self {
        let driver = setting("CET_TEST_WEBDRIVER").expect(
            "this test needs a browser, and CET_TEST_WEBDRIVER names no ChromeDriver: scripts/test starts one. To leave such \
             tests out, which are then counted as filtered out: cargo test --workspace -- --skip postgres --skip browser",
        );
        let axe = setting("CET_TEST_AXE").map(|file| std::fs::read_to_string(file).unwrap());
        if axe.is_none() {
            println!("SKIPPED: accessibility checks; scripts/test fetches axe-core where npm is installed");
        }
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(wanted) = capabilities(look) else { panic!("capabilities are an object") };
        let client = builder.capabilities(wanted).connect(&driver).await.unwrap();
        Self { client, look, axe, faults: Vec::new() }
    }

    pub(crate) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// The visible text of the page.
    pub(crate) async fn text(&self) -> String {
        self.staying(async || self.client.find(Locator::Css("body")).await?.text().await).await
    }

    /// Does something in the page; once more in the next one if this one was left meanwhile, as one that reloads itself
    /// is. Only for what changes nothing.
    async fn staying<T>(&self, mut act: impl AsyncFnMut() -> Result<T, CmdError>) -> T {
        let done = until(async || match act().await {
            Err(error) if LEFT.iter().any(|left| error.to_string().contains(left)) => None,
            done => Some(done),
        });
        match done.await {
            Some(Ok(done)) => done,
            Some(Err(error)) => panic!("at {}: {error}", self.url().await),
            None => panic!("at {}: no page stays for long enough", self.url().await),
        }
    }

    pub(crate) async fn find(&self, css: &str) -> Element {
        let wait = async || self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        let found = self.staying(async || match wait().await {
            Err(CmdError::WaitTimeout) => Ok(None),
            found => found.map(Some),
        });
        match found.await {
            Some(element) => element,
            None => panic!("no {css} at {}\n{}", self.url().await, self.text().await),
        }
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.staying(async || Ok(self.client.find_all(Locator::Css(css)).await?.len())).await
    }

    /// The targets of the links among these elements, as written.
    pub(crate) async fn links(&self, css: &str) -> Vec<String> {
        self.staying(async || {
            let mut links = Vec::new();
            for element in self.client.find_all(Locator::Css(css)).await? {
                links.extend(element.attr("href").await?);
            }
            Ok(links)
        })
        .await
    }

    pub(crate) async fn click(&self, css: &str) {
        let element = self.find(css).await;
        // The bar at the bottom of a narrow window stays in view and may cover the element.
        self.client
            .execute(
                "arguments[0].scrollIntoView({block: 'center'})",
                vec![serde_json::to_value(&element).unwrap()],
            )
            .await
            .unwrap();
        element.click().await.unwrap();
    }

    /// Presses a link to the current URL, and waits for the new page.
    pub(crate) async fn press_for_the_same(&self, css: &str) {
        // This marker distinguishes the old page from the new one.
        self.ask("document.body.setAttribute('data-left', '')").await;
        self.click(css).await;
        self.find("body:not([data-left])").await;
    }

    /// Presses twice before the first press has navigated, like a double click. With a pointer, the second press could
    /// already hit the next page.
    pub(crate) async fn double_click(&self, css: &str) {
        let element = serde_json::to_value(self.find(css).await).unwrap();
        self.client.execute("arguments[0].click(); arguments[0].click()", vec![element]).await.unwrap();
    }

    /// Opens another tab of the same browser; returns the handle of the current one.
    pub(crate) async fn other_tab(&self) -> WindowHandle {
        let here = self.client.window().await.unwrap();
        let fresh = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(fresh.handle).await.unwrap();
        here
    }

    /// Switches to a tab; returns the handle of the previous one.
    pub(crate) async fn switch(&self, to: WindowHandle) -> WindowHandle {
        let here = self.client.window().await.unwrap();
        self.client.switch_to_window(to).await.unwrap();
        here
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// Runs a script of the test and returns its result.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.staying(async || self.client.execute(script, vec![]).await).await
    }

    /// Runs a script of the test that calls back with its result.
    async fn ask_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.staying(async || self.client.execute_async(script, arguments.clone()).await).await
    }

    /// Clicks something that the page's script may click at the same time.
    pub(crate) async fn leave(&self, css: &str) {
        if let Ok(button) = self.client.find(Locator::Css(css)).await {
            let _already_gone = button.click().await;
        }
    }

    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("main [name={name}]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn fill_all(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.fill(name, text).await;
        }
    }

    pub(crate) async fn choose(&self, name: &str, value: &str) {
        self.find(&format!("main select[name={name}]")).await.select_by_value(value).await.unwrap();
    }

    /// Submits the form with this action through its main button.
    pub(crate) async fn send(&self, action: &str) {
        self.click(&format!("main form[action='{action}'] button.btn:not(.quiet):not(.alt)")).await;
    }

    /// Waits until the address is on this site and ends in `path`.
    pub(crate) async fn arrives(&self, path: &str) {
        let there = until(async || {
            self.url().await.split('?').next().is_some_and(|url| url.ends_with(path)).then_some(())
        });
        assert!(there.await.is_some(), "{} instead of {path}\n{}", self.url().await, self.text().await);
    }

    /// Checks the current page: no sideways scrolling, every step has a name, every text is in the language that the page
    /// says, no axe-core violation; takes a screenshot, and keeps the page for the validator.
    pub(crate) async fn look(&mut self, name: &str) {
        if let Some(wide) = self.too_wide().await {
            self.faults.push(format!("{name}: {wide}"));
        }
        let nameless = self.ask(NAMELESS).await.as_u64().unwrap();
        if nameless > 0 {
            self.faults.push(format!("{name}: {nameless} steps without their names"));
        }
        let foreign = self.ask(FOREIGN).await;
        let foreign = foreign.as_array().unwrap().iter().take(5);
        self.faults.extend(foreign.map(|fault| format!("{name}: {}", fault.as_str().unwrap())));
        self.ask("scrollTo(0, 0)").await;
        self.shoot(name).await;
        self.keep(name).await;
        // Without JavaScript axe-core can't run either; the same pages are checked with it.
        if let Some(axe) = self.axe.clone().filter(|_| self.look.script) {
            // At the end of the page the bar that sticks to a phone's foot lies in its own place; further up it covers by
            // chance half of some field, which axe-core takes for its size.
            let found = self.staying(async || {
                self.client.execute("scrollTo(0, document.body.scrollHeight)", vec![]).await?;
                self.client.execute(&axe, vec![]).await?;
                self.client.execute_async(AXE, vec![]).await
            });
            let found = found.await.as_array().unwrap().clone();
            self.faults.extend(found.iter().map(|fault| format!("{name}: {}", fault.as_str().unwrap())));
        }
    }

    /// Fetches a file of this site from the page; returns status and bytes.
    pub(crate) async fn fetch(&self, path: &str) -> (u64, Vec<u8>) {
        let answer = self.ask_later(FETCH, vec![json!(path)]).await;
        let bytes = answer["bytes"].as_array().unwrap().iter();
        let bytes = bytes.map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect();
        (answer["status"].as_u64().unwrap(), bytes)
    }

    /// Sets the width of the page, as on another phone.
    pub(crate) async fn narrow(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        self.client.issue_cmd(DevTools("Emulation.setDeviceMetricsOverride", metrics)).await.unwrap();
    }

    /// How many pixels the page is wider than its window, and which elements overflow.
    pub(crate) async fn too_wide(&self) -> Option<String> {
        let found = self.ask(TOO_WIDE).await;
        found.as_str().map(str::to_owned)
    }

    /// A date or a span of hours that stands on two lines, with the words around it.
    pub(crate) async fn broken_date(&self) -> Option<String> {
        let found = self.ask(BROKEN_DATE).await;
        found.as_str().map(str::to_owned)
    }

    /// Keeps the page as it was sent, in the folder whose pages `scripts/test` gives to the W3C validator.
    async fn keep(&self, name: &str) {
        let Some(folder) = setting("CET_TEST_PAGES").filter(|_| self.look.script) else { return };
        let sent = self.ask_later(SENT, vec![]).await;
        if let Some(text) = sent.as_str() {
            std::fs::create_dir_all(&folder).unwrap();
            let file = format!("{}-{name}.html", self.look.name).replace(['/', '?', '&', '='], "-");
            std::fs::write(PathBuf::from(folder).join(file), text).unwrap();
        }
    }

    pub(crate) async fn shoot(&self, name: &str) {
        let folder = folder().join(self.look.name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await.unwrap()).unwrap();
    }

    /// Closes the window and fails with everything that `look` found.
    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
        assert!(self.faults.is_empty(), "{}:\n  {}", self.look.name, self.faults.join("\n  "));
    }
}

/// What the driver says of a page that was left while it was asked about it.
const LEFT: [&str; 5] = [
    "aborted by navigation",
    "document unloaded",
    "stale element reference",
    "Execution context was destroyed",
    "Cannot find context",
];

/// A phone's `innerWidth` grows with a page that is too wide; the layout width does not.
const TOO_WIDE: &str = "const root = document.documentElement, wide = root.scrollWidth - root.clientWidth;
if (wide <= 0) return null;
const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right + scrollX > root.clientWidth + 1);
const inner = out.filter(e => !out.some(other => other !== e && e.contains(other)));
return wide + ' px wider than the window: ' + inner.slice(0, 3).map(e => e.outerHTML.slice(0, 160)).join(' | ');";

const BROKEN_DATE: &str = r"const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode, range = document.createRange();
  if (!text.parentElement.checkVisibility()) continue;
  for (const date of text.data.matchAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?|\d\d:\d\d[–~-]\d\d:\d\d/g)) {
    range.setStart(text, date.index);
    range.setEnd(text, date.index + date[0].length);
    const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
    if (lines.size > 1) return date[0] + ' in ' + text.data.trim().slice(0, 80);
  }
}
return null;";

/// A Chromium-specific command without a `WebDriver` equivalent.
#[derive(Debug)]
struct DevTools(&'static str, Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &reqwest::Url,
        session: Option<&str>,
    ) -> Result<reqwest::Url, <reqwest::Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &reqwest::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

/// The number of steps in the step bar or the chart without visible text.
const NAMELESS: &str = "return [...document.querySelectorAll('.steps li, .flow li')]
    .filter(step => ![...step.querySelectorAll('span, b')].some(name => name.checkVisibility() && name.innerText.trim())).length";

/// Chinese in what is said to be English, and elements that are said to be Chinese without a Chinese character. What is
/// typed, and what is neither (numbers, codes, names of accounts), has no language of its own.
const FOREIGN: &str = r"const han = /[\u2e80-\u2fff\u3001-\u303f\u3400-\u9fff\uff01-\uff60]/, found = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode.data.trim(), at = texts.currentNode.parentElement;
  // An option holds no markup: one that names a column of a file in an English sentence stays as it is.
  if (!at.closest('script, style, textarea') && !(at.matches('option') && /[A-Za-z]{3}/.test(text)) && han.test(text) && at.closest('[lang]').lang.startsWith('en'))
    found.push('Chinese said to be English: ' + text.slice(0, 60) + ' in ' + at.outerHTML.slice(0, 120));
}
for (const of of document.body.querySelectorAll('[lang|=zh]'))
  if (!han.test(of.textContent) && /[A-Za-z]{2}/.test(of.textContent) && !of.matches('textarea'))
    found.push('not Chinese: ' + of.outerHTML.slice(0, 160));
return found;";

/// The page once more, as the server sends it; nothing where that is no page, such as after a refused form.
const SENT: &str = "const done = arguments[0];
fetch(location.href).then(async answer => done(answer.ok && document.contentType === 'text/html' ? await answer.text() : null),
  () => done(null));";

/// The rules of WCAG 2.2 at level AA; one line per violation: rule, elements.
const AXE: &str = "const done = arguments[0];
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(
  result => done(result.violations.map(v => v.id + ' (' + v.help + '): ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))),
  error => done(['axe-core: ' + error]));";

const FETCH: &str = "const done = arguments[1];
fetch(arguments[0]).then(async answer => done({status: answer.status, bytes: [...new Uint8Array(await answer.arrayBuffer())]}));";

fn capabilities(look: Look) -> Value {
    let mut preferences = json!({ "intl.accept_languages": look.language });
    if !look.script {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    let colours = i32::from(!look.dark);
    let mut options = json!({
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--hide-scrollbars", "--force-color-profile=srgb", format!("--window-size={},900", look.width),
            format!("--blink-settings=preferredColorScheme={colours}")],
        "prefs": preferences,
    });
    if let Some(browser) = setting("CET_TEST_BROWSER") {
        options["binary"] = json!(browser);
    }
    // A desktop window can't be as narrow as a phone.
    if look.width < 500 {
        let size =
            json!({ "width": look.width, "height": 844, "pixelRatio": 1, "mobile": true, "touch": true });
        options["mobileEmulation"] = json!({ "deviceMetrics": size });
    }
    json!({ "browserName": "chrome", "goog:chromeOptions": options, "timeouts": { "script": 60_000 } })
}

/// The folder of the screenshots: `target/screenshots`, or `CET_TEST_SCREENSHOTS`.
fn folder() -> PathBuf {
    setting("CET_TEST_SCREENSHOTS")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots"), PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "tests find their browser by the environment")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
