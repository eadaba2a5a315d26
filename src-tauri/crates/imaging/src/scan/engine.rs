//! The third-party reader, fenced: what goes in is checked, what comes out is plain.

use std::collections::HashSet;

use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::oned::MultiFormatOneDReader;
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult, Reader};

use crate::guard::fenced;
use crate::picture::PictureGrey;
use crate::scan::{Code, Formats, ReadBy, Symbology};

/// Shortest text believed of one scan line: three signs of Code 128 are found in any picket fence.
const MIN_BAR_SIGNS: usize = 6;

/// Shortest text believed when bands of a patch that share no line agree about it.
const MIN_AGREED_SIGNS: usize = 4;

/// Bands a patch is parted into, and how many of them must read a short text.
const BANDS: usize = 4;
const MIN_AGREEING: usize = 3;

/// Longest text taken from a QR code; the largest of them holds 7,089 digits.
const MAX_SIGNS: usize = 7_089;

/// Half the height given to a code found on one scan line, whose bars' height is not known.
const LINE_HALF_PX: f32 = 8.0;

/// How far a QR code reaches beyond the middles of its marks, as a share of their distance: 3.5 modules of 18, as codes
/// of some twenty signs have.
const MARK_MARGIN: f32 = 3.5 / 18.0;

/// What one scan line said, and between which columns.
pub(super) struct LineRead {
    pub text: String,
    pub symbology: Symbology,
    pub from: f32,
    pub to: f32,
}

/// Reads bars that run straight up in a patch.
pub(super) fn bars_in_patch(patch: &PictureGrey, formats: Formats) -> Option<LineRead> {
    let read = bars(patch, formats)?;
    let (from, to) = ends(&read)?;
    let is_long = read.getText().chars().count() >= MIN_BAR_SIGNS;
    let text = printed(&read, MIN_AGREED_SIGNS)?;
    (is_long || is_agreed(patch, formats, &text)).then_some(())?;
    Some(LineRead {
        text,
        symbology: symbology(&read)?,
        from: from.0,
        to: to.0,
    })
}

/// Whether several parts of a patch say the same.
fn is_agreed(patch: &PictureGrey, formats: Formats, text: &str) -> bool {
    let lines = (patch.height() / BANDS).max(1);
    let bands = patch.bytes().chunks_exact(lines * patch.width());
    let agreeing = bands.take(BANDS).filter(|band| {
        let band = PictureGrey::new(patch.width(), lines, band.to_vec());
        let read = band.ok().and_then(|band| bars(&band, formats));
        read.is_some_and(|read| read.getText() == text)
    });
    agreeing.count() >= MIN_AGREEING
}

/// Reads bars anywhere in a picture, as long as a level or upright line crosses them all.
pub(super) fn bars_anywhere(picture: &PictureGrey, formats: Formats) -> Option<Code> {
    let read = bars(picture, formats)?;
    let (from, to) = ends(&read)?;
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let length = along_x.hypot(along_y).max(1.0);
    let (down_x, down_y) = (
        -along_y / length * LINE_HALF_PX,
        along_x / length * LINE_HALF_PX,
    );
    Some(Code {
        text: printed(&read, MIN_BAR_SIGNS)?,
        symbology: symbology(&read)?,
        corners: [
            (from.0 - down_x, from.1 - down_y),
            (to.0 - down_x, to.1 - down_y),
            (to.0 + down_x, to.1 + down_y),
            (from.0 + down_x, from.1 + down_y),
        ],
        read_by: ReadBy::Decoder,
        confidence: 1.0,
    })
}

/// Reads every QR code of a picture; one that is `faint` is looked for in another way too, if there is no other.
pub(super) fn qr(picture: &PictureGrey, faint: bool) -> Vec<Code> {
    let hints = hints([BarcodeFormat::QR_CODE]);
    let found = run(picture, |bitmap| {
        let clear = QrReader.decode_multiple_with_hints(bitmap, &hints);
        let clear = clear.unwrap_or_default();
        let is_wanted = faint && clear.is_empty();
        // The other reader takes less than half the time on what the first has made of the picture already.
        let other = is_wanted.then(|| QRCodeReader::new().decode_with_hints(bitmap, &hints));
        (clear, other.and_then(Result::ok))
    });
    let (clear, other) = found.unwrap_or_default();
    let clear = clear.iter().filter_map(|read| {
        let corners = read.getPoints().first_chunk::<4>()?;
        square(read, corners.map(|point| (point.x, point.y)))
    });
    let other = other
        .iter()
        .filter_map(|read| square(read, around_marks(read)?));
    clear.chain(other).collect()
}

/// Corners of a QR code of which the middles of the marks are known.
fn around_marks(read: &RXingResult) -> Option<[(f32, f32); 4]> {
    let &[lower_left, upper_left, upper_right] = read.getPoints().first_chunk::<3>()?;
    let right = (upper_right.x - upper_left.x, upper_right.y - upper_left.y);
    let down = (lower_left.x - upper_left.x, lower_left.y - upper_left.y);
    let (first, last) = (-MARK_MARGIN, 1.0 + MARK_MARGIN);
    let corners = [(first, first), (last, first), (last, last), (first, last)];
    Some(corners.map(|(across, along)| {
        (
            upper_left.x + right.0 * across + down.0 * along,
            upper_left.y + right.1 * across + down.1 * along,
        )
    }))
}

fn square(read: &RXingResult, corners: [(f32, f32); 4]) -> Option<Code> {
    let text = read.getText();
    (!text.is_empty() && text.len() <= MAX_SIGNS).then(|| Code {
        text: text.to_owned(),
        symbology: Symbology::Qr,
        corners,
        read_by: ReadBy::Decoder,
        confidence: 1.0,
    })
}

