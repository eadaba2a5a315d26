//! What a port is called.

use std::fmt;
use std::str::FromStr;

use crate::PortError;

/// A port by name.
///
/// Shape: `/dev/ttyUSB0`, `COM3`, `tcp://192.168.1.7:4001`, `tcp://[::1]:4001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortName {
    /// A serial device.
    Serial(String),
    /// A serial line behind a network: an RS-485 server or a simulator.
    Tcp {
        /// A name or an address; a v6 address without its brackets.
        host: String,
        /// The TCP port.
        port: u16,
    },
}

impl FromStr for PortName {
    type Err = PortError;

    /// Errors: [`PortError::BadName`] for nothing, for another scheme than `tcp`, and for what no
    /// device can be called.
    fn from_str(text: &str) -> Result<Self, PortError> {
        let bad = || PortError::BadName {
            name: text.to_owned(),
        };
        if let Some(address) = text.strip_prefix("tcp://") {
            let (host, port) = address.rsplit_once(':').ok_or_else(bad)?;
            let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
            let host = match bracketed {
                Some(v6) => v6,
                None if host.contains([':', '[', ']']) => return Err(bad()),
                None => host,
            };
            let port = port.parse().map_err(|_| bad())?;
            if host.is_empty() || host.contains(['/', '@']) || port == 0 {
                return Err(bad());
            }
            return Ok(Self::Tcp {
                host: host.to_owned(),
                port,
            });
        }
        // names below /dev/serial/by-path have colons; elsewhere a colon makes it a scheme
        let is_path = text.starts_with(['/', '\\']);
        if text.trim().is_empty() || text.contains('\0') || (text.contains(':') && !is_path) {
            return Err(bad());
        }
        Ok(Self::Serial(text.to_owned()))
    }
}

impl fmt::Display for PortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(device) => f.write_str(device),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_from_its_text() {
        for text in [
            "/dev/ttyUSB0",
            "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0",
            "COM3",
            r"\\.\COM12",
            "tcp://127.0.0.1:4001",
            "tcp://[::1]:4001",
            "tcp://meter-sim:1",
        ] {
            let name: PortName = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
            assert_eq!(
                matches!(name, PortName::Tcp { .. }),
                text.starts_with("tcp:")
            );
        }
    }

    #[test]
    fn nothing_another_scheme_and_half_an_address_name_no_port() {
        for text in [
            "",
            " ",
            "udp://1.2.3.4:5",
            "tcp:1.2.3.4:5",
            "tcp://",
            "tcp://host",
            "tcp://:4001",
            "tcp://host:0",
            "tcp://host:70000",
            "tcp://::1:4001",
            "tcp://a/b:1",
            "file:///dev/ttyS0",
            "/dev/tty\0",
        ] {
            assert!(
                matches!(text.parse::<PortName>(), Err(PortError::BadName { name }) if name == text),
                "{text:?}"
            );
        }
    }
}
