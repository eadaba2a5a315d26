//! `enrol`, `crew`, `supervisor`: who belongs where.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::{CrewId, Millis, Operator, SupervisorId};
use image::{GrayImage, Luma};
use metercrew_gateway::auth;
use metercrew_gateway::central::format_time;
use metercrew_gateway::config::CHINA_MINUTES;
use metercrew_gateway::ledger::{Crew, Ledger, Role, Supervisor};
use metercrew_gateway::{Chance, Clock};
use qrcode::render::unicode::Dense1x2;
use qrcode::{Color, QrCode};
use serde_json::json;
use wire::enrol::EnrolLink;

use super::place::Place;
use super::{Failure, Say};

/// The shortest password that is taken. Unit: characters.
const PASSWORD_MIN: usize = 8;

/// White around a QR code, and pixels a module.
const QR_QUIET: usize = 4;
const QR_SCALE: usize = 10;

/// Make a single-use code with which a tablet joins a crew.
#[derive(Debug, Args)]
pub struct Enrol {
    #[command(flatten)]
    place: Place,
    /// The crew the tablet will belong to
    #[arg(long)]
    crew: String,
    /// Who works with it; the crew's first operator when it is not said
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// How the tablet reaches the gateway: http://… or https://…
    #[arg(long, value_name = "URL")]
    gateway: String,
    /// How long the code holds
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_080))]
    minutes: u32,
    /// Also write the QR code as a picture
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
}

impl Enrol {
    /// Makes the code and shows it.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let ledger = self.place.open_ledger()?;
        let ledger: &dyn Ledger = &ledger;
        let code = auth::new_code(&Chance::system())?;
        let link = EnrolLink {
            gateway: self.gateway.trim_end_matches('/').to_owned(),
            code: code.clone(),
        };
        let text = link.to_text();
        if EnrolLink::parse(&text).as_ref() != Some(&link) {
            return Err(Failure::input(
                "gateway_url",
                format!("{} is no address of a gateway", self.gateway),
                "give the address tablets reach it by, http://host:port or https://host",
            ));
        }
        let qr = QrCode::new(&text).map_err(|e| {
            Failure::input("gateway_url", e, "give a shorter address for the gateway")
        })?;
        let crew = CrewId::new(&self.crew);
        let known = ledger.crews()?;
        if !known.iter().any(|known| known.crew == crew) {
            let ids: Vec<&str> = known.iter().map(|crew| crew.crew.as_str()).collect();
            return Err(Failure::refused(
                "no_such_crew",
                format!("there is no crew {crew}; known are: {}", ids.join(", ")),
                "add it with `metercrew-gateway crew add`, or send a crew record",
            ));
        }
        // whole seconds, for people to read
        let now_s = Clock::system().now().0 / 1000;
        let until = (now_s + i64::from(self.minutes) * 60) * 1000;
        let operator = self.operator.map(Operator::new);
        ledger.put_code(auth::code_hash(&code), &crew, operator, Millis(until))?;
        if let Some(path) = &self.png {
            let saved = picture(&qr).save(path);
            let failed = |e| Failure::world("file", e, "look at the folder's rights");
            saved.map_err(failed)?;
        }
        let until = format_time(Millis(until), CHINA_MINUTES);
        let dense = on_paper(&qr.render::<Dense1x2>().quiet_zone(true).build());
        let said = format!(
            "code      {code}\nholds     until {until}, once\ncrew      {crew}\nQR text   {text}\n\n{dense}"
        );
        let value = json!({
            "code": code,
            "link": text,
            "gateway": link.gateway,
            "crew": crew,
            "expires_at": until,
            "png": self.png,
        });
        say.done(&said, &value);
        Ok(())
    }
}

/// A code in letters, black on white whatever the terminal's colours are: scanners do not take a
/// negative.
fn on_paper(code: &str) -> String {
    if !std::io::stdout().is_terminal() {
        return code.to_owned();
    }
    let lines = code.lines();
    lines
        .map(|line| format!("\u{1b}[38;5;16;48;5;231m{line}\u{1b}[0m\n"))
        .collect()
}

