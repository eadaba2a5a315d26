//! The order of work in a round.

use std::mem;

use super::{
    Ask, CONFIRM_BLOBS, CONFIRM_BYTES, Lane, Looked, Output, PIECE_BYTES, POLL_MS, Plan, PushDraft,
    Rest, Round, Series, Session, Standing, Upload, Waiting, Wakes,
};

impl Plan {
    pub(super) fn next(&mut self) -> Output {
        if self.session == Session::None {
            return Output::Do(Ask::OpenSession);
        }
        if !self.is_stuck(Lane::Push)
            && let Some(ask) = self.next_push()
        {
            return Output::Do(ask);
        }
        if self.round.pulled == Looked::No && !self.is_stuck(Lane::Pull) {
            return Output::Do(Ask::Pull);
        }
        if self.round.pulled == Looked::Yes
            && let Some(ask) = self.next_leave()
        {
            return Output::Do(ask);
        }
        match self.next_blob() {
            Some(ask) => Output::Do(ask),
            None => Output::Rest(self.end_round()),
        }
    }

    fn is_stuck(&self, lane: Lane) -> bool {
        self.round.stuck.contains_key(&lane)
    }

    fn next_push(&mut self) -> Option<Ask> {
        if self.series == Series::Forked {
            // First take over what of the old series the gateway holds: only the rest is sealed anew.
            return match (self.round.pulled, self.is_stuck(Lane::Pull)) {
                (Looked::Yes, _) => Some(Ask::NewSeries),
                (Looked::No, false) => Some(Ask::Pull),
                (Looked::No, true) => None,
            };
        }
        if let Some(draft) = &self.unanswered {
            return Some(Ask::Push(draft.clone()));
        }
        if self.round.events == Looked::No {
            return Some(Ask::Events {
                from: self.round.realign,
                limit: self.events_max,
            });
        }
        let bytes: u64 = self.round.sent.iter().map(|blob| blob.size_bytes).sum();
        let all_up = self.round.blobs == Looked::Yes
            && self.round.queue.is_empty()
            && self.round.current.is_none();
        let due = self.round.sent.len() >= CONFIRM_BLOBS || bytes >= CONFIRM_BYTES || all_up;
        (due && !self.round.sent.is_empty()).then(|| Ask::Push(self.draft(vec![])))
    }

    /// A push of these events that also asks about what was uploaded.
    pub(super) fn draft(&mut self, events: Vec<domain::Sealed>) -> PushDraft {
        let draft = PushDraft {
            id: self.chance.id(),
            events,
            blobs: self.round.sent.iter().map(|blob| blob.hash).collect(),
        };
        self.unanswered = Some(draft.clone());
        draft
    }

    /// Leave is of use only when it can be pulled, and photos are no reason to be without it when
    /// the link ends.
    fn next_leave(&self) -> Option<Ask> {
        match self.round.leaves {
            Looked::No => Some(Ask::WithoutLeave),
            Looked::Yes => self
                .round
                .without_leave
                .front()
                .cloned()
                .map(Ask::Authorise),
        }
    }

    fn next_blob(&mut self) -> Option<Ask> {
        if self.round.blobs == Looked::No {
            return Some(Ask::Blobs);
        }
        if self.round.current.is_none() {
            self.round.current = self.round.queue.pop_front().map(|blob| (blob, None));
        }
        let (blob, upload) = self.round.current.as_ref()?;
        Some(match upload {
            None => Ask::Offer(*blob),
            Some(upload) => append(*blob, upload.clone()),
        })
    }

    /// What waits has been dealt with as far as it can be; what is stuck waits for another round.
    fn end_round(&mut self) -> Rest {
        let round = mem::take(&mut self.round);
        let chance = self.chance.number();
        match round.stuck.into_values().next() {
            Some(why) => Rest {
                ms: self.stuck.failed(chance, None),
                wakes: Wakes::Work,
                standing: Standing::Blocked { why },
            },
            None => {
                self.stuck.reset();
                Rest {
                    ms: POLL_MS + chance % (POLL_MS / 5),
                    wakes: Wakes::Work,
                    standing: Standing::Idle,
                }
            }
        }
    }

    /// A new round, as after a rest: everything is looked at again.
    pub(super) fn begin_round(&mut self) {
        self.round = Round::default();
    }
}

fn append(blob: Waiting, upload: Upload) -> Ask {
    let length = blob
        .size_bytes
        .saturating_sub(upload.offset)
        .min(PIECE_BYTES);
    Ask::Append {
        blob,
        upload,
        length,
    }
}
