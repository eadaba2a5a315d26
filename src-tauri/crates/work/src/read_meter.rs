//! Reading a meter over its port: one at a time, stopped at any moment; nothing is recorded here,
//! the crew's act is what records it.

use std::io;
use std::sync::{Mutex, PoisonError};

use chrono::{Datelike as _, Timelike as _};
use devices::{
    AvailablePort, Cancel, Event, LineSettings, Plan, PortError, PortName, ReadError, dlt645,
    drive, open,
};
use domain::{MeterClock, OrderId, Readout, Stamp};

use crate::clock::beijing;
use crate::{Device, WorkError};

/// The port used last.
const PORT: &str = "meter_port";

/// Reading that is under way, for whoever wants to stop it.
#[derive(Debug, Default)]
pub(crate) struct Reading(Mutex<Option<Cancel>>);

/// Where a probe may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterPorts {
    /// The ports there are now.
    pub ports: Vec<AvailablePort>,
    /// The one used last, which may be gone, or a serial server's address.
    pub last: Option<String>,
}

impl Device {
    /// The ports a probe may be at, and the one used last.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn meter_ports(&self) -> Result<MeterPorts, WorkError> {
        Ok(MeterPorts {
            ports: devices::available_ports(),
            last: self.inner.store.setting(PORT)?,
        })
    }

    /// What a meter of this order is asked: a prepaid one that a card goes with says more.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn meter_plan(&self, order: &OrderId) -> Result<Plan, WorkError> {
        let opened = self.order(order)?;
        Ok(match opened.held.order.dispatch.card {
            Some(_) => Plan::prepaid(),
            None => Plan::standard(),
        })
    }

    /// Reads a meter. Blocking, up to a minute where no meter answers in any language.
    ///
    /// `port` is a serial device's name or `tcp://host:port`; it is remembered once a meter has
    /// answered there. `on` is told how far it is.
    ///
    /// Errors: [`WorkError::Meter`] alone; of them [`ReadError::Cancelled`] after
    /// [`Device::cancel_meter`], and a busy port while another reading is under way.
    pub fn read_meter(
        &self,
        port: &str,
        plan: &Plan,
        on: &mut dyn FnMut(Event<'_>),
    ) -> Result<Readout, WorkError> {
        let name: PortName = port.parse().map_err(ReadError::Port)?;
        let turn = self.inner.reading.begin(port)?;
        let read = read(&name, plan, &turn.cancel, on);
        drop(turn);
        match &read {
            // what the meter said is worth more than the port's name: a full disk costs only that
            Ok(_) => {
                if let Err(error) = self.inner.store.save_setting(PORT, &port) {
                    self.trouble(error.code());
                }
            }
            Err(error) => self.trouble(error.code()),
        }
        Ok(read?)
    }

    /// Stops the reading that is under way, if there is one.
    pub fn cancel_meter(&self) {
        if let Some(cancel) = self.inner.reading.slot().as_ref() {
            cancel.cancel();
        }
    }
}

/// Reads a meter, with or without a device: what `metercrew meter read` does too.
///
/// Errors: [`ReadError`].
pub fn read(
    port: &PortName,
    plan: &Plan,
    cancel: &Cancel,
    on: &mut dyn FnMut(Event<'_>),
) -> Result<Readout, ReadError> {
    let mut port = open(port, LineSettings::INFRARED)?;
    let mut session = devices::begin(plan);
    drive(session.as_mut(), port.as_mut(), cancel, on)
}

/// Sets the clocks of all DL/T 645-2007 meters on the line to Beijing time (广播校时); answers with
/// what was sent, for no meter answers.
///
/// Errors: [`ReadError::Port`].
pub fn broadcast_time(
    port: &PortName,
    baud: Option<u32>,
    now: Stamp,
) -> Result<MeterClock, ReadError> {
    let clock = meter_clock(now);
    let settings = LineSettings::INFRARED;
    let settings = baud.map_or(settings, |baud| settings.at(baud));
    let mut port = open(port, settings)?;
    let sent = clock.and_then(|clock| Some((dlt645::broadcast_time(&clock)?, clock)));
    let (bytes, clock) = sent.ok_or_else(|| {
        PortError::Failed(io::Error::other(
            "this machine's clock is beyond the calendar",
        ))
    })?;
    port.send(&bytes)?;
    Ok(clock)
}

/// What a meter's clock should say now.
fn meter_clock(now: Stamp) -> Option<MeterClock> {
    let moment = beijing(now.best());
    let small = |n: u32| u8::try_from(n).ok();
    MeterClock::new(
        u16::try_from(moment.year()).ok()?,
        small(moment.month())?,
        small(moment.day())?,
        small(moment.hour())?,
        small(moment.minute())?,
        small(moment.second())?,
    )
}

impl Reading {
    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Cancel>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, port: &str) -> Result<Turn<'_>, ReadError> {
        let mut slot = self.slot();
        if slot.is_some() {
            return Err(ReadError::Port(PortError::Busy {
                name: port.to_owned(),
            }));
        }
        let cancel = slot.insert(Cancel::default()).clone();
        Ok(Turn {
            reading: self,
            cancel,
        })
    }
}

