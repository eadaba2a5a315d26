//! The office's security module: who holds the keys of the cards, and speaks for them.
//!
//! Real keys of State Grid cards, and the cipher SM1, exist in hardware only (加密机). A company that
//! has such a machine puts an [`OfficeModule`] of its own here.

use domain::CardSerial;
use wire::card::SecurityAsk;

/// Why the module gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// None is configured.
    #[error("no security module is configured")]
    NotConfigured,
    /// It is there and will not.
    #[error("{why}")]
    Refused {
        /// In its own words; never a key.
        why: String,
    },
}

/// A holder of keys. Asking twice is harmless: it changes no card.
pub trait OfficeModule: Send + Sync {
    /// What it says to one card of one leave: 8 bytes for an authentication, 4 for a MAC.
    ///
    /// Errors: [`NoAnswer`].
    fn answer(&self, serial: &CardSerial, ask: &SecurityAsk) -> Result<Vec<u8>, NoAnswer>;
}

/// No module: cards are written with a module in the field, or not at all.
#[derive(Debug, Clone, Copy)]
pub struct NoModule;

impl OfficeModule for NoModule {
    fn answer(&self, _: &CardSerial, _: &SecurityAsk) -> Result<Vec<u8>, NoAnswer> {
        Err(NoAnswer::NotConfigured)
    }
}

/// Keys that anybody may know, for cards that are not real. No release holds them.
#[cfg(debug_assertions)]
#[derive(Debug, Clone, Copy)]
pub struct TestKeys;

#[cfg(debug_assertions)]
impl OfficeModule for TestKeys {
    fn answer(&self, serial: &CardSerial, ask: &SecurityAsk) -> Result<Vec<u8>, NoAnswer> {
        let serial = serial.as_bytes();
        Ok(match ask {
            SecurityAsk::Authenticate { challenge } => {
                testkeys::authenticate(challenge, serial).to_vec()
            }
            SecurityAsk::Mac {
                challenge,
                header,
                data,
            } => testkeys::mac(challenge, header, data, serial).to_vec(),
        })
    }
}
