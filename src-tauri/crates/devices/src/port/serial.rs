//! A serial device: a USB probe, a Bluetooth one paired as a serial line, a port of the machine.
//!
//! By `serialport` 4.10 (MPL-2.0, one feature less than default, so that no libudev is needed);
//! what is said here of errors was measured with it on ptys.

use std::io::{self, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, ErrorKind, SerialPort};

use crate::{DataBits, LineSettings, Parity, Port, PortError};

/// A frame fits the driver's buffer; a driver that takes nothing for so long is stuck.
const TAKEN_WITHIN: Duration = Duration::from_secs(2);

/// What a driver may take beyond the time its bytes are on the line, before we no longer wait for
/// them to leave: a probe that cannot say must not hold a session up.
const LEFT_AFTER: Duration = Duration::from_millis(500);

/// How often the driver is asked whether the bytes have left: a fifth of a byte's time at 300 baud.
const ASKED_EVERY: Duration = Duration::from_millis(5);

pub(crate) struct Serial {
    device: Box<dyn SerialPort>,
    settings: LineSettings,
}

impl Serial {
    /// Opens for this program alone.
    pub(crate) fn open(name: &str, settings: LineSettings) -> Result<Self, PortError> {
        if settings.baud == 0 {
            return Err(PortError::Settings { baud: 0 });
        }
        let builder = serialport::new(name, settings.baud)
            .data_bits(data_bits(settings))
            .parity(parity(settings))
            .timeout(TAKEN_WITHIN);
        let mut device = builder.open().map_err(|error| cannot_open(name, error))?;
        // Many probes take their power from these two; what has no such lines (a pty, some
        // Bluetooth drivers) says so here or at the first byte, so that no answer matters.
        let _ = device.write_data_terminal_ready(true);
        let _ = device.write_request_to_send(true);
        Ok(Self { device, settings })
    }
}

impl Port for Serial {
    fn apply(&mut self, settings: LineSettings) -> Result<(), PortError> {
        let applied = match settings.baud {
            // to the driver this means: hang up
            0 => return Err(PortError::Settings { baud: 0 }),
            baud => self.device.set_baud_rate(baud),
        };
        applied
            .and_then(|()| self.device.set_data_bits(data_bits(settings)))
            .and_then(|()| self.device.set_parity(parity(settings)))
            .map_err(|error| match is_told(&error.description, &REFUSED) {
                true => PortError::Settings {
                    baud: settings.baud,
                },
                false => failed(error.into()),
            })?;
        self.settings = settings;
        Ok(())
    }

