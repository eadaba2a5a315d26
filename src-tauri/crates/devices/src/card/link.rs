//! The way to a card: readers, and a card in one of them.

use std::fmt;
use std::time::Duration;

use domain::CardSerial;

/// A reader's name, as its driver gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReaderName(pub String);

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why the way to a card does not work.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The machine has no smart-card service, or it does not answer.
    #[error("the smart-card service does not answer")]
    NoService,
    /// There is no reader, or not the one asked for.
    #[error("there is no card reader")]
    NoReader,
    /// The reader is empty.
    #[error("there is no card in the reader")]
    NoCard,
    /// What is in the reader does not answer to reset: reversed, damaged, no CPU card.
    #[error("the card does not answer")]
    Mute,
    /// Somebody else has the card.
    #[error("another program has the card")]
    Busy,
    /// It answers to reset, but not as a card of ours does: no serial.
    #[error("this is no prepaid meter's card")]
    NotOurs,
    /// A command was sent and no status came back: whether the card did it is not known. Only
    /// reading the card again can tell.
    #[error("the card was cut off; what it did is not known")]
    OutcomeUnknown,
    /// Everything else that the driver says.
    #[error("the card reader failed: {0}")]
    Failed(String),
}

/// Which card is in the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardIdent {
    /// Its answer to reset.
    pub atr: Vec<u8>,
    /// The 8 bytes the answer ends with.
    pub serial: CardSerial,
}

/// A card in a reader, ours alone while this lives. Blocking; on a thread of its own.
pub trait CardTransport: Send {
    /// The card that answered when it was connected. A handle proves nothing later: after every
    /// [`LinkError::OutcomeUnknown`] connect anew and compare the serial.
    fn ident(&self) -> &CardIdent;

    /// Sends a command and gives the answer: at least the two status bytes. What T=0 asks for
    /// (`61xx`, `6Cxx`) is done below this line.
    ///
    /// Errors: [`LinkError::OutcomeUnknown`] whenever fewer than two bytes came back, whatever
    /// the driver called it.
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError>;

    /// Powers the card off and on; all authentication is gone. Gives who answers now, which may
    /// be another card.
    ///
    /// Errors: [`LinkError`].
    fn reset(&mut self) -> Result<CardIdent, LinkError>;
}

/// Where cards are put in.
pub trait CardSource: Send + Sync {
    /// The readers there are now, a security module's slot among them.
    ///
    /// Errors: [`LinkError::NoService`]; no reader is an empty list.
    fn readers(&self) -> Result<Vec<ReaderName>, LinkError>;

    /// Connects, exclusively, to the card in that reader, or in the first that has one; waits up
    /// to `wait` for one to be put in.
    ///
    /// Errors: [`LinkError`], of which [`LinkError::NoCard`] when the wait is over.
    fn connect(
        &self,
        reader: Option<&ReaderName>,
        wait: Duration,
    ) -> Result<Box<dyn CardTransport>, LinkError>;
}
