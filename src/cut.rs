//! A film as one video file, and key frames as pictures, made by ffmpeg from the chosen takes. Decides what is copied and
//! what has to be encoded anew; writes nothing under its name before it is whole.

mod ffmpeg;
mod film;
mod sharpness;
mod splice;
mod stills;
mod stock;
mod workshop;

pub use ffmpeg::{Ffmpeg, FfmpegError};
pub use film::join;
pub use splice::{Letterbox, Mixed, Picture, Shape, Sound, Splice, Why};
pub use stills::{Still, frames, pull};
pub use stock::Stock;
pub use workshop::CutError;
