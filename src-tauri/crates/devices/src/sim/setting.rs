//! What a person sets of a simulated meter by name, `forward_total=12345.67`.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{CommAddress, Decimal, ItemValue, MeterItem, MeterProtocol};

use super::clock::{Clock, LocalTime};
use super::meter::{Access, Meter, Strange};

/// Why something cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// Nothing has that name.
    #[error("a simulated meter has no {name:?}")]
    Name {
        /// What was given.
        name: String,
    },
    /// It does not take that value.
    #[error("{name} cannot be {value:?}; it is {form}")]
    Value {
        /// What was to be set.
        name: String,
        /// What was given.
        value: String,
        /// What it has to be like.
        form: &'static str,
    },
}

/// Places a quantity has at the most in any of the languages, and digits before the point.
fn form(item: MeterItem) -> (u32, u32, &'static str) {
    use MeterItem as I;
    match item {
        I::VoltageA | I::VoltageB | I::VoltageC => (3, 1, "at most 999.9"),
        I::CurrentA | I::CurrentB | I::CurrentC => (3, 3, "at most 999.999"),
        I::PowerTotal => (2, 4, "at most 99.9999"),
        _ => (6, 2, "at most 999999.99"),
    }
}

fn may_be_negative(item: MeterItem) -> bool {
    use MeterItem as I;
    matches!(
        item,
        I::CombinedTotal | I::CurrentA | I::CurrentB | I::CurrentC | I::PowerTotal
    )
}

impl Meter {
    /// Sets an item by its name, or one of `address`, `protocol`, `access`, `strange`, `baud`,
    /// `iec_rate`, `reaction_ms`, `iec_reaction_ms`, `longest`, `results_at_once`.
    ///
    /// Shape: amounts `12345.67`; status words four hex digits; `clock=2026-11-21T08:30:00` runs
    /// from then, `clock=dead`, and with `!` behind it stands; `protocol=dlt645+dlt698`;
    /// `access=open|gated`; `strange=refused|ignored`; `iec_rate=0…6`. Any item may be `none` (the
    /// meter does not have it) or `blank` (filled with marks).
    ///
    /// Errors: [`BadSetting`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), BadSetting> {
        let done = match MeterItem::named(name) {
            Some(item) => self.set_item(item, value),
            None => self.set_property(name, value)?,
        };
        done.map_err(|form| BadSetting::Value {
            name: name.into(),
            value: value.into(),
            form,
        })
    }

    fn set_item(&mut self, item: MeterItem, value: &str) -> Result<(), &'static str> {
        self.blank.remove(&item);
        match value {
            "none" => {
                self.values.remove(&item);
                return Ok(());
            }
            "blank" => {
                self.blank.insert(item);
                return Ok(());
            }
            _ => {}
        }
        if item == MeterItem::Clock {
            self.clock = clock(value)?;
            return Ok(());
        }
        self.values.insert(item, item_value(item, value)?);
        Ok(())
    }

    fn set_property(
        &mut self,
        name: &str,
        value: &str,
    ) -> Result<Result<(), &'static str>, BadSetting> {
        Ok(match name {
            "address" => address(value).map(|address| self.comm_address = address),
            "protocol" => protocols(value).map(|protocols| self.protocols = protocols),
            "access" => access(value).map(|access| self.access = access),
            "strange" => strange(value).map(|strange| self.strange = strange),
            "baud" => match value.parse() {
                Ok(baud) if baud > 0 => {
                    self.baud = baud;
                    Ok(())
                }
                Ok(_) | Err(_) => Err("bits a second"),
            },
            "iec_rate" => match value.as_bytes() {
                [mark @ b'0'..=b'6'] => {
                    self.iec_rate = *mark;
                    Ok(())
                }
                _ => Err("0 to 6"),
            },
            "reaction_ms" => millis(value).map(|reaction| self.reaction = reaction),
            "iec_reaction_ms" => millis(value).map(|reaction| self.iec_reaction = reaction),
            "longest" => count(value).map(|bytes| self.longest = Some(bytes)),
            "results_at_once" => count(value).map(|results| self.results_at_once = Some(results)),
            _ => return Err(BadSetting::Name { name: name.into() }),
        })
    }
}

fn item_value(item: MeterItem, value: &str) -> Result<ItemValue, &'static str> {
    use MeterItem as I;
    match item {
        I::Status1
        | I::Status2
        | I::Status3
        | I::Status4
        | I::Status5
        | I::Status6
        | I::Status7 => match u16::from_str_radix(value, 16) {
            Ok(word) if value.len() == 4 => Ok(ItemValue::Status { word, set: vec![] }),
            Ok(_) | Err(_) => Err("four hex digits"),
        },
        I::MeterNo => address(value).map(|number| ItemValue::Text(number.as_str().into())),
        I::AssetNo => ascii(value, 32).ok_or("at most 32 ASCII marks"),
        I::Model => ascii(value, 10).ok_or("at most 10 ASCII marks"),
        I::PurchaseCount => match value.parse() {
            Ok(times) if times <= 9_999 => Ok(ItemValue::Count(times)),
            Ok(_) | Err(_) => Err("at most 9999"),
        },
        _ => quantity(item, value),
    }
}

