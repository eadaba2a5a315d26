//! What a card keeps without power: its files, its tries, and the cells that do not hold.

use domain::{CardImage, CardSerial};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// How often a wrong answer to the card's challenge is forgiven.
const TRIES: u8 = 3;
/// Bytes of files 1, 2 and 5. Source: the layout of 2013.
const USER: usize = 45;
const PURSE: usize = 8;
const WRITE_BACK: usize = 49;
/// Bytes of files 3 and 4, the tariffs. No source says how long they are.
const TARIFF: usize = 64;

/// The memory of one card.
///
/// Shape: `{"serial": "0102…", "user": hex, "purse": hex, "write_back": hex, "tariff": hex,
/// "next_tariff": hex, "tries": 3, "power_ups": 0}`, and `"atr": hex` where the card answers to
/// reset as no card of ours does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    #[serde(flatten)]
    image: CardImage,
    #[serde(default = "no_tariff")]
    tariff: Hex,
    #[serde(default = "no_tariff")]
    next_tariff: Hex,
    #[serde(default = "all_tries")]
    tries: u8,
    #[serde(default)]
    power_ups: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    atr: Option<Hex>,
}

/// A cell that holds one value, whatever is stored in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadCell {
    /// Short identifier of its file.
    pub sfi: u8,
    /// Bytes from the start of the file.
    pub offset: usize,
    /// What is found in it after a write.
    pub holds: u8,
}

impl Memory {
    /// Of a card with these files. What is shorter than such a file has room for ends with 00;
    /// an empty file 1 is not there yet.
    pub(super) fn new(mut image: CardImage) -> Self {
        if !image.user.is_empty() {
            extend(&mut image.user, USER);
        }
        extend(&mut image.purse, PURSE);
        extend(&mut image.write_back, WRITE_BACK);
        Self {
            image,
            tariff: no_tariff(),
            next_tariff: no_tariff(),
            tries: TRIES,
            power_ups: 0,
            atr: None,
        }
    }

    /// Of a card nobody has issued.
    pub(super) fn blank(serial: CardSerial) -> Self {
        Self::new(CardImage {
            serial,
            user: Vec::new(),
            purse: Vec::new(),
            write_back: Vec::new(),
        })
    }

    pub(super) fn image(&self) -> &CardImage {
        &self.image
    }

    pub(super) fn set_image(&mut self, image: CardImage) {
        self.image = Self::new(image).image;
    }

    pub(super) fn tries(&self) -> u8 {
        self.tries
    }

    pub(super) fn take_a_try(&mut self) {
        self.tries = self.tries.saturating_sub(1);
    }

    pub(super) fn give_all_tries(&mut self) {
        self.tries = TRIES;
    }

    /// How often it was powered, this time too.
    pub(super) fn power_up(&mut self) -> u32 {
        self.power_ups = self.power_ups.wrapping_add(1);
        self.power_ups
    }

    /// Its answer to reset: T=0, historical bytes of which the last eight are the serial.
    pub(super) fn atr(&self) -> Vec<u8> {
        match &self.atr {
            Some(Hex(other)) => other.clone(),
            None => {
                let mut atr = vec![0x3b, 0x6c, 0x00, 0x02, b'M', b'C', b'0', b'1'];
                atr.extend(self.image.serial.as_bytes());
                atr
            }
        }
    }

    pub(super) fn set_atr(&mut self, atr: Vec<u8>) {
        self.atr = Some(Hex(atr));
    }

    /// The bytes of a file; `None` when the card has no such file.
    pub(super) fn file(&self, sfi: u8) -> Option<&[u8]> {
        match sfi {
            1 => Some(&self.image.user),
            2 => Some(&self.image.purse),
            3 => Some(&self.tariff.0),
            4 => Some(&self.next_tariff.0),
            5 => Some(&self.image.write_back),
            _ => None,
        }
    }

    /// How many bytes a file may have; `None` when the card has no such file.
    pub(super) fn room(&self, sfi: u8) -> Option<usize> {
        let least = if sfi == 1 { USER } else { 0 };
        Some(self.file(sfi)?.len().max(least))
    }

    /// Stores bytes that fit; the first ones ever stored in file 1 make it.
    pub(super) fn store(&mut self, sfi: u8, offset: usize, data: &[u8], bad: &[BadCell]) {
        let file = match sfi {
            1 => &mut self.image.user,
            2 => &mut self.image.purse,
            3 => &mut self.tariff.0,
            4 => &mut self.next_tariff.0,
            5 => &mut self.image.write_back,
            _ => return,
        };
        if data.is_empty() {
            return;
        }
        if sfi == 1 {
            extend(file, USER);
        }
        let places = file.iter_mut().enumerate().skip(offset);
        for ((n, place), byte) in places.zip(data) {
            let cell = bad.iter().find(|cell| cell.sfi == sfi && cell.offset == n);
            *place = cell.map_or(*byte, |cell| cell.holds);
        }
    }
}

/// Bytes that stand in JSON as lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hex(Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = |byte: &u8| format!("{byte:02x}");
        serializer.serialize_str(&self.0.iter().map(digits).collect::<String>())
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| digit.try_into().ok()))
            .collect();
        match digits.as_deref().map(<[u8]>::as_chunks::<2>) {
            Some((pairs, [])) => Ok(Self(pairs.iter().map(|[h, l]| h << 4 | l).collect())),
            _ => Err(D::Error::custom("not pairs of hex digits")),
        }
    }
}

fn no_tariff() -> Hex {
    Hex(vec![0; TARIFF])
}

fn all_tries() -> u8 {
    TRIES
}

fn extend(file: &mut Vec<u8>, len: usize) {
    file.resize(file.len().max(len), 0);
}
