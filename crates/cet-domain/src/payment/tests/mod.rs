mod bank;
mod late;
mod model;
mod notices;
mod orders;
mod refunds;
mod suspense;
mod verify;
pub(crate) mod world;
