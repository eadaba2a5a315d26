//! The gateway as devices and supervisors meet it: in process, on a free port, by HTTP.

mod bad_input;
mod cards;
mod desk;
mod enrol;
pub(crate) mod field;
mod load;
mod overtaken;
pub(crate) mod prepaid;
mod push;
mod rig;
mod uploads;
