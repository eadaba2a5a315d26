//! Broken picture files of every kind, from a seed: no bytes stop the process, take long or take much memory.

use metercrew_imaging::drawn;
use metercrew_imaging::limits::MAX_PIXELS;
use metercrew_imaging::{ScanOptions, decode, decode_grey, encode_png, read_display, scan_grey};

/// Files that mutants are made of, by what they are.
pub struct Originals(pub Vec<(&'static str, Vec<u8>)>);

/// What came of a file: `taken`, or the code of the error that refused it.
pub fn look_at(file: &[u8]) -> &'static str {
    let outcome = match decode(file) {
        Ok(picture) => {
            let pixels = u64::from(picture.width()) * u64::from(picture.height());
            assert!(pixels <= MAX_PIXELS, "{pixels} pixels were taken");
            "taken"
        }
        Err(error) => error.code(),
    };
    if let Ok(grey) = decode_grey(file) {
        let _ = scan_grey(&grey, ScanOptions::photo());
        let _ = read_display(&grey, None);
    }
    outcome
}

impl Originals {
    /// Small ones only.
    pub fn small() -> Self {
        let flat = drawn::label_flat("4130001000000000000012").unwrap();
        let (width, height) = (flat.width(), flat.height());
        let rgb = flat.bytes();
        let grey = flat.to_grey().bytes().to_vec();
        let png = encode_png(&flat).unwrap();
        let rgba: Vec<u8> = grey
            .iter()
            .flat_map(|&grey| [grey, grey, 90, !grey])
            .collect();
        let rgb16: Vec<u8> = rgb.iter().flat_map(|&byte| [byte, 7]).collect();
        let colour = image::ExtendedColorType::Rgb8;
        Self(vec![
            (
                "jpeg",
                jpeg(rgb, width, height, jpeg_encoder::ColorType::Rgb, false),
            ),
            (
                "progressive jpeg",
                jpeg(rgb, width, height, jpeg_encoder::ColorType::Rgb, true),
            ),
            (
                "grey jpeg",
                jpeg(&grey, width, height, jpeg_encoder::ColorType::Luma, false),
            ),
            (
                "cmyk jpeg",
                jpeg(&rgba, width, height, jpeg_encoder::ColorType::Cmyk, false),
            ),
            (
                "png of 16 bits",
                written(&rgb16, width, height, image::ExtendedColorType::Rgb16),
            ),
            (
                "clear png",
                written(&rgba, width, height, image::ExtendedColorType::Rgba8),
            ),
            ("animated png", animated(&png)),
            ("png", png),
            ("png of one pixel", written(&[1, 2, 3], 1, 1, colour)),
            (
                "jpeg of one pixel",
                jpeg(&[1, 2, 3], 1, 1, jpeg_encoder::ColorType::Rgb, false),
            ),
            ("narrow png", written(&[90; 3 * 1231], 1, 1231, colour)),
            (
                "odd jpeg",
                jpeg(
                    &[60; 3 * 7 * 333],
                    333,
                    7,
                    jpeg_encoder::ColorType::Rgb,
                    true,
                ),
            ),
            ("gif", foreign(b"GIF89a\x10\0\x10\0\xF7\0\0")),
            ("webp", foreign(b"RIFF\x20\x01\0\0WEBPVP8L")),
            ("bmp", foreign(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0")),
            ("tiff", foreign(b"II*\0\x08\0\0\0\x01\0")),
            ("heic", foreign(b"\0\0\0\x18ftypheic\0\0\0\0")),
        ])
    }

    /// One file made worse, the same for the same seed, and what it was.
    pub fn mutant(&self, seed: u64) -> (&'static str, Vec<u8>) {
        let mut dice = Dice(seed);
        let (kind, original) = &self.0[dice.below(self.0.len())];
        let mut file = original.clone();
        for _ in 0..dice.below(4) {
            if file.is_empty() {
                break;
            }
            mutate(&mut file, &mut dice);
        }
        if dice.below(2) == 0 {
            with_right_checksums(&mut file);
        }
        (kind, file)
    }
}

fn mutate(file: &mut Vec<u8>, dice: &mut Dice) {
    let (from, length) = (dice.below(file.len()), dice.below(400));
    let to = (from + length).min(file.len());
    match dice.below(6) {
        0 => file.truncate(from),
        1 => {
            for _ in 0..1 + dice.below(24) {
                let at = dice.below(file.len());
                file[at] = dice.next() as u8;
            }
        }
        2 => drop(file.drain(from..to)),
        3 => {
            let slice = file[from..to].to_vec();
            file.splice(from..from, slice);
        }
        4 => {
            let noise: Vec<u8> = (0..length).map(|_| dice.next() as u8).collect();
            file.splice(from..from, noise);
        }
        _ => claim(file, dice),
    }
}

/// Writes another size into the header.
fn claim(file: &mut [u8], dice: &mut Dice) {
    const EDGES: [u32; 10] = [0, 1, 2, 3, 39, 333, 5_000, 8_191, 20_000, 65_535];
    let (width, height) = (
        EDGES[dice.below(EDGES.len())],
        EDGES[dice.below(EDGES.len())],
    );
    let frame = file
        .windows(2)
        .position(|pair| matches!(pair, [0xFF, 0xC0..=0xC2]));
    if file.starts_with(b"\x89PNG") && file.len() > 24 {
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
    } else if let Some(size) = frame.and_then(|frame| file.get_mut(frame + 5..frame + 9)) {
        size[..2].copy_from_slice(&(height as u16).to_be_bytes());
        size[2..].copy_from_slice(&(width as u16).to_be_bytes());
    }
}

fn jpeg(
    bytes: &[u8],
    width: u32,
    height: u32,
    colour: jpeg_encoder::ColorType,
    gradual: bool,
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 85);
    encoder.set_progressive(gradual);
    encoder
        .encode(bytes, width as u16, height as u16, colour)
        .unwrap();
    file
}

fn written(bytes: &[u8], width: u32, height: u32, colour: image::ExtendedColorType) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut file);
    image::ImageEncoder::write_image(encoder, bytes, width, height, colour).unwrap();
    file
}

