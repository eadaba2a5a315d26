//! What each item is called in DL/T 645-2007: its data identifier (数据标识) and its form.

use domain::MeterItem;

use super::form::{ENERGY, Form, Sign};

const MONEY: Form = ENERGY;
const VOLTAGE: Form = Form::Amount {
    bytes: 2,
    places: 1,
    sign: Sign::None,
};
// newer meters put the direction into the top bit of currents and powers: low; it does no harm
// where they do not, as no meter measures 800 A or 80 kW itself
const CURRENT: Form = Form::Amount {
    bytes: 3,
    places: 3,
    sign: Sign::TopBit,
};
const POWER: Form = Form::Amount {
    bytes: 3,
    places: 4,
    sign: Sign::TopBit,
};

/// Total and tariffs of forward active energy in one answer.
pub(super) const FORWARD_BLOCK: u32 = 0x0001_FF00;
/// YYMMDDWW.
pub(super) const DATE: u32 = 0x0400_0101;
/// hhmmss.
pub(super) const TIME: u32 = 0x0400_0102;
/// The customer's number: never read, never shown.
pub(super) const CUSTOMER_NO: u32 = 0x0400_040E;

/// Data identifiers DI3 DI2 DI1 DI0, appendix A of the standard. Where sources are few, the
/// confidence is noted. The clock has two of its own.
pub(super) const TABLE: &[(u32, MeterItem, Form)] = &[
    // that the top bit is its sign: low
    (
        0x0000_0000,
        MeterItem::CombinedTotal,
        Form::Amount {
            bytes: 4,
            places: 2,
            sign: Sign::TopBit,
        },
    ),
    (0x0001_0000, MeterItem::ForwardTotal, ENERGY),
    // which tariff is which is the meter's configuration; this order is the usual one: medium
    (0x0001_0100, MeterItem::ForwardT1, ENERGY),
    (0x0001_0200, MeterItem::ForwardT2, ENERGY),
    (0x0001_0300, MeterItem::ForwardT3, ENERGY),
    (0x0001_0400, MeterItem::ForwardT4, ENERGY),
    (0x0002_0000, MeterItem::ReverseTotal, ENERGY),
    (0x0090_0100, MeterItem::EnergyLeft, ENERGY),
    (0x0090_0101, MeterItem::EnergyOverdrawn, ENERGY),
    (0x0090_0200, MeterItem::MoneyLeft, MONEY),
    (0x0090_0201, MeterItem::Overdraft, MONEY),
    (0x0201_0100, MeterItem::VoltageA, VOLTAGE),
    (0x0201_0200, MeterItem::VoltageB, VOLTAGE),
    (0x0201_0300, MeterItem::VoltageC, VOLTAGE),
    (0x0202_0100, MeterItem::CurrentA, CURRENT),
    (0x0202_0200, MeterItem::CurrentB, CURRENT),
    (0x0202_0300, MeterItem::CurrentC, CURRENT),
    (0x0203_0000, MeterItem::PowerTotal, POWER),
    (
        0x0333_0201,
        MeterItem::PurchaseCount,
        Form::Count { bytes: 2 },
    ),
    // by the pattern of its neighbours: low
    (0x0333_0301, MeterItem::LastPurchase, MONEY),
    (0x0400_0402, MeterItem::MeterNo, Form::Digits { bytes: 6 }),
    (0x0400_0403, MeterItem::AssetNo, Form::Letters),
    (0x0400_040B, MeterItem::Model, Form::Letters),
    (0x0400_0501, MeterItem::Status1, Form::Status { number: 1 }),
    (0x0400_0502, MeterItem::Status2, Form::Status { number: 2 }),
    (0x0400_0503, MeterItem::Status3, Form::Status { number: 3 }),
    (0x0400_0504, MeterItem::Status4, Form::Status { number: 4 }),
    (0x0400_0505, MeterItem::Status5, Form::Status { number: 5 }),
    (0x0400_0506, MeterItem::Status6, Form::Status { number: 6 }),
    (0x0400_0507, MeterItem::Status7, Form::Status { number: 7 }),
];
