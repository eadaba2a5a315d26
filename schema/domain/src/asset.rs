//! Asset numbers (资产编号): the 22-digit identification code with its check digit, and other
//! companies' rules as data.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Register, RegisterDigits};

/// An asset number that some rule accepted.
///
/// Shape: 22 digits for State Grid; for other companies whatever their [`AssetRule`] says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct AssetNo(String);

impl AssetNo {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last 12 digits before the check digit: often, never surely, the communication address.
    ///
    /// Source: one complete meter record (confidence M): a hint to show, not a rule.
    pub fn address_hint(&self) -> Option<&str> {
        (self.0.len() == 22).then(|| self.0.get(9..21)).flatten()
    }
}

impl fmt::Display for AssetNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing carries the number (资产类别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// Electricity meter (电能表).
    Meter,
    /// Collection terminal (采集终端).
    Terminal,
    /// Communication module (通讯模块).
    Module,
    /// Turnover box (周转箱).
    Box,
    /// A kind the rule's table does not name.
    Other,
}

/// How the last digit guards the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckDigit {
    /// GS1 / EAN modulo 10 (GB/T 12904).
    Gs1Mod10,
    /// The number has none.
    None,
}

/// One company's rule for asset numbers: data, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AssetRule {
    /// Name of the rule: `sgcc-22`.
    pub name: String,
    /// How many digits, exactly.
    pub digits: u8,
    /// The guard.
    pub check: CheckDigit,
    /// Where the two digits of the asset kind stand, from 1; 0 when the number does not tell.
    pub kind_at: u8,
    /// Two digits → kind.
    pub kinds: Vec<(String, AssetKind)>,
    /// Where the rule comes from, and how sure it is.
    pub source: String,
}

/// Why a text is no asset number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum AssetFault {
    /// Characters that are not digits, or too few or too many digits.
    #[error("an asset number has {digits} digits")]
    Length {
        /// How many the rule asks for.
        digits: u8,
    },
    /// The check digit does not fit: a digit was misread or mistyped.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// The text holds more than one valid number.
    #[error("the text holds more than one asset number")]
    Several,
}

impl AssetRule {
    /// State Grid's code (Q/GDW 1205-2013), as far as public samples show it.
    pub fn state_grid() -> Self {
        let kinds = [
            ("01", AssetKind::Meter),
            ("09", AssetKind::Terminal),
            ("54", AssetKind::Module),
            ("59", AssetKind::Box),
        ];
        Self {
            name: "sgcc-22".into(),
            digits: 22,
            check: CheckDigit::Gs1Mod10,
            kind_at: 6,
            kinds: kinds.map(|(code, kind)| (code.to_owned(), kind)).to_vec(),
            source: "Q/GDW 1205-2013 as quoted; check digit recomputed on 42 numbers".into(),
        }
    }

    /// Reads one asset number out of what a scanner or a person gave.
    ///
    /// Accepts bare digits, digits with spaces between, and longer text (a QR code's URL, say)
    /// that holds exactly one valid run of digits.
    ///
    /// Errors: [`AssetFault`].
    ///
    /// ```
    /// let rule = metercrew_domain::AssetRule::state_grid();
    /// assert!(rule.parse("4130001 00000000 0000012").is_ok());
    /// assert!(rule.parse("4130001000000000000013").is_err(), "wrong check digit");
    /// ```
    pub fn parse(&self, text: &str) -> Result<AssetNo, AssetFault> {
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
        if is_digits {
            return self.accept(&bare);
        }
        let mut found = text
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|run| self.accept(run).ok())
            .collect::<Vec<_>>();
        found.dedup();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => Err(AssetFault::Several),
            (None, _) => Err(AssetFault::Length {
                digits: self.digits,
            }),
        }
    }

    fn accept(&self, digits: &str) -> Result<AssetNo, AssetFault> {
        if digits.len() != usize::from(self.digits) {
            return Err(AssetFault::Length {
                digits: self.digits,
            });
        }
        match self.check {
            CheckDigit::None => Ok(AssetNo(digits.to_owned())),
            CheckDigit::Gs1Mod10 => gs1_holds(digits)
                .then(|| AssetNo(digits.to_owned()))
                .ok_or(AssetFault::CheckDigit),
        }
    }

    /// The kind the number itself tells.
    pub fn kind(&self, asset_no: &AssetNo) -> AssetKind {
        let start = usize::from(self.kind_at).wrapping_sub(1);
        let code = asset_no.0.get(start..start.wrapping_add(2)).unwrap_or("");
        self.kinds
            .iter()
            .find(|(known, _)| known == code)
            .map_or(AssetKind::Other, |(_, kind)| *kind)
    }

    /// The numbers one slip away that the check digit cannot tell apart: neighbours that differ
    /// by five, swapped (0↔5 … 4↔9).
    ///
    /// A typed number with such a twin is believed only when the custody list or the order knows
    /// it, or when it was typed twice.
    pub fn swap_twins(&self, asset_no: &AssetNo) -> Vec<AssetNo> {
        let digits = asset_no.0.as_bytes();
        (1..digits.len())
            .filter_map(|at| {
                let (left, right) = (*digits.get(at - 1)?, *digits.get(at)?);
                let mut swapped = digits.to_vec();
                *swapped.get_mut(at - 1)? = right;
                *swapped.get_mut(at)? = left;
                let text = String::from_utf8(swapped).ok()?;
                (left != right).then(|| self.accept(&text).ok()).flatten()
            })
            .collect()
    }

    /// Appends the check digit to all digits but the last; for made-up numbers in samples.
    pub fn with_check_digit(&self, digits: &str) -> Option<AssetNo> {
        let check = match self.check {
            CheckDigit::None => return self.accept(digits).ok(),
            CheckDigit::Gs1Mod10 => gs1_check(digits)?,
        };
        self.accept(&format!("{digits}{check}")).ok()
    }
}

