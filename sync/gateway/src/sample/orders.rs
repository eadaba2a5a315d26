//! Three days of orders, and the meters and terminals set aside for them.

mod card;

use domain::{
    Appointment, AssetKind, AssetNo, CardTask, CommAddress, CrewId, Dispatch, Holder, MeterModel,
    Millis, OldMeter, OrderId, OrderKind, Procedure, ReplaceReason, StockItem, StsToken,
};

use super::cards::SampleCard;
use super::district::{Area, House, Model, Standing, asset_no};
use super::random::Random;
use super::words::{CREWS, REMARKS, TOWNS};
use crate::central::format_time;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// China Standard Time. Unit: minutes.
const OFFSET_MINUTES: i32 = crate::config::CHINA_MINUTES;

/// Windows a customer is told, from the hour to the hour, in half hours of the day.
const WINDOWS: [(i64, i64); 4] = [(17, 21), (21, 25), (28, 32), (32, 36)];

/// How many orders of each kind each crew gets, those with a card or a token aside; the first crew
/// has a few more than a tablet's day.
const PLAN: [(OrderKind, [u64; 4]); 6] = [
    (OrderKind::Replace, [23, 18, 18, 18]),
    (OrderKind::Install, [7, 5, 5, 5]),
    (OrderKind::Remove, [5, 4, 4, 4]),
    (OrderKind::AttachTerminal, [3, 3, 3, 3]),
    (OrderKind::ReplaceTerminal, [3, 2, 2, 2]),
    (OrderKind::DetachTerminal, [2, 2, 2, 2]),
];

/// Spare new meters of each model and terminals, for each crew.
const SPARES: u64 = 2;

/// An asset that is not what it seems, for trying what the app says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Trap {
    /// Which.
    pub asset_no: AssetNo,
    /// What is wrong with it.
    pub what: &'static str,
}

/// What is to be done, and with what.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// The orders, by number.
    pub orders: Vec<Dispatch>,
    /// New meters and terminals, with the model's name for the label.
    pub issued: Vec<(StockItem, &'static str)>,
    /// Assets that are not what they seem.
    pub traps: Vec<Trap>,
    /// Prepaid cards: customers' own, and blanks.
    pub cards: Vec<SampleCard>,
}

struct Planning<'a> {
    random: Random,
    /// Days since 1970-01-01 of the first day.
    day: i64,
    houses: Vec<&'a House>,
    areas: Vec<&'a Area>,
    standing: &'a Standing,
    next_address: u64,
    work: Work,
}

/// Plans the work of three days from `day` on (days since 1970-01-01).
pub fn plan(seed: u64, day: i64, standing: &Standing) -> Work {
    let mut planning = Planning {
        random: Random::of(seed, 1_000),
        day,
        houses: standing.houses.iter().collect(),
        areas: standing.areas.iter().collect(),
        standing,
        next_address: 0,
        work: Work::default(),
    };
    for (c, (crew, _, _)) in CREWS.iter().enumerate() {
        planning.crew(c, &CrewId::new(*crew));
    }
    planning.traps();
    planning.work
}

impl<'a> Planning<'a> {
    /// A crew's orders: kinds follow one another as a day would bring them, a replacement first;
    /// then, for the first crew, what has to do with cards and tokens.
    fn crew(&mut self, c: usize, crew: &CrewId) {
        let mut left: Vec<(OrderKind, u64)> = PLAN
            .iter()
            .map(|(kind, counts)| (*kind, counts.get(c).copied().unwrap_or(0)))
            .collect();
        let total: u64 = left.iter().map(|(_, n)| n).sum();
        let mut place = 0;
        for n in 0..total {
            if n == 1 && c == 0 {
                place = self.card_orders(c, crew, place);
            }
            let remaining: u64 = left.iter().map(|(_, n)| n).sum();
            let mut at = if n == 0 {
                0
            } else {
                self.random.below(remaining)
            };
            let mut chosen = OrderKind::Replace;
            for (kind, count) in &mut left {
                if at < *count {
                    *count -= 1;
                    chosen = *kind;
                    break;
                }
                at -= *count;
            }
            self.order(c, crew, chosen, place);
            place += 1;
        }
        for model in Model::ALL {
            for _ in 0..SPARES {
                self.issue_meter(crew, model);
            }
        }
        for _ in 0..SPARES {
            self.issue_terminal(crew);
        }
    }

