//! The made-up district: villages, houses, meters on their walls, terminals in their areas.

use domain::{
    Account, AccountNo, AssetKind, AssetNo, AssetRule, CommAddress, Decimal, Holder, MeterModel,
    OldMeter, Place, Register, RegisterDigits, SealNo, StockItem, Wiring,
};

use super::random::Random;
use super::words::{COUNTY, GIVEN, PUMP, SURNAMES, TOWNS, WORKS};

/// Houses with a meter in each village.
const HOUSES: u64 = 175;

/// Transformer areas in each village; the last has no terminal yet.
pub const AREAS: u64 = 3;

/// Houses that wait for their first meter, in each village.
const NEW_HOUSES: u64 = 3;

/// The made-up place in the middle of the district. Unit: 10⁻⁷ degrees. Round on purpose.
const MIDDLE: (i64, i64) = (350_000_000, 1_050_000_000);

/// The beginning of every number in it: no province has 99.
const UNIT: &str = "99000";

/// A customer, and the meter that hangs there.
#[derive(Debug, Clone)]
pub struct House {
    /// Whose.
    pub account: Account,
    /// The village, from 0.
    pub village: u64,
    /// The transformer area in the village, from 0.
    pub area: u64,
    /// What meter hangs there, or what one is wanted.
    pub model: MeterModel,
    /// The meter; none where none was yet.
    pub meter: Option<OldMeter>,
}

/// A transformer area, and the terminal in it.
#[derive(Debug, Clone)]
pub struct Area {
    /// The company's own account for it.
    pub account: Account,
    /// The village, from 0.
    pub village: u64,
    /// Its number in the village, from 0.
    pub area: u64,
    /// The terminal; none where none is yet.
    pub terminal: Option<AssetNo>,
}

/// Everything that stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Houses, village by village.
    pub houses: Vec<House>,
    /// Areas, village by village.
    pub areas: Vec<Area>,
}

/// The meter models of the district.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// One phase, total only.
    Plain,
    /// One phase, peak and valley.
    PeakValley,
    /// One phase, paid beforehand.
    Prepaid,
    /// Three phases, four wires.
    FourWire,
    /// Three phases, three wires.
    ThreeWire,
}

impl Model {
    /// Every model.
    pub const ALL: [Self; 5] = [
        Self::Plain,
        Self::PeakValley,
        Self::Prepaid,
        Self::FourWire,
        Self::ThreeWire,
    ];

    /// As the domain has it.
    pub fn get(self) -> MeterModel {
        use Register::{
            ForwardT1, ForwardT2, ForwardT3, ForwardT4, ForwardTotal, MoneyLeft, ReverseTotal,
        };
        let (wiring, registers) = match self {
            Self::Plain => (Wiring::SinglePhase, vec![ForwardTotal]),
            Self::PeakValley => (
                Wiring::SinglePhase,
                vec![ForwardTotal, ForwardT2, ForwardT4],
            ),
            Self::Prepaid => (Wiring::SinglePhase, vec![ForwardTotal, MoneyLeft]),
            Self::FourWire => (
                Wiring::ThreePhaseFourWire,
                vec![
                    ForwardTotal,
                    ForwardT1,
                    ForwardT2,
                    ForwardT3,
                    ForwardT4,
                    ReverseTotal,
                ],
            ),
            Self::ThreeWire => (
                Wiring::ThreePhaseThreeWire,
                vec![ForwardTotal, ForwardT1, ForwardT2, ForwardT3, ForwardT4],
            ),
        };
        MeterModel {
            wiring,
            prepaid: self == Self::Prepaid,
            digits: RegisterDigits {
                integer: 6,
                decimal: 2,
            },
            registers,
        }
    }

    /// On a label, in letters any printer has.
    pub fn label(self) -> &'static str {
        match self {
            Self::Plain => "1-phase",
            Self::PeakValley => "1-phase peak/valley",
            Self::Prepaid => "1-phase prepaid",
            Self::FourWire => "3-phase 4-wire",
            Self::ThreeWire => "3-phase 3-wire",
        }
    }
}

/// A made-up asset number: unit 99, serial `00` and a communication address of twelve digits.
///
/// `None` never happens for twelve digits; a test looks.
pub fn asset_no(kind: AssetKind, address: &CommAddress) -> Option<AssetNo> {
    let kind = match kind {
        AssetKind::Meter => "01",
        AssetKind::Terminal => "09",
        AssetKind::Module => "54",
        AssetKind::Box => "59",
        AssetKind::Other => "00",
    };
    let digits = format!("{UNIT}{kind}00{address}");
    AssetRule::state_grid().with_check_digit(&digits)
}

/// Builds what stands.
pub fn build(seed: u64) -> Standing {
    let mut standing = Standing::default();
    let villages = TOWNS.iter().zip(0u64..).flat_map(|((town, names), t)| {
        names
            .iter()
            .zip(0u64..)
            .map(move |(v, n)| (*town, *v, t, n))
    });
    for ((town, village, t, n), number) in villages.zip(0u64..) {
        let mut random = Random::of(seed, number);
        let middle = (
            MIDDLE.0
                + [0, 520_000, -430_000].get(t as usize).copied().unwrap_or(0)
                + random.between(-180_000, 180_000),
            MIDDLE.1
                + [-560_000, 310_000, 640_000]
                    .get(t as usize)
                    .copied()
                    .unwrap_or(0)
                + n as i64 * 130_000,
        );
        let mut at = Village {
            town,
            village,
            number,
            middle,
            random,
        };
        for area in 0..AREAS {
            standing.areas.push(at.area(area));
        }
        for house in 0..HOUSES + NEW_HOUSES {
            standing.houses.extend(at.house(house));
        }
    }
    standing
}