/// GS1 modulo 10 over all digits before the check digit: weights 3, 1, 3 … from the right.
///
/// Source: GB/T 12904, recomputed on 42 public numbers. `None` when a character is no digit.
fn gs1_check(digits: &str) -> Option<u32> {
    let mut sum = 0;
    for (place, digit) in digits.chars().rev().enumerate() {
        let weight = if place.is_multiple_of(2) { 3 } else { 1 };
        sum += digit.to_digit(10)? * weight;
    }
    Some((10 - sum % 10) % 10)
}

fn gs1_holds(digits: &str) -> bool {
    let last = digits.chars().next_back().and_then(|c| c.to_digit(10));
    let body = digits.get(..digits.len().saturating_sub(1)).unwrap_or("");
    last.is_some() && gs1_check(body) == last
}

/// How a meter is wired (接线方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Wiring {
    /// One phase (单相).
    SinglePhase,
    /// Three phases, three wires (三相三线).
    ThreePhaseThreeWire,
    /// Three phases, four wires (三相四线).
    ThreePhaseFourWire,
}

/// What a meter is, as far as an order cares (表型).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeterModel {
    /// Wiring.
    pub wiring: Wiring,
    /// Whether the customer pays beforehand (预付费).
    pub prepaid: bool,
    /// Digits of its registers.
    pub digits: RegisterDigits,
    /// Which registers it shows.
    pub registers: Vec<Register>,
}

impl MeterModel {
    /// Whether a meter of this model may stand where `wanted` was ordered.
    pub fn fits(&self, wanted: &Self) -> bool {
        self.wiring == wanted.wiring
            && self.prepaid == wanted.prepaid
            && wanted
                .registers
                .iter()
                .all(|register| self.registers.contains(register))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_UP: [&str; 5] = [
        "4130001000000000000012",
        "3330001001234567890124",
        "1100001000000000000010",
        "4130009000000000000018",
        "4130059000000000000013",
    ];

    #[test]
    fn made_up_numbers_with_a_true_check_digit_are_accepted() {
        for text in MADE_UP {
            assert!(AssetRule::state_grid().parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn every_single_wrong_digit_is_caught() {
        let rule = AssetRule::state_grid();
        let digits = MADE_UP[1].as_bytes();
        let mut tried = 0;
        for at in 0..22 {
            for other in b'0'..=b'9' {
                let mut wrong = digits.to_vec();
                wrong[at] = other;
                if other != digits[at] {
                    let text = String::from_utf8(wrong).unwrap();
                    assert_eq!(rule.parse(&text), Err(AssetFault::CheckDigit), "{text}");
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 198);
    }

    #[test]
    fn neighbours_that_differ_by_five_are_the_blind_spot_and_are_named() {
        let rule = AssetRule::state_grid();
        let asset_no = rule.with_check_digit("413000100000000000050").unwrap();
        let twins = rule.swap_twins(&asset_no);
        assert!(!twins.is_empty());
        assert!(twins.iter().all(|twin| rule.parse(twin.as_str()).is_ok()));
        let plain = rule.with_check_digit("413000111111111111111").unwrap();
        let swaps_by_five = rule.swap_twins(&plain).len();
        assert_eq!(
            swaps_by_five, 0,
            "only 4-1, 1-3, 3-0, 0-1 and equal neighbours stand there"
        );
    }

    #[test]
    fn a_qr_text_gives_its_only_valid_number() {
        let rule = AssetRule::state_grid();
        let url = "http://x.example/m?id=4130001000000000000012&t=20260101";
        assert_eq!(rule.parse(url).unwrap().as_str(), MADE_UP[0]);
        let two = format!("{} {} x", MADE_UP[0], MADE_UP[1]);
        assert_eq!(rule.parse(&two), Err(AssetFault::Several));
        assert!(rule.parse("<script>alert(1)</script>").is_err());
    }

    #[test]
    fn the_number_tells_its_kind_and_hints_at_the_address() {
        let rule = AssetRule::state_grid();
        let meter = rule.parse(MADE_UP[1]).unwrap();
        assert_eq!(rule.kind(&meter), AssetKind::Meter);
        assert_eq!(meter.address_hint(), Some("123456789012"));
        assert_eq!(
            rule.kind(&rule.parse(MADE_UP[3]).unwrap()),
            AssetKind::Terminal
        );
    }

    #[test]
    fn another_companys_rule_is_data() {
        let rule = AssetRule {
            name: "cem-18".into(),
            digits: 18,
            check: CheckDigit::None,
            kind_at: 0,
            kinds: vec![],
            source: "made up".into(),
        };
        let asset_no = rule.parse("000000000000004711").unwrap();
        assert_eq!(rule.kind(&asset_no), AssetKind::Other);
        assert_eq!(rule.parse("4711"), Err(AssetFault::Length { digits: 18 }));
    }
}
