//! The sandbox from a merchant's side: pages, API, notifications and every misbehaviour.

#[cfg(test)]
mod api;
#[cfg(test)]
mod bills;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod misbehaviour;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod wechat;
#[cfg(test)]
mod world;
