//! The line between a reader and the simulated meter: bytes take their time and meet faults. A pure
//! machine in a time of its own, so that an hour passes in no time.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::fault::{Faults, SecondMeter};
use super::meter::{Meter, Reply, next_address};
use super::random::Random;
use super::waveform::heard_as;
use crate::{DataBits, LineSettings, PortError};

/// Between the answers of two meters that do not speak at once.
const BETWEEN_METERS: Duration = Duration::from_millis(30);
/// With `follow_up`: longer answers are split. Unit: bytes.
const SPLIT_AT: usize = 12;
/// Noise is at most so long, on each side. Unit: bytes.
const MOST_NOISE: usize = 8;

/// A meter at the end of a line.
#[derive(Debug, Clone)]
pub struct Line {
    meter: Meter,
    second: Option<Meter>,
    faults: Faults,
    random: Random,
    /// The reader's settings, as far as they are known.
    reader: Option<LineSettings>,
    /// The reader's bytes on their way: when each has arrived, and how it was put on the line.
    coming: VecDeque<(Duration, u8, Option<LineSettings>)>,
    /// Answers not begun yet, by their start.
    answers: VecDeque<Answer>,
    /// Bytes on their way to the reader, by arrival.
    going: BTreeMap<(Duration, u64), u8>,
    numbered: u64,
    sends_until: Duration,
    given: usize,
    carried: Duration,
}

/// An answer with the noise around it.
#[derive(Debug, Clone)]
struct Answer {
    starts: Duration,
    reply: Reply,
    /// So many bytes at its end are noise: the meter hears again while they come.
    noise: usize,
}

impl Answer {
    /// When the meter has finished.
    fn ends(&self) -> Duration {
        let said = self.reply.bytes.len().saturating_sub(self.noise);
        self.starts
            .saturating_add(self.reply.settings.wire_time(said))
    }
}

impl Line {
    /// A line with a meter and faults; the same seed spoils the same bits.
    pub fn new(mut meter: Meter, faults: Faults, seed: u64) -> Self {
        let usual = meter.settings(Duration::ZERO);
        let second = faults.second.is_some().then(|| meter.neighbour());
        if faults.wrong_address {
            meter.impostor = Some(next_address(&meter.comm_address));
        }
        if faults.follow_up {
            meter.longest = Some(SPLIT_AT);
        }
        meter.lead = faults.lead.unwrap_or(meter.lead);
        if let Some(baud) = faults.line {
            meter.baud = baud;
            meter.iec_start = baud;
        }
        Self {
            meter,
            second,
            random: Random::new(seed),
            // a reader that tells no settings has the language's own, and the meter has not
            reader: faults.line.map(|_| usual),
            faults,
            coming: VecDeque::new(),
            answers: VecDeque::new(),
            going: BTreeMap::new(),
            numbered: 0,
            sends_until: Duration::ZERO,
            given: 0,
            carried: Duration::ZERO,
        }
    }

    /// The meter.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The meter, to change it while it runs.
    pub fn meter_mut(&mut self) -> &mut Meter {
        &mut self.meter
    }

    /// The reader sets its side. What is on the line at that moment suffers: its own last bytes
    /// leave at the new rate, and those that are coming are lost.
    pub fn apply(&mut self, now: Duration, settings: LineSettings) {
        self.advance(now);
        if self.reader == Some(settings) {
            return;
        }
        self.reader = Some(settings);
        for (_, _, sent) in &mut self.coming {
            *sent = Some(settings);
        }
        self.going.retain(|(at, _), _| *at <= now);
    }

