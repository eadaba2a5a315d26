//! HTTP: decode, call, encode.

pub(crate) mod asker;
pub(crate) mod blobs;
pub(crate) mod body;
pub(crate) mod cards;
pub(crate) mod decide;
pub(crate) mod desk;
pub(crate) mod device;
pub(crate) mod failed;
pub(crate) mod sign_in;

use std::sync::Arc;

use axum::extract::State;

use crate::Gateway;

/// What every handler gets.
pub(crate) type Shared = State<Arc<Gateway>>;
