//! Readouts (抄读): what a meter itself said over its port, item by item; never its frames.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CommAddress, Decimal, Register};

/// A language meters speak (通信规约).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub enum MeterProtocol {
    /// DL/T 645-2007.
    #[serde(rename = "dlt645")]
    Dlt645,
    /// DL/T 645-1997, of older meters.
    #[serde(rename = "dlt645-1997")]
    Dlt645Of1997,
    /// DL/T 698.45, of newer meters.
    #[serde(rename = "dlt698")]
    Dlt698,
    /// IEC 62056-21 mode C, of export meters.
    #[serde(rename = "iec62056-21")]
    Iec62056,
}

impl MeterProtocol {
    /// Every protocol, in the order in which an unknown meter is asked.
    pub const ALL: [Self; 4] = [
        Self::Dlt645,
        Self::Dlt698,
        Self::Dlt645Of1997,
        Self::Iec62056,
    ];

    /// Its name in commands and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dlt645 => "dlt645",
            Self::Dlt645Of1997 => "dlt645-1997",
            Self::Dlt698 => "dlt698",
            Self::Iec62056 => "iec62056-21",
        }
    }
}

impl fmt::Display for MeterProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! items {
    ($($(#[$doc:meta])* $item:ident $name:literal $unit:expr;)+) => {
        /// Something a meter can be asked (数据项).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        pub enum MeterItem {
            $($(#[$doc])* #[serde(rename = $name)] $item,)+
        }

        impl MeterItem {
            /// Every item, in the order reports show them.
            pub const ALL: &[Self] = &[$(Self::$item),+];

            /// Its name in commands and JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$item => $name,)+ }
            }

            /// The unit its quantity is in; none for texts, clocks, counts and status words.
            pub fn unit(self) -> Option<&'static str> {
                match self { $(Self::$item => $unit,)+ }
            }
        }
    };
}

items! {
    /// Forward active energy, all tariffs (正向有功总).
    ForwardTotal "forward_total" Some("kWh");
    /// Sharp tariff (尖).
    ForwardT1 "forward_t1" Some("kWh");
    /// Peak tariff (峰).
    ForwardT2 "forward_t2" Some("kWh");
    /// Flat tariff (平).
    ForwardT3 "forward_t3" Some("kWh");
    /// Valley tariff (谷).
    ForwardT4 "forward_t4" Some("kWh");
    /// Reverse active energy (反向有功总).
    ReverseTotal "reverse_total" Some("kWh");
    /// Combined active energy; may be negative (组合有功总).
    CombinedTotal "combined_total" Some("kWh");
    /// Money left (剩余金额).
    MoneyLeft "money_left" Some("yuan");
    /// Money overdrawn (透支金额); it or [`Self::MoneyLeft`] is always zero.
    Overdraft "overdraft" Some("yuan");
    /// Energy left (剩余电量).
    EnergyLeft "energy_left" Some("kWh");
    /// Energy overdrawn (透支电量).
    EnergyOverdrawn "energy_overdrawn" Some("kWh");
    /// Voltage of phase A.
    VoltageA "voltage_a" Some("V");
    /// Voltage of phase B.
    VoltageB "voltage_b" Some("V");
    /// Voltage of phase C.
    VoltageC "voltage_c" Some("V");
    /// Current of phase A.
    CurrentA "current_a" Some("A");
    /// Current of phase B.
    CurrentB "current_b" Some("A");
    /// Current of phase C.
    CurrentC "current_c" Some("A");
    /// Active power of all phases.
    PowerTotal "power_total" Some("kW");
    /// The meter's clock, local time.
    Clock "clock" None;
    /// Run status word 1 (电表运行状态字1): the meter's own faults.
    Status1 "status_1" None;
    /// Run status word 2: signs of power.
    Status2 "status_2" None;
    /// Run status word 3: operation and relay.
    Status3 "status_3" None;
    /// Run status word 4: faults of phase A.
    Status4 "status_4" None;
    /// Run status word 5: faults of phase B.
    Status5 "status_5" None;
    /// Run status word 6: faults of phase C.
    Status6 "status_6" None;
    /// Run status word 7: faults of the whole meter.
    Status7 "status_7" None;
    /// Asset management code (资产管理编码), as the meter stores it.
    AssetNo "asset_no" None;
    /// Meter number (表号).
    MeterNo "meter_no" None;
    /// Model of the maker (电表型号).
    Model "model" None;
    /// How often money was bought (购电次数).
    PurchaseCount "purchase_count" None;
    /// Money bought last (上一次购电金额).
    LastPurchase "last_purchase" Some("yuan");
}

impl MeterItem {
    /// The item of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.name() == name)
    }

    /// What is read before a meter is taken down and after one is powered on: energies, money,
    /// clock and the meter's own faults. The address comes with them.
    pub const STANDARD: &[Self] = &[
        Self::ForwardTotal,
        Self::ForwardT1,
        Self::ForwardT2,
        Self::ForwardT3,
        Self::ForwardT4,
        Self::ReverseTotal,
        Self::MoneyLeft,
        Self::Overdraft,
        Self::Clock,
        Self::Status1,
    ];
}

impl fmt::Display for MeterItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A meter's clock as it says: local time to a second, `2026-11-21T08:30:00`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct MeterClock(String);

impl MeterClock {
    /// From its parts; `None` for a month 13 and the like, which a meter with a dead clock says.
    pub fn new(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4)
                && (!year.is_multiple_of(100) || year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        let fits =
            year <= 9999 && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
        fits.then(|| {
            Self(format!(
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
            ))
        })
    }
}

