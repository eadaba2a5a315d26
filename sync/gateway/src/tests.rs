//! The gateway as devices and supervisors meet it: in process, on a free port, by HTTP.

mod bad_input;
mod desk;
mod enrol;
pub(crate) mod field;
mod load;
mod overtaken;
mod push;
mod rig;
mod uploads;
