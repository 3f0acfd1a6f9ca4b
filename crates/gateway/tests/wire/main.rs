//! The protocols from both sides.

#[cfg(test)]
mod alipay;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod payease;
#[cfg(test)]
mod wechat;
#[cfg(test)]
mod wechat_certificates;
#[cfg(test)]
mod wechat_notices;
#[cfg(test)]
mod world;