impl fmt::Display for MeterClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a meter said an item is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum ItemValue {
    /// An amount in the item's unit.
    Quantity(Decimal),
    /// A number of times.
    Count(u32),
    /// Digits or a name.
    Text(String),
    /// The clock.
    Clock(MeterClock),
    /// A status word.
    Status {
        /// Its 16 bits, bit 15 the highest.
        word: u16,
        /// The bits that are set and have a name: `clock_fault`, `clock_battery_low`.
        set: Vec<String>,
    },
}

impl fmt::Display for ItemValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantity(amount) => amount.fmt(f),
            Self::Count(times) => times.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Clock(clock) => clock.fmt(f),
            Self::Status { word, .. } => write!(f, "{word:04X}"),
        }
    }
}

/// Why a meter did not give an item, though it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemRefusal {
    /// The meter does not have it.
    NoSuchItem,
    /// The port gives it only after authentication (红外认证).
    NotAuthorised,
    /// The meter fills it with marks that are no digits: it has no value.
    NoValue,
    /// Its value has another form than the item's.
    Malformed,
    /// The protocol has no name for it that we know.
    NotInProtocol,
    /// Some other reason of the meter's.
    Other,
}

/// What came of asking for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ItemAnswer {
    /// The meter said it.
    Read {
        /// What it said.
        value: ItemValue,
    },
    /// The meter answered, but did not say it.
    Refused {
        /// Why.
        why: ItemRefusal,
    },
    /// The meter did not answer.
    Silent,
}

/// One item and what came of asking for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemReadout {
    /// Which item.
    pub item: MeterItem,
    /// What came of it.
    #[serde(flatten)]
    pub answer: ItemAnswer,
}

/// What a meter said, from the first question to the last answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Readout {
    /// The language it spoke.
    pub protocol: MeterProtocol,
    /// Who answered, as the meter itself says.
    pub comm_address: CommAddress,
    /// The items asked for, in that order.
    pub items: Vec<ItemReadout>,
    /// From the first byte sent to the last byte heard. Unit: milliseconds.
    pub wire_ms: u32,
}

impl Readout {
    /// What the meter said an item is.
    pub fn value(&self, item: MeterItem) -> Option<&ItemValue> {
        self.items.iter().find_map(|read| match &read.answer {
            ItemAnswer::Read { value } if read.item == item => Some(value),
            ItemAnswer::Read { .. } | ItemAnswer::Refused { .. } | ItemAnswer::Silent => None,
        })
    }

    /// What the meter said a register shows. Money is negative when it is overdrawn.
    pub fn register(&self, register: Register) -> Option<Decimal> {
        let quantity = |item| match self.value(item) {
            Some(ItemValue::Quantity(amount)) => Some(*amount),
            Some(_) | None => None,
        };
        match register {
            Register::ForwardTotal => quantity(MeterItem::ForwardTotal),
            Register::ForwardT1 => quantity(MeterItem::ForwardT1),
            Register::ForwardT2 => quantity(MeterItem::ForwardT2),
            Register::ForwardT3 => quantity(MeterItem::ForwardT3),
            Register::ForwardT4 => quantity(MeterItem::ForwardT4),
            Register::ReverseTotal => quantity(MeterItem::ReverseTotal),
            Register::MoneyLeft => match quantity(MeterItem::Overdraft) {
                Some(owed) if owed > Decimal::default() => {
                    Some(Decimal::from_ten_thousandths(-owed.ten_thousandths()))
                }
                Some(_) | None => quantity(MeterItem::MoneyLeft),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readout(items: &[(MeterItem, &str)]) -> Readout {
        let read = |(item, amount): &(MeterItem, &str)| ItemReadout {
            item: *item,
            answer: ItemAnswer::Read {
                value: ItemValue::Quantity(Decimal::parse(amount).unwrap()),
            },
        };
        Readout {
            protocol: MeterProtocol::Dlt645,
            comm_address: "000000000001".into(),
            items: items.iter().map(read).collect(),
            wire_ms: 1,
        }
    }

    #[test]
    fn money_left_is_negative_when_it_is_overdrawn() {
        let money = |left, owed| {
            readout(&[(MeterItem::MoneyLeft, left), (MeterItem::Overdraft, owed)])
                .register(Register::MoneyLeft)
                .map(|amount| amount.to_string())
        };
        assert_eq!(money("87.65", "0"), Some("87.65".into()));
        assert_eq!(money("0", "12.30"), Some("-12.30".into()));
    }

    #[test]
    fn a_clock_with_a_month_13_is_no_clock() {
        assert_eq!(
            MeterClock::new(2026, 2, 28, 23, 59, 59).map(|c| c.to_string()),
            Some("2026-02-28T23:59:59".into())
        );
        for (month, day, hour) in [
            (13, 1, 0),
            (2, 29, 0),
            (4, 31, 0),
            (0, 1, 0),
            (1, 0, 0),
            (1, 1, 24),
        ] {
            assert_eq!(MeterClock::new(2026, month, day, hour, 0, 0), None);
        }
    }

    #[test]
    fn an_item_is_found_by_its_name_and_says_its_status_in_json() {
        for item in MeterItem::ALL {
            assert_eq!(MeterItem::named(item.name()), Some(*item));
        }
        let refused = ItemReadout {
            item: MeterItem::AssetNo,
            answer: ItemAnswer::Refused {
                why: ItemRefusal::NotAuthorised,
            },
        };
        assert_eq!(
            serde_json::to_string(&refused).unwrap(),
            r#"{"item":"asset_no","status":"refused","why":"not_authorised"}"#
        );
    }
}
