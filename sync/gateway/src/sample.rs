//! A made-up district (样例县), the same from the same seed: for trying out, for tests, for teaching.
//!
//! Nothing in it is real: numbers begin with a province nobody has, telephones with 000, and the
//! county's name says that it is a sample.

mod cards;
mod code128;
mod district;
mod label;
mod orders;
mod pdf;
mod random;
#[cfg(test)]
mod tests;
mod words;

use std::path::{Path, PathBuf};

use domain::{Account, CardSerial, CrewId, Dispatch, Millis, Operator, StockItem, SupervisorId};
use serde_json::{Value, json};

pub use cards::SampleCard;
pub use code128::{Bar, code128};
pub use label::Label;
pub use orders::Trap;

use crate::auth;
use crate::central::{self, Mapping, Row};
use crate::ledger::{Crew, Ledger, Role, Supervisor};
use crate::{Chance, Error};

/// The seed of the district everybody knows.
pub const SEED: u64 = 1;

/// Pixels a module of a label's picture.
const LABEL_SCALE: u32 = 3;

/// A supervisor of the sample, with the password that is no secret.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SampleSupervisor {
    /// Sign-in name.
    pub name: &'static str,
    /// What people call them.
    pub display_name: &'static str,
    /// What they may do.
    pub role: Role,
    /// The password.
    pub password: &'static str,
}

/// The district.
#[derive(Debug, Clone)]
pub struct District {
    seed: u64,
    day: i64,
    standing: district::Standing,
    work: orders::Work,
}

/// How much of it there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Customers.
    pub accounts: u64,
    /// Meters and terminals, on walls and in the cabinet.
    pub assets: u64,
    /// Those in the cabinet or out of it, not on a wall.
    pub new_assets: u64,
    /// Orders.
    pub orders: u64,
    /// Crews.
    pub crews: u64,
}

impl District {
    /// The district of a seed, its orders from a day on (days since 1970-01-01).
    pub fn of(seed: u64, day: i64) -> Self {
        let standing = district::build(seed);
        let work = orders::plan(seed, day, &standing);
        Self {
            seed,
            day,
            standing,
            work,
        }
    }

    /// The orders, by number.
    pub fn orders(&self) -> &[Dispatch] {
        &self.work.orders
    }

    /// Every customer, the company's own accounts too.
    pub fn accounts(&self) -> Vec<Account> {
        let houses = self.standing.houses.iter().map(|house| &house.account);
        let areas = self.standing.areas.iter().map(|area| &area.account);
        houses.chain(areas).cloned().collect()
    }

    /// Every meter and terminal.
    pub fn stock(&self) -> Vec<StockItem> {
        let issued = self.work.issued.iter().map(|(item, _)| item.clone());
        issued.chain(district::installed(&self.standing)).collect()
    }

    /// The crews.
    pub fn crews(&self) -> Vec<Crew> {
        words::CREWS
            .map(|(crew, name, _)| Crew {
                crew: CrewId::new(crew),
                crew_name: name.to_owned(),
            })
            .to_vec()
    }

    /// Who works in which crew.
    pub fn operators(&self) -> Vec<(Operator, CrewId)> {
        let crews = words::CREWS.iter();
        crews
            .flat_map(|(crew, _, names)| names.iter().map(move |name| (name, crew)))
            .map(|(name, crew)| (Operator::new(*name), CrewId::new(*crew)))
            .collect()
    }

    /// The supervisors.
    pub fn supervisors(&self) -> Vec<SampleSupervisor> {
        words::SUPERVISORS
            .iter()
            .zip([Role::Supervisor, Role::Admin])
            .map(|((name, display_name, password), role)| SampleSupervisor {
                name,
                display_name,
                role,
                password,
            })
            .collect()
    }

    /// Assets that are not what they seem.
    pub fn traps(&self) -> &[Trap] {
        &self.work.traps
    }

    /// Prepaid cards: customers' own as they are before the crew comes, and blanks.
    pub fn cards(&self) -> &[SampleCard] {
        &self.work.cards
    }

    /// How much of it there is.
    pub fn counts(&self) -> Counts {
        Counts {
            accounts: self.accounts().len() as u64,
            assets: self.stock().len() as u64,
            new_assets: self.work.issued.len() as u64,
            orders: self.work.orders.len() as u64,
            crews: words::CREWS.len() as u64,
        }
    }

