//! shotlist
pub mod address;
pub mod catalog;
pub mod cli;
pub mod expand;
pub mod fal;
pub mod plan;
pub mod project;
pub mod record;
pub mod render;
pub mod report;
pub mod request;
pub mod sim;
pub mod storyboard;
pub mod take;
pub mod usd;
