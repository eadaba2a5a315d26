//! The simulated meter's clock: local time that stands or runs, or is dead.

use std::time::Duration;

use domain::MeterClock;

/// A meter's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clock {
    /// It goes on from a time.
    Runs {
        /// What it says at `since`.
        says: LocalTime,
        /// Since when, on the line's own time.
        since: Duration,
    },
    /// It always says the same.
    Stands(LocalTime),
    /// Its battery is empty: it says the zeroth of the zeroth month.
    Dead,
}

/// A local time to a second, of the years 2000–2099.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
}

const DAY: u64 = 86_400;

impl LocalTime {
    /// From its parts; none when there is no such time.
    pub fn new(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        MeterClock::new(year, month, day, hour, minute, second)?;
        (2000..2100).contains(&year).then_some(Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        })
    }

    /// Reads `2026-11-21T08:30:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['-', 'T', ':']);
        let mut part = |width| {
            let digits = parts.next().filter(|part| part.len() == width)?;
            digits.parse::<u16>().ok()
        };
        let year = part(4)?;
        let mut two = || part(2).and_then(|n| u8::try_from(n).ok());
        let time = Self::new(year, two()?, two()?, two()?, two()?, two()?)?;
        (text.len() == 19 && parts.next().is_none()).then_some(time)
    }

    /// Day of the week, 0 Sunday.
    pub(super) fn weekday(self) -> u8 {
        // 2000-01-01 was a Saturday
        u8::try_from((self.days().saturating_add(6)) % 7).unwrap_or_default()
    }

    fn days(self) -> u64 {
        let years = u64::from(self.year.saturating_sub(2000));
        // 2000 is a leap year, and so is every fourth year up to 2096
        let before = years * 365 + years.div_ceil(4);
        let months = u64::from(self.month.saturating_sub(1));
        let in_year: u64 = (1..=months).map(|month| month_days(self.year, month)).sum();
        before + in_year + u64::from(self.day.saturating_sub(1))
    }

    fn plus(self, seconds: u64) -> Self {
        let of_day = u64::from(self.hour) * 3600 + u64::from(self.minute) * 60;
        let total = self.days() * DAY + of_day + u64::from(self.second);
        let total = total.saturating_add(seconds);
        let (mut days, of_day) = (total / DAY, total % DAY);
        let mut year = 2000_u16;
        loop {
            let length = if year.is_multiple_of(4) { 366 } else { 365 };
            if days < length || year >= 2099 {
                break;
            }
            days -= length;
            year += 1;
        }
        let mut month = 1;
        while month < 12 && days >= month_days(year, month) {
            days -= month_days(year, month);
            month += 1;
        }
        let small = |n: u64| u8::try_from(n).unwrap_or_default();
        Self {
            year,
            month: small(month),
            day: small(days.min(30) + 1),
            hour: small(of_day / 3600),
            minute: small(of_day / 60 % 60),
            second: small(of_day % 60),
        }
    }
}

fn month_days(year: u16, month: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Clock {
    /// What it says; none when it is dead.
    pub fn says(&self, now: Duration) -> Option<LocalTime> {
        match self {
            Self::Runs { says, since } => Some(says.plus(now.saturating_sub(*since).as_secs())),
            Self::Stands(says) => Some(*says),
            Self::Dead => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_runs_over_the_ends_of_days_months_and_years() {
        for (from, seconds, to) in [
            ("2026-11-21T08:30:00", 61, "2026-11-21T08:31:01"),
            ("2026-12-31T23:59:59", 1, "2027-01-01T00:00:00"),
            ("2028-02-28T23:59:59", 1, "2028-02-29T00:00:00"),
            ("2027-02-28T00:00:00", DAY, "2027-03-01T00:00:00"),
            ("2000-01-01T00:00:00", 366 * DAY, "2001-01-01T00:00:00"),
        ] {
            let from = LocalTime::parse(from).unwrap();
            assert_eq!(Some(from.plus(seconds)), LocalTime::parse(to));
        }
    }

    #[test]
    fn a_week_begins_with_sunday() {
        for (day, weekday) in [("2026-11-22", 0), ("2026-11-21", 6), ("2000-01-03", 1)] {
            let time = LocalTime::parse(&format!("{day}T00:00:00")).unwrap();
            assert_eq!(time.weekday(), weekday, "{day}");
        }
    }

    #[test]
    fn a_text_that_is_no_time_is_none() {
        for text in [
            "",
            "2026-11-21",
            "2026-13-01T00:00:00",
            "2026-11-21T08:30:00:1",
        ] {
            assert_eq!(LocalTime::parse(text), None, "{text}");
        }
    }
}
