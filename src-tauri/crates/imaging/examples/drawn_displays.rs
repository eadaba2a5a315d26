//! Drawn displays to train on or to look at:
//! `cargo run --example drawn_displays -- lines|unlike|scenes FROM COUNT` streams records for `training/`,
//! `... -- scores FROM COUNT` reads and tells how right that was, for `training/scores.py`,
//! `... -- gallery FOLDER FROM` writes pictures.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use metercrew_imaging::drawn::displays::{self, DisplayLine};
use metercrew_imaging::drawn::{self, FieldSize, Scene};
use metercrew_imaging::reading::{Grounds, read_with_grounds};
use metercrew_imaging::{Layout, Picture, PictureGrey, decode_grey, encode_png};

const WIDTH: usize = 192;
const HEIGHT: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    match *words {
        ["lines", from, count] => lines(displays::display_line, from.parse()?, count.parse()?, out),
        ["unlike", from, count] => lines(
            displays::display_line_unlike,
            from.parse()?,
            count.parse()?,
            out,
        ),
        ["scenes", from, count] => scenes(from.parse()?, count.parse()?, out),
        ["scores", from, count] => scores(from.parse()?, count.parse()?, out),
        ["gallery", folder, from] => gallery(Path::new(folder), from.parse()?),
        _ => Err("lines|unlike|scenes|scores FROM COUNT, or gallery FOLDER FROM".into()),
    }
}

type Draw = fn(u64) -> Result<DisplayLine, metercrew_imaging::ImagingError>;

/// A record: 192 x 32 grey bytes, rows from the top, padded on the right; the filled width; the text in 16 bytes.
fn lines(draw: Draw, from: u64, count: u64, mut out: impl Write) -> Result<(), Box<dyn Error>> {
    for seed in from..from.saturating_add(count) {
        let line = draw(seed)?;
        let strip = line.strip().ok_or("a frame without an inside")?;
        let mut record = Vec::with_capacity(WIDTH * HEIGHT + 17);
        for y in 0..HEIGHT {
            record.extend_from_slice(strip.row(y));
            record.resize((y + 1) * WIDTH, 0);
        }
        record.push(u8::try_from(strip.width())?);
        record.extend(line.text.bytes());
        record.resize(WIDTH * HEIGHT + 17, 0);
        out.write_all(&record)?;
    }
    Ok(())
}

/// Sizes of pictures the localiser is trained on; thirty-two scenes in a row share one.
const SIZES: [(usize, usize); 8] = [
    (160, 120),
    (160, 120),
    (120, 160),
    (160, 88),
    (160, 48),
    (160, 64),
    (160, 120),
    (160, 160),
];

/// A record: width, height, pixels, number of rows; four rows of eight coordinates and a share as f32, little-endian.
fn scenes(from: u64, count: u64, mut out: impl Write) -> Result<(), Box<dyn Error>> {
    for seed in from..from.saturating_add(count) {
        let place = (seed / 32) as usize % SIZES.len();
        let (width, height) = SIZES.get(place).copied().unwrap_or((160, 120));
        let level = (seed * 7 / 3 % 4) as u8 + 1;
        let scene = displays::display_scene_sized(seed, level, (2 * width, 2 * height))?;
        let small = scene.picture.halved().ok_or("a picture without pixels")?;
        let mut record = vec![width as u8, height as u8];
        record.extend_from_slice(small.bytes());
        let mut rows: Vec<_> = scene
            .corners
            .iter()
            .map(|corners| (*corners, 1.0))
            .collect();
        rows.extend(scene.others.iter().copied());
        record.push(rows.len().min(4) as u8);
        rows.resize(4, ([(0.0, 0.0); 4], 0.0));
        for (corners, share) in rows {
            for (x, y) in corners {
                record.extend_from_slice(&(x / 2.0_f32).to_le_bytes());
                record.extend_from_slice(&(y / 2.0_f32).to_le_bytes());
            }
            record.extend_from_slice(&f32::to_le_bytes(share));
        }
        out.write_all(&record)?;
    }
    Ok(())
}

/// So many seeds lie between the rows and the photographs, so that no text is drawn twice.
const ROWS: u64 = 20_000;

/// A line a row that was read: what the picture is of, whether the digits are right, the grounds of the score.
///
/// Of framed rows, framed rows without the frame, photographs and pictures without a display, in turn.
fn scores(from: u64, count: u64, mut out: impl Write) -> Result<(), Box<dyn Error>> {
    let bare = |text: &str| text.replace('.', "");
    for seed in from..from.saturating_add(count) {
        let (kind, picture, frame, text) = match seed % 4 {
            0 | 1 => {
                let line = displays::display_line(seed)?;
                let frame = (seed % 4 == 0).then_some(line.frame);
                ("row", line.photo, frame, line.text)
            }
            2 => {
                let scene = displays::display_scene(seed + ROWS, (seed / 4 % 4 + 1) as u8)?;
                ("photo", scene.picture, None, scene.text)
            }
            _ => {
                let picture = match seed / 4 % 3 {
                    0 => decode_grey(&drawn::scene(Scene::Wiring, seed)?)?,
                    1 => decode_grey(&drawn::scene(Scene::Panorama, seed)?)?,
                    _ => drawn::field_empty(seed, FieldSize::Hd1080)?,
                };
                ("none", picture, None, String::new())
            }
        };
        for (row, grounds) in read_with_grounds(&picture, frame) {
            let best = row.candidates.first().ok_or("a row without a text")?;
            let is_right = u8::from(bare(&best.text) == bare(&text));
            let Grounds {
                share,
                found,
                signs,
            } = grounds;
            writeln!(out, "{kind} {is_right} {share} {found} {signs}")?;
        }
    }
    Ok(())
}

fn write_grey(path: &Path, picture: &PictureGrey) -> Result<(), Box<dyn Error>> {
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let picture = Picture::new(width, height, Layout::Grey, picture.bytes().to_vec())?;
    Ok(std::fs::write(path, encode_png(&picture)?)?)
}

fn copy(sheet: &mut [u8], start: usize, row: &[u8]) {
    if let Some(out) = sheet.get_mut(start..start + row.len()) {
        out.copy_from_slice(row);
    }
}

/// Sheets of strips, of pieces of photographs and of scenes.
fn gallery(folder: &Path, from: u64) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut strips = vec![40_u8; 5 * 200 * 36 * 24];
    let mut texts = String::new();
    for place in 0..120 {
        let line = displays::display_line(from + place)?;
        let strip = line.strip().ok_or("a frame without an inside")?;
        let (left, top) = (place as usize % 5 * 200 + 4, place as usize / 5 * 36 + 2);
        for y in 0..HEIGHT {
            let start = (top + y) * 1000 + left;
            copy(&mut strips, start, strip.row(y));
        }
        texts.push_str(&line.text);
        texts.push(if place % 5 == 4 { '\n' } else { '\t' });
    }
    write_grey(
        &folder.join("strips.png"),
        &PictureGrey::new(1000, 36 * 24, strips)?,
    )?;
    std::fs::write(folder.join("strips.txt"), texts)?;
    let mut sheet = vec![40_u8; 1320 * 1000];
    for place in 0..16_u64 {
        let scene = displays::display_scene_sized(from + place, place as u8 / 4 + 1, (320, 240))?;
        let (left, top) = (place as usize % 4 * 330, place as usize / 4 * 250);
        for y in 0..240 {
            let start = (top + y) * 1320 + left;
            copy(&mut sheet, start, scene.picture.row(y));
        }
    }
    write_grey(
        &folder.join("scenes.png"),
        &PictureGrey::new(1320, 1000, sheet)?,
    )
}
