//! What an answer or a failure changes.

use wire::problem::{Again, Problem};
use wire::pull::More;

use super::{
    Answer, Ask, EVENTS_BYTES_MAX, Fault, Lane, Looked, Plan, Rest, Series, Session, Standing,
    TRIES, Upload, Waiting, Wakes,
};
use crate::LONGEST_MS;
use crate::error::problem_code;

impl Plan {
    pub(super) fn answered(&mut self, asked: Ask, answer: Answer) {
        match (asked, answer) {
            (Ask::OpenSession, _) => {
                self.session = Session::Open;
                self.sessions_in_vain = self.sessions_in_vain.saturating_add(1);
                return;
            }
            (Ask::Events { from, .. }, Answer::Events { events, last_seq }) => {
                self.take_events(from, events, last_seq);
                // Reading our own store says nothing about the link.
                return;
            }
            (Ask::Blobs, Answer::Blobs(blobs)) => {
                self.round.bytes.all += blobs.iter().map(|blob| blob.size_bytes).sum::<u64>();
                self.round.queue = blobs.into();
                self.round.blobs = Looked::Yes;
                return;
            }
            (Ask::WithoutLeave, Answer::WithoutLeave(orders)) => {
                self.round.without_leave = orders.into();
                self.round.leaves = Looked::Yes;
                return;
            }
            (Ask::Authorise(_), Answer::Done) => self.asked_leave(true),
            (Ask::Push(draft), Answer::Receipted { blobs_held }) => {
                let bytes: usize = draft.events.iter().map(|event| event.body.len()).sum();
                self.round.bytes.done += bytes as u64;
                self.unanswered = None;
                self.round.realign = None;
                self.round.realigned = 0;
                self.round.events = Looked::No;
                self.round.pulled = Looked::No;
                let (asked, rest) = self
                    .round
                    .sent
                    .drain(..)
                    .partition::<Vec<_>, _>(|blob| draft.blobs.contains(&blob.hash));
                self.round.sent = rest;
                for blob in asked {
                    if !blobs_held.contains(&blob.hash) {
                        self.hurdle(blob, "not_held");
                    }
                }
            }
            (Ask::Pull, Answer::Pulled { more }) => {
                self.round.pulled = match more {
                    More::Yes => Looked::No,
                    More::No => Looked::Yes,
                };
            }
            (Ask::NewSeries, _) => {
                self.series = Series::Ours;
                self.session = Session::None;
                self.unanswered = None;
                self.round.realign = None;
                self.round.events = Looked::No;
                self.round.pulled = Looked::No;
                // Leave is one device's: the series that has it is no more.
                self.round.leaves = Looked::No;
            }
            (Ask::Offer(blob), Answer::Upload(upload)) => {
                self.uploaded(blob, upload);
            }
            (Ask::Append { blob, upload, .. }, Answer::Upload(now)) => {
                // An upload that stands still would be asked for ever.
                if now.offset <= upload.offset && !now.complete {
                    self.round.current = None;
                    self.hurdle(blob, "upload_stands_still");
                } else {
                    self.uploaded(blob, now);
                }
                self.round.events = Looked::No;
            }
            // A driver that answers another question than it was asked is asked again.
            (_, _) => return,
        }
        self.sessions_in_vain = 0;
        self.backoff.reset();
    }

    fn take_events(&mut self, from: Option<u64>, events: Vec<domain::Sealed>, last_seq: u64) {
        self.round.events = Looked::Yes;
        if from.is_some_and(|from| from > last_seq + 1) {
            // The gateway waits for an event that was never made here.
            self.forked();
            return;
        }
        let mut bytes = 0;
        let mut batch = vec![];
        for event in events {
            bytes += event.body.len();
            if !batch.is_empty() && bytes > EVENTS_BYTES_MAX {
                break;
            }
            batch.push(event);
        }
        let all: usize = batch.iter().map(|event| event.body.len()).sum();
        self.round.bytes.all += all as u64;
        if !batch.is_empty() || from.is_some() {
            self.draft(batch);
        }
    }

    /// An order's turn to get leave is over; when all had theirs, what was given is pulled.
    fn asked_leave(&mut self, may_be_given: bool) {
        self.round.without_leave.pop_front();
        self.round.leave_given |= may_be_given;
        if self.round.without_leave.is_empty() && self.round.leave_given {
            self.round.leave_given = false;
            self.round.pulled = Looked::No;
        }
    }

    /// Where a blob's upload stands now.
    fn uploaded(&mut self, blob: Waiting, upload: Upload) {
        if upload.complete {
            self.round.current = None;
            self.round.bytes.done += blob.size_bytes;
            self.round.sent.push(blob);
        } else if upload.offset > blob.size_bytes {
            self.round.current = None;
            self.hurdle(blob, "upload_too_long");
        } else {
            self.round.current = Some((blob, Some(upload)));
        }
    }

    /// A blob met a hurdle: it goes to the end of the queue, and after some tries out of the round.
    fn hurdle(&mut self, blob: Waiting, why: &str) {
        let tries = self.round.tries.entry(blob.hash).or_default();
        *tries += 1;
        if *tries < TRIES {
            self.round.queue.push_back(blob);
        } else {
            self.round.stuck.insert(Lane::Blobs, why.to_owned());
        }
    }

