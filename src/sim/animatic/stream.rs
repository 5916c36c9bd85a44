//! Pictures to H.264: one stream in which every cut is an IDR picture and all between are differences.
//! Rate control is off and there is one thread, so that the same pictures give the same bytes.

use openh264::OpenH264API;
use openh264::encoder::{
    Complexity, EncodedBitStream, Encoder, EncoderConfig, FrameRate, FrameType, RateControlMode, VuiConfig,
};

use super::picture::Picture;
use super::{EncodeError, FPS};

/// NAL unit types of ITU-T H.264, table 7-1.
const SPS: u8 = 7;
const PPS: u8 = 8;

/// A finished stream as a container wants it.
#[derive(Debug)]
pub(super) struct Film {
    pub(super) sps: Vec<u8>,
    pub(super) pps: Vec<u8>,
    pub(super) samples: Vec<Sample>,
}

/// One picture: NAL units, each after its length in four bytes.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) bytes: Vec<u8>,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Decodes by itself.
    Key,
    Difference,
}

pub(super) struct Stream {
    encoder: Encoder,
    sps: Option<Vec<u8>>,
    pps: Option<Vec<u8>>,
    samples: Vec<Sample>,
}

impl Stream {
    pub(super) fn open() -> Result<Self, EncodeError> {
        #[expect(clippy::cast_precision_loss, reason = "24 is exact")]
        let rate = FrameRate::from_hz(FPS as f32);
        let config = EncoderConfig::new()
            .max_frame_rate(rate)
            .rate_control_mode(RateControlMode::Off)
            .complexity(Complexity::Low)
            .adaptive_quantization(false)
            .scene_change_detect(false)
            .skip_frames(false)
            .num_threads(1)
            .vui(VuiConfig::bt709());
        let encoder = Encoder::with_api_config(OpenH264API::from_source(), config)?;
        Ok(Self { encoder, sps: None, pps: None, samples: Vec::new() })
    }

    /// Makes the next picture an IDR picture.
    pub(super) fn cut(&mut self) {
        // The first picture is one anyway, and the encoder must not be touched before it.
        if !self.samples.is_empty() {
            self.encoder.force_intra_frame();
        }
    }

    pub(super) fn push(&mut self, picture: &Picture) -> Result<(), EncodeError> {
        let encoded = self.encoder.encode(picture)?;
        let kind = kind(encoded.frame_type())?;
        let mut bytes = Vec::new();
        for unit in units(&encoded) {
            match unit.first().map(|header| header & 0x1f) {
                Some(SPS) => self.sps = Some(unit),
                Some(PPS) => self.pps = Some(unit),
                _ => append(&mut bytes, &unit)?,
            }
        }
        self.samples.push(Sample { bytes, kind });
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Film, EncodeError> {
        let sps = self.sps.ok_or(EncodeError::Bitstream("sequence parameters"))?;
        let pps = self.pps.ok_or(EncodeError::Bitstream("picture parameters"))?;
        Ok(Film { sps, pps, samples: self.samples })
    }
}

fn kind(frame: FrameType) -> Result<Kind, EncodeError> {
    match frame {
        FrameType::IDR => Ok(Kind::Key),
        FrameType::I | FrameType::P | FrameType::IPMixed => Ok(Kind::Difference),
        FrameType::Skip | FrameType::Invalid => Err(EncodeError::Bitstream("picture for a frame")),
    }
}

/// The NAL units of one picture without their start codes.
fn units(encoded: &EncodedBitStream<'_>) -> Vec<Vec<u8>> {
    let layers = (0..encoded.num_layers()).filter_map(|index| encoded.layer(index));
    layers
        .flat_map(|layer| {
            (0..layer.nal_count()).filter_map(move |n| layer.nal_unit(n).map(unprefixed)).collect::<Vec<_>>()
        })
        .collect()
}

fn unprefixed(unit: &[u8]) -> Vec<u8> {
    let rest = unit.strip_prefix(&[0, 0, 0, 1]).or_else(|| unit.strip_prefix(&[0, 0, 1]));
    rest.unwrap_or(unit).to_vec()
}

fn append(bytes: &mut Vec<u8>, unit: &[u8]) -> Result<(), EncodeError> {
    let length = u32::try_from(unit.len()).map_err(|_| EncodeError::Bitstream("picture of a sane size"))?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(unit);
    Ok(())
}
