mod notices;
mod orders;
pub(super) mod world;
