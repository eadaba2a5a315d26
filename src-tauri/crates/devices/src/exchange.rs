//! One question and its answer: sent, waited for, sent again, given up. What an answer is, the
//! language says.

use std::time::Duration;

use crate::{LineSettings, ReadError, Step};

/// How long to wait, and how often to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// From the question's last bit to the answer's first. DL/T 645-2007, 5.2.5 as quoted gives a
    /// meter 500 ms; some take longer.
    pub first_byte: Duration,
    /// Between two bytes of an answer. The same clause: 500 ms.
    pub next_byte: Duration,
    /// How often a question is sent at the most.
    pub tries: u8,
}

impl Patience {
    pub(crate) const METER: Self = Self {
        first_byte: Duration::from_millis(1_000),
        next_byte: Duration::from_millis(500),
        tries: 3,
    };
}

/// More than any answer is long, with garbage around it; what comes beyond pushes out the oldest.
const HEARD_LIMIT: usize = 4_096;

/// A question under way.
#[derive(Debug)]
pub(crate) struct Exchange {
    question: Vec<u8>,
    settings: LineSettings,
    patience: Patience,
    longest_answer: usize,
    sent: u8,
    /// When to stop waiting; none while the question has to be sent (again).
    until: Option<Duration>,
    /// When to stop waiting although bytes still come: no answer lasts longer, so it is noise.
    latest: Duration,
    heard: Vec<u8>,
}

/// What to do about a question.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Do this step.
    Do(Step),
    /// It was asked often enough; why there is no answer: [`ReadError::Silent`],
    /// [`ReadError::EchoOnly`] or [`ReadError::Noise`].
    GaveUp(ReadError),
}

impl Exchange {
    /// A question that has not been sent yet.
    pub(crate) fn new(question: Vec<u8>, settings: LineSettings, patience: Patience) -> Self {
        Self {
            question,
            settings,
            patience,
            longest_answer: HEARD_LIMIT,
            sent: 0,
            until: None,
            latest: Duration::MAX,
            heard: vec![],
        }
    }

    /// The same, of which the answer has at most so many bytes with the noise around it: a line
    /// that never falls silent is not waited for beyond the time they take.
    pub(crate) fn answered_within(self, bytes: usize) -> Self {
        Self {
            longest_answer: bytes,
            ..self
        }
    }

    /// What to do next, when what was heard is no answer yet.
    pub(crate) fn turn(&mut self, now: Duration) -> Turn {
        if let Some(until) = self.until.filter(|until| now < *until) {
            return Turn::Do(Step::Listen { until });
        }
        if self.sent >= self.patience.tries {
            return Turn::GaveUp(
                match (self.heard.is_empty(), self.beyond_echo().is_empty()) {
                    (true, _) => ReadError::Silent,
                    (false, true) => ReadError::EchoOnly,
                    (false, false) => ReadError::Noise,
                },
            );
        }
        self.sent = self.sent.saturating_add(1);
        // the driver may take the bytes before they have left, and they may come back as an echo
        let wire = self.settings.wire_time(self.question.len());
        let first = now
            .saturating_add(wire)
            .saturating_add(self.patience.first_byte);
        self.until = Some(first);
        self.latest = first.saturating_add(self.settings.wire_time(self.longest_answer));
        self.heard.clear();
        Turn::Do(Step::Send(self.question.clone()))
    }

    /// So many other bytes are being sent, and the rest of the answer comes after them: the wait
    /// for it begins anew.
    pub(crate) fn interposed(&mut self, now: Duration, bytes: usize) {
        let first = now
            .saturating_add(self.settings.wire_time(bytes))
            .saturating_add(self.patience.first_byte);
        self.until = Some(first);
        self.latest = first.saturating_add(self.settings.wire_time(self.longest_answer));
    }

    /// Bytes that came.
    pub(crate) fn heard(&mut self, now: Duration, bytes: &[u8]) {
        self.heard.extend_from_slice(bytes);
        let excess = self.heard.len().saturating_sub(HEARD_LIMIT);
        self.heard.drain(..excess);
        // an answer begins as its question does, so that its first bytes look like an echo; a real
        // echo is over long before the wait for the first byte is
        let next = now.saturating_add(self.patience.next_byte);
        let next = next.min(self.latest);
        self.until = self.until.map(|until| until.max(next));
    }

