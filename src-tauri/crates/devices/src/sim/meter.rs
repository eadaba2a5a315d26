//! The simulated meter: what it is, what it has, and how it behaves.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::{CommAddress, Decimal, ItemValue, MeterClock, MeterItem, MeterProtocol};

use super::clock::{Clock, LocalTime};
use super::waveform::heard_as;
use super::{dlt645, dlt698, iec62056};
use crate::LineSettings;

/// What the port gives before authentication (红外认证).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    Open,
    /// As meters of the 2013 generation: meter number, address, date, time, current energy and
    /// remaining amount; all else is refused.
    Gated,
}

/// What a meter does with a question in the words of another generation of its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strange {
    /// It keeps silent.
    Ignored,
    /// It answers that it cannot.
    Refused,
}

/// A simulated meter.
#[derive(Debug, Clone)]
pub struct Meter {
    /// The languages it speaks.
    pub protocols: BTreeSet<MeterProtocol>,
    /// Its address.
    pub comm_address: CommAddress,
    /// What it has, but for its clock; an item that is missing it does not have.
    pub values: BTreeMap<MeterItem, ItemValue>,
    /// Items that it has, filled with marks that are no digits.
    pub blank: BTreeSet<MeterItem>,
    /// Its clock.
    pub clock: Clock,
    /// What its port gives.
    pub access: Access,
    /// What it does with questions of another generation.
    pub strange: Strange,
    /// Rate of its line, for DL/T 645 and 698.45. Unit: bits a second.
    pub baud: u32,
    /// Mark of the rate it proposes in IEC 62056-21 mode C: `0` 300, `1` 600 … `5` 9600.
    pub iec_rate: u8,
    /// Rate at which a session of IEC 62056-21 starts. Unit: bits a second.
    pub iec_start: u32,
    /// From the end of a question to the start of its answer.
    pub reaction: Duration,
    /// The same before the data block of IEC 62056-21; meters take long here, for heads that are
    /// slow to change their rate.
    pub iec_reaction: Duration,
    /// How many FE come before an answer.
    pub lead: usize,
    /// Longer answers are split: data bytes after the identifier (645), bytes of a message (698).
    pub longest: Option<usize>,
    /// More results of a list than these come in blocks (698).
    pub results_at_once: Option<usize>,
    /// The address its frames carry, when that is not its own.
    pub(super) impostor: Option<CommAddress>,
    pub(super) dlt645: dlt645::Hearing,
    pub(super) dlt698: dlt698::Hearing,
    pub(super) iec62056: iec62056::Hearing,
}

/// An answer of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// So long after the question's last byte.
    pub after: Duration,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How they are put on the line.
    pub settings: LineSettings,
}

impl Meter {
    /// A made-up meter that speaks DL/T 645-2007 and gives everything. Its tariffs sum to its total.
    pub fn sample() -> Self {
        use MeterItem as I;
        let quantity = |n| ItemValue::Quantity(Decimal::from_ten_thousandths(n));
        let status = |word| ItemValue::Status { word, set: vec![] };
        let text = |text: &str| ItemValue::Text(text.into());
        let values = [
            (I::ForwardTotal, quantity(123_456_700)),
            (I::ForwardT1, quantity(10_000_100)),
            (I::ForwardT2, quantity(50_000_200)),
            (I::ForwardT3, quantity(43_456_300)),
            (I::ForwardT4, quantity(20_000_100)),
            (I::ReverseTotal, quantity(87_600)),
            (I::CombinedTotal, quantity(-123_400)),
            (I::MoneyLeft, quantity(876_500)),
            (I::Overdraft, quantity(0)),
            (I::EnergyLeft, quantity(1_234_500)),
            (I::EnergyOverdrawn, quantity(0)),
            (I::VoltageA, quantity(2_201_000)),
            (I::VoltageB, quantity(2_212_000)),
            (I::VoltageC, quantity(2_193_000)),
            (I::CurrentA, quantity(12_340)),
            (I::CurrentB, quantity(23_450)),
            (I::CurrentC, quantity(34_560)),
            (I::PowerTotal, quantity(2_712)),
            (I::Status1, status(0x8004)),
            (I::Status2, status(0x0000)),
            (I::Status3, status(0x0150)),
            (I::Status4, status(0x0001)),
            (I::Status5, status(0x0000)),
            (I::Status6, status(0x0080)),
            (I::Status7, status(0x0003)),
            (I::AssetNo, text("0100000000000000000017")),
            (I::MeterNo, text("000012345678")),
            (I::Model, text("MC-2026")),
            (I::PurchaseCount, ItemValue::Count(17)),
            (I::LastPurchase, quantity(2_000_000)),
        ];
        let noon = LocalTime {
            year: 2026,
            month: 11,
            day: 21,
            hour: 12,
            minute: 0,
            second: 0,
        };
        Self {
            protocols: BTreeSet::from([MeterProtocol::Dlt645]),
            comm_address: "112233445566".into(),
            values: BTreeMap::from(values),
            blank: BTreeSet::new(),
            clock: Clock::Runs {
                says: noon,
                since: Duration::ZERO,
            },
            access: Access::Open,
            strange: Strange::Refused,
            baud: LineSettings::INFRARED.baud,
            iec_rate: b'5',
            iec_start: LineSettings::IEC_START.baud,
            reaction: Duration::from_millis(20),
            iec_reaction: Duration::from_millis(900),
            lead: 4,
            longest: None,
            results_at_once: None,
            impostor: None,
            dlt645: dlt645::Hearing::default(),
            dlt698: dlt698::Hearing::default(),
            iec62056: iec62056::Hearing::default(),
        }
    }

