//! Orders with a prepaid card or a token, one of each, at the top of the first crew's first day.

use domain::{
    CardClock, CardKind, CardTask, CreditSource, CrewId, CustomerNo, Fen, MeterNo, OrderId,
    OrderKind, PaidPurchase, PrepaidMeter, Purse, Remainder, ReplaceReason, StsToken, UserCard,
    UserFile, WriteBack, WriteBackFile,
};

use super::{House, Made, Model, Planning, Said};
use crate::sample::cards::{SampleCard, serial_of};

/// Blank cards the crew takes along.
const BLANKS: u64 = 8;

/// A credit token. Source: public compliance vectors of the STS association (STS 531), supply
/// group 123456, 0.1 kWh; no meter in this district takes it.
const TOKEN: &str = "23716100501183194197";

impl<'a> Planning<'a> {
    /// Dispatches them from a place in the crew's list on; the place after them.
    pub(super) fn card_orders(&mut self, c: usize, crew: &CrewId, from: u64) -> u64 {
        let before = self.work.orders.len();
        self.fault_replacement(c, crew);
        self.open_account(c, crew);
        self.lost_card(c, crew);
        self.top_up(c, crew);
        self.token_alone(c, crew);
        let blanks = (1..=BLANKS).filter_map(|n| SampleCard::blank(n, crew));
        self.work.cards.extend(blanks);
        let dispatched = self.work.orders.len().saturating_sub(before);
        from + dispatched as u64
    }

    /// A faulty prepaid meter; 50.00 were bought since the card was last in it.
    fn fault_replacement(&mut self, c: usize, crew: &CrewId) -> Option<()> {
        let house = self.prepaid_house(c)?;
        let customer = Customer::of(house)?;
        let bought = PaidPurchase {
            count: 18,
            amount: Fen::from(5_000),
            written_on: Some(customer.card.serial),
        };
        let card = CardTask {
            meter: Some(customer.meter(17, 9_120)),
            purchases: vec![bought],
            count: 1,
            carried_max: Fen::from(20_000),
            ..customer.task(CardKind::OpenAccount)
        };
        let wanted = Model::Prepaid.get();
        self.issue_for(crew, &wanted);
        let made = Made {
            card: Some(card),
            ..Made::at(house, Some(wanted))
        };
        let said = Said {
            reason: Some(ReplaceReason::Fault),
            appointment: self.window(0, 0),
            remark: "预付费表故障，旧表余额随新卡转入新表",
        };
        let order = self.dispatch(crew, OrderKind::Replace, made, said);
        let card = UserCard {
            purse: Purse {
                money: bought.amount,
                count: bought.count,
            },
            ..customer.card
        };
        self.has_card(&card, crew, &order, "50.00 on it, not in the meter yet")
    }

    /// A house that gets its first meter, and its first card.
    fn open_account(&mut self, c: usize, crew: &CrewId) -> Option<()> {
        let house = self.take_house(c, |house| house.meter.is_none())?;
        let card = CardTask {
            purchases: vec![new_money(1, 10_000)],
            count: 1,
            ..task(CardKind::OpenAccount, customer_no(house)?)
        };
        let wanted = Model::Prepaid.get();
        self.issue_for(crew, &wanted);
        let made = Made {
            card: Some(card),
            ..Made::at(house, Some(wanted))
        };
        let said = self.said(0, "新装预付费表，现场开卡");
        self.dispatch(crew, OrderKind::Install, made, said);
        Some(())
    }

    /// A card that was lost, and 30.00 bought with its successor.
    fn lost_card(&mut self, c: usize, crew: &CrewId) -> Option<()> {
        let house = self.prepaid_house(c)?;
        let customer = Customer::of(house)?;
        let card = CardTask {
            meter: Some(customer.meter(5, 845)),
            purchases: vec![new_money(6, 3_000)],
            count: 6,
            ..customer.task(CardKind::Replacement)
        };
        let said = self.said(1, "购电卡遗失，补卡");
        self.dispatch(crew, OrderKind::Card, with_card(house, card), said);
        Some(())
    }

