//! A line behind TCP: an RS-485 server, a probe on the network, a simulator.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use crate::{LineSettings, Port, PortError, PortName};

/// On a radio network a connection takes seconds; beyond this nothing is there.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// A frame fits any send buffer; one that is not taken for so long never will be.
const SEND_WITHIN: Duration = Duration::from_secs(5);

/// The shortest wait that a socket takes.
const AT_ONCE: Duration = Duration::from_millis(1);

/// How much may lie unread; a peer that sends without end is not emptied.
const DISCARD_LIMIT: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Tcp(TcpStream);

impl Tcp {
    /// Connects within 5 s.
    pub(crate) fn open(host: &str, port: u16) -> Result<Self, PortError> {
        let begun = Instant::now();
        let not_found = || PortError::NotFound {
            name: PortName::Tcp {
                host: host.to_owned(),
                port,
            }
            .to_string(),
        };
        let addresses = (host, port).to_socket_addrs().map_err(|_| not_found())?;
        for address in addresses {
            let left = CONNECT_WITHIN.saturating_sub(begun.elapsed());
            if let Ok(stream) = TcpStream::connect_timeout(&address, left.max(AT_ONCE)) {
                // questions are small and wait for their answers
                stream.set_nodelay(true).map_err(failed)?;
                stream
                    .set_write_timeout(Some(SEND_WITHIN))
                    .map_err(failed)?;
                return Ok(Self(stream));
            }
        }
        Err(not_found())
    }
}

impl Port for Tcp {
    fn apply(&mut self, _: LineSettings) -> Result<(), PortError> {
        Ok(())
    }

    fn discard_input(&mut self) -> Result<(), PortError> {
        let (mut buffer, mut gone) = ([0; 4096], 0_usize);
        self.0.set_nonblocking(true).map_err(failed)?;
        let emptied = loop {
            match self.0.read(&mut buffer) {
                Ok(0) => break Err(PortError::Gone),
                Ok(count) => gone = gone.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(()),
                Err(error) => break Err(failed(error)),
            }
            if gone >= DISCARD_LIMIT {
                break Ok(());
            }
        };
        self.0.set_nonblocking(false).map_err(failed)?;
        emptied
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        self.0.write_all(bytes).map_err(failed)
    }

    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError> {
        self.0
            .set_read_timeout(Some(wait.max(AT_ONCE)))
            .map_err(failed)?;
        match self.0.read(buffer) {
            Ok(0) => Err(PortError::Gone),
            Ok(count) => Ok(count),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock
                | io::ErrorKind::TimedOut
                | io::ErrorKind::Interrupted => Ok(0),
                _ => Err(failed(error)),
            },
        }
    }
}

fn failed(error: io::Error) -> PortError {
    match error.kind() {
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => PortError::Gone,
        _ => PortError::Failed(error),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn connected() -> (Tcp, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = Tcp::open("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
        (port, listener.accept().unwrap().0)
    }

    #[test]
    fn bytes_go_both_ways_and_settings_have_no_effect() {
        let (mut port, mut peer) = connected();
        port.apply(LineSettings::IEC_START).unwrap();
        port.send(&[1, 2, 3]).unwrap();
        let mut asked = [0; 3];
        peer.read_exact(&mut asked).unwrap();
        assert_eq!(asked, [1, 2, 3]);
        peer.write_all(&[9]).unwrap();
        let mut buffer = [0; 8];
        assert_eq!(port.receive(&mut buffer, LONG).unwrap(), 1);
        assert_eq!(buffer[0], 9);
        assert_eq!(port.receive(&mut buffer, Duration::ZERO).unwrap(), 0);
    }

    #[test]
    fn what_came_before_is_forgotten_and_what_comes_after_is_not() {
        let (mut port, mut peer) = connected();
        peer.write_all(&[1, 1, 1]).unwrap();
        let mut first = [0; 1];
        assert_eq!(port.receive(&mut first, LONG).unwrap(), 1);
        port.discard_input().unwrap();
        peer.write_all(&[2]).unwrap();
        assert_eq!(port.receive(&mut first, LONG).unwrap(), 1);
        assert_eq!(first, [2]);
    }

    #[test]
    fn a_connection_that_the_peer_closes_is_gone() {
        let (mut port, peer) = connected();
        drop(peer);
        let mut buffer = [0; 8];
        assert!(matches!(
            port.receive(&mut buffer, LONG),
            Err(PortError::Gone)
        ));
        assert!(matches!(port.discard_input(), Err(PortError::Gone)));
    }

    #[test]
    fn where_nobody_listens_there_is_no_port() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let number = listener.local_addr().unwrap().port();
        drop(listener);
        assert!(matches!(
            Tcp::open("127.0.0.1", number),
            Err(PortError::NotFound { name }) if name == format!("tcp://127.0.0.1:{number}")
        ));
    }
}
