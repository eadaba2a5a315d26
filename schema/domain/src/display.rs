//! What the texts read from a display's photograph say about a reading: a second witness, no more.
//!
//! The reader of displays is often wrong, so it only proposes, doubts or agrees; nothing typed or
//! read over the infrared port is changed by it. "Agrees" is the strongest word and is held to
//! every digit: a slip of the hand must never be confirmed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Decimal, ErrCode, RegisterDigits};

#[cfg(test)]
mod tests;

/// One text a display may show.
///
/// Shape: `{"text":"012345.67","score":963}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DisplayText {
    /// Of `0-9 . - E r` only.
    pub text: String,
    /// How likely the reader holds it. Unit: thousandths, 0–1000.
    pub score: u16,
}

/// What is known of a register before its display is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DisplayAsk {
    /// How many digits it shows. Their number places the point; the drawn one is easily missed.
    pub digits: RegisterDigits,
    /// The reading before; absent where there is none or the register may run down, as money does.
    pub previous: Option<Decimal>,
    /// The most that can have been used since.
    pub greatest_use: Option<Decimal>,
    /// What was typed, or what the meter said over its infrared port.
    pub known: Option<Decimal>,
}

/// What a photograph of the display says.
///
/// Shape: `{"is":"agrees"}`, `{"is":"differs","read":"12345.67"}`,
/// `{"is":"proposes","value":"12345.67"}`, `{"is":"unsure"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DisplayVerdict {
    /// It shows the known value, digit for digit.
    Agrees,
    /// It seems to show something else than the known value.
    Differs {
        /// What it seems to show.
        read: Decimal,
    },
    /// Nothing is known yet; this is to be confirmed.
    Proposes {
        /// What it seems to show.
        value: Decimal,
    },
    /// It does not tell: type the reading.
    Unsure,
}

/// The likeliest value a display shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownValue {
    /// In the register's unit.
    pub value: Decimal,
    /// Its digits as they are shown, with the point where the register has it: `012345.67`.
    pub text: String,
    /// How likely it is. Unit: thousandths, 0–1000.
    pub score: u16,
}

/// A code a display shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownErr {
    /// Which.
    pub code: &'static ErrCode,
    /// How likely it is. Unit: thousandths, 0–1000.
    pub score: u16,
}

/// From here on the best text may confirm a value.
const SURE: u16 = 900;
/// By so much the best text must lead before it may confirm.
const LEAD: u16 = 400;
/// From here on a text is worth a person's look.
const LIKELY: u16 = 300;
/// What is less likely is no more than a guess.
const LEGIBLE: u16 = 100;

/// What `texts` say about the register that `ask` describes.
///
/// Texts may come in any order. All dashes, a code, or a value that cannot be: [`DisplayVerdict::Unsure`].
pub fn judge(texts: &[DisplayText], ask: &DisplayAsk) -> DisplayVerdict {
    let read = likeliest(texts, ask).map(|shown| shown.value);
    match (ask.known, read) {
        (Some(known), _) if confirms(texts, ask, known) => DisplayVerdict::Agrees,
        (Some(known), Some(read)) if read != known => DisplayVerdict::Differs { read },
        (None, Some(value)) => DisplayVerdict::Proposes { value },
        (_, _) => DisplayVerdict::Unsure,
    }
}

/// The likeliest of `texts` that the register can show and that can follow what it showed before.
pub fn likeliest(texts: &[DisplayText], ask: &DisplayAsk) -> Option<ShownValue> {
    let ranked = ranked(texts);
    let mut fitting = ranked.iter().filter(|text| text.score >= LIKELY);
    fitting.find_map(|text| {
        let Fit { value, plain, .. } = Fit::of(text, ask.digits)?;
        can_be(value, ask).then_some(ShownValue {
            value,
            text: plain,
            score: text.score,
        })
    })
}

/// The likeliest text when nobody knows the register: as it stands, with the point where it is drawn.
///
/// `None` when it is no number or not likely. In a row that somebody framed less is asked: that there is something to
/// read is certain there, and elsewhere it is what is likeliest wrong.
pub fn as_shown(texts: &[DisplayText], is_framed: bool) -> Option<&DisplayText> {
    let best = ranked(texts).first().copied()?;
    let digits = best.text.replacen('.', "", 1);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let least = if is_framed { LEGIBLE } else { LIKELY };
    (is_number && best.score >= least).then_some(best)
}

