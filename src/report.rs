//! What people and programs see: problems, the plan, progress, events, JSON. Decides nothing that was not decided before.

pub mod adopt;
pub mod contact;
pub mod doctor;
pub mod events;
pub mod examples;
pub mod explain;
pub mod github;
mod item;
pub mod json;
pub mod ledger;
pub mod markdown;
pub mod models;
pub mod prices;
pub mod problems;
pub mod progress;
pub mod reconcile;
pub mod sheet;
pub mod state;
pub mod status;
pub mod style;
pub mod summary;
pub mod table;
mod tally;
mod wrap;
