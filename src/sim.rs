//! fal on loopback, for trying a storyboard without buying it.

pub mod animatic;
