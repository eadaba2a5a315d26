//! What is in a slot, in a real PC/SC stack: the card's end of the virtual reader `vpcd`.
//!
//! The driver listens, the card connects; being connected is being in the reader. Frames both ways:
//! two bytes of length, the high one first, and as many bytes. From the reader one byte is 00 power
//! off, 01 power on, 02 reset, which are not answered, or 04, answered with the answer to reset;
//! all else are commands. Source: measured on vsmartcard-vpcd 3.3.
//!
//! Nothing here looks whether the reader is there first: to connect is to put the card in.

use std::ffi::CStr;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pcsc::{Context, ReaderState, Scope, State};
use socket2::SockRef;

use super::slot::{Heard, NobodyThere, Slot};

/// Where the driver listens for the card of the first reader; for that of the second, one above.
const PORT: u16 = 0x8c7b;
/// How often a reader that refuses the card is tried, and how long between: 5 s in all.
const ATTEMPTS: u32 = 250;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);
/// How long a card that is taken out meanwhile seems to be in still.
const LOOKS_UP_EVERY: Duration = Duration::from_millis(20);
/// How often it is looked up before a silent card is given up, as a reader does that waited for
/// the longest time a card may take. The driver itself would wait without end.
const SILENT_FOR: u32 = 15;
/// The daemon looks into its readers every 0.4 s. Once a failed reset has told it that a card is
/// gone, its next look must find the reader empty, too: of 80 cards put in before that look, it
/// overlooked 80.
const SEEN_WITHIN: Duration = Duration::from_secs(10);
const ONE_MORE_LOOK: Duration = Duration::from_millis(450);

/// Which of the two readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VpcdReader {
    /// `Virtual PCD 00 00`.
    First,
    /// `Virtual PCD 00 01`.
    Second,
}

impl VpcdReader {
    fn name(self) -> &'static CStr {
        match self {
            Self::First => c"Virtual PCD 00 00",
            Self::Second => c"Virtual PCD 00 01",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::First => PORT,
            Self::Second => PORT + 1,
        }
    }
}

/// A slot's card while it is in a virtual reader. A card that was swapped for another is followed
/// by that; when the slot is empty, or this is dropped, the reader is.
#[derive(Debug)]
pub struct InVpcd {
    reader: VpcdReader,
    out: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

/// Puts what is in the slot into a virtual reader. A thread answers for the card until it is taken
/// out; a card that a fault took out is put in again by calling this again.
///
/// Errors: [`ErrorKind::NotFound`] when the slot is empty, [`ErrorKind::ResourceBusy`] when it is
/// taken; what the system says when no reader takes the card within some seconds.
pub fn insert(slot: &Slot, reader: VpcdReader) -> io::Result<InVpcd> {
    let powered = slot.take().map_err(|error| match error {
        NobodyThere::Empty => io::Error::new(ErrorKind::NotFound, "the slot is empty"),
        NobodyThere::Held => io::Error::new(ErrorKind::ResourceBusy, "the slot is taken"),
        NobodyThere::File(error) => io::Error::other(error),
    })?;
    let stream = connect(reader).inspect_err(|_| slot.give(powered.0))?;
    let out = Arc::new(AtomicBool::new(false));
    let serving = thread::spawn({
        let (slot, out) = (slot.clone(), Arc::clone(&out));
        move || serve_all(&slot, powered, stream, reader, &out)
    });
    Ok(InVpcd {
        reader,
        out,
        serving: Some(serving),
    })
}

impl InVpcd {
    /// Takes the card out of the reader, unless a fault did, and waits until the daemon has seen
    /// the reader empty: a card that comes before it did may never be noticed. The card stays in
    /// its slot.
    ///
    /// Errors: [`ErrorKind::TimedOut`] when the daemon sees nothing within some seconds; others when
    /// it cannot be asked.
    pub fn take_out(mut self) -> io::Result<()> {
        self.end();
        let context = Context::establish(Scope::User).map_err(io::Error::other)?;
        let mut states = [ReaderState::new(self.reader.name(), State::UNAWARE)];
        loop {
            match context.get_status_change(SEEN_WITHIN, &mut states) {
                Ok(()) => {}
                Err(pcsc::Error::Timeout) => return Err(ErrorKind::TimedOut.into()),
                Err(error) => return Err(io::Error::other(error)),
            }
            let [state] = &mut states;
            if state.event_state().contains(State::EMPTY) {
                break;
            }
            state.sync_current_state();
        }
        thread::sleep(ONE_MORE_LOOK);
        Ok(())
    }

    /// Whether the card is in the reader still.
    pub fn is_in(&self) -> bool {
        let serving = self.serving.as_ref();
        serving.is_some_and(|serving| !serving.is_finished())
    }

