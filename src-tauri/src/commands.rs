//! What the screens may ask of the device: each command asks `work` and draws the answer.

mod card;
mod device;
mod evidence;
mod meter;
mod orders;

pub(crate) use card::*;
pub(crate) use device::*;
pub(crate) use evidence::*;
pub(crate) use meter::*;
pub(crate) use orders::*;

use crate::view::Failure;

/// What every command gives.
type Answer<T> = Result<T, Failure>;
