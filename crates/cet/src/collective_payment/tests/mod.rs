mod pages;
mod verbs;
