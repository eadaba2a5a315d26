//! The line to a meter: a byte pipe with settings, whatever carries it.

mod list;
mod name;
#[cfg(not(target_os = "android"))]
mod serial;
mod tcp;

use std::io;
use std::time::Duration;

pub use list::{AvailablePort, available_ports};
pub use name::PortName;

/// Bits of a byte that carry data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataBits {
    /// IEC 62056-21.
    Seven,
    /// DL/T 645 and 698.45.
    Eight,
}

/// The bit that checks a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// None sent.
    None,
    /// The number of ones is even.
    Even,
}

/// How bytes are put on the line; there is one stop bit always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits a second.
    pub baud: u32,
    /// Data bits of a byte.
    pub data_bits: DataBits,
    /// Its check bit.
    pub parity: Parity,
}

impl LineSettings {
    /// The infrared port of State Grid meters: 1200 8E1, fixed (DL/T 645-2007, 5.1).
    pub const INFRARED: Self = Self {
        baud: 1200,
        data_bits: DataBits::Eight,
        parity: Parity::Even,
    };

    /// Where an IEC 62056-21 mode C session starts: 300 7E1.
    pub const IEC_START: Self = Self {
        baud: 300,
        data_bits: DataBits::Seven,
        parity: Parity::Even,
    };

    /// The same at another rate.
    pub const fn at(self, baud: u32) -> Self {
        Self { baud, ..self }
    }

    /// Start, data, check and stop bits of one byte.
    pub const fn bits_per_byte(self) -> u32 {
        let data = match self.data_bits {
            DataBits::Seven => 7,
            DataBits::Eight => 8,
        };
        let check = match self.parity {
            Parity::None => 0,
            Parity::Even => 1,
        };
        data + check + 2
    }

    /// How long so many bytes are on the line.
    pub fn wire_time(self, bytes: usize) -> Duration {
        let bits = u64::from(self.bits_per_byte()).saturating_mul(bytes as u64);
        Duration::from_micros(bits.saturating_mul(1_000_000) / u64::from(self.baud.max(1)))
    }
}

/// A line to a meter. Blocking; one owner at a time, on a thread of its own.
///
/// Settings are applied and never read back: a pty drops parity and data bits without a word.
pub trait Port: Send {
    /// Sets rate, data bits and parity, also in the middle of a session. What carries no settings
    /// (TCP) takes them without effect.
    ///
    /// Errors: [`PortError`].
    fn apply(&mut self, settings: LineSettings) -> Result<(), PortError>;

    /// Forgets what came and was not received.
    ///
    /// Errors: [`PortError`].
    fn discard_input(&mut self) -> Result<(), PortError>;

    /// Sends all bytes; returns when they have left, or are with the driver.
    ///
    /// Errors: [`PortError`].
    fn send(&mut self, bytes: &[u8]) -> Result<(), PortError>;

    /// Bytes that came, at once when there are any, else within `wait`; 0 when none came.
    ///
    /// Errors: [`PortError::Gone`] when the other side is closed or the probe was pulled.
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError>;
}

/// Opens a port.
///
/// Errors: [`PortError`]; on Android there are no serial devices by name, they are not found.
pub fn open(name: &PortName, settings: LineSettings) -> Result<Box<dyn Port>, PortError> {
    match name {
        #[cfg(not(target_os = "android"))]
        PortName::Serial(device) => Ok(Box::new(serial::Serial::open(device, settings)?)),
        #[cfg(target_os = "android")]
        PortName::Serial(device) => Err(PortError::NotFound {
            name: device.clone(),
        }),
        PortName::Tcp { host, port } => Ok(Box::new(tcp::Tcp::open(host, *port)?)),
    }
}

/// Why a port does not carry bytes.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// The name is neither a serial device nor `tcp://host:port`.
    #[error("{name:?} names no port")]
    BadName {
        /// What was given.
        name: String,
    },
    /// There is no such port.
    #[error("there is no port {name}")]
    NotFound {
        /// Which.
        name: String,
    },
    /// Another program has it open.
    #[error("another program has port {name} open")]
    Busy {
        /// Which.
        name: String,
    },
    /// This user may not open it.
    #[error("port {name} may not be opened by this user")]
    Denied {
        /// Which.
        name: String,
    },
    /// It was pulled, or the other side closed it.
    #[error("the port is gone")]
    Gone,
    /// It does not take these settings.
    #[error("the port does not take {baud} baud")]
    Settings {
        /// The rate asked for.
        baud: u32,
    },
    /// The system's own words.
    #[error("the port failed: {0}")]
    Failed(#[source] io::Error),
}

impl PortError {
    /// Its code for screens and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadName { .. } => "port_bad_name",
            Self::NotFound { .. } => "port_not_found",
            Self::Busy { .. } => "port_busy",
            Self::Denied { .. } => "port_denied",
            Self::Gone => "port_gone",
            Self::Settings { .. } => "port_settings",
            Self::Failed(_) => "port_failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_at_1200_8e1_is_eleven_bits_long() {
        assert_eq!(
            LineSettings::INFRARED.wire_time(38),
            Duration::from_micros(348_333)
        );
        assert_eq!(LineSettings::IEC_START.bits_per_byte(), 10);
    }
}
