//! The vault: what lands in it and what is found there.
