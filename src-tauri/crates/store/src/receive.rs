//! A receipt: the gateway holds events and blobs; only now may the device say so.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Receipt, chain_start};

use crate::stock::Outcome;
use crate::{Changed, Store, StoreError, blob, event, pull, receipt, row, stock, sync_state};

impl Store {
    /// Takes a receipt's word, whose signature the caller has checked.
    ///
    /// The same receipt again, or an older one, changes nothing more.
    ///
    /// Errors: [`StoreError::ReceiptDoesNotFit`] when it is another device's or names another
    /// chain than this one: the series has forked; [`StoreError::NotEnrolled`]; those of writing.
    pub fn record_receipt(&self, word: &Receipt) -> Result<Changed, StoreError> {
        self.write(|tx| {
            let series = sync_state::series(tx)?;
            let through = word.through_seq;
            let ours = match through {
                0 => Some(chain_start(series.device)),
                seq if seq == series.acked_seq => Some(series.acked_hash),
                seq => event::hash_at(tx, seq)?,
            };
            // Salvage may have left no row this far back; then the number alone has to do.
            let is_lost = ours.is_none() && through < series.acked_seq;
            let fits = is_lost || through == 0 || ours == Some(word.chain_head);
            if word.device != series.device || !fits {
                return Err(StoreError::ReceiptDoesNotFit {
                    through_seq: through,
                });
            }
            receipt::add(tx, word)?;
            let mut changed = Changed::default();
            let mut orders: BTreeSet<_> = blob::hold(tx, &word.blobs_held)?.into_iter().collect();
            let verdicts: BTreeMap<u64, _> = word
                .judgements
                .iter()
                .map(|j| (j.seq, &j.verdict))
                .collect();
            if through > series.acked_seq {
                sync_state::put_acked(tx, through, word.chain_head)?;
                orders.extend(event::orders_between(tx, series.acked_seq, through)?);
                for seq in series.acked_seq + 1..=through {
                    let outcome = match verdicts.get(&seq) {
                        Some(verdict) => {
                            event::judge(tx, seq, verdict)?;
                            pull::outcome(verdict)
                        }
                        // Judged in an earlier push whose receipt was lost: the pull says what.
                        None => Outcome::Counts,
                    };
                    changed.cabinet |= stock::settle(tx, seq, outcome)?;
                }
            }
            for order in &orders {
                row::recount(tx, order)?;
            }
            changed.orders = orders.into_iter().collect();
            Ok(changed)
        })
    }
}
