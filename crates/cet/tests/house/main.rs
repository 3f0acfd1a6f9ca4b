//! House rules as tests: what a reviewer should not have to look for.

#[cfg(test)]
mod citations;
#[cfg(test)]
mod crates;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod tree;