struct Village {
    town: &'static str,
    village: &'static str,
    number: u64,
    middle: (i64, i64),
    random: Random,
}

impl Village {
    /// Within some 300 metres of the middle of the village.
    fn place(&mut self) -> Option<Place> {
        let lat = self.middle.0 + self.random.between(-27_000, 27_000);
        let lon = self.middle.1 + self.random.between(-33_000, 33_000);
        Some(Place {
            lat_e7: i32::try_from(lat).ok()?,
            lon_e7: i32::try_from(lon).ok()?,
            accuracy_m: 0,
        })
    }

    fn area_name(&self, area: u64) -> String {
        format!("{}{}号公变", self.village, area + 1)
    }

    fn area(&mut self, area: u64) -> Area {
        let number = self.number * AREAS + area;
        let name = self.area_name(area);
        let account_no = format!("9990{number:06}");
        let address = CommAddress::new(format!("9919{number:08}"));
        let terminal = (area + 1 < AREAS)
            .then(|| asset_no(AssetKind::Terminal, &address))
            .flatten();
        Area {
            account: Account {
                account_no: account_no.as_str().into(),
                customer: format!("{COUNTY}供电公司（台区设备）"),
                address: format!("{COUNTY}{}{name}", self.town),
                phone: String::new(),
                point_no: format!("{account_no}01"),
                area: name,
                meter_box: "终端箱".to_owned(),
                place: self.place(),
            },
            village: self.number,
            area,
            terminal,
        }
    }

    fn house(&mut self, house: u64) -> Option<House> {
        let account_no = format!("99{:02}{:06}", self.number + 1, house + 1);
        let (group, door) = (house / 35 + 1, house % 35 + 1);
        let is_new = house >= HOUSES;
        let (customer, model) = self.customer(house);
        let area = match is_new {
            true => 0,
            false => house * AREAS / HOUSES,
        };
        let in_box = house % 6;
        let phone = match model {
            Model::Plain if self.random.is_one_of_percent(30) => String::new(),
            _ => format!("000{:08}", self.random.below(100_000_000)),
        };
        let account = Account {
            account_no: AccountNo::new(&account_no),
            customer,
            address: format!("{COUNTY}{}{}{group}组{door}号", self.town, self.village),
            phone,
            point_no: format!("{account_no}01"),
            area: self.area_name(area),
            meter_box: format!("{:03}号表箱{}位", house / 6 + 1, in_box + 1),
            place: self.place(),
        };
        let address = CommAddress::new(format!("9916{:02}{:06}", self.number + 1, house + 1));
        let meter = match is_new {
            true => None,
            false => Some(OldMeter {
                asset_no: asset_no(AssetKind::Meter, &address)?,
                model: model.get(),
                last_billed: self.billed(model),
                seals: [1, 2]
                    .map(|n| SealNo::new(format!("YL{:02}{house:05}{n}", self.number + 1)))
                    .to_vec(),
            }),
        };
        let model = model.get();
        Some(House {
            account,
            village: self.number,
            area,
            model,
            meter,
        })
    }

    fn customer(&mut self, house: u64) -> (String, Model) {
        let at = (house as usize).checked_sub(3).map(|n| n / 25);
        if house % 25 == 3
            && let Some(work) = at.and_then(|at| WORKS.get(at))
        {
            return (format!("{}{work}", self.village), Model::FourWire);
        }
        if house == HOUSES - 1 {
            return (format!("{}{PUMP}", self.village), Model::ThreeWire);
        }
        let mut name = self.random.pick(&SURNAMES).to_owned();
        name.push_str(self.random.pick(&GIVEN));
        if self.random.is_one_of_percent(70) {
            name.push_str(self.random.pick(&GIVEN));
        }
        let model = match self.random.below(100) {
            0..12 => Model::Plain,
            12..28 => Model::Prepaid,
            _ => Model::PeakValley,
        };
        (name, model)
    }

    /// Readings of the last bill: the total is the sum of the tariffs. What money is left goes
    /// down between bills and is not billed.
    fn billed(&mut self, model: Model) -> Vec<(Register, Decimal)> {
        let mut tariffs = vec![];
        let mut sum = 0;
        for register in model.get().registers {
            if register.is_tariff() {
                let value = self.random.between(20_000, 900_000);
                sum += value;
                tariffs.push((register, Decimal::from_hundredths(value)));
            }
        }
        if tariffs.is_empty() {
            sum = self.random.between(50_000, 2_500_000);
        }
        let mut billed = vec![(Register::ForwardTotal, Decimal::from_hundredths(sum))];
        billed.extend(tariffs);
        if model == Model::FourWire {
            let value = self.random.between(0, 500);
            billed.push((Register::ReverseTotal, Decimal::from_hundredths(value)));
        }
        billed
    }
}

/// The meters and terminals on their walls, as stock.
pub fn installed(standing: &Standing) -> Vec<StockItem> {
    let meters = standing.houses.iter().filter_map(|house| {
        let meter = house.meter.as_ref()?;
        Some(StockItem {
            asset_no: meter.asset_no.clone(),
            kind: AssetKind::Meter,
            model: Some(meter.model.clone()),
            comm_address: meter.asset_no.address_hint().map(CommAddress::new),
            holder: Holder::Installed {
                account_no: house.account.account_no.clone(),
            },
        })
    });
    let terminals = standing.areas.iter().filter_map(|area| {
        let asset_no = area.terminal.clone()?;
        Some(StockItem {
            comm_address: asset_no.address_hint().map(CommAddress::new),
            asset_no,
            kind: AssetKind::Terminal,
            model: None,
            holder: Holder::Installed {
                account_no: area.account.account_no.clone(),
            },
        })
    });
    meters.chain(terminals).collect()
}
