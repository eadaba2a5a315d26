//! What may be asked about cards.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::Fen;

use crate::card::yuan;

#[derive(Debug, Args)]
pub(crate) struct Card {
    #[command(subcommand)]
    pub command: CardCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CardCommand {
    /// Show what is on the card in the reader.
    Show,
    /// Write the open-account card of an order.
    Open(WriteCard),
    /// Write the card of an order, whatever its kind.
    Rewrite(WriteCard),
    /// Go on with a write that was cut off.
    Recover(RecoverCard),
    /// Give a write up: the card in the reader has to show that nothing is on it.
    GiveUp(GiveUpCard),
    /// Make the file of a virtual card.
    #[cfg(debug_assertions)]
    Make(MakeCard),
    /// Put a virtual card into a virtual meter, as a customer would.
    #[cfg(debug_assertions)]
    Try(TryCard),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct WriteCard {
    /// The device's folder.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// The order.
    #[arg(long, value_name = "ID")]
    pub order: String,
    /// What the old meter's display says is left. Unit: yuan.
    #[arg(long, value_name = "YUAN", value_parser = yuan)]
    pub left: Option<Fen>,
    /// What it says is overdrawn. Unit: yuan.
    #[arg(long, value_name = "YUAN", value_parser = yuan, requires = "left")]
    pub overdraft: Option<Fen>,
    /// The purchase count on the display.
    #[arg(long, value_name = "N", requires = "left")]
    pub count: Option<u32>,
    /// The customer's old card is made void and another takes its place: both are read first.
    #[arg(long)]
    pub two_cards: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How long to wait for a card to be put in. Unit: seconds.
    #[arg(long, value_name = "S", default_value_t = 60)]
    pub wait: u64,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RecoverCard {
    /// The device's folder.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// The order; else every order whose write is open.
    #[arg(long, value_name = "ID")]
    pub order: Option<String>,
    /// How long to wait for a card to be put in. Unit: seconds.
    #[arg(long, value_name = "S", default_value_t = 60)]
    pub wait: u64,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct GiveUpCard {
    /// The device's folder.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// The order.
    #[arg(long, value_name = "ID")]
    pub order: String,
}

#[cfg(debug_assertions)]
pub(crate) use virtual_card::*;

/// Virtual cards and meters: a release has none.
#[cfg(debug_assertions)]
mod virtual_card {
    use std::path::PathBuf;

    use clap::Args;
    use domain::{CardKind, CustomerNo, Fen, MeterNo};

    use crate::card::yuan;

    #[derive(Debug, Args)]
    pub(crate) struct MakeCard {
        /// The card's file; one that is there is written over.
        #[arg(long, value_name = "FILE")]
        pub card: PathBuf,
        /// Its serial, 16 hexadecimal digits.
        #[arg(long, value_name = "HEX")]
        pub serial: String,
        /// open, purchase or replacement; a blank card without it.
        #[arg(long, value_name = "KIND", value_parser = kind, requires_all = ["meter_no", "customer_no"])]
        pub kind: Option<CardKind>,
        /// The meter it is for, 12 digits.
        #[arg(long, value_name = "DIGITS", value_parser = meter_no)]
        pub meter_no: Option<MeterNo>,
        /// Whose it is, 12 digits.
        #[arg(long, value_name = "DIGITS", value_parser = customer_no)]
        pub customer_no: Option<CustomerNo>,
        /// What it carries. Unit: yuan.
        #[arg(long, value_name = "YUAN", value_parser = yuan)]
        pub money: Option<Fen>,
        /// Which purchase that is.
        #[arg(long, value_name = "N")]
        pub count: Option<u32>,
    }

    #[derive(Debug, Args)]
    pub(crate) struct TryCard {
        /// The card's file.
        #[arg(long, value_name = "FILE")]
        pub card: PathBuf,
        /// The meter's file.
        #[arg(long, value_name = "FILE")]
        pub meter: PathBuf,
        /// The number of a new, unopened meter, 12 digits, when there is no such file yet.
        #[arg(long, value_name = "DIGITS", value_parser = meter_no)]
        pub new: Option<MeterNo>,
    }

    fn kind(name: &str) -> Result<CardKind, String> {
        match name {
            "open" => Ok(CardKind::OpenAccount),
            "purchase" => Ok(CardKind::Purchase),
            "replacement" => Ok(CardKind::Replacement),
            _ => Err("the kinds are open, purchase, replacement".to_owned()),
        }
    }

    fn meter_no(text: &str) -> Result<MeterNo, String> {
        MeterNo::parse(text).ok_or_else(|| "a meter number has 12 digits".to_owned())
    }

    fn customer_no(text: &str) -> Result<CustomerNo, String> {
        CustomerNo::parse(text).ok_or_else(|| "a customer number has 12 digits".to_owned())
    }
}
