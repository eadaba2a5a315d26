//! Evidence: references to photos and signatures and the facts beside them, never their bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BlobHash, Decimal, Place, Register, SealNo};

/// What a photo is to show (拍照用途).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The place as found (现场).
    Site,
    /// A meter's nameplate or barcode (铭牌).
    Nameplate,
    /// A register's display (示数).
    Reading,
    /// Seals (封印).
    Seal,
    /// Terminals and wires (接线).
    Wiring,
    /// Damage or the reason work could not be done (异常).
    Fault,
    /// The collection terminal and its place (采集终端).
    Terminal,
}

/// A photo, named by the hash of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Photo {
    /// The picture itself (JPEG, no private metadata).
    pub hash: BlobHash,
    /// A small copy for lists (JPEG).
    pub thumbnail: BlobHash,
    /// What it is to show.
    pub purpose: Purpose,
    /// Size of the picture's bytes.
    pub size_bytes: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Where it was taken, when the device knew.
    pub place: Option<Place>,
    /// What the app said about it before the crew kept it: `too_dark`, `blurred`, `glare`,
    /// `too_small`.
    pub hints: Vec<String>,
    /// Perceptual hash, 16 hexadecimal digits: two photos of one scene differ in few bits.
    pub likeness: String,
}

/// How an asset number came into the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScanSource {
    /// Decoded from the live camera.
    Camera,
    /// Decoded from an image file.
    ImageFile,
    /// Typed by a hardware scanner.
    HardwareScanner,
    /// Typed twice by a person.
    TypedTwice,
}

/// How a register's value came into the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReadingSource {
    /// Typed by a person who looks at the display.
    Typed,
    /// Said by the meter itself over its infrared or serial port (红外抄读).
    Infrared,
    /// Recognised on the photo of the display (表码提取).
    Photo,
}

/// One register's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegisterReading {
    /// Which register.
    pub register: Register,
    /// Its value, in the register's unit.
    pub value: Decimal,
    /// Where the value comes from.
    pub source: ReadingSource,
    /// What other sources said, whether they agree or not. What the meter itself said stands in
    /// the readout beside the values, not here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Witness>>")]
    pub also: Vec<Witness>,
}

/// What one more source said a register shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Witness {
    /// Which source.
    pub source: ReadingSource,
    /// What it said.
    pub value: Decimal,
}

/// One seal and where it sits (封印位置).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SealMark {
    /// Its number.
    pub seal_no: SealNo,
    /// Where: `cover`, `terminals`, `box`; a free word of the trade.
    pub place: String,
}

/// A meter hung under a collection terminal (采集挂接).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachedMeter {
    /// The meter.
    pub asset_no: crate::AssetNo,
    /// Its communication address.
    pub comm_address: crate::CommAddress,
    /// Measuring point number in the terminal (测量点号), 1–2040.
    ///
    /// Source: Q/GDW 376.1 AFN 04 F10 as public code has it.
    pub measuring_point: u16,
    /// Whether the terminal reached the meter.
    pub answered: Answered,
}

/// Whether the terminal reached a meter when it was attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// It answered.
    Yes,
    /// It did not; the remark of the step says what was seen.
    No,
    /// Nobody tried.
    NotTried,
}
