//! A meter's clock: its date and its time are two items, read one after the other.

use domain::{ItemRefusal, ItemValue, MeterClock};

use super::form::filled;
use super::{Generation, bcd};

/// What is known of a clock.
#[derive(Debug, Default)]
pub(super) struct ClockParts {
    date: Option<Date>,
    time: Option<Time>,
}

impl ClockParts {
    /// What has to be asked next.
    pub(super) fn identifier(&self, generation: Generation) -> u32 {
        match self.date {
            None => generation.date(),
            Some(_) => generation.time(),
        }
    }

    /// Takes the answer to that; the clock, once it is whole.
    ///
    /// Errors: as an item's.
    pub(super) fn said(&mut self, field: &[u8]) -> Option<Result<ItemValue, ItemRefusal>> {
        let part = match self.date {
            None => Date::of(field).map(|date| self.date = Some(date)),
            Some(_) => Time::of(field).map(|time| {
                // the date may have been said before midnight
                if self.time.is_none() && time.is_just_after_midnight() {
                    self.date = None;
                }
                self.time = Some(time);
            }),
        };
        match (part, self.date, self.time) {
            (Err(why), _, _) => Some(Err(why)),
            (Ok(()), Some(date), Some(time)) => Some(date.at(time)),
            (Ok(()), _, _) => None,
        }
    }
}

/// A day as a meter says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of day as a meter says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    hour: u8,
    minute: u8,
    second: u8,
}

impl Date {
    /// From YYMMDDWW, the weekday first on the wire. Errors: as an item's.
    fn of(field: &[u8]) -> Result<Self, ItemRefusal> {
        filled(field)?;
        let [_, day, month, year] = *field else {
            return Err(ItemRefusal::Malformed);
        };
        Ok(Self {
            year: u16::from(two_digits(year)?).saturating_add(2000),
            month: two_digits(month)?,
            day: two_digits(day)?,
        })
    }

    /// The clock that says this day and that time. Errors: [`ItemRefusal::Malformed`] for days
    /// and times there are none of.
    fn at(self, time: Time) -> Result<ItemValue, ItemRefusal> {
        MeterClock::new(
            self.year,
            self.month,
            self.day,
            time.hour,
            time.minute,
            time.second,
        )
        .map(ItemValue::Clock)
        .ok_or(ItemRefusal::Malformed)
    }
}

impl Time {
    /// From hhmmss, the seconds first on the wire. Errors: as an item's.
    fn of(field: &[u8]) -> Result<Self, ItemRefusal> {
        filled(field)?;
        let [second, minute, hour] = *field else {
            return Err(ItemRefusal::Malformed);
        };
        Ok(Self {
            hour: two_digits(hour)?,
            minute: two_digits(minute)?,
            second: two_digits(second)?,
        })
    }

    /// Whether a day that was asked for just before may have been the day before.
    fn is_just_after_midnight(self) -> bool {
        (self.hour, self.minute) == (0, 0)
    }
}

fn two_digits(byte: u8) -> Result<u8, ItemRefusal> {
    bcd::number(&[byte])
        .and_then(|two| u8::try_from(two).ok())
        .ok_or(ItemRefusal::Malformed)
}
