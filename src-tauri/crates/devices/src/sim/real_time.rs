//! The simulated meter in real time: as a port in this process, and on the other end of a serial
//! line, a pty or a TCP connection.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::Line;
use crate::{Cancel, LineSettings, Port, PortError};

/// How long a person who stops it waits at the most.
const LOOKS_UP_EVERY: Duration = Duration::from_millis(50);
/// A wait shorter than this is slept through on top of the last look.
const SHORTEST_WAIT: Duration = Duration::from_micros(200);

/// A simulated line as a port of this process.
#[derive(Debug)]
pub struct SimPort {
    line: Line,
    begun: Instant,
    came: VecDeque<u8>,
}

impl SimPort {
    /// Its time begins now.
    pub fn new(line: Line) -> Self {
        Self {
            line,
            begun: Instant::now(),
            came: VecDeque::new(),
        }
    }
}

impl Port for SimPort {
    fn apply(&mut self, settings: LineSettings) -> Result<(), PortError> {
        self.line.apply(self.begun.elapsed(), settings);
        Ok(())
    }

    fn discard_input(&mut self) -> Result<(), PortError> {
        self.came.clear();
        self.line.due(self.begun.elapsed()).map(drop)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        self.line.feed(self.begun.elapsed(), bytes);
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError> {
        let until = self.begun.elapsed().saturating_add(wait);
        loop {
            let now = self.begun.elapsed();
            if self.came.is_empty() {
                self.came.extend(self.line.due(now)?);
            }
            if !self.came.is_empty() || now >= until {
                let count = self.came.len().min(buffer.len());
                for (place, byte) in buffer.iter_mut().zip(self.came.drain(..count)) {
                    *place = byte;
                }
                return Ok(count);
            }
            let next = self.line.next_due().map_or(until, |next| next.min(until));
            thread::sleep(next.saturating_sub(now).max(SHORTEST_WAIT));
        }
    }
}

/// The meter's side of a port: hears what comes and sends what is due, byte by byte at the line's
/// rate, until `cancel`. Blocking; for a thread of its own.
///
/// The reader's settings are not seen here: they are taken to be the meter's, unless the fault
/// `line=` says that they are not.
///
/// Errors: [`PortError::Gone`] when the other side closes, or a fault unplugs the line; others of
/// the port.
pub fn serve(line: &mut Line, port: &mut dyn Port, cancel: &Cancel) -> Result<(), PortError> {
    let begun = Instant::now();
    let mut settings = None;
    let mut buffer = [0; 256];
    while !cancel.is_cancelled() {
        let wanted = line.settings(begun.elapsed());
        if settings != Some(wanted) {
            port.apply(wanted)?;
            settings = Some(wanted);
        }
        let now = begun.elapsed();
        let next = line
            .next_due()
            .map_or(LOOKS_UP_EVERY, |next| next.saturating_sub(now));
        let count = port.receive(&mut buffer, next.min(LOOKS_UP_EVERY))?;
        line.feed(begun.elapsed(), buffer.get(..count).unwrap_or_default());
        let due = line.due(begun.elapsed())?;
        if !due.is_empty() {
            port.send(&due)?;
        }
    }
    Ok(())
}

/// Serves one connection after the other, each with a fresh copy of `line`, until `cancel`.
/// Blocking; for a thread of its own.
///
/// Errors: when the listener fails.
pub fn serve_tcp(line: &Line, listener: &TcpListener, cancel: &Cancel) -> Result<(), PortError> {
    listener.set_nonblocking(true).map_err(PortError::Failed)?;
    while !cancel.is_cancelled() {
        match listener.accept() {
            Ok((stream, _)) => match Accepted::new(stream) {
                // whoever hung up: the next one may call
                Ok(mut port) => drop(serve(&mut line.clone(), &mut port, cancel)),
                Err(_) => continue,
            },
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(LOOKS_UP_EVERY);
            }
            Err(error) => return Err(PortError::Failed(error)),
        }
    }
    Ok(())
}

/// A reader that called.
struct Accepted(TcpStream);

impl Accepted {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        // each byte goes out when it is due, not when there are more
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }
}

impl Port for Accepted {
    fn apply(&mut self, _: LineSettings) -> Result<(), PortError> {
        Ok(())
    }

    fn discard_input(&mut self) -> Result<(), PortError> {
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        self.0.write_all(bytes).map_err(|_| PortError::Gone)
    }

    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError> {
        let wait = wait.max(SHORTEST_WAIT);
        let timed = self.0.set_read_timeout(Some(wait));
        timed.map_err(PortError::Failed)?;
        match self.0.read(buffer) {
            Ok(0) => Err(PortError::Gone),
            other => waited(other),
        }
    }
}

