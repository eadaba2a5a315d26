//! The checks a supervisor would make, made on the spot.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AssetKind, AssetNo, CommAddress, CrewId, Decimal, Dispatch, Holder, MeterModel, ReadingSource,
    Readout, Refusal, Register, RegisterReading, SealMark, Slot, Stock,
};

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The new asset is on this crew's custody list; asked when the list does not know it.
    InCustody,
    /// A reading is not below the last billed one.
    NotBelowLastBilled,
    /// The total is the sum of the tariffs, within one unit per tariff of the last place.
    TotalIsSumOfTariffs,
    /// Use since the last billed reading is not beyond what such a customer can use.
    UseIsPlausible,
    /// Each seal the records know was recorded as removed.
    OldSealsRecorded,
    /// Every source of a register's value says the same: typed, infrared, photo.
    SourcesAgree,
    /// The meter that was read over its port has the address the stock list gives this one.
    AddressIsTheMeters,
}

/// The result of a check that a person may overrule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// The register it is about, if it is about one.
    pub register: Option<Register>,
    /// What the records expect, in digits.
    pub expected: String,
    /// What was found, in digits.
    pub found: String,
    /// The person's reason to go on all the same; empty while nobody gave one.
    pub reason: String,
}

/// A person's reason to go on although a check asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Overrule {
    /// Which check.
    pub check: Check,
    /// Why, in the person's words; blank is no reason.
    pub reason: String,
}

/// More than this since the last bill asks for a reason: 10,000 kWh.
///
/// A household uses some hundreds a month; ten thousand is a digit or a decimal point gone wrong.
/// Too small asks too often, too big lets a slipped digit pass.
pub(crate) const PLAUSIBLE_USE: Decimal = Decimal::from_hundredths(1_000_000);

/// Joins reasons to findings; every finding needs one.
///
/// Errors: [`Refusal::NeedsReason`] with the findings that have none.
pub(crate) fn settle(
    mut findings: Vec<Finding>,
    overrules: &[Overrule],
) -> Result<Vec<Finding>, Refusal> {
    for finding in &mut findings {
        if let Some(overrule) = overrules.iter().find(|given| given.check == finding.check) {
            finding.reason = overrule.reason.trim().to_owned();
        }
    }
    let open: Vec<_> = findings
        .iter()
        .filter(|f| f.reason.is_empty())
        .cloned()
        .collect();
    if open.is_empty() {
        Ok(findings)
    } else {
        Err(Refusal::NeedsReason { questions: open })
    }
}

/// Whether recorded findings hold a reason for everything that is found now.
pub(crate) fn settled(found: Vec<Finding>, recorded: &[Finding]) -> Result<(), Refusal> {
    let reasons: Vec<_> = recorded
        .iter()
        .map(|finding| Overrule {
            check: finding.check,
            reason: finding.reason.clone(),
        })
        .collect();
    settle(found, &reasons).map(|_| ())
}

/// Checks a scanned asset against the order and the custody list.
///
/// Errors: what no person may overrule: another meter than the order's, a wrong kind or model,
/// an asset another crew has, or one bound elsewhere.
pub(crate) fn scan(
    dispatch: &Dispatch,
    slot: Slot,
    asset_no: &AssetNo,
    crew: &CrewId,
    stock: &Stock,
) -> Result<Vec<Finding>, Refusal> {
    match slot {
        Slot::OldMeter => expect_asset(dispatch.old_meter.as_ref().map(|m| &m.asset_no), asset_no),
        Slot::OldTerminal => expect_asset(dispatch.old_terminal.as_ref(), asset_no),
        Slot::NewMeter => fresh(
            dispatch,
            AssetKind::Meter,
            dispatch.new_meter.as_ref(),
            asset_no,
            crew,
            stock,
        ),
        Slot::NewTerminal => fresh(dispatch, AssetKind::Terminal, None, asset_no, crew, stock),
    }
}

fn expect_asset(expected: Option<&AssetNo>, found: &AssetNo) -> Result<Vec<Finding>, Refusal> {
    match expected {
        Some(expected) if expected != found => Err(Refusal::WrongAsset {
            expected: expected.clone(),
            found: found.clone(),
        }),
        Some(_) | None => Ok(vec![]),
    }
}

