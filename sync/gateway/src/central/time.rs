//! Times as text: `2026-03-01T08:30:00+08:00`, or without an offset by the mapping's.

use domain::Millis;

const DAY_MS: i64 = 86_400_000;

/// Reads `2026-03-01T08:30:00+08:00`, `…Z`, `2026-03-01 08:30` (by the offset given).
///
/// Anything else, and a day no calendar has, is `None`.
pub fn parse(text: &str, offset_minutes: i32) -> Option<Millis> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', ' '])?;
    let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let offset = match zone {
        "" => offset_minutes,
        "Z" => 0,
        _ => parse_offset(zone)?,
    };
    let day = parse_day(date)?;
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, milli) = match parts.next() {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (digits(text, 2)?, 0),
            Some((whole, places)) => (digits(whole, 2)?, digits(places, 3)?),
        },
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + milli;
    Some(Millis(day * DAY_MS + of_day - i64::from(offset) * 60_000))
}

/// Reads `2026-03-01` as days since 1970-01-01.
pub fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (
        digits(parts.next()?, 4)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    let days = days_from_civil(year, month, day);
    let is_real = parts.next().is_none() && civil_from_days(days) == (year, month, day);
    is_real.then_some(days)
}

/// Writes a moment by an offset: `2026-03-01T08:30:00+08:00`, with thousandths where there are any.
pub fn format(at: Millis, offset_minutes: i32) -> String {
    let local = at.0.saturating_add(i64::from(offset_minutes) * 60_000);
    let (days, of_day) = (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    let places = if milli == 0 {
        String::new()
    } else {
        format!(".{milli:03}")
    };
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let offset = offset_minutes.abs();
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{places}{sign}{:02}:{:02}",
        offset / 60,
        offset % 60
    )
}

/// Reads `+08:00` as minutes east of UTC, at most 14 hours.
pub fn parse_offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let all = i32::try_from(hours * 60 + minutes).ok()?;
    (minutes < 60 && all <= 14 * 60).then_some(sign * all)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let plain = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
///
/// Counted from March, so that the leap day is the last of its year; eras of 400 years have
/// 146 097 days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_without_an_offset_takes_the_given_one() {
        let with = parse("2026-03-01T08:30:00+08:00", 0);
        assert_eq!(with, Some(Millis(1_772_325_000_000)));
        assert_eq!(parse("2026-03-01 08:30", 480), with);
        assert_eq!(parse("2026-03-01T00:30:00.000Z", 480), with);
    }

    #[test]
    fn days_no_calendar_has_and_other_forms_are_no_times() {
        for text in [
            "",
            "2026-03-01",
            "2026-02-29 08:00",
            "2026-13-01 08:00",
            "2026-03-01 24:00",
            "2026-03-01T08:00:00+15:00",
            "2026/03/01 08:00",
            "１2026-03-0 08:00",
        ] {
            assert_eq!(parse(text, 0), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_reads_back_from_its_text(
            ms in -62_135_596_800_000i64..253_402_214_400_000,
            offset in -840..=840i32,
        ) {
            let text = format(Millis(ms), offset);
            prop_assume!(text.len() <= 29 && !text.starts_with('-') && !text.starts_with("10000"));
            prop_assert_eq!(parse(&text, 0), Some(Millis(ms)), "{}", text);
        }

        #[test]
        fn no_text_makes_reading_a_time_panic(text in ".{0,40}") {
            let _ = parse(&text, 0);
        }
    }
}