/// A file of a kind that is not read: its start and some bytes behind.
fn foreign(start: &[u8]) -> Vec<u8> {
    let rest = (0..200_u8).map(|byte| byte.wrapping_mul(37));
    start.iter().copied().chain(rest).collect()
}

/// The same PNG with two frames of animation.
fn animated(png: &[u8]) -> Vec<u8> {
    // Behind the signature and the header's chunk.
    let (head, rest) = png.split_at(8 + 25);
    let end = rest.len() - 12;
    let size = &png[16..24];
    let control = |number: u8| {
        let mut body = vec![0, 0, 0, number];
        body.extend_from_slice(size);
        body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0]);
        chunk(b"fcTL", &body)
    };
    let more: Vec<u8> = [&[0, 0, 0, 2][..], &rest[8..40]].concat();
    [
        head,
        &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
        &control(0),
        &rest[..end],
        &control(1),
        &chunk(b"fdAT", &more),
        &rest[end..],
    ]
    .concat()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [name, body].concat();
    let length = (body.len() as u32).to_be_bytes();
    [&length[..], &named, &checksum(&named).to_be_bytes()].concat()
}

/// Writes each PNG chunk's checksum anew, so that a mutation gets past it.
fn with_right_checksums(file: &mut [u8]) {
    let mut at = 8;
    while file.starts_with(b"\x89PNG") && at + 12 <= file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let end = at + 8 + length;
        if end + 4 > file.len() {
            break;
        }
        let sum = checksum(&file[at + 4..end]);
        file[end..end + 4].copy_from_slice(&sum.to_be_bytes());
        at = end + 4;
    }
}

/// **Source**: W3C PNG (third edition), annex D: CRC-32.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

/// **Source**: splitmix64, S. Vigna, public domain.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
