//! What each item is called in DL/T 645-1997: identifiers of two bytes.

use domain::MeterItem;

use super::form::{ENERGY, Form, Sign};

const MONEY: Form = ENERGY;
/// Whole volts, as the published frame of B611 shows.
const VOLTAGE: Form = Form::Amount {
    bytes: 2,
    places: 0,
    sign: Sign::None,
};
const CURRENT: Form = Form::Amount {
    bytes: 2,
    places: 2,
    sign: Sign::None,
};
const POWER: Form = Form::Amount {
    bytes: 3,
    places: 4,
    sign: Sign::None,
};

/// Total of forward active energy. High.
pub(super) const FORWARD_TOTAL: u32 = 0x9010;
/// Total and tariffs of forward active energy in one answer. High.
pub(super) const FORWARD_BLOCK: u32 = 0x901F;
/// YYMMDDWW. Medium.
pub(super) const DATE: u32 = 0xC010;
/// hhmmss. Medium.
pub(super) const TIME: u32 = 0xC011;
/// The customer's number: never read, never shown. Medium.
pub(super) const CUSTOMER_NO: u32 = 0xC033;

/// Data identifiers DI1 DI0. What is not here, 1997 meters have no common name for: asset code,
/// model, the seven status words, the other side of the money.
pub(super) const TABLE: &[(u32, MeterItem, Form)] = &[
    // energies: high
    (FORWARD_TOTAL, MeterItem::ForwardTotal, ENERGY),
    (0x9011, MeterItem::ForwardT1, ENERGY),
    (0x9012, MeterItem::ForwardT2, ENERGY),
    (0x9013, MeterItem::ForwardT3, ENERGY),
    (0x9014, MeterItem::ForwardT4, ENERGY),
    (0x9020, MeterItem::ReverseTotal, ENERGY),
    // B611 high; its neighbours and their forms medium
    (0xB611, MeterItem::VoltageA, VOLTAGE),
    (0xB612, MeterItem::VoltageB, VOLTAGE),
    (0xB613, MeterItem::VoltageC, VOLTAGE),
    (0xB621, MeterItem::CurrentA, CURRENT),
    (0xB622, MeterItem::CurrentB, CURRENT),
    (0xB623, MeterItem::CurrentC, CURRENT),
    (0xB630, MeterItem::PowerTotal, POWER),
    (0xC032, MeterItem::MeterNo, Form::Digits { bytes: 6 }),
    // of one maker's map to 2007: medium
    (0xD140, MeterItem::PurchaseCount, Form::Count { bytes: 2 }),
    (0xD141, MeterItem::MoneyLeft, MONEY),
];
