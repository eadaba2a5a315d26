//! The marketing side at work: looks into the inbox and sends what is due, until told to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::inbox::{Handled, Inbox};
use super::outbox::Outbox;
use crate::Error;
use crate::clock::Clock;
use crate::ledger::Ledger;

/// How often the folder is looked at and the outbox tried. Unit: milliseconds.
const LOOK_MS: u64 = 500;

/// What the marketing side works with.
#[derive(Debug)]
pub struct Central {
    /// The watched folder, if there is one.
    pub inbox: Option<Inbox>,
    /// Where results go.
    pub outbox: Outbox,
}

/// Runs until `stop`; a failure is logged and tried again with the next look.
pub async fn run(
    central: Central,
    ledger: Arc<dyn Ledger>,
    clock: Clock,
    stop: impl Future<Output = ()>,
) {
    let Central { mut inbox, outbox } = central;
    let mut stop = std::pin::pin!(stop);
    loop {
        if let Some(watched) = inbox.take() {
            inbox = look(watched, ledger.clone(), clock.clone()).await;
        }
        if let Err(error) = outbox.round(&ledger, clock.now()).await {
            tell("results could not be sent", &error);
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
        }
    }
}

/// One look, on a thread that may wait for the disk.
async fn look(mut inbox: Inbox, ledger: Arc<dyn Ledger>, clock: Clock) -> Option<Inbox> {
    let looked = tokio::task::spawn_blocking(move || {
        let handled = inbox.look(ledger.as_ref(), clock.now());
        (inbox, handled)
    });
    let (inbox, handled) = looked.await.ok()?;
    match handled {
        Ok(handled) => handled.iter().for_each(tell_of),
        Err(error) => tell("the inbox could not be read", &error),
    }
    Some(inbox)
}

fn tell_of(handled: &Handled) {
    match handled {
        Handled::Done { file, taken } => tracing::info!(
            file,
            new_orders = taken.new_orders,
            changed_orders = taken.changed_orders,
            recalled_orders = taken.recalled_orders,
            stock = taken.stock,
            same = taken.same,
            set_aside = taken.set_aside,
            "a file was taken"
        ),
        Handled::Rejected { file, faults } => {
            tracing::warn!(file, faults = faults.len(), "a file was rejected");
        }
        Handled::Stuck { file, why } => tracing::error!(file, why, "a file cannot be handled"),
    }
}

fn tell(what: &str, error: &Error) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(error = %error, cause, "{what}");
}
