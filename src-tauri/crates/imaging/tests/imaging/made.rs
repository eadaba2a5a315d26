//! Files to test with.

use metercrew_imaging::{Layout, Picture, encode_jpeg, encode_png};

/// Four quarters of different grey: upper left 40, upper right 100, lower left 160, lower right 220.
pub fn quarters(width: u32, height: u32) -> Picture {
    let bytes = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| {
            let right = if x >= width / 2 { 60 } else { 0 };
            let down = if y >= height / 2 { 120 } else { 0 };
            40 + right + down
        });
    Picture::new(width, height, Layout::Grey, bytes.collect())
        .unwrap()
        .into_rgb()
}

/// A small JPEG of [`quarters`].
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encode_jpeg(&quarters(width, height), 90).unwrap()
}

/// A small PNG of [`quarters`].
pub fn png(width: u32, height: u32) -> Vec<u8> {
    encode_png(&quarters(width, height)).unwrap()
}

/// Puts an APP1 segment with an orientation and a private remark behind the start of a JPEG.
pub fn with_exif(jpeg: &[u8], orientation: u16, remark: &str) -> Vec<u8> {
    let mut body = b"Exif\0\0MM\0*\0\0\0\x08".to_vec();
    body.extend_from_slice(&[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1]);
    body.extend_from_slice(&orientation.to_be_bytes());
    body.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
    body.extend_from_slice(remark.as_bytes());
    let mut file = vec![0xFF, 0xD8, 0xFF, 0xE1];
    file.extend_from_slice(&(body.len() as u16 + 2).to_be_bytes());
    file.extend_from_slice(&body);
    file.extend_from_slice(&jpeg[2..]);
    file
}

/// Writes another size into a JPEG's frame header.
pub fn claiming(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg.to_vec();
    let frame = frame_header(&file);
    file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    file
}

/// Where the frame header's marker stands.
pub fn frame_header(jpeg: &[u8]) -> usize {
    jpeg.windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap()
}

/// Mean brightness of a rectangle.
pub fn mean(picture: &Picture, left: u32, top: u32, right: u32, bottom: u32) -> f64 {
    let grey = picture.to_grey();
    let rows =
        (top as usize..bottom as usize).flat_map(|y| &grey.row(y)[left as usize..right as usize]);
    let (count, sum) = rows.fold((0_u64, 0_u64), |(count, sum), &pixel| {
        (count + 1, sum + u64::from(pixel))
    });
    sum as f64 / count as f64
}

/// A valid asset number for a seed: Henan, unit 00, meter, serial, GS1 check digit.
pub fn asset_no(seed: u64) -> String {
    let serial = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 100_000_000_000_000;
    let body = format!("4130001{serial:014}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