    fn order(&mut self, c: usize, crew: &CrewId, kind: OrderKind, n: u64) {
        let made = match kind {
            OrderKind::Install => self.take_house(c, |h| h.meter.is_none()).map(|house| {
                let wanted = house.model.clone();
                self.issue_for(crew, &wanted);
                Made::at(house, Some(wanted))
            }),
            OrderKind::Replace => {
                let is_first = n == 0 && c == 0;
                let fits = |h: &House| {
                    h.meter.is_some() && (!is_first || h.model == Model::PeakValley.get())
                };
                self.take_house(c, fits).map(|house| {
                    // what shows the total alone makes way for what shows peak and valley
                    let wanted = match house.model == Model::Plain.get() {
                        true => Model::PeakValley.get(),
                        false => house.model.clone(),
                    };
                    self.issue_for(crew, &wanted);
                    Made::at(house, Some(wanted))
                })
            }
            OrderKind::Remove => self
                .take_house(c, |h| h.meter.is_some())
                .map(|house| Made::at(house, None)),
            OrderKind::Card => None,
            OrderKind::AttachTerminal => self
                .take_area(c, |area| area.terminal.is_none())
                .map(|area| self.terminal_order(area, crew, kind)),
            OrderKind::ReplaceTerminal | OrderKind::DetachTerminal => self
                .take_area(c, |area| area.terminal.is_some())
                .map(|area| self.terminal_order(area, crew, kind)),
        };
        let Some(made) = made else {
            return;
        };
        let reason = match (kind, n % 4) {
            (OrderKind::Replace, 3) => Some(ReplaceReason::Fault),
            (OrderKind::Replace, _) => Some(ReplaceReason::Rotation),
            (_, _) => None,
        };
        let appointment = self.appointment(n);
        let remark = match n == 0 || self.random.is_one_of_percent(75) {
            true => "",
            false => self.random.pick(&REMARKS),
        };
        let said = Said {
            reason,
            appointment,
            remark,
        };
        self.dispatch(crew, kind, made, said);
    }

    fn dispatch(&mut self, crew: &CrewId, kind: OrderKind, made: Made, said: Said) -> OrderId {
        let number = self.work.orders.len() as u64 + 1;
        let date: String = format_time(Millis(self.day * DAY_MS), 0)
            .chars()
            .take(10)
            .filter(char::is_ascii_digit)
            .collect();
        let id = OrderId::new(format!("YL{date}-{number:04}"));
        let procedure = Procedure::built_in_for(kind);
        self.work.orders.push(Dispatch {
            id: id.clone(),
            revision: 1,
            kind,
            reason: said.reason,
            account: made.account,
            old_meter: made.old_meter,
            new_meter: made.new_meter,
            old_terminal: made.old_terminal,
            terminal_meters: made.terminal_meters,
            procedure: procedure.fitted(made.card.is_some(), made.token.is_some()),
            card: made.card,
            token: made.token,
            appointment: said.appointment,
            crew: crew.clone(),
            remark: said.remark.to_owned(),
        });
        id
    }

    /// Day and window by the order's place in the crew's list; one in seven has none.
    fn appointment(&mut self, n: u64) -> Option<Appointment> {
        if n % 7 == 6 {
            return None;
        }
        self.window(n % 3, (n / 3 % 4) as usize)
    }

    /// A window of a day; days are counted from the first, windows from the morning.
    fn window(&self, day: u64, window: usize) -> Option<Appointment> {
        let day = self.day + i64::try_from(day).unwrap_or(0);
        let window = WINDOWS.get(window)?;
        let at = |half_hours: i64| {
            let offset_ms = i64::from(OFFSET_MINUTES) * 60_000;
            Millis(day * DAY_MS + half_hours * HOUR_MS / 2 - offset_ms)
        };
        Some(Appointment {
            from: at(window.0),
            to: at(window.1),
        })
    }