    /// The same, speaking that language.
    pub fn speaking(protocol: MeterProtocol) -> Self {
        Self {
            protocols: BTreeSet::from([protocol]),
            ..Self::sample()
        }
    }

    /// What it has. None for what it does not have, leaves blank, or a dead clock says.
    pub fn value(&self, item: MeterItem, now: Duration) -> Option<ItemValue> {
        if self.blank.contains(&item) {
            return None;
        }
        match item {
            MeterItem::Clock => {
                let t = self.clock.says(now)?;
                MeterClock::new(t.year, t.month, t.day, t.hour, t.minute, t.second)
                    .map(ItemValue::Clock)
            }
            _ => self.values.get(&item).cloned(),
        }
    }

    /// Hears bytes of a question in any pieces, the last of them at `now`, and answers those that
    /// are whole. `sent` is how they were put on the line; none for just as the meter reads them.
    pub fn hear(&mut self, now: Duration, sent: Option<LineSettings>, bytes: &[u8]) -> Vec<Reply> {
        let mut replies = vec![];
        for protocol in self.protocols.clone() {
            let reads = self.reads(protocol);
            let heard = heard_as(bytes, sent.unwrap_or(reads), reads);
            match protocol {
                // both generations are one language here: what is strange to one is for the other
                MeterProtocol::Dlt645Of1997 if self.protocols.contains(&MeterProtocol::Dlt645) => {}
                MeterProtocol::Dlt645 | MeterProtocol::Dlt645Of1997 => {
                    replies.extend(dlt645::hear(self, now, &heard));
                }
                MeterProtocol::Dlt698 => replies.extend(dlt698::hear(self, now, &heard)),
                MeterProtocol::Iec62056 => replies.extend(iec62056::hear(self, now, &heard)),
            }
        }
        replies
    }

    /// How its side of a port has to be set now.
    pub fn settings(&self, now: Duration) -> LineSettings {
        let first = self.protocols.first().copied();
        let first = first.unwrap_or(MeterProtocol::Dlt645);
        match first {
            MeterProtocol::Iec62056 => self.iec62056.sends_at(now),
            _ => None,
        }
        .unwrap_or_else(|| self.reads(first))
    }

    /// How it reads a question in that language.
    pub(super) fn reads(&self, protocol: MeterProtocol) -> LineSettings {
        match protocol {
            MeterProtocol::Dlt645 | MeterProtocol::Dlt645Of1997 | MeterProtocol::Dlt698 => {
                LineSettings::INFRARED.at(self.baud)
            }
            // a question is always put at the rate of the start
            MeterProtocol::Iec62056 => LineSettings::IEC_START.at(self.iec_start),
        }
    }

    /// The reply that carries this frame of DL/T 645 or 698.45.
    pub(super) fn framed(&self, frame: &[u8]) -> Reply {
        let mut bytes = vec![0xFE; self.lead];
        bytes.extend(frame);
        Reply {
            after: self.reaction,
            bytes,
            settings: LineSettings::INFRARED.at(self.baud),
        }
    }

    /// The address its frames carry.
    pub(super) fn says_it_is(&self) -> &CommAddress {
        self.impostor.as_ref().unwrap_or(&self.comm_address)
    }

    /// An amount it has, in steps of `10^-places`; what is finer is cut off.
    pub(super) fn steps(&self, item: MeterItem, places: u32) -> Option<i64> {
        match self.values.get(&item)? {
            ItemValue::Quantity(amount) => {
                let step = 10_i64.checked_pow(4_u32.checked_sub(places)?)?;
                amount.ten_thousandths().checked_div(step)
            }
            ItemValue::Count(times) => Some(i64::from(*times)),
            ItemValue::Text(_) | ItemValue::Clock(_) | ItemValue::Status { .. } => None,
        }
    }

    /// A text it has.
    pub(super) fn text(&self, item: MeterItem) -> Option<&str> {
        match self.values.get(&item)? {
            ItemValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A status word it has.
    pub(super) fn status(&self, item: MeterItem) -> Option<u16> {
        match self.values.get(&item)? {
            ItemValue::Status { word, .. } => Some(*word),
            _ => None,
        }
    }

    /// The meter beside it: another address, and every value another one.
    pub fn neighbour(&self) -> Self {
        let mut other = self.clone();
        other.comm_address = next_address(&self.comm_address);
        for (item, value) in &mut other.values {
            match value {
                ItemValue::Quantity(amount) => {
                    // a step every language can tell: one whole unit
                    let more = amount.ten_thousandths().saturating_add(10_000);
                    *amount = Decimal::from_ten_thousandths(more);
                }
                ItemValue::Count(times) => *times = times.wrapping_add(1),
                ItemValue::Status { word, .. } => *word ^= 0x4000,
                ItemValue::Text(_) if *item == MeterItem::MeterNo => {
                    *value = ItemValue::Text(other.comm_address.as_str().into());
                }
                ItemValue::Text(text) => *text = text.replace('0', "1"),
                ItemValue::Clock(_) => {}
            }
        }
        other
    }
}

/// The address with another last digit.
pub(super) fn next_address(address: &CommAddress) -> CommAddress {
    let text = address.as_str();
    let last = text.chars().next_back().and_then(|c| c.to_digit(10));
    let head = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let next = (last.unwrap_or_default() + 1) % 10;
    format!("{head}{next}").as_str().into()
}
