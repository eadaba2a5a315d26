//! `metercrew scan`: codes on photographs, and which of them are asset numbers.

use domain::AssetRule;
use serde::Serialize;
use work::{Code, Effort, PictureGrey, ReadBy, ScanOptions, Symbology, scan_grey};

use crate::args;
use crate::pictures::{Told, each, tenths};
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Scanned {
    codes: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    text: String,
    symbology: Symbology,
    /// Whether it is an asset number.
    valid: bool,
    /// Whether a decoder read it or our own reader, whose reads need a second proof.
    read_by: ReadBy,
    /// From 0 to 1.
    confidence: f32,
    /// Pixels, from the code's upper left, clockwise.
    corners: [[f64; 2]; 4],
}

/// Reads every picture; goes on after one that cannot be read and says so in the end.
pub(crate) fn scan(asked: &args::Scan, form: Form, progress: &Progress) -> Result<Exit, CliError> {
    let rule = AssetRule::state_grid();
    let wanted = |text: &str| rule.parse(text).is_ok();
    let look = |picture: &PictureGrey| {
        let codes = scan_grey(picture, ScanOptions::new(Effort::Photo, &wanted));
        let found = |code: Code| Found {
            valid: wanted(&code.text),
            text: code.text,
            symbology: code.symbology,
            read_by: code.read_by,
            confidence: code.confidence,
            corners: code.corners.map(|(x, y)| [tenths(x), tenths(y)]),
        };
        Scanned {
            codes: codes.into_iter().map(found).collect(),
        }
    };
    each(&asked.images, form, progress, look, told)
}

fn told(scanned: &Scanned) -> Told {
    let short = match scanned.codes.as_slice() {
        [] => "no code".to_owned(),
        [_] => "1 code".to_owned(),
        codes => format!("{} codes", codes.len()),
    };
    Told {
        short,
        more: scanned.codes.iter().map(line).collect(),
    }
}

fn line(code: &Found) -> String {
    let kind = match code.symbology {
        Symbology::Code128 => "Code 128",
        Symbology::Qr => "QR",
        Symbology::Code39 => "Code 39",
        Symbology::Itf => "ITF",
        Symbology::Ean => "EAN",
    };
    let valid = match code.valid {
        true => "asset number",
        false => "no asset number",
    };
    let read_by = match code.read_by {
        ReadBy::Decoder => "",
        ReadBy::Soft => ", compare it with the label",
    };
    // A code may say anything: what would move the terminal's cursor is shown, not sent.
    let said = code.text.escape_debug();
    let [[x, y], ..] = code.corners;
    format!("{said}  {kind}, {valid}, at {x:.0},{y:.0}{read_by}")
}