    fn end(&mut self) {
        self.out.store(true, Ordering::Relaxed);
        if let Some(serving) = self.serving.take() {
            // what a thread that panicked had to say is on standard error already
            drop(serving.join());
        }
    }
}

impl Drop for InVpcd {
    fn drop(&mut self) {
        self.end();
    }
}

fn connect(reader: VpcdReader) -> io::Result<TcpStream> {
    let mut attempt = 1;
    let stream = loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, reader.port())) {
            Ok(stream) => break stream,
            Err(_) if attempt < ATTEMPTS => thread::sleep(BETWEEN_ATTEMPTS),
            Err(error) => return Err(error),
        }
        attempt += 1;
    };
    stream.set_read_timeout(Some(LOOKS_UP_EVERY))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The turn a card has in its slot, and its answer to reset.
type Powered = (u64, Vec<u8>);

/// Serves the card of that turn and every one it is swapped for.
fn serve_all(
    slot: &Slot,
    mut powered: Powered,
    mut stream: TcpStream,
    reader: VpcdReader,
    out: &AtomicBool,
) {
    loop {
        let ended = serve(slot, &mut powered, &mut stream, out);
        slot.give(powered.0);
        let Ok(Ended::Pulled { last_words }) = ended else {
            return;
        };
        let Ok(next) = slot.take() else {
            // whoever is gone already needs no last words
            drop(send(&mut stream, last_words.as_deref()));
            return;
        };
        // the driver, which takes one card at a time, shall find the other one waiting as soon as
        // this one is gone
        let waiting = connect(reader);
        drop(send(&mut stream, last_words.as_deref()));
        powered = next;
        match waiting {
            Ok(waiting) => stream = waiting,
            Err(_) => {
                slot.give(powered.0);
                return;
            }
        }
    }
}

/// How a card's time in the reader ends, when nothing fails.
enum Ended {
    /// Taken out by us, or the reader is gone.
    Done,
    /// Out of its slot; another may be in it. The answer it gave before it went is not sent yet.
    Pulled { last_words: Option<Vec<u8>> },
}

const PULLED: Ended = Ended::Pulled { last_words: None };

fn serve(
    slot: &Slot,
    powered: &mut Powered,
    stream: &mut TcpStream,
    out: &AtomicBool,
) -> io::Result<Ended> {
    let mut heard = Vec::new();
    let mut silent_for = None;
    while !out.load(Ordering::Relaxed) {
        if !slot.is_in(powered.0) {
            return Ok(PULLED);
        }
        if silent_for.is_some_and(|looks: u32| looks >= SILENT_FOR) {
            return Ok(Ended::Done);
        }
        // the driver sends length and body apart, and waits with the body until the length is
        // acknowledged, which the kernel else leaves for 40 ms; it forgets this at every read
        SockRef::from(&*stream).set_tcp_quickack(true)?;
        let mut buffer = [0; 512];
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(Ended::Done),
            Ok(len) => heard.extend(buffer.iter().take(len)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                silent_for = silent_for.map(|looks| looks + 1);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        while let Some(frame) = first_frame(&mut heard) {
            match *frame {
                [0x00] => {}
                [0x01 | 0x02] => match slot.take_again(powered.0) {
                    Ok(now) => *powered = now,
                    Err(_) => return Ok(PULLED),
                },
                // asked for before there is power as well, to see whether a card is in
                [0x04] => send(stream, Some(&powered.1))?,
                _ => match slot.exchange(powered.0, &frame) {
                    Heard::Answer(answer) if slot.is_in(powered.0) => send(stream, Some(&answer))?,
                    Heard::Answer(answer) => {
                        let last_words = Some(answer);
                        return Ok(Ended::Pulled { last_words });
                    }
                    Heard::Silence => silent_for = Some(0),
                    Heard::Gone => return Ok(PULLED),
                },
            }
        }
    }
    Ok(Ended::Done)
}

/// Takes the first frame that is there in full.
fn first_frame(heard: &mut Vec<u8>) -> Option<Vec<u8>> {
    let len = usize::from(u16::from_be_bytes(*heard.first_chunk()?));
    let frame = heard.get(2..2 + len)?.to_vec();
    heard.drain(..2 + len);
    Some(frame)
}

fn send(stream: &mut TcpStream, bytes: Option<&[u8]>) -> io::Result<()> {
    let Some(bytes) = bytes else {
        return Ok(());
    };
    let len = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    let frame: Vec<u8> = len
        .to_be_bytes()
        .into_iter()
        .chain(bytes.to_vec())
        .collect();
    stream.write_all(&frame)
}