/// The `Err-` code a display shows; `None` unless the best text looks like one and the table has it.
///
/// There are a few dozen codes: readings of the same one count together, and one that the table does not have gives way
/// to a lesser one that it has.
pub fn err_shown(texts: &[DisplayText]) -> Option<ShownErr> {
    let looks_like_one =
        |text: &DisplayText| text.text.contains(['E', 'r']) || ErrCode::shown(&text.text).is_some();
    if !ranked(texts)
        .first()
        .is_some_and(|best| looks_like_one(best))
    {
        return None;
    }
    let score_of = |wanted: &dyn Fn(&DisplayText) -> bool| -> u16 {
        let scores = texts
            .iter()
            .filter(|text| wanted(text))
            .map(|text| text.score);
        scores.fold(0u16, u16::saturating_add).min(1000)
    };
    let codes = texts.iter().filter_map(|text| ErrCode::shown(&text.text));
    let scored = codes.map(|code| ShownErr {
        code,
        score: score_of(&|text| ErrCode::shown(&text.text) == Some(code)),
    });
    let best = scored.max_by_key(|shown| (shown.score, std::cmp::Reverse(shown.code.number)))?;
    (score_of(&looks_like_one) >= LIKELY && best.score >= LEGIBLE).then_some(best)
}

/// Only the best text counts here, never a lesser one that happens to fit.
fn confirms(texts: &[DisplayText], ask: &DisplayAsk, known: Decimal) -> bool {
    let ranked = ranked(texts);
    let Some(best) = ranked.first() else {
        return false;
    };
    // The same digits with the point elsewhere are no rival: the register places the point.
    let rival = ranked.iter().find(|text| digits(text) != digits(best));
    let lead = best
        .score
        .saturating_sub(rival.map_or(0, |text| text.score));
    let Some(fit) = Fit::of(best, ask.digits) else {
        return false;
    };
    best.score >= SURE
        && lead >= LEAD
        && fit.point != DrawnPoint::Elsewhere
        && fit.value == known
        && can_be(fit.value, ask)
        && (fit.shown == all_digits(ask.digits) || digits_expected(ask) == Some(fit.shown))
}

fn ranked(texts: &[DisplayText]) -> Vec<&DisplayText> {
    let mut ranked: Vec<_> = texts.iter().collect();
    ranked.sort_by_key(|text| std::cmp::Reverse(text.score));
    ranked
}

fn digits(text: &DisplayText) -> String {
    text.text.replace('.', "")
}

fn all_digits(digits: RegisterDigits) -> usize {
    usize::from(digits.integer) + usize::from(digits.decimal)
}

fn can_be(value: Decimal, ask: &DisplayAsk) -> bool {
    let Some(previous) = ask.previous else {
        return true;
    };
    let not_too_much = ask
        .greatest_use
        .is_none_or(|most| value.distance(previous) <= most);
    value >= previous && not_too_much
}

/// How many digits show on a display that blanks leading zeros, where that is certain.
///
/// It is when the least and the greatest possible value have equally many. Else a lost first digit
/// would look like a blanked one.
fn digits_expected(ask: &DisplayAsk) -> Option<usize> {
    let least = ask.previous?;
    let most = least.plus(ask.greatest_use?)?;
    let shown = |value: Decimal| {
        let whole = value.ten_thousandths() / 10_000;
        let whole_digits = whole.checked_ilog10().unwrap_or(0) as usize + 1;
        whole_digits + usize::from(ask.digits.decimal)
    };
    (shown(least) == shown(most)).then(|| shown(least))
}

/// The drawn point against the register's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DrawnPoint {
    Right,
    NotSeen,
    Elsewhere,
}

/// A text as a value of the register.
struct Fit {
    value: Decimal,
    /// Its digits as shown, with the register's point.
    plain: String,
    point: DrawnPoint,
    /// Digits shown, leading zeros with them.
    shown: usize,
}

impl Fit {
    /// `None` when the register cannot show this: too many digits, too few, or something else.
    fn of(text: &DisplayText, register: RegisterDigits) -> Option<Self> {
        let (whole, places) = match text.text.split_once('.') {
            Some((whole, places)) => (whole, Some(places)),
            None => (text.text.as_str(), None),
        };
        let digits: String = [whole, places.unwrap_or("")].concat();
        let decimals = usize::from(register.decimal);
        let all = all_digits(register);
        let shown = digits.len();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || shown <= decimals || shown > all {
            return None;
        }
        // A display blanks all leading zeros or none: one zero in front of fewer digits is a digit lost.
        if shown < all && shown > decimals + 1 && digits.starts_with('0') {
            return None;
        }
        let point = match places.map(str::len) {
            None | Some(0) if decimals == 0 => DrawnPoint::Right,
            None => DrawnPoint::NotSeen,
            Some(places) if places == decimals => DrawnPoint::Right,
            Some(_) => DrawnPoint::Elsewhere,
        };
        let (whole, places) = digits.split_at_checked(shown - decimals)?;
        let plain = match places {
            "" => whole.to_owned(),
            places => format!("{whole}.{places}"),
        };
        Some(Self {
            value: Decimal::parse(&plain).ok()?,
            plain,
            point,
            shown,
        })
    }
}