/// Nothing in time is no error; everything else is the other side's end.
fn waited(read: io::Result<usize>) -> Result<usize, PortError> {
    match read {
        Ok(count) => Ok(count),
        Err(error) => match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {
                Ok(0)
            }
            _ => Err(PortError::Gone),
        },
    }
}

/// A pty whose other end readers open by its name.
#[cfg(all(unix, not(target_os = "android")))]
#[derive(Debug)]
pub struct Pty {
    meter: serialport::TTYPort,
    /// Kept open: without it the meter's end fails until a reader opens the other.
    _reader: serialport::TTYPort,
    name: String,
}

#[cfg(all(unix, not(target_os = "android")))]
impl Pty {
    /// A new one.
    ///
    /// Errors: the system has none left.
    pub fn open() -> Result<Self, PortError> {
        use serialport::SerialPort as _;

        let failed = |error: serialport::Error| PortError::Failed(error.into());
        // neither end is locked, so that a reader gets the other for itself
        let (meter, reader) = serialport::TTYPort::pair().map_err(failed)?;
        let name = reader.name().unwrap_or_default();
        Ok(Self {
            meter,
            _reader: reader,
            name,
        })
    }

    /// What a reader opens.
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(all(unix, not(target_os = "android")))]
impl Port for Pty {
    fn apply(&mut self, _: LineSettings) -> Result<(), PortError> {
        Ok(())
    }

    fn discard_input(&mut self) -> Result<(), PortError> {
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        self.meter.write_all(bytes).map_err(|_| PortError::Gone)
    }

    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError> {
        use serialport::SerialPort as _;

        let timed = self.meter.set_timeout(wait);
        timed.map_err(|error| PortError::Failed(error.into()))?;
        waited(self.meter.read(buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Meter;

    const READ_TOTAL: [u8; 16] = [
        0x68, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x68, 0x11, 0x04, 0x33, 0x33, 0x34, 0x33, 0x17,
        0x16,
    ];

    /// Fast, so that the tests are.
    fn line() -> Line {
        let mut meter = Meter::sample();
        meter.baud = 115_200;
        Line::new(meter, "".parse().unwrap(), 1)
    }

    /// Stops what serves when a test ends, also when it ends badly.
    struct Stops(Cancel);

    impl Drop for Stops {
        fn drop(&mut self) {
            self.0.cancel();
        }
    }

    fn answer(port: &mut dyn Port) -> Vec<u8> {
        port.send(&READ_TOTAL).unwrap();
        let mut came = vec![];
        while came.len() < 24 {
            let mut buffer = [0; 64];
            let count = port.receive(&mut buffer, Duration::from_secs(10)).unwrap();
            assert!(count > 0, "nothing more after {came:02X?}");
            came.extend_from_slice(&buffer[..count]);
        }
        came
    }

    #[test]
    fn a_meter_of_this_process_answers_at_its_rate() {
        let mut meter = Meter::sample();
        meter.baud = 9_600;
        let settings = LineSettings::INFRARED.at(9_600);
        let mut port = SimPort::new(Line::new(meter, "".parse().unwrap(), 1));
        port.apply(settings).unwrap();
        let begun = Instant::now();
        assert_eq!(answer(&mut port)[..5], [0xFE, 0xFE, 0xFE, 0xFE, 0x68]);
        assert!(begun.elapsed() >= settings.wire_time(16 + 24));
    }

    #[test]
    fn a_meter_on_tcp_serves_one_reader_after_the_other() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let cancel = Cancel::default();
        thread::scope(|scope| {
            let stops = Stops(cancel.clone());
            let served = scope.spawn(|| serve_tcp(&line(), &listener, &cancel));
            for _ in 0..2 {
                let mut reader = Accepted::new(TcpStream::connect(address).unwrap()).unwrap();
                assert_eq!(answer(&mut reader)[4], 0x68);
            }
            drop(stops);
            served.join().unwrap().unwrap();
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_meter_on_a_pty_answers_whoever_opens_it_by_its_name() {
        let mut pty = Pty::open().unwrap();
        let name = pty.name().to_owned();
        let cancel = Cancel::default();
        thread::scope(|scope| {
            let stops = Stops(cancel.clone());
            let served = scope.spawn(|| serve(&mut line(), &mut pty, &cancel));
            let mut reader = crate::open(&name.parse().unwrap(), LineSettings::INFRARED).unwrap();
            assert_eq!(answer(&mut *reader)[4], 0x68);
            drop(stops);
            served.join().unwrap().unwrap();
        });
    }
}