fn fresh(
    dispatch: &Dispatch,
    kind: AssetKind,
    wanted: Option<&MeterModel>,
    asset_no: &AssetNo,
    crew: &CrewId,
    stock: &Stock,
) -> Result<Vec<Finding>, Refusal> {
    let is_old = dispatch
        .old_meter
        .as_ref()
        .is_some_and(|old| &old.asset_no == asset_no)
        || dispatch.old_terminal.as_ref() == Some(asset_no);
    if is_old {
        return Err(Refusal::OldAndNewSwapped {
            asset_no: asset_no.clone(),
        });
    }
    let Some(item) = stock.item(asset_no) else {
        return Ok(vec![Finding {
            check: Check::InCustody,
            register: None,
            expected: crew.to_string(),
            found: String::new(),
            reason: String::new(),
        }]);
    };
    if item.kind != kind {
        return Err(Refusal::WrongKind {
            asset_no: asset_no.clone(),
            found: item.kind,
        });
    }
    if let (Some(wanted), Some(model)) = (wanted, item.model.as_ref())
        && !model.fits(wanted)
    {
        return Err(Refusal::WrongModel {
            asset_no: asset_no.clone(),
        });
    }
    let elsewhere = |account_no| Refusal::BoundElsewhere {
        asset_no: asset_no.clone(),
        account_no,
    };
    match &item.holder {
        Holder::WithCrew { crew: with } if with == crew => Ok(vec![]),
        // Whichever crew began it: an order may change hands while its meter hangs already.
        Holder::Bound { order, .. } if order == &dispatch.id => Ok(vec![]),
        Holder::Bound { .. } => Err(elsewhere(None)),
        Holder::Installed { account_no } => Err(elsewhere(Some(account_no.clone()))),
        Holder::Cabinet { .. } | Holder::WithCrew { .. } | Holder::Removed { .. } => {
            Err(Refusal::NotInCustody {
                asset_no: asset_no.clone(),
                holder: Box::new(item.holder.clone()),
            })
        }
    }
}

/// Sources this near to each other agree, in the register's unit (kWh, yuan).
///
/// A meter goes on counting between a look at its display and the end of its readout: 60 A at
/// 220 V for four minutes is 0.9 kWh. Too small asks at every running heater, too big lets a
/// slipped digit before the point pass.
const AGREE_WITHIN: Decimal = Decimal::from_hundredths(100);

/// Twice the items there are; more is no readout.
const READOUT_LIMIT: usize = 64;

/// The meter a reading is of, as far as the records know it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KnownMeter<'a> {
    pub model: Option<&'a MeterModel>,
    pub last_billed: &'a [(Register, Decimal)],
    pub comm_address: Option<&'a CommAddress>,
}

/// Checks readings against the model's digits, the last bill, each other, and what the meter
/// itself said.
///
/// Errors: a register missing or given twice, a value the register cannot show, or one that is
/// said to come from the meter and does not.
pub(crate) fn reading(
    meter: KnownMeter<'_>,
    values: &[RegisterReading],
    readout: Option<&Readout>,
) -> Result<Vec<Finding>, Refusal> {
    let KnownMeter {
        model, last_billed, ..
    } = meter;
    if readout.is_some_and(|readout| readout.items.len() > READOUT_LIMIT) {
        return Err(Refusal::ReadoutTooLong {
            limit: READOUT_LIMIT as u32,
        });
    }
    let value_of = |register| {
        values
            .iter()
            .find(|v| v.register == register)
            .map(|v| v.value)
    };
    for (at, value) in values.iter().enumerate() {
        if values
            .iter()
            .skip(at + 1)
            .any(|other| other.register == value.register)
        {
            return Err(Refusal::RegisterTwice {
                register: value.register,
            });
        }
    }
    if let Some(model) = model {
        if let Some(register) = model.registers.iter().find(|r| value_of(**r).is_none()) {
            return Err(Refusal::RegisterMissing {
                register: *register,
            });
        }
        // the digits are the display's; over its port a meter says more of them
        let mut shown = values
            .iter()
            .filter(|v| v.source != ReadingSource::Infrared);
        if let Some(beyond) = shown.find(|v| !model.digits.can_show(v.value)) {
            return Err(Refusal::BeyondDigits {
                register: beyond.register,
                digits: model.digits,
            });
        }
    }
    if values.is_empty() {
        return Err(Refusal::RegisterMissing {
            register: Register::ForwardTotal,
        });
    }
    let mut findings = vec![];
    for (register, billed) in last_billed {
        let Some(value) = value_of(*register) else {
            continue;
        };
        let finding = |check| Finding {
            check,
            register: Some(*register),
            expected: billed.to_string(),
            found: value.to_string(),
            reason: String::new(),
        };
        if value < *billed {
            findings.push(finding(Check::NotBelowLastBilled));
        } else if *register == Register::ForwardTotal && value.distance(*billed) > PLAUSIBLE_USE {
            findings.push(finding(Check::UseIsPlausible));
        }
    }
    findings.extend(tariff_sum(values));
    for value in values {
        let said = readout.and_then(|readout| readout.register(value.register));
        let invented = value.source == ReadingSource::Infrared && said != Some(value.value)
            // what the meter said has one place, the readout
            || value.also.iter().any(|other| other.source == ReadingSource::Infrared);
        if invented {
            return Err(Refusal::NotInReadout {
                register: value.register,
            });
        }
        findings.extend(sources_agree(value, said));
    }
    findings.extend(
        meter
            .comm_address
            .zip(readout)
            .and_then(|(known, readout)| {
                (*known != readout.comm_address).then(|| Finding {
                    check: Check::AddressIsTheMeters,
                    register: None,
                    expected: known.to_string(),
                    found: readout.comm_address.to_string(),
                    reason: String::new(),
                })
            }),
    );
    Ok(findings)
}

