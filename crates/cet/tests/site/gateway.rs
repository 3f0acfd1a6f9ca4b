//! Through a sandbox gateway and back, without JavaScript.

use super::client::{Answer, Client};
use super::page_markup::{Form, post_forms};

/// A candidate's payment method.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PayBy {
    Alipay,
    PayEase,
    WeChat,
}

impl PayBy {
    fn fields(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Alipay => vec![("gateway", "alipay")],
            // 85 is 中国银行.
            Self::PayEase => vec![("gateway", "payease"), ("bank", "85")],
            Self::WeChat => vec![("gateway", "wechat")],
        }
    }
}

/// Opens an order for everything unpaid and presses `outcome` at the gateway. Returns the response that leads back to
/// the site; an error if either of them is down.
pub(crate) async fn go(client: &mut Client, way: PayBy, outcome: &str) -> Result<Answer, reqwest::Error> {
    let order = client.try_post("/payment", &way.fields()).await?;
    assert!(order.status == 303 && order.location.starts_with("/payment/"), "{order:?}");
    let page = client.try_get(&order.location).await?;
    let (gateway, mut answer) = match way {
        PayBy::WeChat => scanned(client, &page.text).await?,
        PayBy::Alipay | PayBy::PayEase => {
            let form = outward(&page.text);
            (origin(&form.action), client.try_submit(&form, None).await?)
        }
    };
    // The sandboxes' pages need no typing: the first form's button decides.
    for _ in 0..5 {
        if answer.status == 200 {
            let mut form = post_forms(&answer.text).remove(0);
            form.action = absolute(&gateway, &form.action);
            let button = form.buttons.iter().any(|(_, value)| value == outcome).then_some(outcome);
            answer = client.try_submit(&form, button).await?;
        } else if answer.location.starts_with(&client.url) {
            return Ok(answer);
        } else {
            answer = client.try_get(&absolute(&gateway, &answer.location)).await?;
        }
    }
    panic!("the gateway never leads back: {answer:?}");
}

/// The page that the code leads to, which a rehearsal also shows as a link.
async fn scanned(client: &mut Client, page: &str) -> Result<(String, Answer), reqwest::Error> {
    let form = post_forms(page).into_iter().find(|form| form.action.ends_with("/code")).unwrap();
    let shown = client.try_submit(&form, None).await?;
    assert_eq!((shown.status, shown.location.as_str()), (303, form.action.as_str()), "{}", shown.text);
    let code = client.try_get(&shown.location).await?;
    assert!(code.text.contains(&format!("src=\"{}.svg\"", form.action)), "{}", code.text);
    let picture = client.try_get(&format!("{}.svg", form.action)).await?;
    assert!(picture.status == 200 && picture.text.contains("<svg"), "{}", picture.text);
    let link = code.text.split("<a href=\"http").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let link = format!("http{link}").replace("&amp;", "&").replace("&#38;", "&");
    Ok((origin(&link), client.try_get(&link).await?))
}

/// The form that leaves the site.
fn outward(page: &str) -> Form {
    let mut forms = post_forms(page).into_iter();
    forms
        .find(|form| form.action.starts_with("http"))
        .unwrap_or_else(|| panic!("no way to the gateway: {page}"))
}

/// The origin (`http://127.0.0.1:PORT`) of a URL.
fn origin(address: &str) -> String {
    address.split('/').take(3).collect::<Vec<_>>().join("/")
}

fn absolute(gateway: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{gateway}{location}") } else { location.to_owned() }
}
