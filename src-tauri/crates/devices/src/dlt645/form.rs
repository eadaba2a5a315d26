//! How an item's value lies in a data field, and what it says.

use domain::{Decimal, ItemRefusal, ItemValue, MeterItem};

use super::{bcd, status_bits};

/// Whether the top bit of a number says that it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    TopBit,
}

/// How a value is written; all of them low byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number of the item's unit.
    Amount {
        bytes: usize,
        /// How many of its digits are behind the point, 0–4.
        places: u32,
        sign: Sign,
    },
    /// A number of times.
    Count { bytes: usize },
    /// Digits that are a name.
    Digits { bytes: usize },
    /// Letters that are a name, as long as the maker makes it, filled up with NUL, blank or FF.
    /// That the last letter comes first follows from the rule for all fields; no published frame
    /// shows it.
    Letters,
    /// Run status word of that number.
    Status { number: u8 },
}

impl Form {
    /// What a field says.
    ///
    /// Errors: [`ItemRefusal::NoValue`] when it is filled with FF, status words too: their
    /// reserved bits would be set as well. [`ItemRefusal::Malformed`] when it has another length
    /// or marks that are no digits.
    pub(super) fn value(self, field: &[u8]) -> Result<ItemValue, ItemRefusal> {
        filled(field)?;
        match self {
            Self::Amount {
                bytes,
                places,
                sign,
            } => amount(sized(field, bytes)?, places, sign).map(ItemValue::Quantity),
            Self::Count { bytes } => bcd::number(sized(field, bytes)?)
                .and_then(|times| u32::try_from(times).ok())
                .map(ItemValue::Count),
            Self::Digits { bytes } => bcd::digits(sized(field, bytes)?).map(ItemValue::Text),
            Self::Letters => return letters(field),
            Self::Status { number } => match *field {
                [low, high] => {
                    let word = u16::from_le_bytes([low, high]);
                    let set = status_bits(number, word);
                    Some(ItemValue::Status { word, set })
                }
                _ => None,
            },
        }
        .ok_or(ItemRefusal::Malformed)
    }
}

/// Total and tariffs 1–4, in the order of an energy block.
pub(super) const FORWARD: [MeterItem; 5] = [
    MeterItem::ForwardTotal,
    MeterItem::ForwardT1,
    MeterItem::ForwardT2,
    MeterItem::ForwardT3,
    MeterItem::ForwardT4,
];

/// An energy, in a field of its own or in a block.
pub(super) const ENERGY: Form = Form::Amount {
    bytes: 4,
    places: 2,
    sign: Sign::None,
};

/// The energies of a block, as many as the meter has tariffs; `None` when it is no block. 1997
/// blocks end with AA, and some 2007 ones do.
pub(super) fn energies(field: &[u8]) -> Option<Vec<(MeterItem, Result<ItemValue, ItemRefusal>)>> {
    let (energies, rest) = field.as_chunks::<4>();
    let whole = !energies.is_empty() && matches!(rest, [] | [0xAA]);
    whole.then(|| {
        let named = FORWARD.into_iter().zip(energies);
        named
            .map(|(item, energy)| (item, ENERGY.value(energy)))
            .collect()
    })
}

/// Errors: [`ItemRefusal::NoValue`] when it is filled with FF.
pub(super) fn filled(field: &[u8]) -> Result<(), ItemRefusal> {
    match !field.is_empty() && field.iter().all(|byte| *byte == 0xFF) {
        true => Err(ItemRefusal::NoValue),
        false => Ok(()),
    }
}

fn sized(field: &[u8], bytes: usize) -> Result<&[u8], ItemRefusal> {
    (field.len() == bytes)
        .then_some(field)
        .ok_or(ItemRefusal::Malformed)
}

fn amount(field: &[u8], places: u32, sign: Sign) -> Option<Decimal> {
    let mut digits = field.to_vec();
    let mut negative = false;
    if let (Sign::TopBit, Some(top)) = (sign, digits.last_mut()) {
        negative = *top & 0x80 != 0;
        *top &= 0x7F;
    }
    let scale = 10_i64.checked_pow(4_u32.checked_sub(places)?)?;
    let number = i64::try_from(bcd::number(&digits)?).ok()?;
    let amount = number.checked_mul(scale)?;
    Some(Decimal::from_ten_thousandths(match negative {
        true => amount.checked_neg()?,
        false => amount,
    }))
}

/// Errors: [`ItemRefusal::NoValue`] when there is nothing but filling.
fn letters(field: &[u8]) -> Result<ItemValue, ItemRefusal> {
    let filling = |byte: &u8| matches!(byte, 0x00 | 0x20 | 0xFF);
    let mut text: Vec<u8> = field.iter().rev().copied().collect();
    while text.last().is_some_and(filling) {
        text.pop();
    }
    let text: Vec<u8> = text.into_iter().skip_while(filling).collect();
    match text.iter().all(|byte| matches!(byte, 0x20..=0x7E)) {
        true if text.is_empty() => Err(ItemRefusal::NoValue),
        true => String::from_utf8(text)
            .map(ItemValue::Text)
            .map_err(|_| ItemRefusal::Malformed),
        false => Err(ItemRefusal::Malformed),
    }
}