/// What a source said that the recorded value does not agree with, the farthest one.
fn sources_agree(value: &RegisterReading, said: Option<Decimal>) -> Option<Finding> {
    let others = value.also.iter().map(|other| other.value).chain(said);
    let farthest = others.max_by_key(|other| other.distance(value.value))?;
    (farthest.distance(value.value) > AGREE_WITHIN).then(|| Finding {
        check: Check::SourcesAgree,
        register: Some(value.register),
        expected: farthest.to_string(),
        found: value.value.to_string(),
        reason: String::new(),
    })
}

fn tariff_sum(values: &[RegisterReading]) -> Option<Finding> {
    let total = values
        .iter()
        .find(|v| v.register == Register::ForwardTotal)?
        .value;
    let tariffs: Vec<_> = values.iter().filter(|v| v.register.is_tariff()).collect();
    if tariffs.is_empty() {
        return None;
    }
    let sum = tariffs
        .iter()
        .try_fold(Decimal::default(), |sum, v| sum.plus(v.value))
        .unwrap_or(Decimal::from_ten_thousandths(i64::MAX));
    // Each register truncates on its own: one hundredth for each tariff may be missing.
    let tolerance = Decimal::from_hundredths(tariffs.len() as i64);
    (total.distance(sum) > tolerance).then(|| Finding {
        check: Check::TotalIsSumOfTariffs,
        register: Some(Register::ForwardTotal),
        expected: sum.to_string(),
        found: total.to_string(),
        reason: String::new(),
    })
}

