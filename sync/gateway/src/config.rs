//! What a gateway is told at its start.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Where a gateway keeps things and where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The ledger's file; made when it is not there. The signing key lies beside it.
    pub ledger: PathBuf,
    /// The folder of photos and signatures; made when it is not there.
    pub blobs: PathBuf,
    /// The folder with the built pages (`board.html` and its assets); `None` serves no pages.
    pub board: Option<PathBuf>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How devices reach it, as enrolment codes say: `http://…` or `https://…`.
    pub public_url: String,
    /// The district's time zone, for what is "today". Unit: minutes east of UTC.
    pub utc_offset_minutes: i32,
}

/// China Standard Time.
pub const CHINA_MINUTES: i32 = 480;

impl Config {
    /// The signing key's file: `gateway.key` beside the ledger.
    pub fn key_path(&self) -> PathBuf {
        self.ledger.with_file_name("gateway.key")
    }
}