    fn discard_input(&mut self) -> Result<(), PortError> {
        let cleared = self.device.clear(ClearBuffer::Input);
        cleared.map_err(|error| failed(error.into()))
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        let begun = Instant::now();
        self.device.set_timeout(TAKEN_WITHIN).map_err(gone_or)?;
        self.device.write_all(bytes).map_err(failed)?;
        // Not the driver's own "drain": it can wait without end for a probe that stopped.
        let most = self
            .settings
            .wire_time(bytes.len())
            .saturating_add(LEFT_AFTER);
        while begun.elapsed() < most && self.device.bytes_to_write().is_ok_and(|left| left > 0) {
            thread::sleep(ASKED_EVERY);
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError> {
        self.device.set_timeout(wait).map_err(gone_or)?;
        match self.device.read(buffer) {
            Ok(0) => Err(PortError::Gone),
            Ok(count) => Ok(count),
            Err(error) => match error.kind() {
                io::ErrorKind::TimedOut
                | io::ErrorKind::WouldBlock
                | io::ErrorKind::Interrupted => Ok(0),
                _ => Err(failed(error)),
            },
        }
    }
}

fn data_bits(settings: LineSettings) -> serialport::DataBits {
    match settings.data_bits {
        DataBits::Seven => serialport::DataBits::Seven,
        DataBits::Eight => serialport::DataBits::Eight,
    }
}

fn parity(settings: LineSettings) -> serialport::Parity {
    match settings.parity {
        Parity::None => serialport::Parity::None,
        Parity::Even => serialport::Parity::Even,
    }
}

// `serialport` keeps the system's error number of few errors only; of the others it keeps the words
// alone, which on Unix are a fixed table in `nix` and not the system's language.

/// EIO, ENXIO, ENODEV: the hardware went away, or there never was any behind this name.
const NO_HARDWARE: [&str; 3] = ["I/O error", "No such device or address", "No such device"];

/// EINVAL: the driver does not do these settings.
const REFUSED: [&str; 1] = ["Invalid argument"];

/// ENOTTY: what the name stands for is a file.
const NOT_SERIAL: [&str; 1] = ["Not a typewriter"];

fn is_told(words: &str, those: &[&str]) -> bool {
    those.contains(&words)
}

fn cannot_open(name: &str, error: serialport::Error) -> PortError {
    let name = name.to_owned();
    let words = error.description.as_str();
    match error.kind {
        // on Unix what is not there is `Io(NotFound)`, and this the lock that another one holds
        ErrorKind::NoDevice if cfg!(unix) => PortError::Busy { name },
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::NotFound) => {
            PortError::NotFound { name }
        }
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => PortError::Denied { name },
        ErrorKind::Unknown if is_told(words, &NO_HARDWARE) => PortError::NotFound { name },
        ErrorKind::Unknown if is_told(words, &NOT_SERIAL) => PortError::BadName { name },
        ErrorKind::InvalidInput | ErrorKind::Io(_) | ErrorKind::Unknown => {
            PortError::Failed(error.into())
        }
    }
}

fn gone_or(error: serialport::Error) -> PortError {
    failed(error.into())
}

fn failed(error: io::Error) -> PortError {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::NotFound => PortError::Gone,
        io::ErrorKind::Other if is_told(&error.to_string(), &NO_HARDWARE) => PortError::Gone,
        _ => PortError::Failed(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc;

    use serialport::TTYPort;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    /// The far end, the near end's first owner (as long as it lives the far end is no dead line),
    /// and the near end's name.
    fn pair() -> (TTYPort, TTYPort, String) {
        let (far, near) = TTYPort::pair().unwrap();
        let name = near.name().unwrap();
        (far, near, name)
    }

    #[test]
    fn a_port_that_is_open_is_busy_and_free_again_when_closed() {
        let (_far, _near, name) = pair();
        let first = Serial::open(&name, LineSettings::INFRARED).unwrap();
        assert!(matches!(
            Serial::open(&name, LineSettings::INFRARED),
            Err(PortError::Busy { name: which }) if which == name
        ));
        drop(first);
        assert!(Serial::open(&name, LineSettings::INFRARED).is_ok());
    }

    #[test]
    fn bytes_go_both_ways_and_a_pty_takes_any_settings() {
        let (mut far, _near, name) = pair();
        far.set_timeout(LONG).unwrap();
        let mut port = Serial::open(&name, LineSettings::INFRARED).unwrap();
        port.send(&[0xFE, 0x68, 0x0A, 0x11]).unwrap();
        let mut asked = [0; 4];
        far.read_exact(&mut asked).unwrap();
        assert_eq!(asked, [0xFE, 0x68, 0x0A, 0x11]);
        port.apply(LineSettings::IEC_START).unwrap();
        port.apply(LineSettings::IEC_START.at(9_600)).unwrap();
        far.write_all(&[0x0D, 0xFF]).unwrap();
        let mut buffer = [0; 8];
        let mut came = vec![];
        while came.len() < 2 {
            let count = port.receive(&mut buffer, LONG).unwrap();
            came.extend_from_slice(&buffer[..count]);
        }
        assert_eq!(came, [0x0D, 0xFF]);
        assert_eq!(port.receive(&mut buffer, Duration::ZERO).unwrap(), 0);
        assert!(matches!(
            port.apply(LineSettings::INFRARED.at(0)),
            Err(PortError::Settings { baud: 0 })
        ));
    }

    #[test]
    fn what_came_before_is_forgotten() {
        let (mut far, _near, name) = pair();
        let mut port = Serial::open(&name, LineSettings::INFRARED).unwrap();
        far.write_all(&[1, 1, 1]).unwrap();
        let mut one = [0; 1];
        assert_eq!(port.receive(&mut one, LONG).unwrap(), 1);
        port.discard_input().unwrap();
        far.write_all(&[2]).unwrap();
        assert_eq!(port.receive(&mut one, LONG).unwrap(), 1);
        assert_eq!(one, [2]);
    }

    #[test]
    fn a_port_pulled_in_the_middle_of_a_read_is_gone() {
        let (mut far, near, name) = pair();
        let mut port = Serial::open(&name, LineSettings::INFRARED).unwrap();
        drop(near);
        let (began, reads) = mpsc::channel();
        let reading = thread::spawn(move || {
            let mut buffer = [0; 8];
            loop {
                match port.receive(&mut buffer, LONG) {
                    Ok(_) => began.send(()).unwrap(),
                    Err(error) => return (error, port),
                }
            }
        });
        far.write_all(&[0x68]).unwrap();
        reads.recv().unwrap();
        drop(far);
        let (error, mut port) = reading.join().unwrap();
        assert!(matches!(error, PortError::Gone), "{error:?}");
        let after = port.send(&[1]);
        assert!(matches!(after, Err(PortError::Gone)), "{after:?}");
        let after = port.discard_input();
        assert!(matches!(after, Err(PortError::Gone)), "{after:?}");
        let after = port.apply(LineSettings::IEC_START);
        assert!(matches!(after, Err(PortError::Gone)), "{after:?}");
    }

    #[test]
    fn a_path_without_a_device_is_not_found_and_a_file_is_no_port() {
        assert!(matches!(
            Serial::open("/dev/ttyNone0", LineSettings::INFRARED),
            Err(PortError::NotFound { name }) if name == "/dev/ttyNone0"
        ));
        let file = tempfile::NamedTempFile::new().unwrap();
        let opened = Serial::open(file.path().to_str().unwrap(), LineSettings::INFRARED);
        assert!(matches!(opened, Err(PortError::BadName { .. })));
    }
}