    /// Leaves a blob out of the round.
    fn leave(&mut self, why: &str) {
        self.round.current = None;
        self.round.stuck.insert(Lane::Blobs, why.to_owned());
    }

    /// `Some` when nothing can go on now.
    pub(super) fn failed(&mut self, asked: Ask, fault: Fault) -> Option<Rest> {
        // Whatever was sent may have arrived: a blob is asked for its offset, the rest is repeated.
        if let Some((_, upload)) = &mut self.round.current {
            *upload = None;
        }
        self.round.events = Looked::No;
        if let Ask::Authorise(_) = asked {
            match &fault {
                Fault::Problem {
                    problem: Problem::NoSession,
                    ..
                } => {}
                Fault::Problem { .. } => self.asked_leave(false),
                // It may have been given.
                Fault::Link { .. }
                | Fault::Here { .. }
                | Fault::Disagrees
                | Fault::BlobUnreadable => {
                    self.asked_leave(true);
                }
            }
        }
        match fault {
            Fault::Link { why, after_ms } => Some(self.wait(why, after_ms)),
            Fault::Here { why } => Some(self.wait(why, None)),
            Fault::Disagrees => {
                self.unanswered = None;
                self.forked();
                None
            }
            Fault::BlobUnreadable => {
                self.leave("blob_unreadable");
                None
            }
            Fault::Problem { problem, after_ms } => self.refused(asked, problem, after_ms),
        }
    }

    fn refused(&mut self, asked: Ask, problem: Problem, after_ms: Option<u64>) -> Option<Rest> {
        let why = problem_code(&problem);
        match problem {
            Problem::NoSession => {
                self.session = Session::None;
                if self.sessions_in_vain < TRIES && asked != Ask::OpenSession {
                    return None;
                }
                self.sessions_in_vain = 0;
                return Some(self.wait(why, after_ms));
            }
            Problem::UnknownDevice => return Some(self.block(why)),
            _ if problem.again() == Again::Later => return Some(self.wait(why, after_ms)),
            _ => {}
        }
        match asked {
            Ask::OpenSession => return Some(self.block(why)),
            Ask::Push(draft) => self.push_refused(&draft.events, problem, why),
            Ask::NewSeries => {
                self.round.stuck.insert(Lane::Push, why);
            }
            Ask::Pull => {
                self.round.stuck.insert(Lane::Pull, why);
            }
            // Somebody else has it, or it is not wanted: asked again in another round.
            Ask::Authorise(_) => {}
            Ask::Offer(blob) => match problem.again() {
                Again::Mended => {
                    self.round.current = None;
                    self.hurdle(blob, &why);
                }
                Again::Never | Again::Later => self.leave(&why),
            },
            Ask::Append { blob, upload, .. } => self.append_refused(blob, upload, problem, &why),
            // Asked of this device alone; the gateway has no say in them.
            Ask::Events { .. } | Ask::WithoutLeave | Ask::Blobs => {
                return Some(self.wait(why, after_ms));
            }
        }
        None
    }

    fn push_refused(&mut self, events: &[domain::Sealed], problem: Problem, why: String) {
        self.unanswered = None;
        match problem {
            Problem::Forked { .. } => self.forked(),
            Problem::WrongSequence { expected } if self.round.realigned < TRIES => {
                self.round.realigned += 1;
                self.round.realign = Some(expected);
            }
            Problem::TooLarge { .. } | Problem::TooMany { .. } if events.len() > 1 => {
                self.events_max = (events.len() / 2).max(1);
            }
            _ => {
                self.round.stuck.insert(Lane::Push, why);
            }
        }
    }

    fn forked(&mut self) {
        self.round.new_series += 1;
        if self.round.new_series < TRIES {
            self.series = Series::Forked;
            self.round.pulled = Looked::No;
        } else {
            self.series = Series::Ours;
            self.round.stuck.insert(Lane::Push, "forked".into());
        }
    }

    fn append_refused(&mut self, blob: Waiting, upload: Upload, problem: Problem, why: &str) {
        match problem {
            // At another place than we thought; where, it says itself.
            Problem::OffsetMismatch { expected } if expected > upload.offset => {
                let upload = Upload {
                    offset: expected,
                    ..upload
                };
                self.uploaded(blob, upload);
            }
            // The upload is gone, was thrown away or lost its end: offered anew.
            Problem::OffsetMismatch { .. } | Problem::HashMismatch | Problem::NotFound => {
                self.round.current = None;
                self.hurdle(blob, why);
            }
            _ => self.leave(why),
        }
    }

    /// Nothing goes through for now; the round goes on where it was.
    fn wait(&mut self, why: String, after_ms: Option<u64>) -> Rest {
        let chance = self.chance.number();
        Rest {
            ms: self.backoff.failed(chance, after_ms),
            wakes: Wakes::Person,
            standing: Standing::Waiting { why },
        }
    }

    /// The gateway does not want this device: a person has to act, and then it goes on by itself.
    fn block(&mut self, why: String) -> Rest {
        self.session = Session::None;
        self.begin_round();
        let chance = self.chance.number();
        Rest {
            ms: LONGEST_MS / 2 + chance % (LONGEST_MS / 2),
            wakes: Wakes::Person,
            standing: Standing::Blocked { why },
        }
    }
}
