//! The view: what is shown, moved and left alone.
