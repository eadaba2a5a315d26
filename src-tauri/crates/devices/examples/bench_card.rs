//! How long a full rewrite of a card takes, beside what must be waited for in any case: the round
//! trips of its commands and the syncs of its journal, as they were timed in the same run. One JSON
//! line.
//!
//! `cargo run -p metercrew-devices --example bench_card`; over PC/SC inside of
//! `scripts/with-reader`. The keys are the test keys: without debug assertions it says nothing.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

fn main() {
    #[cfg(all(debug_assertions, target_os = "linux"))]
    bench::run();
}

#[cfg(all(debug_assertions, target_os = "linux"))]
mod bench {
    use std::env;
    use std::fs::File;
    use std::io::Write as _;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use domain::{
        CardClock, CardImage, CardKind, CardSerial, CustomerNo, Fen, Generation, Layout, MeterNo,
        Purse, UserCard, UserFile, WriteBackFile,
    };
    use metercrew_devices::card::{
        CardIdent, CardJob, CardJournal, CardPhase, CardSource, CardTransport, CardWrite,
        JournalError, LinkError, OpenCard, PcscCards, TestKeys, begin_write, carry_on,
    };
    use metercrew_devices::sim::card::{DirectCards, Slot, VirtualCard, VpcdReader, insert};

    /// The median is of so many.
    const RUNS: usize = 25;
    /// A reader is looked at every 0.4 s.
    const INSERTED: Duration = Duration::from_secs(10);

    pub fn run() {
        let slot = Slot::with(VirtualCard::new(image(1)));
        if env::var_os("METERCREW_READER").is_some() {
            let card = insert(&slot, VpcdReader::First).unwrap();
            measure("pcsc", &PcscCards::default());
            drop(card);
        } else {
            measure("direct", &DirectCards::new([slot]));
        }
    }

    /// What was waited for: how often, and how long in all.
    #[derive(Debug, Clone, Copy, Default)]
    struct Waited {
        times: u32,
        long: Duration,
    }

    impl Waited {
        fn since(&mut self, begun: Instant) {
            self.times += 1;
            self.long += begun.elapsed();
        }
    }

    fn measure(reader: &str, cards: &dyn CardSource) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = OnDisk {
            file: File::create(folder.path().join("journal")).unwrap(),
            synced: Waited::default(),
        };
        let transport = cards.connect(None, INSERTED).unwrap();
        let sent = Arc::default();
        let mut card = open(transport, &sent);
        let mut runs: Vec<(f64, Duration, Waited, Waited)> = (0..RUNS)
            .map(|n| {
                // the same card, powered anew, with another purchase each time
                card.reset().unwrap();
                let after = image(2 + u32::try_from(n).unwrap());
                let mut write = write(card.read().unwrap(), after);
                journal.synced = Waited::default();
                *sent.lock().unwrap() = Waited::default();
                let begun = Instant::now();
                let on = &mut |_| {};
                begin_write(&mut card, &write, &mut journal, on).unwrap();
                carry_on(&mut card, &mut write, &mut TestKeys, &mut journal, on).unwrap();
                let took = begun.elapsed();
                let (sent, synced) = (*sent.lock().unwrap(), journal.synced);
                let waited = sent.long + synced.long;
                (
                    took.as_secs_f64() / waited.as_secs_f64(),
                    took,
                    sent,
                    synced,
                )
            })
            .collect();
        runs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (ratio, took, sent, synced) = runs.into_iter().nth(RUNS / 2).unwrap();
        let ms = |long: Duration| long.as_secs_f64() * 1e3;
        println!(
            r#"{{"bench":"card_rewrite","reader":"{reader}","ms":{:.2},"commands":{},"commands_ms":{:.2},"syncs":{},"syncs_ms":{:.2},"ratio":{ratio:.3}}}"#,
            ms(took),
            sent.times,
            ms(sent.long),
            synced.times,
            ms(synced.long),
        );
    }

    fn open(transport: Box<dyn CardTransport>, sent: &Arc<Mutex<Waited>>) -> OpenCard {
        let timed = Timed {
            transport,
            sent: Arc::clone(sent),
        };
        OpenCard::open(Box::new(timed), layout()).unwrap()
    }

    /// Passes everything on, and times it.
    struct Timed {
        transport: Box<dyn CardTransport>,
        sent: Arc<Mutex<Waited>>,
    }

    impl CardTransport for Timed {
        fn ident(&self) -> &CardIdent {
            self.transport.ident()
        }

        fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
            let begun = Instant::now();
            let answer = self.transport.transmit(apdu);
            self.sent.lock().unwrap().since(begun);
            answer
        }

        fn reset(&mut self) -> Result<CardIdent, LinkError> {
            self.transport.reset()
        }
    }

    /// A line for each record, on the disk when it is kept.
    struct OnDisk {
        file: File,
        synced: Waited,
    }

    impl CardJournal for OnDisk {
        fn keep(&mut self, write: &CardWrite) -> Result<(), JournalError> {
            let mut line = serde_json::to_vec(write).map_err(|e| JournalError(e.into()))?;
            line.push(b'\n');
            let begun = Instant::now();
            let kept = self
                .file
                .write_all(&line)
                .and_then(|()| self.file.sync_all());
            self.synced.since(begun);
            kept.map_err(|e| JournalError(e.into()))
        }
    }

    fn write(before: CardImage, after: CardImage) -> CardWrite {
        CardWrite {
            authorisation: serde_json::from_str("\"01940000-0000-7000-8000-000000000001\"")
                .unwrap(),
            order: serde_json::from_str("\"made-up order\"").unwrap(),
            generation: Generation::G2013,
            void: None,
            write: CardJob { before, after },
            phase: CardPhase::Intent,
        }
    }

    fn image(count: u32) -> CardImage {
        let card = UserCard {
            serial: CardSerial::from_bytes([0x20, 0x26, 0, 0, 0, 0, 0, 1]),
            user_file: UserFile {
                kind: CardKind::Purchase,
                meter_no: MeterNo::from_number(7).unwrap(),
                customer_no: CustomerNo::from_number(1).unwrap(),
                update_flags: 0xff,
                tariff_switch: CardClock::default(),
                alarm_1: Fen::ZERO,
                alarm_2: Fen::ZERO,
                current_ratio: 1,
                voltage_ratio: 1,
            },
            purse: Purse {
                money: Fen::from(13_765),
                count,
            },
            write_back: WriteBackFile::Empty,
        };
        layout().encode(&card).unwrap()
    }

    fn layout() -> &'static Layout {
        Layout::of(Generation::G2013).unwrap()
    }
}
