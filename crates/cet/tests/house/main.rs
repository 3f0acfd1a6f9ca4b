//! The project's conventions as tests, so that a reviewer does not have to check them.

#[cfg(test)]
mod asvs;
#[cfg(test)]
mod citations;
#[cfg(test)]
mod crates;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod packaging;
#[cfg(test)]
mod placement;
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
