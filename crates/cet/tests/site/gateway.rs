//! Through a sandbox gateway and back, without JavaScript.

use super::client::{Answer, Client};
use super::page_markup::{Form, post_forms};

/// A candidate's payment method.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Alipay,
    PayEase,
}

impl Way {
    fn fields(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Alipay => vec![("gateway", "alipay")],
            // 85 is 中国银行.
            Self::PayEase => vec![("gateway", "payease"), ("bank", "85")],
        }
    }
}

/// Opens an order for everything unpaid and presses `outcome` at the gateway. Returns the response that leads back to
/// the site; an error if either of them is down.
pub(crate) async fn go(client: &mut Client, way: Way, outcome: &str) -> Result<Answer, reqwest::Error> {
    let order = client.try_post("/payment", &way.fields()).await?;
    assert!(order.status == 303 && order.location.starts_with("/payment/"), "{order:?}");
    let page = client.try_get(&order.location).await?;
    let form = outward(&page.text);
    let gateway = origin(&form.action);
    let mut answer = client.try_submit(&form, None).await?;
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
