//! A way of writing without the step that makes the card invalid: the model must find it out.

use domain::CardFile;
use metercrew_devices::card::{CardIdent, CardTransport, LinkError};

/// Keeps the command from the card that makes it invalid, and says that it was done, as if the step
/// were not there.
pub struct WithoutMakingInvalid {
    transport: Box<dyn CardTransport>,
    said: bool,
}

impl WithoutMakingInvalid {
    pub fn between(transport: Box<dyn CardTransport>) -> Box<dyn CardTransport> {
        Box::new(Self {
            transport,
            said: false,
        })
    }
}

const USER: u8 = 0x80 | CardFile::User.sfi();

impl CardTransport for WithoutMakingInvalid {
    fn ident(&self) -> &CardIdent {
        self.transport.ident()
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        match apdu {
            [0x04, 0xd6, USER, 0, 5, 0x00, ..] => {
                self.said = true;
                Ok(vec![0x90, 0x00])
            }
            [0x04, 0xd6, USER, 0, 5, ..] => {
                self.said = false;
                self.transport.transmit(apdu)
            }
            [0x00, 0xb0, USER, ..] => {
                let mut answer = self.transport.transmit(apdu)?;
                if let Some(start) = answer.first_mut().filter(|_| self.said) {
                    *start = 0;
                }
                Ok(answer)
            }
            _ => self.transport.transmit(apdu),
        }
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        self.said = false;
        self.transport.reset()
    }
}
