//! What the office wants on a card, and the card that follows from it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::plan::check_old_card;
use crate::{
    Acceptance, CardAnswer, CardClock, CardContent, CardKind, CardMeter, CardPlan, CardRefusal,
    CardSerial, CreditPart, CreditPartKind, CreditSource, CustomerNo, FaultReplacement, Fen,
    MeterNo, OldCard, Opening, PaidPurchase, Purse, Remainder, UserCard, UserFile, WriteBackFile,
    accept, plan_card,
};

/// The prepaid meter a customer has: taken down by the order, or staying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PrepaidMeter {
    /// Its number.
    pub meter_no: MeterNo,
    /// The card it takes purchases from, as the office knows it.
    pub card_serial: Option<CardSerial>,
    /// Its purchase count, as the office last heard.
    pub count: u32,
    /// What was left in it, as the office last heard; its source is the office.
    pub remainder: Option<Remainder>,
}

/// What the office wants on a card (写卡任务), part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardTask {
    /// What kind of card.
    pub kind: CardKind,
    /// Whose.
    pub customer_no: CustomerNo,
    /// The prepaid meter the customer has; absent for a new account. Under an open-account card it
    /// is the meter that is taken down.
    pub meter: Option<PrepaidMeter>,
    /// Every purchase that is paid and may not be in a meter.
    pub purchases: Vec<PaidPurchase>,
    /// The purchase count the card bears when it carries money; 1 on an open-account card.
    pub count: u32,
    /// The most that may be carried over from the old meter.
    pub carried_max: Fen,
    /// The most the meter may hold (囤积限额); absent when none is set.
    pub limit: Option<Fen>,
    /// Alarm money 1 (报警金额1).
    pub alarm_1: Fen,
    /// Alarm money 2 (报警金额2).
    pub alarm_2: Fen,
    /// Ratio of the current transformers.
    pub current_ratio: u32,
    /// Ratio of the voltage transformers.
    pub voltage_ratio: u32,
}

/// What lay before the crew when it pressed the button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardSeen {
    /// The card that is to be written.
    pub serial: CardSerial,
    /// What was on it, when it was a card some meter would read.
    pub content: Option<UserCard>,
    /// The meter the card is for: the one that hangs there now.
    pub meter_no: MeterNo,
    /// The customer's old card: the same piece of plastic, another one, or none that can be read.
    pub old_card: OldCard,
    /// What was left in the old meter, by everybody in the field who says so: its own readout, its
    /// display as the crew read it.
    pub remainders: Vec<Remainder>,
}

impl CardTask {
    /// The file that tells the meter what to do.
    fn user_file(&self, meter_no: MeterNo) -> UserFile {
        UserFile {
            kind: self.kind,
            meter_no,
            customer_no: self.customer_no,
            // bit 7: ratios and alarm money; tariffs stay as the meter has them
            update_flags: 0x80,
            tariff_switch: CardClock::default(),
            alarm_1: self.alarm_1,
            alarm_2: self.alarm_2,
            current_ratio: self.current_ratio,
            voltage_ratio: self.voltage_ratio,
        }
    }

    /// The meter the card is for, as far as it matters to a card.
    fn meter(&self, meter_no: MeterNo) -> CardMeter {
        let opened = self.meter.filter(|_| self.kind != CardKind::OpenAccount);
        let opening = opened.map_or(Opening::NotOpened, |meter| Opening::Opened {
            customer_no: self.customer_no,
            card_serial: meter.card_serial.unwrap_or(CardSerial::from_bytes([0; 8])),
        });
        let remainder = opened.and_then(|meter| meter.remainder);
        CardMeter {
            opening,
            count: opened.map_or(0, |meter| meter.count),
            balance: remainder.map_or(Fen::ZERO, |left| left.money),
            overdraft: remainder.map_or(Fen::ZERO, |left| left.overdraft),
            limit: self.limit,
            current_ratio: self.current_ratio,
            voltage_ratio: self.voltage_ratio,
            ..CardMeter::unopened(meter_no)
        }
    }

