//! Our own meter, for tests and for trying things out: the same bytes as a real one, with the
//! faults of a real line. It is an independent check on the sessions: it shares their frames and
//! nothing else.
//!
//! A [`Meter`] at the end of a [`Line`] with [`Faults`] is a pure machine; [`rehearse()`] runs a
//! session against it without waiting, [`SimPort`], [`serve`] and [`serve_tcp`] run it in real time.

#[cfg(debug_assertions)]
pub mod card;
mod clock;
mod dlt645;
mod dlt698;
mod fault;
mod heard;
mod iec62056;
mod line;
mod meter;
#[cfg(debug_assertions)]
pub mod psam;
mod random;
mod real_time;
mod rehearse;
mod setting;
mod waveform;

pub use clock::{Clock, LocalTime};
pub use fault::{BadFault, Faults, SecondMeter};
pub use line::Line;
pub use meter::{Access, Meter, Reply, Strange};
#[cfg(all(unix, not(target_os = "android")))]
pub use real_time::Pty;
pub use real_time::{SimPort, serve, serve_tcp};
pub use rehearse::rehearse;
pub use setting::BadSetting;
