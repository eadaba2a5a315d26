//! Our simulated meter, for whoever comes to read it.

use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use devices::Cancel;
use devices::sim::{Faults, Line, Meter, Pty, serve, serve_tcp};

use crate::peer::Over;

/// A meter that answers until it is dropped.
pub struct OurMeter {
    /// Where readers find it: a device, or a TCP port's number.
    pub place: String,
    cancel: Cancel,
    served: Option<JoinHandle<()>>,
}

impl OurMeter {
    /// Without faults, at a rate at which tests do not wait.
    pub fn start(over: Over, mut meter: Meter) -> Self {
        meter.baud = 115_200;
        let mut line = Line::new(meter, Faults::default(), 1);
        let cancel = Cancel::default();
        let stops = cancel.clone();
        let (place, served) = match over {
            Over::Tcp => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let place = listener.local_addr().unwrap().port().to_string();
                let serves = move || serve_tcp(&line, &listener, &stops).unwrap();
                (place, thread::spawn(serves))
            }
            Over::Serial => {
                let mut pty = Pty::open().unwrap();
                let place = pty.name().to_owned();
                let serves = move || serve(&mut line, &mut pty, &stops).unwrap();
                (place, thread::spawn(serves))
            }
        };
        Self {
            place,
            cancel,
            served: Some(served),
        }
    }
}

impl Drop for OurMeter {
    fn drop(&mut self) {
        self.cancel.cancel();
        let served = self.served.take().map(JoinHandle::join);
        if !thread::panicking() {
            served.unwrap().expect("the meter fails");
        }
    }
}