/// The one reading that may be under way, over however it ends.
struct Turn<'a> {
    reading: &'a Reading,
    cancel: Cancel,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.reading.slot() = None;
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    use devices::sim::{Faults, Line, Meter, serve_tcp};
    use domain::{MeterItem, MeterProtocol};

    use super::*;
    use crate::rig::Rig;

    /// A meter of ours at a port, gone when it is dropped.
    struct Served {
        port: String,
        end: Cancel,
        thread: Option<JoinHandle<()>>,
    }

    impl Served {
        fn new(faults: &str) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = format!("tcp://{}", listener.local_addr().unwrap());
            let line = Line::new(Meter::sample(), faults.parse::<Faults>().unwrap(), 1);
            let end = Cancel::default();
            let until = end.clone();
            let thread = thread::spawn(move || serve_tcp(&line, &listener, &until).unwrap());
            Self {
                port,
                end,
                thread: Some(thread),
            }
        }
    }

    impl Drop for Served {
        fn drop(&mut self) {
            self.end.cancel();
            self.thread.take().unwrap().join().unwrap();
        }
    }

    fn total() -> Plan {
        Plan {
            protocol: Some(MeterProtocol::Dlt645),
            items: vec![MeterItem::ForwardTotal],
            ..Plan::standard()
        }
    }

    #[test]
    fn a_port_is_remembered_once_a_meter_has_answered_there() {
        let rig = Rig::bare();
        let device = rig.device();
        let last = || device.meter_ports().unwrap().last;
        let silent = Served::new("silent");
        let failed = device.read_meter(&silent.port, &total(), &mut |_| {});
        assert_eq!(failed.unwrap_err().code(), "meter_silent");
        assert_eq!(last(), None);
        let meter = Served::new("");
        let read = device
            .read_meter(&meter.port, &total(), &mut |_| {})
            .unwrap();
        assert_eq!(read.items.len(), 1);
        assert_eq!(last(), Some(meter.port.clone()));
    }

    #[test]
    fn a_second_reading_waits_for_no_one_and_the_first_stops_when_told() {
        let rig = Rig::bare();
        let device = rig.device().clone();
        let silent = Served::new("silent");
        let mut second = None;
        let first = device.read_meter(&silent.port, &total(), &mut |event| {
            if let Event::Sent { .. } = event {
                let also = device.read_meter(&silent.port, &total(), &mut |_| {});
                second.get_or_insert(also.unwrap_err().code());
                device.cancel_meter();
            }
        });
        assert_eq!(second.as_deref(), Some("port_busy"));
        assert_eq!(first.unwrap_err().code(), "cancelled");
        let again = device.read_meter(&silent.port, &total(), &mut |_| {});
        assert_eq!(
            again.unwrap_err().code(),
            "meter_silent",
            "the first is over"
        );
    }

    #[test]
    fn a_reading_that_breaks_off_leaves_the_next_its_turn() {
        let rig = Rig::bare();
        let meter = Served::new("");
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            rig.device()
                .read_meter(&meter.port, &total(), &mut |_| panic!("broken off"))
        }));
        assert!(broken.is_err());
        let next = rig.device().read_meter(&meter.port, &total(), &mut |_| {});
        assert_eq!(next.unwrap().items.len(), 1);
    }

    #[test]
    fn a_meter_is_told_beijing_time() {
        let noon = crate::rig::NOON;
        let said = meter_clock(crate::Clock::set(crate::SetClock::at(noon)).stamp());
        assert_eq!(
            said.map(|clock| clock.to_string()),
            Some("2025-12-18T03:33:20".into())
        );
    }
}
