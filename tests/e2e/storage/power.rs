//! Power
