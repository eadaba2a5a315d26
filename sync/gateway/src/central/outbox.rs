//! Results on their way to the marketing system: a folder, a webhook, or both.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{Entry, Hash, Millis};

use super::map::Mapping;
use super::webhook::{Answer, Webhook};
use super::{folder, result};
use crate::Error;
use crate::ledger::{Ledger, Outgoing};

/// How many results one round takes up. A crew's day is some 100; the next round takes the rest.
const ROUND: u64 = 100;

/// How soon a missing acknowledgement is looked for again. Unit: milliseconds.
const ACK_AGAIN_MS: i64 = 2_000;

/// The first pause after a failed try, doubled with each further one. Unit: milliseconds.
const PAUSE_FIRST_MS: i64 = 1_000;

/// The longest pause. Unit: milliseconds. Longer keeps results of a whole day waiting.
const PAUSE_MAX_MS: i64 = 600_000;

/// When a written file counts as taken by the marketing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ack {
    /// As soon as it is on the disk.
    #[default]
    Written,
    /// When the marketing system has put `acks/<key>.ack` beside it.
    Folder,
}

/// Where results go.
#[derive(Debug)]
pub struct Outbox {
    desk: Arc<Desk>,
    webhook: Option<Webhook>,
}

/// What writing results takes.
#[derive(Debug)]
struct Desk {
    mapping: Mapping,
    folder: Option<(PathBuf, Ack)>,
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Results the marketing system took.
    pub delivered: u64,
    /// Results that wait for another try.
    pub waiting: u64,
    /// Results given up until a person looks.
    pub dead: u64,
}

/// A result written down.
struct Written {
    no: u64,
    tries: u32,
    key: String,
    line: Vec<u8>,
    acknowledged: bool,
}

/// What came of one try.
enum Try {
    Taken,
    Again { why: String, at: Millis },
    Dead { why: String },
}

impl Outbox {
    /// An outbox to a folder with `results/` and `acks/`, to a webhook, or to both; a result
    /// counts as taken when both have taken it.
    ///
    /// Errors: [`Error::File`] when the folders cannot be made.
    pub fn open(
        root: Option<(&Path, Ack)>,
        webhook: Option<Webhook>,
        mapping: Mapping,
    ) -> Result<Self, Error> {
        if let Some((root, _)) = root {
            folder::make(&root.join("results"))?;
            folder::make(&root.join("acks"))?;
        }
        let folder = root.map(|(root, ack)| (root.to_owned(), ack));
        Ok(Self {
            desk: Arc::new(Desk { mapping, folder }),
            webhook,
        })
    }

    /// Tries everything that is due once; nothing while results lead nowhere, they stay queued.
    ///
    /// Errors: the ledger's or the disk's; what was not tried is due still.
    pub async fn round(&self, ledger: &Arc<dyn Ledger>, now: Millis) -> Result<Round, Error> {
        let mut round = Round::default();
        if self.desk.folder.is_none() && self.webhook.is_none() {
            return Ok(round);
        }
        let desk = self.desk.clone();
        let written = aside(ledger, move |ledger| desk.write_due(ledger, now)).await?;
        for written in written {
            let no = written.no;
            let tried = self.attempt(written, now).await;
            match &tried {
                Try::Taken => round.delivered += 1,
                Try::Again { .. } => round.waiting += 1,
                Try::Dead { .. } => round.dead += 1,
            }
            aside(ledger, move |ledger| match tried {
                Try::Taken => ledger.delivered(no, now),
                Try::Again { why, at } => ledger.undelivered(no, &why, Some(at), now),
                Try::Dead { why } => ledger.undelivered(no, &why, None, now),
            })
            .await?;
        }
        Ok(round)
    }

    async fn attempt(&self, written: Written, now: Millis) -> Try {
        let later = |ms| Millis(now.0.saturating_add(ms));
        if !written.acknowledged {
            let why = "no_ack_yet".to_owned();
            let at = later(ACK_AGAIN_MS);
            return Try::Again { why, at };
        }
        let Some(webhook) = &self.webhook else {
            return Try::Taken;
        };
        match webhook.post(&written.key, written.line).await {
            Answer::Taken => Try::Taken,
            Answer::Refused { why } => Try::Dead { why },
            Answer::Later { why, wait_ms } => {
                let pause = pause_ms(written.tries, &written.key).max(wait_ms.unwrap_or(0));
                let at = later(pause);
                Try::Again { why, at }
            }
        }
    }
}

/// Runs work that waits for the disk on a thread that may.
async fn aside<T: Send + 'static>(
    ledger: &Arc<dyn Ledger>,
    work: impl FnOnce(&dyn Ledger) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let ledger = ledger.clone();
    tokio::task::spawn_blocking(move || work(ledger.as_ref()))
        .await
        .unwrap_or(Err(Error::CutOff))
}

impl Desk {
    fn write_due(&self, ledger: &dyn Ledger, now: Millis) -> Result<Vec<Written>, Error> {
        let due = ledger.outgoing_due(now, ROUND)?;
        due.iter().map(|one| self.write(ledger, one)).collect()
    }

    fn write(&self, ledger: &dyn Ledger, outgoing: &Outgoing) -> Result<Written, Error> {
        let (id, approval) = (&outgoing.order.dispatch.id, outgoing.approval);
        let key = result::key(id, approval);
        let log: Vec<Entry> = ledger.reading(|tables| tables.log(id, 0, approval))?;
        let line = result::line(outgoing, &log, &self.mapping);
        let mut acknowledged = true;
        if let Some((root, ack)) = &self.folder {
            write(ledger, root, &key, &line)?;
            acknowledged = *ack == Ack::Written || ack_path(root, &key).exists();
        }
        Ok(Written {
            no: outgoing.no,
            tries: outgoing.tries,
            key,
            line,
            acknowledged,
        })
    }
}

/// Writes a result's file once, ever: when the marketing system has taken it away meanwhile it is
/// not written again. A crash between file and mark writes the same bytes under the same name.
fn write(ledger: &dyn Ledger, root: &Path, key: &str, line: &[u8]) -> Result<(), Error> {
    let mark = format!("central/written/{key}");
    if ledger.mark(&mark)?.is_some() {
        return Ok(());
    }
    folder::write_once(&root.join("results").join(format!("{key}.json")), line)?;
    ledger.put_mark(&mark, "yes")
}

fn ack_path(root: &Path, key: &str) -> PathBuf {
    root.join("acks").join(format!("{key}.ack"))
}

/// The pause before another try: doubled each time, up to a quarter longer so that results that
/// failed together do not come back together. The key is what spreads them.
fn pause_ms(tries: u32, key: &str) -> i64 {
    let doubled = PAUSE_FIRST_MS.saturating_mul(1i64 << tries.min(20));
    let pause = doubled.min(PAUSE_MAX_MS);
    let chance = Hash::of(format!("{key}/{tries}").as_bytes());
    let byte = chance.as_bytes().first().copied().unwrap_or_default();
    pause + pause * i64::from(byte) / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_ten_minutes_and_a_quarter() {
        let pauses: Vec<_> = (0..40).map(|tries| pause_ms(tries, "a-1")).collect();
        assert!((1_000..=1_250).contains(&pauses[0]));
        assert!((8_000..=10_000).contains(&pauses[3]));
        assert!(pauses.iter().all(|ms| *ms <= 750_000));
        assert!((600_000..=750_000).contains(&pauses[39]));
    }
}
