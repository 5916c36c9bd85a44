//! What the user sees: results in, text out. Decides nothing and prints nothing.

pub mod problems;