fn picture(qr: &QrCode) -> GrayImage {
    let side = (qr.width() + 2 * QR_QUIET) * QR_SCALE;
    let colors = qr.to_colors();
    GrayImage::from_fn(side as u32, side as u32, |x, y| {
        let module = |pixel: u32| (pixel as usize / QR_SCALE).checked_sub(QR_QUIET);
        let inside = |module: &usize| *module < qr.width();
        let dark = module(x)
            .filter(inside)
            .zip(module(y).filter(inside))
            .and_then(|(x, y)| colors.get(y * qr.width() + x))
            .is_some_and(|color| *color == Color::Dark);
        Luma([if dark { 0 } else { 255 }])
    })
}

/// Crews.
#[derive(Debug, Subcommand)]
pub enum CrewCommand {
    /// Add a crew, or rename it
    Add {
        #[command(flatten)]
        place: Place,
        /// Its id, as orders name it
        #[arg(long)]
        crew: String,
        /// What people call it
        #[arg(long, value_name = "NAME")]
        crew_name: String,
        /// Somebody who works in it
        #[arg(long, value_name = "NAME")]
        operator: String,
    },
}

impl CrewCommand {
    /// Does it.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let Self::Add {
            place,
            crew,
            crew_name,
            operator,
        } = self;
        let ledger = place.open_ledger()?;
        let ledger: &dyn Ledger = &ledger;
        let crew = Crew {
            crew: CrewId::new(crew),
            crew_name,
        };
        ledger.put_crew(&crew, &Operator::new(&operator))?;
        let text = format!("crew {} ({}) with {operator}", crew.crew, crew.crew_name);
        let value = json!({"crew": crew.crew, "crew_name": crew.crew_name, "operator": operator});
        say.done(&text, &value);
        Ok(())
    }
}

/// Supervisors.
#[derive(Debug, Subcommand)]
pub enum SupervisorCommand {
    /// Add a supervisor, or give one a new password and role
    Add {
        #[command(flatten)]
        place: Place,
        /// Sign-in name
        #[arg(long)]
        name: String,
        /// What people call them
        #[arg(long, value_name = "NAME")]
        display_name: String,
        /// What they may do
        #[arg(long)]
        role: RoleWord,
        /// The file with the password; standard input when it is not said
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

/// A role, as commands name it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleWord {
    /// Reviews orders
    Supervisor,
    /// Also tends what went wrong
    Admin,
}

impl SupervisorCommand {
    /// Does it.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let Self::Add {
            place,
            name,
            display_name,
            role,
            password_file,
        } = self;
        let password = password(password_file)?;
        let role = match role {
            RoleWord::Supervisor => Role::Supervisor,
            RoleWord::Admin => Role::Admin,
        };
        let ledger = place.open_ledger()?;
        let ledger: &dyn Ledger = &ledger;
        ledger.put_supervisor(&Supervisor {
            name: SupervisorId::new(&name),
            display_name,
            role,
            password_hash: auth::password_hash(&password, &Chance::system())?,
        })?;
        let value = json!({"name": name, "role": role});
        say.done(&format!("{name} may sign in at the desk"), &value);
        Ok(())
    }
}

/// The password, without the end of its line.
fn password(file: Option<PathBuf>) -> Result<String, Failure> {
    let mut text = String::new();
    match &file {
        Some(path) => {
            text = std::fs::read_to_string(path).map_err(|e| Failure::file("read", path, &e))?;
        }
        None => {
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|e| Failure::world("password", e, "give --password-file"))?;
        }
    }
    let password = text.trim_end_matches(['\r', '\n']);
    if password.chars().count() < PASSWORD_MIN {
        let message = format!("a password has at least {PASSWORD_MIN} characters");
        return Err(Failure::input("password", message, "give a longer one"));
    }
    Ok(password.to_owned())
}
