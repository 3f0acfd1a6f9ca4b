//! The finished program from outside: complete journeys over plain HTTP and in a browser, and kill -9 under load.

#[cfg(test)]
mod address_browser;
#[cfg(test)]
mod captcha_browser;
#[cfg(test)]
mod client;
#[cfg(test)]
mod dark_browser;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod habits_browser;
#[cfg(test)]
mod journey_browser;
#[cfg(test)]
mod journey_http;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod narrow_browser;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod page_markup;
#[cfg(test)]
mod passport_browser;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod recovery_browser;
#[cfg(test)]
mod rush;
#[cfg(test)]
mod season;
#[cfg(test)]
mod season_browser;
#[cfg(test)]
mod situations_browser;
#[cfg(test)]
mod staff_browser;
#[cfg(test)]
mod ticket_browser;
#[cfg(test)]
mod wait;
#[cfg(test)]
mod window;
