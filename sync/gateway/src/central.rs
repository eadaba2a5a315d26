//! The marketing system's side: the only place that knows its formats.
//!
//! Records come in by `inbox` (files) and `http`; `row` makes them flat, `cells` and `record` make
//! them domain values by `map` (`card` those about prepaid cards), `take` hands them to the ledger. Results go out by `outbox`: `result`
//! writes the record, `folder` and `webhook` deliver it.

mod card;
mod cells;
mod encode;
mod fault;
mod folder;
mod http;
mod inbox;
mod map;
mod outbox;
mod record;
mod result;
mod row;
mod run;
mod take;
#[cfg(test)]
mod tests;
mod time;
mod webhook;

pub use encode::{crew as crew_row, csv_cell, json, order as order_row, stock as stock_row};
pub use fault::{Fault, Flaw, Notice};
pub use folder::write as write_file;
pub use http::{Door, routes};
pub use inbox::{Handled, Inbox, report_of, rows as rows_of_file};
pub use map::{Mapping, MappingError, Slip};
pub use outbox::{Ack, Outbox, Round};
pub use result::key as result_key;
pub use row::{Cell, Row};
pub use run::{Central, run};
pub use take::{NotTaken, Taken, take};
pub use time::{format as format_time, parse_day};
pub use webhook::{Answer, Webhook, WebhookError};