    /// The labels of everything that is not on a wall yet.
    pub fn labels(&self) -> Vec<Label> {
        let label = |(item, what): &(StockItem, &'static str)| Label {
            number: item.asset_no.to_string(),
            what: (*what).to_owned(),
            whose: match &item.holder {
                domain::Holder::Cabinet {
                    issued_to: Some(crew),
                }
                | domain::Holder::WithCrew { crew } => crew.to_string(),
                domain::Holder::Cabinet { issued_to: None }
                | domain::Holder::Bound { .. }
                | domain::Holder::Installed { .. }
                | domain::Holder::Removed { .. } => "nobody".to_owned(),
            },
        };
        self.work.issued.iter().map(label).collect()
    }

    /// The labels of what hangs on the walls of the orders: the old meters and terminals, and the
    /// meters under terminals.
    pub fn labels_on_walls(&self) -> Vec<Label> {
        let of_order = |order: &Dispatch| {
            let old = order.old_meter.iter().map(|old| &old.asset_no);
            let numbers = old.chain(&order.old_terminal).chain(&order.terminal_meters);
            let label = |number: &domain::AssetNo| Label {
                number: number.to_string(),
                what: format!("on the wall {}", order.crew),
                whose: order.id.to_string(),
            };
            numbers.map(label).collect::<Vec<_>>()
        };
        self.work.orders.iter().flat_map(of_order).collect()
    }

    /// What the marketing system would send: the files of the inbox, in the order they are read.
    ///
    /// Errors: [`Error::Stored`] when a value cannot be written.
    pub fn inbox_files(&self, mapping: &Mapping) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let crews = self.crews();
        let crews: Vec<Row> = crews
            .iter()
            .map(|c| central::crew_row(c, mapping))
            .collect();
        let stock = self.stock();
        let stock: Vec<Row> = stock
            .iter()
            .map(|i| central::stock_row(i, mapping))
            .collect();
        let mut orders = vec![];
        for order in &self.work.orders {
            let row = central::order_row(order, mapping);
            orders.extend(central::json(&row, mapping).to_string().into_bytes());
            orders.push(b'\n');
        }
        Ok(vec![
            (
                file_name("crew", "crews", "csv", mapping),
                csv(&crews, mapping)?,
            ),
            (file_name("order", "orders", "jsonl", mapping), orders),
            (
                file_name("stock", "stock", "csv", mapping),
                csv(&stock, mapping)?,
            ),
        ])
    }

    /// Writes the district into a folder: `inbox/` as the marketing system would, `district.json`,
    /// `accounts.csv`, sheets of labels (`labels.pdf` for what is new, `labels-on-walls.pdf` for
    /// what orders find), a picture of each label in `labels/`, and each prepaid card in `cards/`,
    /// as our virtual card reads it.
    ///
    /// Errors: [`Error::File`].
    pub fn write(&self, out: &Path, mapping: &Mapping) -> Result<(), Error> {
        make(&out.join("labels"))?;
        make(&out.join("inbox"))?;
        make(&out.join("cards"))?;
        for (name, bytes) in self.inbox_files(mapping)? {
            central::write_file(&out.join("inbox").join(name), &bytes)?;
        }
        let about = format!("{:#}\n", self.about());
        central::write_file(&out.join("district.json"), about.as_bytes())?;
        central::write_file(&out.join("accounts.csv"), &self.accounts_csv()?)?;
        for card in self.cards() {
            let path = out.join("cards").join(card.file_name());
            central::write_file(&path, card.text()?.as_bytes())?;
        }
        let (new, on_walls) = (self.labels(), self.labels_on_walls());
        central::write_file(&out.join("labels.pdf"), &pdf::sheet(&new))?;
        central::write_file(&out.join("labels-on-walls.pdf"), &pdf::sheet(&on_walls))?;
        for label in new.iter().chain(&on_walls) {
            let path = out.join("labels").join(format!("{}.png", label.number));
            if let Some(drawing) = label::lay_out(label) {
                let saved = drawing.picture(LABEL_SCALE).save(&path);
                saved.map_err(|e| picture_fault(path, e))?;
            }
        }
        Ok(())
    }

    /// Puts the district into a ledger: what the marketing system would send, the accounts, the
    /// operators, the supervisors and the blank cards. Done again it changes nothing.
    ///
    /// Errors: the ledger's.
    pub fn load(
        &self,
        ledger: &dyn Ledger,
        mapping: &Mapping,
        chance: &Chance,
        now: Millis,
    ) -> Result<central::Taken, Error> {
        let mut rows = vec![];
        for crew in self.crews() {
            rows.push(central::crew_row(&crew, mapping));
        }
        let orders = self.work.orders.iter();
        rows.extend(orders.map(|order| central::order_row(order, mapping)));
        let stock = self.stock();
        rows.extend(stock.iter().map(|item| central::stock_row(item, mapping)));
        let taken = match central::take(ledger, rows, mapping, now) {
            Ok(taken) => taken,
            Err(central::NotTaken::Gateway(error)) => return Err(error),
            // what this file writes this crate reads; a test holds it to that
            Err(central::NotTaken::Faults(_)) => return Err(Error::CutOff),
        };
        ledger.put_accounts(&self.accounts())?;
        for (operator, crew) in self.operators() {
            ledger.writing(|tables| tables.put_operator(&operator, &crew))?;
        }
        self.register_blanks(ledger, now)?;
        for sample in self.supervisors() {
            let name = SupervisorId::new(sample.name);
            if ledger.supervisor(&name)?.is_none() {
                ledger.put_supervisor(&Supervisor {
                    name,
                    display_name: sample.display_name.to_owned(),
                    role: sample.role,
                    password_hash: auth::password_hash(sample.password, chance)?,
                })?;
            }
        }
        Ok(taken)
    }

    /// Registers the blank cards nobody has registered yet: one that was used stays used.
    fn register_blanks(&self, ledger: &dyn Ledger, now: Millis) -> Result<(), Error> {
        let known = ledger.blanks(None)?;
        for crew in self.crews() {
            let cards = self.cards().iter();
            let blanks = cards.filter(|card| card.order.is_none() && card.crew == crew.crew);
            let serials: Vec<CardSerial> = blanks
                .map(|card| card.image.serial)
                .filter(|serial| known.iter().all(|blank| blank.serial != *serial))
                .collect();
            ledger.register_blanks(&crew.crew, &serials, now)?;
        }
        Ok(())
    }

    /// What it is, for people and programs.
    pub fn about(&self) -> Value {
        let crews = words::CREWS.map(|(crew, name, operators)| {
            json!({"crew": crew, "crew_name": name, "operators": operators})
        });
        json!({
            "made_up": "样例数据，全部虚构。Everything in here is made up; nothing is anybody's.",
            "district": words::COUNTY,
            "seed": self.seed,
            "first_day": central::format_time(Millis(self.day * 86_400_000), 0).get(..10),
            "counts": self.counts(),
            "crews": crews,
            "supervisors": self.supervisors(),
            "new_seals": words::CREWS.map(|(crew, _, _)| json!({
                "crew": crew,
                "from": format!("YX{}0001", crew.replace("crew-", "")),
                "to": format!("YX{}0500", crew.replace("crew-", "")),
            })),
            "traps": self.work.traps,
            "cards": self.cards().iter().map(SampleCard::about).collect::<Vec<_>>(),
        })
    }

    fn accounts_csv(&self) -> Result<Vec<u8>, Error> {
        let mut writer = csv::Writer::from_writer(vec![]);
        let head = [
            "account_no",
            "customer",
            "address",
            "phone",
            "point_no",
            "area",
            "meter_box",
        ];
        writer.write_record(head).map_err(csv_fault)?;
        for account in self.accounts() {
            let cells = [
                account.account_no.as_str(),
                &account.customer,
                &account.address,
                &account.phone,
                &account.point_no,
                &account.area,
                &account.meter_box,
            ];
            writer.write_record(cells).map_err(csv_fault)?;
        }
        writer.into_inner().map_err(|_| Error::CutOff)
    }
}