    /// The reader sends bytes; the line takes its time to carry them.
    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        self.advance(now);
        let settings = self.reader.unwrap_or_else(|| self.meter.settings(now));
        let free = self.coming.back().map_or(now, |(at, ..)| now.max(*at));
        let arrivals = bytes.iter().zip(1..).map(|(byte, count)| {
            let at = free.saturating_add(settings.wire_time(count));
            (at, *byte, self.reader)
        });
        self.coming.extend(arrivals);
        self.carried = self.carried.saturating_add(settings.wire_time(bytes.len()));
    }

    /// Bytes that have come to the reader by now.
    ///
    /// Errors: [`PortError::Gone`] once it is unplugged.
    pub fn due(&mut self, now: Duration) -> Result<Vec<u8>, PortError> {
        self.advance(now);
        let left = self
            .faults
            .unplug
            .map_or(usize::MAX, |most| most.saturating_sub(self.given));
        if left == 0 {
            return Err(PortError::Gone);
        }
        let mut came = vec![];
        while let Some(next) = self.going.first_entry().filter(|next| next.key().0 <= now) {
            if came.len() >= left {
                break;
            }
            came.push(next.remove());
        }
        self.given = self.given.saturating_add(came.len());
        Ok(came)
    }

    /// When something happens next; it may be something the reader does not notice.
    pub fn next_due(&self) -> Option<Duration> {
        let coming = match self.faults.echo {
            true => self.coming.front(),
            // the meter answers nothing before the last byte of what is on its way
            false => self.coming.back(),
        };
        let gone = self.faults.unplug.is_some_and(|most| self.given >= most);
        [
            coming.map(|(at, ..)| *at),
            self.answers.front().map(|answer| answer.starts),
            self.going.first_key_value().map(|((at, _), _)| *at),
            gone.then_some(Duration::ZERO),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// How long the line has carried bytes of either side, without the pauses between.
    pub fn carried(&self) -> Duration {
        self.carried
    }

    /// How the meter's side of a port has to be set now.
    pub fn settings(&self, now: Duration) -> LineSettings {
        self.meter.settings(now)
    }

    /// Everything up to then, in its order.
    fn advance(&mut self, until: Duration) {
        loop {
            let arrives = self.coming.front().map(|(at, ..)| *at);
            let starts = self.answers.front().map(|answer| answer.starts);
            match (arrives, starts) {
                (Some(at), starts) if at <= until && starts.is_none_or(|starts| at <= starts) => {
                    self.arrive(until.min(starts.unwrap_or(until)));
                }
                (_, Some(starts)) if starts <= until => {
                    if let Some(answer) = self.answers.pop_front() {
                        self.begin(&answer);
                    }
                }
                _ => return,
            }
        }
    }

    /// The reader's bytes that arrive until then and were put on the line in the same way.
    fn arrive(&mut self, until: Duration) {
        let Some((mut at, byte, sent)) = self.coming.pop_front() else {
            return;
        };
        let mut bytes = vec![byte];
        let same = |next: &(Duration, u8, Option<LineSettings>)| next.0 <= until && next.2 == sent;
        while let Some((next, byte, _)) = self.coming.pop_front_if(|next| same(next)) {
            at = next;
            bytes.push(byte);
        }
        if self.faults.echo {
            let settings = sent.unwrap_or_else(|| self.meter.settings(at));
            for (byte, count) in bytes.iter().zip(0_usize..) {
                let after = bytes.len().saturating_sub(count.saturating_add(1));
                self.give(at.saturating_sub(settings.wire_time(after)), *byte);
            }
        }
        // it hears nothing while it speaks
        if at > self.sends_until {
            self.hear(at, sent, &bytes);
        }
    }

    fn hear(&mut self, at: Duration, sent: Option<LineSettings>, bytes: &[u8]) {
        let first = self.meter.hear(at, sent, bytes);
        let second = match &mut self.second {
            Some(second) => second.hear(at, sent, bytes),
            None => vec![],
        };
        let mut second = second.into_iter();
        for reply in first {
            match (self.faults.second, second.next()) {
                (Some(SecondMeter::AtOnce), Some(other)) => {
                    let bytes = self.mixed(&reply.bytes, &other.bytes);
                    self.answer(at, Reply { bytes, ..reply });
                }
                (_, Some(other)) => {
                    self.answer(at, reply);
                    self.answer(at, other);
                }
                (_, None) => self.answer(at, reply),
            }
        }
        for reply in second {
            self.answer(at, reply);
        }
    }

    fn answer(&mut self, at: Duration, reply: Reply) {
        let soonest = at
            .saturating_add(reply.after)
            .saturating_add(self.faults.slow);
        let free = match self.answers.back() {
            Some(before) => before.ends().saturating_add(BETWEEN_METERS),
            None => self.sends_until,
        };
        if let Some((reply, noise)) = self.spoiled(reply) {
            self.answers.push_back(Answer {
                starts: soonest.max(free),
                reply,
                noise,
            });
        }
    }

    /// An answer begins: its bytes are on their way, as the reader's settings make them.
    fn begin(&mut self, answer: &Answer) {
        let Answer { starts, reply, .. } = answer;
        self.sends_until = answer.ends();
        let whole = reply.settings.wire_time(reply.bytes.len());
        self.carried = self.carried.saturating_add(whole);
        let reader = self.reader.unwrap_or(reply.settings);
        let heard = heard_as(&reply.bytes, reply.settings, reader);
        let piece = self.faults.pieces.unwrap_or(1);
        for (at, byte) in heard.iter().enumerate() {
            let whole = (at / piece).saturating_add(1).saturating_mul(piece);
            let carried = whole.min(heard.len());
            let after = reply.settings.wire_time(carried);
            self.give(starts.saturating_add(after), *byte);
        }
    }

    fn give(&mut self, at: Duration, byte: u8) {
        self.numbered = self.numbered.wrapping_add(1);
        self.going.insert((at, self.numbered), byte);
    }

    /// What is left of an answer, and how many bytes at its end are noise.
    fn spoiled(&mut self, mut reply: Reply) -> Option<(Reply, usize)> {
        let befalls = match self.faults.chance {
            Some(percent) => self.random.below(100) < usize::from(percent),
            None => true,
        };
        if !befalls {
            return Some((reply, 0));
        }
        if self.faults.silent {
            return None;
        }
        self.flip(&mut reply);
        if let Some(most) = self.faults.cut {
            reply.bytes.truncate(most);
        }
        if !self.faults.noise {
            return Some((reply, 0));
        }
        let (before, after) = (self.noise(), self.noise());
        let noise = after.len();
        reply.bytes = [before, reply.bytes, after].concat();
        Some((reply, noise))
    }

    /// Different bits, none of them in the FE before a frame, where they would change nothing.
    fn flip(&mut self, reply: &mut Reply) {
        let lead = reply.bytes.iter().take_while(|byte| **byte == 0xFE).count();
        let width = match reply.settings.data_bits {
            DataBits::Seven => 7,
            DataBits::Eight => 8,
        };
        let bits = reply.bytes.len().saturating_sub(lead).saturating_mul(width);
        let mut flipped = vec![];
        while flipped.len() < self.faults.flip.min(bits) {
            let bit = self.random.below(bits);
            if flipped.contains(&bit) {
                continue;
            }
            flipped.push(bit);
            if let Some(byte) = reply.bytes.get_mut(lead.saturating_add(bit / width)) {
                *byte ^= 1 << (bit % width);
            }
        }
    }

    fn noise(&mut self) -> Vec<u8> {
        let count = self.random.below(MOST_NOISE).saturating_add(1);
        (0..count).map(|_| self.random.noise()).collect()
    }

    /// Both at once: now a few bytes of one come through, now of the other.
    fn mixed(&mut self, first: &[u8], second: &[u8]) -> Vec<u8> {
        let mut both = [first.iter().copied(), second.iter().copied()];
        let mut mixed = vec![];
        while mixed.len() < first.len().saturating_add(second.len()) {
            let (speaker, count) = (self.random.below(2), self.random.below(3));
            if let Some(bytes) = both.get_mut(speaker) {
                mixed.extend(bytes.take(count.saturating_add(1)));
            }
        }
        mixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ_TOTAL: [u8; 16] = [
        0x68, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x68, 0x11, 0x04, 0x33, 0x33, 0x34, 0x33, 0x17,
        0x16,
    ];

    fn line(faults: &str) -> Line {
        Line::new(Meter::sample(), faults.parse().unwrap(), 1)
    }

    /// Everything that comes after one question, with its arrival.
    fn asked(line: &mut Line) -> Vec<(Duration, u8)> {
        line.feed(Duration::ZERO, &READ_TOTAL);
        let mut came = vec![];
        while let Some(at) = line.next_due() {
            match line.due(at) {
                Ok(bytes) => came.extend(bytes.into_iter().map(|byte| (at, byte))),
                Err(_) => break,
            }
        }
        came
    }

    fn bytes(came: &[(Duration, u8)]) -> Vec<u8> {
        came.iter().map(|(_, byte)| *byte).collect()
    }

    #[test]
    fn an_answer_takes_the_time_of_its_bytes() {
        let came = asked(&mut line(""));
        assert_eq!(came.len(), 24);
        let settings = LineSettings::INFRARED;
        let begins = settings.wire_time(16) + Meter::sample().reaction;
        assert_eq!(came[0].0, begins + settings.wire_time(1));
        assert_eq!(came[23].0, begins + settings.wire_time(24));
    }

    #[test]
    fn faults_do_what_their_names_say() {
        let clean = bytes(&asked(&mut line("")));
        let echoed = [READ_TOTAL.as_slice(), &clean].concat();
        assert_eq!(bytes(&asked(&mut line("echo"))), echoed);
        assert!(asked(&mut line("silent")).is_empty());
        assert_eq!(bytes(&asked(&mut line("lead=0"))), clean[4..]);
        assert_eq!(bytes(&asked(&mut line("cut=9"))), clean[..9]);
        assert_eq!(bytes(&asked(&mut line("unplug=7"))), clean[..7]);
        let noisy = bytes(&asked(&mut line("noise")));
        assert!(noisy.len() > clean.len());
        assert!(noisy.windows(clean.len()).any(|w| w == clean));
        for count in [1, 2, 5] {
            let spoiled = bytes(&asked(&mut line(&format!("flip={count}"))));
            let turned = spoiled
                .iter()
                .zip(&clean)
                .map(|(a, b)| (a ^ b).count_ones());
            assert_eq!(turned.sum::<u32>(), count);
        }
        let late = asked(&mut line("slow=1500"));
        assert_eq!(
            late[0].0 - asked(&mut line(""))[0].0,
            Duration::from_millis(1_500)
        );
        let pieces = asked(&mut line("pieces=10"));
        assert_eq!(bytes(&pieces), clean);
        let mut moments: Vec<_> = pieces.iter().map(|(at, _)| *at).collect();
        moments.dedup();
        assert_eq!(moments.len(), 3);
        let two = bytes(&asked(&mut line("two_meters")));
        assert_eq!(two, clean, "the other has another address");
        assert_ne!(bytes(&asked(&mut line("wrong_address"))), clean);
    }

    #[test]
    fn settings_that_do_not_agree_carry_no_question() {
        for (faults, reader, answered) in [
            ("", Some(1_200), true),
            ("", Some(2_400), false),
            ("line=2400", Some(2_400), true),
            ("line=2400", Some(1_200), false),
            ("line=2400", None, false),
        ] {
            let mut line = line(faults);
            if let Some(baud) = reader {
                line.apply(Duration::ZERO, LineSettings::INFRARED.at(baud));
            }
            assert_eq!(
                !asked(&mut line).is_empty(),
                answered,
                "{faults} {reader:?}"
            );
        }
    }

    #[test]
    fn a_reader_that_changes_its_rate_before_its_bytes_have_left_is_not_understood() {
        for (wait, answered) in [(true, true), (false, false)] {
            let mut line = line("");
            line.apply(Duration::ZERO, LineSettings::INFRARED);
            line.feed(Duration::ZERO, &READ_TOTAL);
            let left = LineSettings::INFRARED.wire_time(READ_TOTAL.len());
            let now = if wait { left } else { left / 2 };
            line.apply(now, LineSettings::INFRARED.at(9_600));
            line.apply(left, LineSettings::INFRARED);
            let came = line.due(Duration::from_secs(5)).unwrap();
            assert_eq!(!came.is_empty(), answered);
        }
    }

    #[test]
    fn the_same_seed_spoils_the_same_bits() {
        let run = |seed| {
            let faults = "noise,flip=2".parse().unwrap();
            bytes(&asked(&mut Line::new(Meter::sample(), faults, seed)))
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}
