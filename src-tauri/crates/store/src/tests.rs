//! What the store promises, each promise in its file.

mod acting;
mod aside;
mod cards;
mod fault;
#[cfg(target_os = "linux")]
mod key_store;
mod kill;
mod lists;
mod made_up;
mod rig;
mod syncing;
mod weave;
