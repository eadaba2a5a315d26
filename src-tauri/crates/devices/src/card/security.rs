//! Who holds the keys: a PSAM in a second slot, the office's HSM, or test keys.

use domain::CardSerial;

/// Bytes the card drew, to be answered with its key. Unit: 8 bytes.
pub type Challenge = [u8; 8];

/// A code over one command that the card checks. Unit: 4 bytes.
pub type CommandMac = [u8; 4];

/// Why the security module gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SecurityError {
    /// There is none: no PSAM in its slot, no link to the office, none configured.
    #[error("there is no security module: {why}")]
    Absent {
        /// What was looked for.
        why: String,
    },
    /// It is there and will not: right not given, limit reached, authorisation not known.
    #[error("the security module refuses: {why}")]
    Refused {
        /// Its own words.
        why: String,
    },
    /// It was cut off in the middle. Asking again is harmless: it changes no card.
    #[error("the security module was cut off: {why}")]
    CutOff {
        /// What happened.
        why: String,
    },
}

/// A holder of keys. It proves to a card that it may write; it never gives a key away.
pub trait SecurityModule: Send {
    /// The answer to the card's challenge (外部认证), with the key diversified by its serial.
    ///
    /// Errors: [`SecurityError`].
    fn authenticate(
        &mut self,
        challenge: &Challenge,
        serial: &CardSerial,
    ) -> Result<[u8; 8], SecurityError>;

    /// The MAC for one command: over its header (CLA INS P1 P2 Lc, Lc with the MAC counted) and
    /// data, begun with the card's challenge.
    ///
    /// Errors: [`SecurityError`].
    fn mac(
        &mut self,
        challenge: &Challenge,
        header: &[u8; 5],
        data: &[u8],
        serial: &CardSerial,
    ) -> Result<CommandMac, SecurityError>;
}
