//! Where a gateway keeps its things, as commands are told.

use std::path::PathBuf;

use clap::Args;
use metercrew_gateway::central::Mapping;
use metercrew_gateway::ledger::sqlite::SqliteLedger;

use super::Failure;

/// Where things are.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The gateway's folder: ledger, key, photos and the marketing system's folder
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The ledger, when it is not DIR/ledger.db: sqlite:FILE
    #[arg(long, value_name = "sqlite:FILE")]
    ledger: Option<String>,
}

impl Place {
    /// The ledger's file.
    ///
    /// Errors: bad input for another engine than SQLite.
    pub fn ledger_path(&self) -> Result<PathBuf, Failure> {
        match self.ledger.as_deref() {
            None => Ok(self.data.join("ledger.db")),
            Some(text) => match text.strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
                Some(_) | None => Err(Failure::input(
                    "ledger",
                    format!("{text} names no ledger"),
                    "give sqlite:FILE; PostgreSQL comes later",
                )),
            },
        }
    }

    /// The ledger, made when it is not there.
    ///
    /// Errors: the disk's.
    pub fn open_ledger(&self) -> Result<SqliteLedger, Failure> {
        let path = self.ledger_path()?;
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| Failure::file("make", folder, &e))?;
        }
        Ok(SqliteLedger::open(&path)?)
    }
}

/// What differs from company to company, as files laid over what is built in.
#[derive(Debug, Args)]
pub struct Company {
    /// A mapping file laid over the built-in one
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// A file of procedures in place of the built-in ones of the same kinds
    #[arg(long, value_name = "FILE")]
    procedures: Option<PathBuf>,
}

impl Company {
    /// The mapping a command works by.
    ///
    /// Errors: bad input with line and field.
    pub fn mapping(&self) -> Result<Mapping, Failure> {
        let mapping = match &self.mapping {
            Some(path) => Mapping::load(path)?,
            None => Mapping::built_in()?,
        };
        Ok(match &self.procedures {
            Some(path) => mapping.with_procedures(path)?,
            None => mapping,
        })
    }
}