fn bars(picture: &PictureGrey, formats: Formats) -> Option<RXingResult> {
    let goods = [
        BarcodeFormat::CODE_39,
        BarcodeFormat::ITF,
        BarcodeFormat::EAN_13,
        BarcodeFormat::EAN_8,
        BarcodeFormat::UPC_A,
        BarcodeFormat::UPC_E,
    ];
    let more = match formats {
        Formats::Meters => [].as_slice(),
        Formats::Goods => &goods,
    };
    let hints = hints([BarcodeFormat::CODE_128].iter().chain(more).copied());
    run(picture, |bitmap| {
        let mut reader = MultiFormatOneDReader::new(&hints);
        reader.decode_with_hints(bitmap, &hints).ok()
    })?
}

fn symbology(read: &RXingResult) -> Option<Symbology> {
    match read.getBarcodeFormat() {
        BarcodeFormat::CODE_128 => Some(Symbology::Code128),
        BarcodeFormat::QR_CODE => Some(Symbology::Qr),
        BarcodeFormat::CODE_39 => Some(Symbology::Code39),
        BarcodeFormat::ITF => Some(Symbology::Itf),
        BarcodeFormat::EAN_13
        | BarcodeFormat::EAN_8
        | BarcodeFormat::UPC_A
        | BarcodeFormat::UPC_E => Some(Symbology::Ean),
        _ => None,
    }
}

/// Without "try harder" only every n-th line is looked at, and a low label slips through.
fn hints(formats: impl IntoIterator<Item = BarcodeFormat>) -> DecodeHints {
    DecodeHints {
        PossibleFormats: Some(formats.into_iter().collect::<HashSet<_>>()),
        TryHarder: Some(true),
        ..DecodeHints::default()
    }
}

type Bitmap<'a> = BinaryBitmap<HybridBinarizer<Luma8Source<'a>>>;

/// Runs a reader over a picture. It indexes tables by what it measured in the picture, so it is fenced.
fn run<T>(picture: &PictureGrey, read: impl FnOnce(&mut Bitmap<'_>) -> T) -> Option<T> {
    let (width, height) = (
        u32::try_from(picture.width()).ok()?,
        u32::try_from(picture.height()).ok()?,
    );
    let source = Luma8Source::new_with_slice(picture.bytes(), width, height).ok()?;
    fenced(|| read(&mut BinaryBitmap::new(HybridBinarizer::new(source))))
}

fn ends(read: &RXingResult) -> Option<((f32, f32), (f32, f32))> {
    let &[from, to] = read.getPoints().first_chunk::<2>()?;
    Some(((from.x, from.y), (to.x, to.y)))
}

/// The text, if it is one that can be printed, of this many signs or more.
fn printed(read: &RXingResult, least: usize) -> Option<String> {
    let text = read.getText();
    let is_print = !text.chars().any(char::is_control);
    (is_print && (least..=MAX_SIGNS).contains(&text.chars().count())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn;
    use crate::scan::sketch::{Sketch, spread};
    use crate::symbols::{PATTERNS, STOP};

    /// Modules of signs with their check sign and the stop sign.
    fn signs(values: &[usize]) -> Vec<f32> {
        let weighed = values.iter().enumerate();
        let check: usize = weighed.map(|(place, value)| value * place.max(1)).sum();
        let patterns = values.iter().copied().chain([check % 103]);
        let widths = patterns.map(|value| PATTERNS[value]).chain([STOP]);
        let widths: Vec<u8> = widths
            .flat_map(str::bytes)
            .map(|digit| digit - b'0')
            .collect();
        spread(&widths)
    }

    fn text(patch: &PictureGrey) -> Option<String> {
        bars_in_patch(patch, Formats::Meters).map(|read| read.text)
    }

    fn patch(digits: &str) -> PictureGrey {
        let sketch = Sketch::patch(spread(&drawn::code128(digits).unwrap()));
        let width = sketch.size.0 + 120;
        let middle = (width as f32 / 2.0, 16.0);
        Sketch {
            size: (width, 32),
            middle,
            ..sketch
        }
        .picture()
    }

    /// The upper lines of a patch, plain paper below.
    fn upper(patch: &PictureGrey, lines: usize) -> PictureGrey {
        PictureGrey::from_places(patch.width(), patch.height(), |column, row| {
            if row < lines {
                patch.row(row)[column]
            } else {
                220
            }
        })
    }

    #[test]
    fn a_short_text_is_believed_when_most_of_a_patch_says_it() {
        let short = patch("4130");
        assert_eq!(text(&short).as_deref(), Some("4130"));
        assert_eq!(text(&upper(&short, 25)).as_deref(), Some("4130"));
        assert_eq!(text(&upper(&short, 15)), None, "half of the lines");
    }

    #[test]
    fn a_long_text_is_believed_of_any_line() {
        let long = patch("413000");
        assert_eq!(text(&upper(&long, 17)).as_deref(), Some("413000"));
    }

    #[test]
    fn three_signs_are_never_believed() {
        assert_eq!(text(&patch("41")), None);
    }

    #[test]
    fn letters_beyond_ascii_are_text_and_marks_of_control_are_not() {
        // Set B: F4 and c give a letter 128 places on, three times, with plain letters between.
        let extended = Sketch::patch(signs(&[104, 100, 51, 33, 100, 51, 34, 100, 51]));
        assert_eq!(
            text(&extended.picture()).as_deref(),
            Some("\u{d3}A\u{d3}B\u{d3}")
        );
        // Set A: the values from 64 on are marks of control.
        let control = Sketch::patch(signs(&[103, 33, 34, 70, 35, 36, 71, 37, 38]));
        assert_eq!(text(&control.picture()), None);
    }
}