    /// A house of the crew's villages that has no order yet; those the first area's terminal
    /// orders name stay out.
    fn take_house(&mut self, c: usize, fits: impl Fn(&House) -> bool) -> Option<&'a House> {
        let fitting: Vec<usize> = (0..self.houses.len())
            .filter(|at| {
                self.houses.get(*at).is_some_and(|house| {
                    is_of_crew(house.village, c) && fits(house) && !self.hangs_there(house)
                })
            })
            .collect();
        let at = self.random.pick(&fitting);
        (!fitting.is_empty()).then(|| self.houses.remove(at))
    }

    fn hangs_there(&self, house: &House) -> bool {
        let no = house.meter.as_ref().map(|meter| &meter.asset_no);
        no.is_some_and(|no| {
            let mut orders = self.work.orders.iter();
            orders.any(|order| order.terminal_meters.contains(no))
        })
    }

    fn take_area(&mut self, c: usize, fits: impl Fn(&Area) -> bool) -> Option<&'a Area> {
        let found = |area: &&Area| is_of_crew(area.village, c) && fits(area);
        let at = self.areas.iter().position(found)?;
        Some(self.areas.remove(at))
    }

    fn terminal_order(&mut self, area: &Area, crew: &CrewId, kind: OrderKind) -> Made {
        if kind != OrderKind::DetachTerminal {
            self.issue_terminal(crew);
        }
        let houses = self.houses.iter().filter(|house| {
            house.village == area.village && house.area == area.area && house.meter.is_some()
        });
        let meters = houses.filter_map(|house| house.meter.as_ref());
        Made {
            account: area.account.clone(),
            old_meter: None,
            new_meter: None,
            old_terminal: area.terminal.clone(),
            terminal_meters: meters.map(|m| m.asset_no.clone()).take(4).collect(),
            card: None,
            token: None,
        }
    }

    fn address(&mut self) -> CommAddress {
        self.next_address += 1;
        CommAddress::new(format!("9926{:08}", self.next_address))
    }

    fn issue_for(&mut self, crew: &CrewId, wanted: &MeterModel) {
        let model = Model::ALL.into_iter().find(|model| model.get() == *wanted);
        if let Some(model) = model {
            self.issue_meter(crew, model);
        }
    }

    fn issue_meter(&mut self, crew: &CrewId, model: Model) {
        let issued_to = Some(crew.clone());
        self.put_meter(model, Holder::Cabinet { issued_to });
    }

    fn put_meter(&mut self, model: Model, holder: Holder) -> Option<AssetNo> {
        let address = self.address();
        let asset_no = asset_no(AssetKind::Meter, &address)?;
        let item = StockItem {
            asset_no: asset_no.clone(),
            kind: AssetKind::Meter,
            model: Some(model.get()),
            comm_address: Some(address),
            holder,
        };
        self.work.issued.push((item, model.label()));
        Some(asset_no)
    }

    fn issue_terminal(&mut self, crew: &CrewId) {
        let issued_to = Some(crew.clone());
        self.put_other(
            AssetKind::Terminal,
            Holder::Cabinet { issued_to },
            "terminal",
        );
    }

    fn put_other(
        &mut self,
        kind: AssetKind,
        holder: Holder,
        label: &'static str,
    ) -> Option<AssetNo> {
        let address = self.address();
        let asset_no = asset_no(kind, &address)?;
        let item = StockItem {
            asset_no: asset_no.clone(),
            kind,
            model: None,
            comm_address: Some(address),
            holder,
        };
        self.work.issued.push((item, label));
        Some(asset_no)
    }

    fn traps(&mut self) {
        let crew = |at: usize| CrewId::new(CREWS.get(at).map_or("", |(crew, _, _)| crew));
        let nobody = Holder::Cabinet { issued_to: None };
        let unissued = self.put_meter(Model::PeakValley, nobody);
        let away = Holder::WithCrew { crew: crew(1) };
        let other_crew = self.put_meter(Model::PeakValley, away);
        let account = self
            .standing
            .houses
            .first()
            .map(|h| h.account.account_no.clone());
        let hung = account.and_then(|account_no| {
            self.put_meter(Model::PeakValley, Holder::Installed { account_no })
        });
        let issued_to = Some(crew(0));
        let module = self.put_other(AssetKind::Module, Holder::Cabinet { issued_to }, "module");
        let found = [
            (unissued, "in the cabinet, on nobody's issue list"),
            (other_crew, "picked up by crew-2"),
            (hung, "a new meter that hangs on a wall already"),
            (module, "no meter: a communication module on crew-1's list"),
        ];
        for (asset_no, what) in found {
            self.work
                .traps
                .extend(asset_no.map(|asset_no| Trap { asset_no, what }));
        }
    }
}

/// What an order is about.
struct Made {
    account: domain::Account,
    old_meter: Option<OldMeter>,
    new_meter: Option<MeterModel>,
    old_terminal: Option<AssetNo>,
    terminal_meters: Vec<AssetNo>,
    card: Option<CardTask>,
    token: Option<StsToken>,
}

/// What the dispatcher adds.
struct Said {
    reason: Option<ReplaceReason>,
    appointment: Option<Appointment>,
    remark: &'static str,
}

impl Made {
    fn at(house: &House, new_meter: Option<MeterModel>) -> Self {
        Self {
            account: house.account.clone(),
            old_meter: house.meter.clone(),
            new_meter,
            old_terminal: None,
            terminal_meters: vec![],
            card: None,
            token: None,
        }
    }
}

/// Villages are dealt out to the crews in turn.
fn is_of_crew(village: u64, crew: usize) -> bool {
    let villages = TOWNS.iter().map(|(_, v)| v.len() as u64).sum::<u64>();
    village < villages && village % CREWS.len() as u64 == crew as u64
}
