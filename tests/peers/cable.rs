//! A serial line between two programs: two ptys and what carries bytes from one to the other.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serialport::{SerialPort, TTYPort};

/// How long it is not noticed that the cable is cut.
const LOOKS_UP_EVERY: Duration = Duration::from_millis(20);

/// A cable with a device at each end; cut when dropped.
pub struct Cable {
    /// The device for our program.
    pub ours: String,
    /// The device for the other one.
    pub theirs: String,
    cut: Arc<AtomicBool>,
    carriers: Vec<JoinHandle<()>>,
    /// Held open: a pty whose only user closes it is dead for the next one.
    _near: [TTYPort; 2],
}

impl Cable {
    /// A cable that nobody else has.
    pub fn lay() -> Self {
        let ((our_far, our_near), (their_far, their_near)) =
            (TTYPort::pair().unwrap(), TTYPort::pair().unwrap());
        let cut = Arc::new(AtomicBool::new(false));
        let there = (our_far.try_clone_native(), their_far.try_clone_native());
        let carriers = vec![
            carry(there.0.unwrap(), their_far, cut.clone()),
            carry(there.1.unwrap(), our_far, cut.clone()),
        ];
        Self {
            ours: our_near.name().unwrap(),
            theirs: their_near.name().unwrap(),
            cut,
            carriers,
            _near: [our_near, their_near],
        }
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.cut.store(true, Ordering::Relaxed);
        for carrier in self.carriers.drain(..) {
            carrier.join().ok();
        }
    }
}

fn carry(mut from: TTYPort, mut to: TTYPort, cut: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        from.set_timeout(LOOKS_UP_EVERY).unwrap();
        let mut buffer = [0; 256];
        while !cut.load(Ordering::Relaxed) {
            match from.read(&mut buffer) {
                Ok(count) => to.write_all(&buffer[..count]).unwrap(),
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(_) => return,
            }
        }
    })
}
