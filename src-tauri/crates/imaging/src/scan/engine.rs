//! The third-party reader, fenced: what goes in is checked, what comes out is plain.

use std::collections::HashSet;

use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::oned::MultiFormatOneDReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult, Reader};

use crate::guard::fenced;
use crate::picture::PictureGrey;
use crate::scan::{Code, Formats, ReadBy, Symbology};

/// Shortest text believed: three signs of Code 128 are found in any picket fence.
const MIN_BAR_SIGNS: usize = 6;

/// Longest text taken from a QR code; the largest of them holds 7,089 digits.
const MAX_SIGNS: usize = 7_089;

/// Half the height given to a code found on one scan line, whose bars' height is not known.
const LINE_HALF_PX: f32 = 8.0;

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
    Some(LineRead {
        text: believed(&read)?,
        symbology: symbology(&read)?,
        from: from.0,
        to: to.0,
    })
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
        text: believed(&read)?,
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

/// Reads every QR code of a picture.
pub(super) fn qr(picture: &PictureGrey) -> Vec<Code> {
    let hints = hints([BarcodeFormat::QR_CODE]);
    let reads = run(picture, |bitmap| {
        QrReader.decode_multiple_with_hints(bitmap, &hints).ok()
    });
    let reads = reads.flatten().unwrap_or_default();
    reads
        .iter()
        .filter_map(|read| {
            let &[upper_left, upper_right, lower_right, lower_left] =
                read.getPoints().first_chunk::<4>()?;
            let text = read.getText();
            (!text.is_empty() && text.len() <= MAX_SIGNS).then(|| Code {
                text: text.to_owned(),
                symbology: Symbology::Qr,
                corners: [upper_left, upper_right, lower_right, lower_left]
                    .map(|point| (point.x, point.y)),
                read_by: ReadBy::Decoder,
                confidence: 1.0,
            })
        })
        .collect()
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

fn believed(read: &RXingResult) -> Option<String> {
    let text = read.getText();
    let is_print = text.bytes().all(|byte| (0x20..0x7F).contains(&byte));
    (is_print && (MIN_BAR_SIGNS..=MAX_SIGNS).contains(&text.len())).then(|| text.to_owned())
}