    /// What came, with the echo of the question in front cut off as far as it has come.
    pub(crate) fn beyond_echo(&self) -> &[u8] {
        let begun = self.heard.iter().zip(&self.question);
        let echoed = begun.take_while(|(heard, sent)| heard == sent).count();
        match echoed == self.heard.len() || echoed == self.question.len() {
            true => self.heard.get(echoed..).unwrap_or_default(),
            false => &self.heard,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        Exchange::new(vec![1, 2, 3], LineSettings::INFRARED, Patience::METER)
    }

    /// Runs with nothing heard but `heard` after each send.
    fn gives_up(heard: &[u8]) -> (usize, ReadError) {
        let (mut exchange, mut now, mut sends) = (exchange(), Duration::ZERO, 0);
        loop {
            match exchange.turn(now) {
                Turn::Do(Step::Send(_)) => {
                    sends += 1;
                    exchange.heard(now, heard);
                }
                Turn::Do(Step::Listen { until }) => now = until,
                Turn::Do(other) => panic!("{other:?}"),
                Turn::GaveUp(why) => return (sends, why),
            }
        }
    }

    #[test]
    fn a_question_is_sent_three_times_and_then_given_up_with_what_was_heard() {
        assert!(matches!(gives_up(&[]), (3, ReadError::Silent)));
        assert!(matches!(gives_up(&[1, 2, 3]), (3, ReadError::EchoOnly)));
        assert!(matches!(gives_up(&[1, 2, 3, 9]), (3, ReadError::Noise)));
        assert!(matches!(gives_up(&[9]), (3, ReadError::Noise)));
    }

    #[test]
    fn an_echo_in_pieces_is_cut_off_and_an_answer_is_kept() {
        let mut exchange = exchange();
        let _ = exchange.turn(Duration::ZERO);
        exchange.heard(Duration::ZERO, &[1, 2]);
        assert!(exchange.beyond_echo().is_empty());
        exchange.heard(Duration::ZERO, &[3, 1, 7]);
        assert_eq!(exchange.beyond_echo(), [1, 7]);
    }

    #[test]
    fn a_line_that_never_falls_silent_is_given_up_when_no_answer_lasts_longer() {
        let mut exchange = exchange().answered_within(120);
        let (mut now, mut sends) = (Duration::ZERO, 0);
        let why = loop {
            assert!(now < Duration::from_secs(60), "it is never given up");
            match exchange.turn(now) {
                Turn::Do(Step::Send(_)) => sends += 1,
                Turn::Do(_) => {
                    now += Duration::from_millis(100);
                    exchange.heard(now, &[9]);
                }
                Turn::GaveUp(why) => break why,
            }
        };
        assert!(matches!(why, ReadError::Noise));
        assert_eq!(sends, 3);
        // 3 bytes out, 1 s for the first byte, 120 bytes in, to the next tenth: 2.2 s a try
        assert_eq!(now, Duration::from_millis(6_600));
    }

    #[test]
    fn an_answer_that_begins_as_its_question_is_waited_for_to_its_end() {
        let mut exchange = exchange();
        let _ = exchange.turn(Duration::ZERO);
        let until = |exchange: &mut Exchange, now| match exchange.turn(now) {
            Turn::Do(Step::Listen { until }) => until,
            other => panic!("{other:?}"),
        };
        let first = until(&mut exchange, Duration::ZERO);
        let late = first - Duration::from_millis(10);
        exchange.heard(late, &[1, 2]);
        assert_eq!(until(&mut exchange, late), late + Patience::METER.next_byte);
    }

    #[test]
    fn what_comes_without_end_takes_no_memory_without_end() {
        let mut exchange = exchange();
        let _ = exchange.turn(Duration::ZERO);
        for _ in 0..100 {
            exchange.heard(Duration::ZERO, &[9; 1_000]);
        }
        assert_eq!(exchange.beyond_echo().len(), HEARD_LIMIT);
    }
}