    /// A card that is topped up at the door.
    fn top_up(&mut self, c: usize, crew: &CrewId) -> Option<()> {
        let house = self.prepaid_house(c)?;
        let customer = Customer::of(house)?;
        let card = CardTask {
            meter: Some(customer.meter(8, 4_680)),
            purchases: vec![new_money(9, 20_000)],
            count: 9,
            ..customer.task(CardKind::Purchase)
        };
        let said = self.said(1, "老人行动不便，上门购电");
        let order = self.dispatch(crew, OrderKind::Card, with_card(house, card), said);
        let card = UserCard {
            purse: Purse {
                money: Fen::from(10_000),
                count: 8,
            },
            write_back: WriteBackFile::Written(WriteBack {
                meter_no: customer.card.user_file.meter_no,
                customer_no: customer.card.user_file.customer_no,
                current_ratio: 1,
                voltage_ratio: 1,
                money: Fen::from(10_325),
                count: 8,
                overdraft: Fen::ZERO,
                illegal_inserts: 0,
                written_at: CardClock::parse("2602141830")?,
            }),
            ..customer.card
        };
        self.has_card(&card, crew, &order, "read by its meter, nothing on the way")
    }

    /// A token that is handed over; no card.
    fn token_alone(&mut self, c: usize, crew: &CrewId) -> Option<()> {
        let house = self.prepaid_house(c)?;
        let made = Made {
            old_meter: None,
            token: Some(StsToken::parse(TOKEN).ok()?),
            ..Made::at(house, None)
        };
        let said = self.said(1, "客户手机收不到短信，当面交付代码");
        self.dispatch(crew, OrderKind::Card, made, said);
        Some(())
    }

    fn prepaid_house(&mut self, c: usize) -> Option<&'a House> {
        let prepaid = Model::Prepaid.get();
        self.take_house(c, |house| house.meter.is_some() && house.model == prepaid)
    }

    /// On the first day.
    fn said(&self, window: usize, remark: &'static str) -> Said {
        Said {
            reason: None,
            appointment: self.window(0, window),
            remark,
        }
    }

    fn has_card(
        &mut self,
        card: &UserCard,
        crew: &CrewId,
        order: &OrderId,
        what: &'static str,
    ) -> Option<()> {
        let card = SampleCard::of_customer(card, crew, order, what)?;
        self.work.cards.push(card);
        Some(())
    }
}

/// A customer with a prepaid meter.
struct Customer {
    /// The card of that meter, nothing on it.
    card: UserCard,
}

impl Customer {
    fn of(house: &House) -> Option<Self> {
        let meter = house.meter.as_ref()?;
        let meter_no = MeterNo::parse(meter.asset_no.address_hint()?)?;
        Some(Self {
            card: UserCard {
                serial: serial_of(meter_no)?,
                user_file: UserFile {
                    kind: CardKind::Purchase,
                    meter_no,
                    customer_no: customer_no(house)?,
                    update_flags: 0x80,
                    tariff_switch: CardClock::default(),
                    alarm_1: Fen::from(2_000),
                    alarm_2: Fen::from(1_000),
                    current_ratio: 1,
                    voltage_ratio: 1,
                },
                purse: Purse {
                    money: Fen::ZERO,
                    count: 0,
                },
                write_back: WriteBackFile::Empty,
            },
        })
    }

    /// The meter as the office last heard of it. Unit of `left`: fen.
    fn meter(&self, count: u32, left: u32) -> PrepaidMeter {
        PrepaidMeter {
            meter_no: self.card.user_file.meter_no,
            card_serial: Some(self.card.serial),
            count,
            remainder: Some(Remainder {
                source: CreditSource::Office,
                money: Fen::from(left),
                overdraft: Fen::ZERO,
                count: Some(count),
            }),
        }
    }

    fn task(&self, kind: CardKind) -> CardTask {
        task(kind, self.card.user_file.customer_no)
    }
}

/// A task that brings nothing yet.
fn task(kind: CardKind, customer_no: CustomerNo) -> CardTask {
    CardTask {
        kind,
        customer_no,
        meter: None,
        purchases: vec![],
        count: 1,
        carried_max: Fen::ZERO,
        limit: Some(Fen::from(500_000)),
        alarm_1: Fen::from(2_000),
        alarm_2: Fen::from(1_000),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

/// Money that was paid and is on no card yet. Unit: fen.
fn new_money(count: u32, amount: u32) -> PaidPurchase {
    PaidPurchase {
        count,
        amount: Fen::from(amount),
        written_on: None,
    }
}

/// A house whose meter stays.
fn with_card(house: &House, card: CardTask) -> Made {
    Made {
        old_meter: None,
        card: Some(card),
        ..Made::at(house, None)
    }
}

/// The account's number as meter and card hold it.
fn customer_no(house: &House) -> Option<CustomerNo> {
    CustomerNo::parse(&format!("{:0>12}", house.account.account_no.as_str()))
}