    /// The card that does what the office wants, given what the crew has before it.
    ///
    /// Errors: [`CardRefusal`]; no card may be written then.
    pub fn plan(&self, seen: &CardSeen) -> Result<CardPlan, CardRefusal> {
        match (self.kind, self.meter) {
            (CardKind::OpenAccount, Some(old)) => self.plan_fault_replacement(old, seen),
            (CardKind::OpenAccount, None) => self.plan_bought(seen),
            (CardKind::Purchase | CardKind::Replacement, Some(meter)) => {
                if meter.meter_no != seen.meter_no {
                    return Err(CardRefusal::WrongNewMeter {
                        expected: meter.meter_no,
                        found: seen.meter_no,
                    });
                }
                self.check_read_by_meter(meter, seen)?;
                self.plan_bought(seen)
            }
            (CardKind::Purchase | CardKind::Replacement, None) => Err(CardRefusal::NoMeter),
        }
    }

    fn plan_fault_replacement(
        &self,
        old: PrepaidMeter,
        seen: &CardSeen,
    ) -> Result<CardPlan, CardRefusal> {
        let mut remainders = seen.remainders.clone();
        remainders.extend(old.remainder);
        let plan = plan_card(&FaultReplacement {
            card_serial: seen.serial,
            old_meter_no: old.meter_no,
            new_meter: self.meter(seen.meter_no),
            parameters: self.user_file(seen.meter_no),
            remainders,
            old_card: seen.old_card,
            purchases: self.purchases.clone(),
        })?;
        let carried = plan
            .parts
            .iter()
            .filter(|part| part.kind == CreditPartKind::OldCredit)
            .try_fold(Fen::ZERO, |sum, part| sum.plus(part.amount))
            .ok_or(CardRefusal::TooMuch)?;
        if carried > self.carried_max {
            return Err(CardRefusal::CarriedTooMuch {
                most: self.carried_max,
                found: carried,
            });
        }
        Ok(plan)
    }

    /// A card that carries what was bought and nothing else.
    fn plan_bought(&self, seen: &CardSeen) -> Result<CardPlan, CardRefusal> {
        let mut total = Fen::ZERO;
        let mut parts = vec![];
        for bought in &self.purchases {
            if bought.amount.is_negative() {
                let count = bought.count;
                return Err(CardRefusal::PurchaseNegative { count });
            }
            if bought.count != self.count {
                let missing = self.count;
                return Err(CardRefusal::PurchaseMissing { missing });
            }
            total = total.plus(bought.amount).ok_or(CardRefusal::TooMuch)?;
            parts.push(CreditPart {
                kind: CreditPartKind::Bought {
                    count: bought.count,
                },
                amount: bought.amount,
                source: CreditSource::Office,
            });
        }
        let opens_empty = self.kind == CardKind::OpenAccount && total == Fen::ZERO;
        let card = UserCard {
            serial: seen.serial,
            user_file: self.user_file(seen.meter_no),
            purse: Purse {
                money: total,
                count: if opens_empty { 0 } else { self.count },
            },
            write_back: WriteBackFile::Empty,
        };
        let predicted = self.predicted(&card, total)?;
        Ok(CardPlan {
            card,
            parts,
            total,
            debt_left: Fen::ZERO,
            predicted,
        })
    }

    fn predicted(&self, card: &UserCard, total: Fen) -> Result<Acceptance, CardRefusal> {
        let meter = self.meter(card.user_file.meter_no);
        let predicted = accept(&meter, &CardContent::User(*card));
        match predicted.answer {
            CardAnswer::Credited { .. } => Ok(predicted),
            CardAnswer::AlreadyDone if total == Fen::ZERO => Ok(predicted),
            CardAnswer::Refused { err } => Err(CardRefusal::MeterWouldRefuse { err }),
            CardAnswer::AlreadyDone | CardAnswer::Outdated | CardAnswer::Preset => {
                Err(CardRefusal::MeterWouldNotCredit {
                    meter_count: meter.count,
                })
            }
        }
    }

    /// Money on the card that the meter has not read would be lost by writing over it.
    fn check_read_by_meter(&self, meter: PrepaidMeter, seen: &CardSeen) -> Result<(), CardRefusal> {
        check_old_card(self.customer_no, meter.meter_no, &seen.old_card)?;
        let cards = match seen.old_card {
            OldCard::Read(card) => [Some(card), seen.content],
            OldCard::NotRead => [None, seen.content],
        };
        for card in cards.into_iter().flatten() {
            let is_unread = card.write_back == WriteBackFile::Empty
                && card.purse.money > Fen::ZERO
                && card.purse.count < self.count;
            if is_unread {
                let count = card.purse.count;
                return Err(CardRefusal::PurchaseUnread { count });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
