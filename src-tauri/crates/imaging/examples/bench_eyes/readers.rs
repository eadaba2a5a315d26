//! Those who read the same pictures: we, rxing alone, and programs of others.
//!
//! A program of others is fed `WIDTH HEIGHT` and a line end, then the grey bytes, and answers one line for each picture:
//! the milliseconds of processor time it took and what it read, parted by tabs. Its first line is its name.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use metercrew_imaging::{Code, Effort, PictureGrey, ReadBy, ScanOptions, scan_grey};
use rxing::common::HybridBinarizer;
use rxing::multi::{GenericMultipleBarcodeReader, MultipleBarcodeReader};
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader};

use crate::clock::timed;

/// What was read of one picture.
pub struct Reads {
    pub texts: Vec<String>,
    /// Those of `texts` that our own soft reader alone read.
    pub soft: Vec<String>,
    pub cpu_ms: f64,
}

/// One who reads.
pub enum Reader {
    Ours,
    RxingAlone,
    Peer(Peer),
}

/// A program of others, running.
pub struct Peer {
    name: String,
    _process: Child,
    pictures: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts a program, its arguments parted by spaces.
    pub fn start(command: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let mut words = command.split_whitespace();
        let program = words.next().ok_or("a peer without a name")?;
        let mut process = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pictures = process.stdin.take().ok_or("a peer that takes nothing")?;
        let answers = process.stdout.take().ok_or("a peer that says nothing")?;
        let mut answers = BufReader::new(answers);
        let mut name = String::new();
        answers.read_line(&mut name)?;
        Ok(Self {
            name: name.trim().to_owned(),
            _process: process,
            pictures,
            answers,
        })
    }

    fn read(&mut self, picture: &PictureGrey) -> Result<Reads, Box<dyn std::error::Error>> {
        writeln!(self.pictures, "{} {}", picture.width(), picture.height())?;
        self.pictures.write_all(picture.bytes())?;
        self.pictures.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let mut parts = line.trim_end_matches('\n').split('\t');
        let cpu_ms = parts.next().ok_or("a peer's empty answer")?.parse()?;
        Ok(Reads {
            texts: parts.map(str::to_owned).collect(),
            soft: Vec::new(),
            cpu_ms,
        })
    }
}

impl Reader {
    pub fn name(&self) -> &str {
        match self {
            Self::Ours => "metercrew",
            Self::RxingAlone => "rxing try-harder",
            Self::Peer(peer) => &peer.name,
        }
    }

    /// Reads a picture, as a frame or a photograph where that makes a difference.
    pub fn read(
        &mut self,
        picture: &PictureGrey,
        effort: Effort,
    ) -> Result<Reads, Box<dyn std::error::Error>> {
        match self {
            Self::Ours => Ok(ours(picture, effort)),
            Self::RxingAlone => Ok(rxing_alone(picture)),
            Self::Peer(peer) => peer.read(picture),
        }
    }
}

fn ours(picture: &PictureGrey, effort: Effort) -> Reads {
    let (codes, cpu_ms) = timed(|| scan_grey(picture, ScanOptions::new(effort, &is_asset_no)));
    let soft = codes.iter().filter(|code| code.read_by == ReadBy::Soft);
    let text = |code: &Code| code.text.clone();
    Reads {
        soft: soft.map(text).collect(),
        texts: codes.iter().map(text).collect(),
        cpu_ms,
    }
}

/// The whole picture at its full size, both kinds of code, as its makers mean it to be used.
fn rxing_alone(picture: &PictureGrey) -> Reads {
    let formats = [BarcodeFormat::CODE_128, BarcodeFormat::QR_CODE];
    let (texts, cpu_ms) = timed(|| {
        let source = Luma8Source::new(
            picture.bytes().to_vec(),
            picture.width() as u32,
            picture.height() as u32,
        )
        .ok()?;
        let hints = DecodeHints::default()
            .with(rxing::DecodeHintValue::TryHarder(true))
            .with(rxing::DecodeHintValue::PossibleFormats(formats.into()));
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let mut reader = GenericMultipleBarcodeReader::new(MultiFormatReader::default());
        let reads = reader
            .decode_multiple_with_hints(&mut bitmap, &hints)
            .ok()?;
        Some(reads.iter().map(|read| read.getText().to_owned()).collect())
    });
    Reads {
        texts: texts.unwrap_or_default(),
        soft: Vec::new(),
        cpu_ms,
    }
}

/// Whether a text is 22 digits with a right check digit (GS1, weights 3 and 1 from the right).
pub fn is_asset_no(text: &str) -> bool {
    let is_number = text.len() == 22 && text.bytes().all(|digit| digit.is_ascii_digit());
    let sum: u32 = text
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            u32::from(digit.wrapping_sub(b'0')) * if place % 2 == 1 { 3 } else { 1 }
        })
        .sum();
    is_number && sum.is_multiple_of(10)
}
