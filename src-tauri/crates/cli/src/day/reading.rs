//! What a meter shows: readings that fit the last bill, the digits and each other.

use domain::{Decimal, MeterModel, ReadingSource, Register, RegisterReading};

use super::lot::Lot;

/// Use since the last bill, of each tariff. Unit: ten-thousandths of a kWh.
///
/// A household's month; four tariffs stay below what the rule book asks about.
const USE: (i64, i64) = (50_000, 2_500_000);

/// A new meter has counted a little at the test bench. Unit: steps of the last digit.
const BENCH_STEPS: i64 = 5;

/// A meter that has hung for a while.
pub(super) fn old(
    model: &MeterModel,
    billed: &[(Register, Decimal)],
    lot: &mut Lot,
) -> Vec<RegisterReading> {
    show(model, |register| {
        let last = billed.iter().find(|(known, _)| *known == register);
        let last = last.map_or(0, |(_, value)| value.ten_thousandths());
        match register {
            Register::ForwardTotal
            | Register::ForwardT1
            | Register::ForwardT2
            | Register::ForwardT3
            | Register::ForwardT4 => last + lot.between(USE.0, USE.1),
            // Hardly anything flows back from a house without a roof of panels.
            Register::ReverseTotal => last,
            Register::MoneyLeft => lot.between(20_000, 2_000_000),
        }
    })
    .raised_to(model, billed)
    .values()
}

/// A meter from the cabinet.
pub(super) fn new(model: &MeterModel, lot: &mut Lot) -> Vec<RegisterReading> {
    let step = step(model);
    show(model, |register| match register {
        Register::ReverseTotal | Register::MoneyLeft => 0,
        Register::ForwardTotal
        | Register::ForwardT1
        | Register::ForwardT2
        | Register::ForwardT3
        | Register::ForwardT4 => lot.between(0, BENCH_STEPS) * step,
    })
    .values()
}

/// A value as its display shows it: with leading zeros, as `001234.56`.
pub(super) fn display(model: &MeterModel, value: Decimal) -> String {
    let whole = value.ten_thousandths().unsigned_abs() / 10_000;
    let places = value.ten_thousandths().unsigned_abs() % 10_000;
    let (integer, decimal) = (model.digits.integer, model.digits.decimal.min(4));
    let whole = format!("{whole:0width$}", width = usize::from(integer));
    let places = format!("{places:04}");
    match places.get(..usize::from(decimal)) {
        Some(shown) if !shown.is_empty() => format!("{whole}.{shown}"),
        Some(_) | None => whole,
    }
}

struct Shown(Vec<(Register, i64)>);

/// What the smallest digit counts. Unit: ten-thousandths.
fn step(model: &MeterModel) -> i64 {
    10_i64.pow(4 - u32::from(model.digits.decimal.min(4)))
}

/// The highest value the digits show. Unit: ten-thousandths.
fn highest(model: &MeterModel) -> i64 {
    10_i64.pow(u32::from(model.digits.integer.min(8))) * 10_000 - step(model)
}

/// Each register's value in whole steps, and the total as the sum of the tariffs.
fn show(model: &MeterModel, mut value: impl FnMut(Register) -> i64) -> Shown {
    let (step, highest) = (step(model), highest(model));
    let whole = |value: i64| ((value + step - 1) / step * step).clamp(0, highest);
    let registers = match model.registers.as_slice() {
        [] => &[Register::ForwardTotal],
        registers => registers,
    };
    let mut values: Vec<(Register, i64)> = registers
        .iter()
        .map(|register| (*register, whole(value(*register))))
        .collect();
    sum_up(&mut values, highest);
    Shown(values)
}

/// Makes the total what the tariffs add up to.
fn sum_up(values: &mut [(Register, i64)], highest: i64) {
    let tariffs = || values.iter().filter(|(register, _)| register.is_tariff());
    let sum: i64 = tariffs().map(|(_, value)| value).sum();
    if tariffs().next().is_none() {
        return;
    }
    for (register, value) in values.iter_mut() {
        if *register == Register::ForwardTotal {
            *value = sum.min(highest);
        }
    }
}

impl Shown {
    /// Where the tariffs were not billed or add up to less than the bill, the first takes the rest.
    fn raised_to(mut self, model: &MeterModel, billed: &[(Register, Decimal)]) -> Self {
        let find = |values: &[(Register, i64)]| {
            let total = values.iter().find(|(r, _)| *r == Register::ForwardTotal);
            total.map(|(_, value)| *value)
        };
        let last = billed.iter().find(|(r, _)| *r == Register::ForwardTotal);
        let (Some(total), Some((_, last))) = (find(&self.0), last) else {
            return self;
        };
        let short = last.ten_thousandths() - total;
        let step = step(model);
        let first = self.0.iter_mut().find(|(r, _)| r.is_tariff());
        if let (true, Some((_, value))) = (short > 0, first) {
            *value += (short + step - 1) / step * step;
        }
        sum_up(&mut self.0, highest(model));
        self
    }

    fn values(self) -> Vec<RegisterReading> {
        let reading = |(register, value)| RegisterReading {
            register,
            value: Decimal::from_ten_thousandths(value),
            source: ReadingSource::Typed,
            also: vec![],
        };
        self.0.into_iter().map(reading).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::{RegisterDigits, Wiring};

    use super::*;

    fn model(decimal: u8) -> MeterModel {
        MeterModel {
            wiring: Wiring::SinglePhase,
            prepaid: false,
            digits: RegisterDigits {
                integer: 6,
                decimal,
            },
            registers: vec![
                Register::ForwardTotal,
                Register::ForwardT2,
                Register::ForwardT4,
            ],
        }
    }

    fn value(values: &[RegisterReading], register: Register) -> i64 {
        let found = values.iter().find(|v| v.register == register);
        found.unwrap().value.ten_thousandths()
    }

    #[test]
    fn a_reading_is_above_the_bill_and_its_total_is_the_sum_of_the_tariffs() {
        let billed = [
            (Register::ForwardTotal, Decimal::from_hundredths(500_001)),
            (Register::ForwardT2, Decimal::from_hundredths(200_000)),
            (Register::ForwardT4, Decimal::from_hundredths(299_999)),
        ];
        for (seed, decimal) in (0..100).zip([0, 1, 2].into_iter().cycle()) {
            let model = model(decimal);
            let values = old(&model, &billed, &mut Lot::of(seed, &[]));
            let total = value(&values, Register::ForwardTotal);
            let sum = value(&values, Register::ForwardT2) + value(&values, Register::ForwardT4);
            assert_eq!(total, sum);
            for (register, last) in billed {
                assert!(value(&values, register) >= last.ten_thousandths());
            }
            assert!(values.iter().all(|v| model.digits.can_show(v.value)));
        }
    }

    #[test]
    fn tariffs_that_were_never_billed_still_add_up_to_more_than_the_bill() {
        let billed = [(Register::ForwardTotal, Decimal::from_hundredths(2_500_000))];
        let values = old(&model(2), &billed, &mut Lot::of(1, &[]));
        let total = value(&values, Register::ForwardTotal);
        assert!(total >= 250_000_000, "{total}");
    }

    #[test]
    fn a_display_shows_every_digit_it_has() {
        let value = Decimal::from_hundredths(123_456);
        assert_eq!(display(&model(2), value), "001234.56");
        assert_eq!(display(&model(0), value), "001234");
    }
}
