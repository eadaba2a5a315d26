//! How long a 12 MP JPEG takes to become evidence: `cargo run --example bench_photo` prints one JSON line for each kind of photo.
//!
//! `naive_ms` is the same work with the `image` crate alone (decode, Lanczos3, encode; no thumbnail, no judgement).
//! The crates that do the work are optimised in the development profile, so no other profile is needed.

use std::io::Cursor;
use std::time::Instant;

use metercrew_imaging::drawn::{self, Difficulty};
use metercrew_imaging::{Layout, Picture, PurposeSpec, decode, encode_jpeg, evidence};

const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runs: usize = std::env::args().nth(1).map_or(Ok(7), |text| text.parse())?;
    let file = twelve_megapixels()?;
    for (kind, spec) in [
        ("fine", PurposeSpec::FINE),
        ("plain", PurposeSpec::PLAIN),
        ("scene", PurposeSpec::SCENE),
    ] {
        measure(kind, spec, &file, runs)?;
    }
    Ok(())
}

fn measure(
    kind: &str,
    spec: PurposeSpec,
    file: &[u8],
    runs: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let (mut ours, mut naive, mut kept) = (Vec::new(), Vec::new(), 0);
    for _ in 0..runs {
        let started = Instant::now();
        kept = evidence(file, spec)?.original_jpeg.len();
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        by_image_alone(file, spec)?;
        naive.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    println!(
        "{{\"bench\":\"photo_12mp\",\"kind\":\"{kind}\",\"runs\":{runs},\"file_bytes\":{},\"stored_bytes\":{kept},\
         \"median_ms\":{:.1},\"best_ms\":{:.1},\"naive_ms\":{:.1},\"naive_best_ms\":{:.1}}}",
        file.len(),
        median(&mut ours),
        ours.first().copied().unwrap_or(0.0),
        median(&mut naive),
        naive.first().copied().unwrap_or(0.0),
    );
    Ok(())
}

/// A drawn photograph blown up to a phone's size, with a phone's grain, some 2.5 MB.
fn twelve_megapixels() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let large = decode(&drawn::label(
        "4130001000000000000012",
        7,
        Difficulty::Easy,
    )?)?
    .resized(WIDTH, HEIGHT)?;
    let mut state = 12_345_u32;
    let grained = large.bytes().iter().map(|&byte| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        byte.saturating_add_signed(((state >> 24) as i8) / 9)
    });
    let picture = Picture::new(WIDTH, HEIGHT, Layout::Rgb, grained.collect())?;
    Ok(encode_jpeg(&picture, 86)?)
}

fn by_image_alone(file: &[u8], spec: PurposeSpec) -> Result<usize, Box<dyn std::error::Error>> {
    let decoded = image::load_from_memory_with_format(file, image::ImageFormat::Jpeg)?;
    let small = decoded.resize(
        spec.long_edge_px,
        spec.long_edge_px,
        image::imageops::FilterType::Lanczos3,
    );
    let mut bytes = Cursor::new(Vec::new());
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, spec.jpeg_quality);
    small.write_with_encoder(encoder)?;
    Ok(bytes.into_inner().len())
}

/// Sorts, so that the first is the best afterwards.
fn median(times_ms: &mut [f64]) -> f64 {
    times_ms.sort_by(f64::total_cmp);
    times_ms.get(times_ms.len() / 2).copied().unwrap_or(0.0)
}
