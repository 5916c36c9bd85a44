//! A film to MP4 (ISO/IEC 14496-12 and -15): one video track, its index before its data, so that it plays while it loads.
//! Every length is exact: a frame is 1000 ticks of 1/24000 s.

use mp4_atom::{
    Avc1, Avcc, Codec, Colr, Dinf, Dref, DrefEntry, Encode, FourCC, Ftyp, Hdlr, Mdat, Mdhd, Mdia, Minf, Moov,
    Mvhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts, SttsEntry, Tkhd, Trak, Url,
    Visual, Vmhd,
};

use super::stream::{Film, Kind};
use super::{EncodeError, FPS};

/// Ticks per frame.
const TICKS: u32 = 1000;
const TIMESCALE: u32 = FPS * TICKS;
const TRACK: u32 = 1;

/// The code for BT.709 in ITU-T H.273, tables 2, 3 and 4 alike.
const BT709: u16 = 1;

/// The whole file. `size` is the picture's width and height in pixels.
pub(super) fn mux(film: &Film, size: (u32, u32)) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    ftyp().encode(&mut bytes)?;
    let before = bytes.len() + encoded(&moov(film, size, 0)?)?.len();
    let offset = before + encoded(&Mdat { data: Vec::new() })?.len();
    moov(film, size, count(offset)?)?.encode(&mut bytes)?;
    Mdat { data: film.samples.iter().flat_map(|sample| sample.bytes.iter().copied()).collect() }
        .encode(&mut bytes)?;
    Ok(bytes)
}

fn encoded(atom: &impl Encode) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    atom.encode(&mut bytes)?;
    Ok(bytes)
}

fn ftyp() -> Ftyp {
    let compatible = [b"isom", b"iso2", b"avc1", b"mp41"];
    Ftyp {
        major_brand: FourCC::new(b"isom"),
        minor_version: 512,
        compatible_brands: compatible.map(FourCC::new).to_vec(),
    }
}

/// The index. `offset` is where the first sample begins in the file; its value does not change the index's length.
fn moov(film: &Film, size: (u32, u32), offset: u32) -> Result<Moov, EncodeError> {
    let duration = u64::from(count(film.samples.len())?) * u64::from(TICKS);
    let mvhd = Mvhd {
        timescale: TIMESCALE,
        duration,
        rate: 1.into(),
        volume: 1.into(),
        next_track_id: TRACK + 1,
        ..Mvhd::default()
    };
    Ok(Moov { mvhd, trak: vec![trak(film, size, duration, offset)?], ..Moov::default() })
}

fn trak(film: &Film, size: (u32, u32), duration: u64, offset: u32) -> Result<Trak, EncodeError> {
    let (width, height) = (side(size.0)?, side(size.1)?);
    let tkhd = Tkhd {
        track_id: TRACK,
        duration,
        enabled: true,
        in_movie: true,
        width: width.into(),
        height: height.into(),
        ..Tkhd::default()
    };
    let mdhd = Mdhd { timescale: TIMESCALE, duration, language: "und".to_owned(), ..Mdhd::default() };
    let hdlr = Hdlr { handler: FourCC::new(b"vide"), name: "VideoHandler".to_owned() };
    let here = DrefEntry::Url(Url { location: String::new() });
    let minf = Minf {
        vmhd: Some(Vmhd::default()),
        dinf: Dinf { dref: Dref { entries: vec![here] } },
        stbl: stbl(film, (width, height), offset)?,
        ..Minf::default()
    };
    Ok(Trak { tkhd, mdia: Mdia { mdhd, hdlr, minf }, ..Trak::default() })
}

/// All samples lie in one chunk.
fn stbl(film: &Film, size: (u16, u16), offset: u32) -> Result<Stbl, EncodeError> {
    let samples = count(film.samples.len())?;
    let sizes = film.samples.iter().map(|sample| count(sample.bytes.len())).collect::<Result<_, _>>()?;
    Ok(Stbl {
        stsd: Stsd { codecs: vec![Codec::Avc1(avc1(film, size)?)] },
        stts: Stts { entries: vec![SttsEntry { sample_count: samples, sample_delta: TICKS }] },
        stss: Some(Stss { entries: keys(film)? }),
        stsc: Stsc {
            entries: vec![StscEntry {
                first_chunk: 1,
                samples_per_chunk: samples,
                sample_description_index: 1,
            }],
        },
        stsz: Stsz { samples: StszSamples::Different { sizes } },
        stco: Some(Stco { entries: vec![offset] }),
        ..Stbl::default()
    })
}

/// The numbers of the pictures that decode by themselves, counted from 1.
fn keys(film: &Film) -> Result<Vec<u32>, EncodeError> {
    let numbered = (1..).zip(&film.samples);
    numbered.filter(|(_, sample)| sample.kind == Kind::Key).map(|(number, _)| count(number)).collect()
}

fn avc1(film: &Film, (width, height): (u16, u16)) -> Result<Avc1, EncodeError> {
    Ok(Avc1 {
        visual: Visual { data_reference_index: 1, width, height, ..Visual::default() },
        avcc: Avcc::new(&film.sps, &film.pps)?,
        colr: Some(Colr::new(BT709, BT709, BT709, false)?),
        ..Avc1::default()
    })
}

fn count(number: usize) -> Result<u32, EncodeError> {
    u32::try_from(number).map_err(|_| EncodeError::Container(mp4_atom::Error::InvalidSize))
}

fn side(pixels: u32) -> Result<u16, EncodeError> {
    u16::try_from(pixels).map_err(|_| EncodeError::Container(mp4_atom::Error::InvalidSize))
}
