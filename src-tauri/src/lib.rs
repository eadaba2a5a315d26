//! The app.
pub fn run() {}
