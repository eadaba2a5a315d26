//! What a meter says when it does not do what it was asked.

use domain::ItemRefusal;

use super::Frame;
use super::generation::function;

/// Bits of the error byte ERR, which answers every function but security. 1997 meters use the
/// same places for the same things: low.
const ERRORS: [(u8, &str); 7] = [
    (0, "other error"),
    (1, "no such data"),
    (2, "not authorised"),
    (3, "the rate cannot be changed"),
    (4, "too many seasons"),
    (5, "too many periods of a day"),
    (6, "too many tariffs"),
];

/// Why an item was not given, by the error byte of a reply to a read. Without that byte: other.
pub(super) fn of_item(error: u8) -> ItemRefusal {
    // a meter that lacks an item may call it unauthorised too: that there is none says more
    match error {
        bits if bits >> 1 & 1 == 1 => ItemRefusal::NoSuchItem,
        bits if bits >> 2 & 1 == 1 => ItemRefusal::NotAuthorised,
        _ => ItemRefusal::Other,
    }
}

/// The error byte in words, for traces.
pub(super) fn in_words(error: u8) -> String {
    let set = ERRORS.iter().filter(|(bit, _)| error >> bit & 1 == 1);
    let words: Vec<&str> = set.map(|(_, words)| *words).collect();
    match words.is_empty() {
        true => format!("error {error:02X}"),
        false => words.join(", "),
    }
}

/// Why a command under a key (C=03) was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecurityError {
    /// Some other reason.
    Other,
    /// This money was put in already.
    DuplicateTopUp,
    /// The meter's security unit (ESAM) did not verify it.
    EsamFailed,
    /// Who asks did not prove who he is.
    IdentityFailed,
    /// The meter belongs to another customer.
    CustomerMismatch,
    /// The count of purchases is not the next one.
    TopUpCountWrong,
    /// More money than the meter may hold.
    OverHoardingLimit,
}

impl SecurityError {
    const BITS: [Self; 7] = [
        Self::Other,
        Self::DuplicateTopUp,
        Self::EsamFailed,
        Self::IdentityFailed,
        Self::CustomerMismatch,
        Self::TopUpCountWrong,
        Self::OverHoardingLimit,
    ];

    /// Every reason a reply gives; `None` when it is no refusal of a command under a key.
    ///
    /// Shape: SERR, two bytes, the low one first, one bit for each reason.
    ///
    /// ```
    /// use metercrew_devices::dlt645::{SecurityError, find};
    ///
    /// let reply = [
    ///     0x68, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x68, 0xC3, 0x02, 0x43, 0x33, 0x70, 0x16,
    /// ];
    /// assert_eq!(
    ///     SecurityError::of(&find(&reply).unwrap().frame),
    ///     Some(vec![SecurityError::CustomerMismatch])
    /// );
    /// ```
    pub fn of(reply: &Frame) -> Option<Vec<Self>> {
        let security = reply.function() == function::SECURITY;
        let [low, _] = *reply.data.as_slice() else {
            return None;
        };
        let refused = reply.is_reply() && reply.is_error() && security;
        refused.then(|| {
            let bits = Self::BITS.into_iter().enumerate();
            let set = bits.filter(|(bit, _)| low >> bit & 1 == 1);
            set.map(|(_, error)| error).collect()
        })
    }
}
