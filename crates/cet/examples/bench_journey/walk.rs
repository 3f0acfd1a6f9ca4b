//! One candidate's journey, through the forms of the pages.

use std::net::SocketAddr;

use super::people;
use super::server::Fault;
use super::wire::{self, Wire};

/// Requests per candidate.
pub(crate) const REQUESTS: usize = 12;

/// A connection that serves candidates one after another.
pub(crate) struct Walk {
    wire: Wire,
    address: SocketAddr,
    cookie: String,
}

impl Walk {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Fault> {
        Ok(Self { wire: Wire::open(address).await?, address, cookie: String::new() })
    }

    /// From the agreement to the page that leads to the gateway.
    pub(crate) async fn whole(&mut self, n: usize, token: &str) -> Result<(), Fault> {
        self.cookie = format!("cookie: cet={token}\r\n");
        let n = u64::try_from(n)?;
        let (name, number) = (people::student(n).name, people::number(n));
        self.page("/agreement").await?;
        self.form("/agreement", &[("accept", "yes")]).await?;
        self.page("/qualification").await?;
        let record = [("document_kind", "resident-id"), ("document_number", &number), ("name", &name)];
        self.form("/qualification", &record).await?;
        self.page("/qualification/record").await?;
        self.form("/qualification/record", &[("checked", "yes")]).await?;
        self.page("/registration/written").await?;
        self.form("/registration/written", &[("subject", "1")]).await?;
        self.page("/registration").await?;
        self.page("/payment").await?;
        let order = self.form("/payment", &[("gateway", "alipay")]).await?;
        self.page(&order).await
    }

    async fn page(&mut self, path: &str) -> Result<(), Fault> {
        match self.wire.ask(&wire::get(self.address, path, &self.cookie)).await? {
            200 => Ok(()),
            status => Err(format!("{path} answered {status}").into()),
        }
    }

    /// Submits the form on the last page, with its hidden fields and these; returns the redirect target.
    async fn form(&mut self, action: &str, fields: &[(&str, &str)]) -> Result<String, Fault> {
        let page = String::from_utf8_lossy(self.wire.body()).into_owned();
        let mut all = hidden(&page, action);
        all.retain(|(name, _)| fields.iter().all(|(own, _)| own != name));
        let mut pairs: Vec<(&str, &str)> =
            all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.extend(fields);
        let status = self.wire.ask(&wire::post(self.address, action, &self.cookie, &pairs)).await?;
        if status != 303 {
            let page = String::from_utf8_lossy(self.wire.body()).into_owned();
            let codes: Vec<&str> =
                page.split("data-code=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            return Err(format!("POST {action} answered {status} {codes:?}").into());
        }
        self.wire.header("location").ok_or_else(|| "a way on".into())
    }
}

/// Names and values of the hidden fields of the form with this action.
fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let wanted = format!("action=\"{action}\"");
    let forms = page.split("<form").skip(1).filter_map(|rest| rest.split_once("</form>"));
    let form = forms
        .map(|(form, _)| form)
        .find(|form| form.split('>').next().is_some_and(|tag| tag.contains(&wanted)));
    let tags = form.unwrap_or_default().split('<').filter_map(|rest| rest.split('>').next());
    let inputs = tags.filter(|tag| tag.starts_with("input") && tag.contains("type=\"hidden\""));
    let value = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        rest.split('"')
            .next()
            .map(|text| text.replace("&#34;", "\"").replace("&#38;", "&").replace("&amp;", "&"))
    };
    inputs.filter_map(|tag| Some((value(tag, "name")?, value(tag, "value").unwrap_or_default()))).collect()
}