/// Checks that seals have numbers, and that those on record are recorded as removed.
///
/// Errors: a seal without a number, one recorded twice, or too few new ones.
pub(crate) fn seals(
    dispatch: &Dispatch,
    add_min: u8,
    removed: &[SealMark],
    added: &[SealMark],
) -> Result<Vec<Finding>, Refusal> {
    let all = || removed.iter().chain(added);
    if all().any(|seal| seal.seal_no.as_str().trim().is_empty() || seal.seal_no.as_str().len() > 32)
    {
        return Err(Refusal::SealWithoutNumber);
    }
    for (at, seal) in all().enumerate() {
        if all()
            .skip(at + 1)
            .any(|other| other.seal_no == seal.seal_no)
        {
            return Err(Refusal::SealTwice {
                seal_no: seal.seal_no.clone(),
            });
        }
    }
    if added.len() < usize::from(add_min) {
        return Err(Refusal::SealsMissing { min: add_min });
    }
    let known = dispatch
        .old_meter
        .as_ref()
        .map(|old| old.seals.as_slice())
        .unwrap_or_default();
    let missing: Vec<_> = known
        .iter()
        .filter(|seal| !removed.iter().any(|mark| &&mark.seal_no == seal))
        .map(|seal| seal.as_str())
        .collect();
    Ok(if missing.is_empty() {
        vec![]
    } else {
        vec![Finding {
            check: Check::OldSealsRecorded,
            register: None,
            expected: missing.join(" "),
            found: removed
                .iter()
                .map(|m| m.seal_no.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            reason: String::new(),
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ItemAnswer, ItemReadout, ItemValue, MeterItem, MeterProtocol, Witness};

    fn amount(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn said(total: &str, address: &str) -> Readout {
        Readout {
            protocol: MeterProtocol::Dlt645,
            comm_address: address.into(),
            items: vec![ItemReadout {
                item: MeterItem::ForwardTotal,
                answer: ItemAnswer::Read {
                    value: ItemValue::Quantity(amount(total)),
                },
            }],
            wire_ms: 1,
        }
    }

    fn total(
        source: ReadingSource,
        value: &str,
        also: &[(ReadingSource, &str)],
    ) -> RegisterReading {
        RegisterReading {
            register: Register::ForwardTotal,
            value: amount(value),
            source,
            also: also
                .iter()
                .map(|(source, value)| Witness {
                    source: *source,
                    value: amount(value),
                })
                .collect(),
        }
    }

    fn checked(value: RegisterReading, readout: Option<&Readout>) -> Result<Vec<Check>, Refusal> {
        let found = reading(KnownMeter::default(), &[value], readout)?;
        Ok(found.iter().map(|finding| finding.check).collect())
    }

    #[test]
    fn sources_that_differ_by_more_than_a_unit_are_a_question_whichever_is_recorded() {
        use ReadingSource::{Infrared, Photo, Typed};
        let meter = said("12345.67", "1");
        for (value, expected) in [
            (total(Infrared, "12345.67", &[(Typed, "12345.60")]), vec![]),
            (total(Typed, "12345.60", &[]), vec![]),
            (total(Typed, "12344.67", &[]), vec![]),
            (total(Typed, "12344.66", &[]), vec![Check::SourcesAgree]),
            (
                total(Infrared, "12345.67", &[(Typed, "12354.67")]),
                vec![Check::SourcesAgree],
            ),
            (
                total(
                    Infrared,
                    "12345.67",
                    &[(Typed, "12345.67"), (Photo, "72345.67")],
                ),
                vec![Check::SourcesAgree],
            ),
        ] {
            assert_eq!(
                checked(value.clone(), Some(&meter)),
                Ok(expected),
                "{value:?}"
            );
        }
        let photo_alone = total(Typed, "1.00", &[(Photo, "7.00")]);
        assert_eq!(checked(photo_alone, None), Ok(vec![Check::SourcesAgree]));
    }

    #[test]
    fn a_value_said_to_come_from_the_meter_is_what_the_meter_said() {
        use ReadingSource::{Infrared, Typed};
        let meter = said("12345.67", "1");
        let refused = Err(Refusal::NotInReadout {
            register: Register::ForwardTotal,
        });
        for (value, readout) in [
            (total(Infrared, "12345.68", &[]), Some(&meter)),
            (total(Infrared, "12345.67", &[]), None),
            (
                total(Typed, "12345.67", &[(Infrared, "12345.67")]),
                Some(&meter),
            ),
        ] {
            assert_eq!(checked(value, readout), refused);
        }
    }

    #[test]
    fn another_meter_than_the_stock_lists_is_a_question() {
        let meter = said("12345.67", "000000000002");
        let known = CommAddress::new("000000000001");
        let of = KnownMeter {
            comm_address: Some(&known),
            ..KnownMeter::default()
        };
        let value = total(ReadingSource::Infrared, "12345.67", &[]);
        let found = reading(of, &[value], Some(&meter)).unwrap();
        assert_eq!(found[0].check, Check::AddressIsTheMeters);
        assert_eq!(
            (found[0].expected.as_str(), found[0].found.as_str()),
            ("000000000001", "000000000002")
        );
    }

    #[test]
    fn the_displays_digits_do_not_bind_what_the_meter_says_over_its_port() {
        use ReadingSource::{Infrared, Typed};
        let model = MeterModel {
            wiring: crate::Wiring::SinglePhase,
            prepaid: true,
            digits: crate::RegisterDigits {
                integer: 6,
                decimal: 1,
            },
            registers: vec![Register::ForwardTotal],
        };
        let of = KnownMeter {
            model: Some(&model),
            ..KnownMeter::default()
        };
        let meter = said("12345.67", "1");
        let judge = |value| reading(of, &[value], Some(&meter)).map(|found| found.len());
        assert_eq!(judge(total(Infrared, "12345.67", &[])), Ok(0));
        assert!(matches!(
            judge(total(Typed, "12345.67", &[])),
            Err(Refusal::BeyondDigits { .. })
        ));
    }
}
