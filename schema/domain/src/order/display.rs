//! What is known of a register before its display is read.

use super::Order;
use super::admit::meter_at;
use crate::check::PLAUSIBLE_USE;
use crate::{Decimal, DisplayAsk, Need, Refusal, Register, RegisterDigits, StepId, Stock};

/// What the order and the custody list know of the register that a reading step is about.
///
/// Errors: [`Refusal::UnknownStep`]; [`Refusal::WrongStep`] when the step reads no meter.
pub fn display_ask(
    order: &Order,
    step: &StepId,
    register: Register,
    known: Option<Decimal>,
    stock: &Stock,
) -> Result<DisplayAsk, Refusal> {
    let rule = order
        .step(step)
        .ok_or_else(|| Refusal::UnknownStep { step: step.clone() })?;
    let Need::Reading { slot } = rule.need else {
        return Err(Refusal::WrongStep { step: step.clone() });
    };
    let meter = meter_at(order, slot, stock);
    let billed = meter.last_billed.iter().find(|(of, _)| *of == register);
    // Money runs down, and up again when it is bought.
    let previous = billed
        .filter(|_| register != Register::MoneyLeft)
        .map(|(_, value)| *value);
    Ok(DisplayAsk {
        digits: meter.model.map_or(RegisterDigits::USUAL, |m| m.digits),
        previous,
        greatest_use: previous.map(|_| PLAUSIBLE_USE),
        known,
    })
}