/// A file's name, beginning with what its records are called.
fn file_name(record: &str, plain: &str, ending: &str, mapping: &Mapping) -> String {
    match mapping.record(plain) {
        Some(known) if known == record => format!("{plain}.{ending}"),
        Some(_) | None => format!("{}.{ending}", mapping.record_name(record)),
    }
}

/// Rows as CSV: every column that any of them has.
fn csv(rows: &[Row], mapping: &Mapping) -> Result<Vec<u8>, Error> {
    let mut columns: Vec<&String> = rows.iter().flat_map(|row| row.cells.keys()).collect();
    columns.sort();
    columns.dedup();
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(&columns).map_err(csv_fault)?;
    for row in rows {
        let cells = columns
            .iter()
            .map(|c| central::csv_cell(row.cells.get(*c), mapping));
        writer.write_record(cells).map_err(csv_fault)?;
    }
    writer.into_inner().map_err(|_| Error::CutOff)
}

/// Writing CSV into memory fails only when memory does.
fn csv_fault(_: csv::Error) -> Error {
    Error::CutOff
}

fn make(path: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(path).map_err(|source| Error::File {
        act: "make the folder",
        path: path.to_owned(),
        source,
    })
}

fn picture_fault(path: PathBuf, error: image::ImageError) -> Error {
    let source = match error {
        image::ImageError::IoError(source) => source,
        other => std::io::Error::other(other),
    };
    Error::File {
        act: "write",
        path,
        source,
    }
}
