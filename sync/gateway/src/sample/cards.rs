//! The prepaid cards of the district as files: customers' own, and blanks for a crew.
//!
//! A file is what our virtual card reads: [`CardImage`] as JSON.

use domain::{
    CardFile, CardImage, CardSerial, CrewId, Generation, Layout, MeterNo, OrderId, UserCard,
};
use serde_json::{Value, json};

use crate::Error;

/// A card, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCard {
    /// Its files, byte for byte.
    pub image: CardImage,
    /// The crew that will have it before it.
    pub crew: CrewId,
    /// The order whose customer it belongs to; none for a blank.
    pub order: Option<OrderId>,
    /// What is on it.
    pub what: &'static str,
}

impl SampleCard {
    /// A customer's card; `None` never happens for cards that fit their layout, a test looks.
    pub fn of_customer(
        card: &UserCard,
        crew: &CrewId,
        order: &OrderId,
        what: &'static str,
    ) -> Option<Self> {
        Some(Self {
            image: layout()?.encode(card).ok()?,
            crew: crew.clone(),
            order: Some(order.clone()),
            what,
        })
    }

    /// The `n`-th blank: its files are there and filled with 00, so that no meter takes it.
    pub fn blank(n: u64, crew: &CrewId) -> Option<Self> {
        let room = |file| {
            let mut forms = layout()?.files.iter();
            forms.find(|form| form.file == file).map(|form| form.len)
        };
        Some(Self {
            image: CardImage {
                serial: CardSerial::parse(&format!("9926{n:012}"))?,
                user: vec![0; room(CardFile::User)?],
                purse: vec![0; room(CardFile::Purse)?],
                write_back: vec![0; room(CardFile::WriteBack)?],
            },
            crew: crew.clone(),
            order: None,
            what: "a blank",
        })
    }

    /// What its file holds.
    ///
    /// Errors: [`Error::CutOff`] when it cannot be written as JSON, which plain data always can.
    pub fn text(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(&self.image).map_err(|_| Error::CutOff)?;
        Ok(text + "\n")
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        format!("{}.json", self.image.serial)
    }

    /// The card as it is told of in `district.json`.
    pub fn about(&self) -> Value {
        json!({
            "serial": self.image.serial,
            "file": format!("cards/{}", self.file_name()),
            "crew": self.crew,
            "order": self.order,
            "what": self.what,
        })
    }
}

/// The serial of the card that goes with a prepaid meter.
pub fn serial_of(meter_no: MeterNo) -> Option<CardSerial> {
    CardSerial::parse(&format!("9900{meter_no}"))
}

fn layout() -> Option<&'static Layout> {
    Layout::of(Generation::G2013)
}
