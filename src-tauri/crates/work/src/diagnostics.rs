//! A bundle for the engineer: how the device stands, and nothing of any customer.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::PoisonError;

use domain::{Millis, Stamp};
use serde::Serialize;

use crate::device::file_time;
use crate::{Device, WorkError};

/// What goes into the bundle: counts, clocks and codes only.
#[derive(Serialize)]
struct Diagnostics {
    version: &'static str,
    system: &'static str,
    machine: &'static str,
    at: Stamp,
    /// Where the store's key is kept, and nothing of it.
    key_place: &'static str,
    enrolled: Option<String>,
    series: Option<(u64, u64)>,
    cursor: u64,
    orders: u64,
    unsent_events: u64,
    unsent_blobs: u64,
    unsent_bytes: u64,
    sync: String,
    last_ok: Option<Millis>,
    /// Code → how often since the start, and when last.
    troubles: BTreeMap<String, (u32, Millis)>,
    notice: Option<String>,
}

impl Device {
    /// Writes the bundle into the device's folder and says where.
    ///
    /// Errors: [`WorkError::Store`], [`WorkError::Folder`].
    pub fn export_diagnostics(&self) -> Result<PathBuf, WorkError> {
        let store = &self.inner.store;
        let totals = store.totals()?;
        let enrolled = self.enrolment()?;
        let series = match &enrolled {
            Some(_) => Some(store.series()?),
            None => None,
        };
        let sync = self.inner.sync.borrow().clone();
        let troubles = self.inner.troubles.lock();
        let at = self.stamp();
        let bundle = Diagnostics {
            version: env!("CARGO_PKG_VERSION"),
            system: std::env::consts::OS,
            machine: std::env::consts::ARCH,
            at,
            key_place: self.key_place(),
            enrolled: enrolled.map(|who| who.device.to_string()),
            series: series.map(|series| (series.last_seq, series.acked_seq)),
            cursor: store.cursor()?,
            orders: totals.orders,
            unsent_events: totals.unsent.events,
            unsent_blobs: totals.unsent.blobs,
            unsent_bytes: totals.unsent.bytes,
            sync: format!("{:?}", sync.now),
            last_ok: sync.last_ok,
            troubles: troubles.unwrap_or_else(PoisonError::into_inner).clone(),
            notice: self.notice().map(|notice| format!("{notice:?}")),
        };
        let text = serde_json::to_string_pretty(&bundle).unwrap_or_default();
        let path = self
            .dir()
            .join(format!("diagnostics-{}.json", file_time(at)));
        fs::write(&path, text).map_err(WorkError::Folder)?;
        Ok(path)
    }
}