fn quantity(item: MeterItem, value: &str) -> Result<ItemValue, &'static str> {
    let (digits, places, form) = form(item);
    let amount = Decimal::parse(value).map_err(|_| form)?;
    let n = amount.ten_thousandths();
    let step = 10_u64.pow(4_u32.saturating_sub(places));
    let fits = n.unsigned_abs().is_multiple_of(step)
        && n.unsigned_abs() < 10_u64.pow(digits.saturating_add(4))
        && (n >= 0 || may_be_negative(item));
    fits.then_some(ItemValue::Quantity(amount)).ok_or(form)
}

fn ascii(value: &str, longest: usize) -> Option<ItemValue> {
    let fits = value.len() <= longest && value.bytes().all(|mark| mark.is_ascii_graphic());
    fits.then(|| ItemValue::Text(value.into()))
}

fn address(value: &str) -> Result<CommAddress, &'static str> {
    let digits = value.len() == 12 && value.bytes().all(|mark| mark.is_ascii_digit());
    digits.then(|| value.into()).ok_or("twelve digits")
}

fn protocols(value: &str) -> Result<BTreeSet<MeterProtocol>, &'static str> {
    let named = |name: &str| MeterProtocol::ALL.into_iter().find(|p| p.name() == name);
    value
        .split('+')
        .map(named)
        .collect::<Option<_>>()
        .ok_or("dlt645, dlt645-1997, dlt698, iec62056-21, or several with + between")
}

fn access(value: &str) -> Result<Access, &'static str> {
    match value {
        "open" => Ok(Access::Open),
        "gated" => Ok(Access::Gated),
        _ => Err("open or gated"),
    }
}

fn strange(value: &str) -> Result<Strange, &'static str> {
    match value {
        "refused" => Ok(Strange::Refused),
        "ignored" => Ok(Strange::Ignored),
        _ => Err("refused or ignored"),
    }
}

fn count(value: &str) -> Result<usize, &'static str> {
    let count = value.parse().ok().filter(|count| *count > 0);
    count.ok_or("a number above zero")
}

fn millis(value: &str) -> Result<Duration, &'static str> {
    let millis = value.parse().map(Duration::from_millis);
    millis.map_err(|_| "a number of milliseconds")
}

fn clock(value: &str) -> Result<Clock, &'static str> {
    if value == "dead" {
        return Ok(Clock::Dead);
    }
    let form = "a time like 2026-11-21T08:30:00";
    match value.strip_suffix('!') {
        Some(stands) => LocalTime::parse(stands).map(Clock::Stands).ok_or(form),
        None => {
            let since = Duration::ZERO;
            let says = LocalTime::parse(value).ok_or(form)?;
            Ok(Clock::Runs { says, since })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_set_by_its_name_and_taken_away() {
        for item in MeterItem::ALL {
            let mut meter = Meter::sample();
            let value = meter.value(*item, Duration::ZERO).unwrap();
            let text = match &value {
                // the clock stands, so that it says the same again
                ItemValue::Clock(clock) => format!("{clock}!"),
                value => value.to_string(),
            };
            meter.set(item.name(), "blank").unwrap();
            assert_eq!(meter.value(*item, Duration::ZERO), None, "{item}");
            meter.set(item.name(), &text).unwrap();
            assert_eq!(meter.value(*item, Duration::ZERO), Some(value), "{item}");
            if *item != MeterItem::Clock {
                meter.set(item.name(), "none").unwrap();
                assert_eq!(meter.value(*item, Duration::ZERO), None, "{item}");
            }
        }
    }

    #[test]
    fn what_no_meter_could_say_cannot_be_set() {
        let mut meter = Meter::sample();
        for (name, value) in [
            ("forward_total", "1000000.00"),
            ("forward_total", "-1.00"),
            ("forward_total", "1.001"),
            ("voltage_a", "220.15"),
            ("status_1", "84"),
            ("purchase_count", "10000"),
            ("asset_no", "资产"),
            ("clock", "2026-13-01T00:00:00"),
            ("address", "12"),
            ("protocol", "dlms"),
            ("iec_rate", "7"),
            ("baud", "0"),
        ] {
            let refused = meter.set(name, value);
            assert!(
                matches!(refused, Err(BadSetting::Value { .. })),
                "{name}={value}"
            );
        }
        assert_eq!(
            meter.set("colour", "grey"),
            Err(BadSetting::Name {
                name: "colour".into()
            })
        );
    }

    #[test]
    fn the_sample_s_tariffs_sum_to_its_total() {
        use MeterItem as I;
        let steps = |item| Meter::sample().steps(item, 2).unwrap();
        let tariffs = [I::ForwardT1, I::ForwardT2, I::ForwardT3, I::ForwardT4];
        assert_eq!(
            tariffs.map(steps).iter().sum::<i64>(),
            steps(I::ForwardTotal)
        );
    }
}
