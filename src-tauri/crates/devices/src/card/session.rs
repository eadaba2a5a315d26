//! A card of ours, opened: its files read, our right to write proved, its bytes changed.
//!
//! Nothing here retries, and nothing here concludes what a command that was cut off has done.

use domain::{CardFile, CardImage, CardSerial, Damage, Layout};

use super::apdu::{self, Status};
use super::{CardError, CardTransport, Challenge, Command, LinkError, SecurityModule};

/// What this session has proved to the card, and may send it still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Nothing was proved yet.
    Stranger,
    /// The card took our proof.
    Authenticated,
    /// It did not; a second proof from the same keys would only cost another try.
    Refused { tries_left: u8 },
    /// It takes no proof any more.
    Blocked,
    /// Its answer to our proof was none we know.
    Unclear { status: u16 },
    /// A command was cut off. What answers now may be another card.
    CutOff,
}

/// A card of ours, opened: folder selected, serial known, nothing else assumed.
///
/// After [`LinkError::OutcomeUnknown`] it does nothing more until [`Self::reset`] has found the
/// same card again, or it is dropped and the reader connected anew.
pub struct OpenCard {
    transport: Box<dyn CardTransport>,
    layout: &'static Layout,
    serial: CardSerial,
    trust: Trust,
}

impl OpenCard {
    /// Selects the prepaid folder of a connected card.
    ///
    /// Errors: [`LinkError::NotOurs`] when it has none; [`CardError::Link`];
    /// [`CardError::Unexpected`].
    pub fn open(
        transport: Box<dyn CardTransport>,
        layout: &'static Layout,
    ) -> Result<Self, CardError> {
        let mut card = Self {
            serial: transport.ident().serial,
            transport,
            layout,
            trust: Trust::Stranger,
        };
        card.select()?;
        Ok(card)
    }

    /// Which card was opened.
    pub fn serial(&self) -> CardSerial {
        self.serial
    }

    /// Says no to every card but that one.
    ///
    /// Errors: [`CardError::WrongCard`].
    pub fn must_be(&self, wanted: CardSerial) -> Result<(), CardError> {
        if self.serial == wanted {
            Ok(())
        } else {
            Err(CardError::WrongCard {
                wanted,
                found: self.serial,
            })
        }
    }

    /// Powers the card off and on, and opens it again; all authentication is gone.
    ///
    /// Errors: [`CardError::Swapped`] when another card answers: nothing is sent to it then, now or
    /// later; else as [`Self::open`].
    pub fn reset(&mut self) -> Result<(), CardError> {
        self.trust = Trust::CutOff;
        let now = self.transport.reset()?.serial;
        if now != self.serial {
            return Err(CardError::Swapped {
                was: self.serial,
                now,
            });
        }
        self.trust = Trust::Stranger;
        self.select()
    }

    /// All of a file that the layout has a table for; nothing where the card says that nobody has
    /// issued it (6B00).
    ///
    /// Errors: [`CardError::ShortFile`], [`CardError::Link`], [`CardError::Unexpected`];
    /// [`Damage::NoFile`] when the layout has no such file.
    pub fn read_file(&mut self, file: CardFile) -> Result<Vec<u8>, CardError> {
        let form = self.layout.files.iter().find(|form| form.file == file);
        let expected = form.ok_or(Damage::NoFile { file })?.len;
        let len = u8::try_from(expected).map_err(|_| CardError::OutOfReach {
            file,
            offset: 0,
            len: expected,
        })?;
        let command = Command::Read(file);
        let (mut data, status) = self.send(&apdu::read(file, len))?;
        match Status::of(status) {
            Status::Unissued => return Ok(Vec::new()),
            Status::Done | Status::EndOfFile => {}
            _ => return Err(CardError::Unexpected { command, status }),
        }
        if data.len() < expected {
            let found = data.len();
            return Err(CardError::ShortFile {
                file,
                expected,
                found,
            });
        }
        data.truncate(expected);
        Ok(data)
    }

    /// All the files, one after the other.
    ///
    /// Errors: as [`Self::read_file`].
    pub fn read(&mut self) -> Result<CardImage, CardError> {
        Ok(CardImage {
            serial: self.serial,
            user: self.read_file(CardFile::User)?,
            purse: self.read_file(CardFile::Purse)?,
            write_back: self.read_file(CardFile::WriteBack)?,
        })
    }

    /// Proves to the card that we may write; nothing is sent where that is proved already.
    ///
    /// A card has few tries. One session spends one at the most: after a refusal the same error
    /// comes back and the card is not asked again.
    ///
    /// Errors: [`CardError::AuthenticationRefused`], [`CardError::Blocked`],
    /// [`CardError::Security`], [`CardError::Link`], [`CardError::Unexpected`].
    pub fn authenticate(&mut self, keys: &mut dyn SecurityModule) -> Result<(), CardError> {
        if self.trust == Trust::Stranger {
            let challenge = self.challenge()?;
            let answer = keys.authenticate(&challenge, &self.serial)?;
            let (_, status) = self.send(&apdu::authenticate(&answer))?;
            self.trust = match Status::of(status) {
                Status::Done => Trust::Authenticated,
                Status::TriesLeft(0) | Status::Blocked => Trust::Blocked,
                Status::TriesLeft(tries_left) => Trust::Refused { tries_left },
                _ => Trust::Unclear { status },
            };
        }
        match self.trust {
            Trust::Authenticated => Ok(()),
            Trust::Refused { tries_left } => Err(CardError::AuthenticationRefused { tries_left }),
            Trust::Blocked => Err(CardError::Blocked),
            Trust::Unclear { status } => Err(CardError::Unexpected {
                command: Command::Authenticate,
                status,
            }),
            Trust::CutOff | Trust::Stranger => Err(LinkError::OutcomeUnknown.into()),
        }
    }

    /// Changes bytes of a file: one challenge, one MAC, one command.
    ///
    /// On [`LinkError::OutcomeUnknown`] and [`CardError::Unexpected`] (6581: a write that failed)
    /// the card may hold the old bytes, the new ones, or some of each. On every other error it
    /// holds the old ones.
    ///
    /// Errors: [`CardError::OutOfReach`], [`CardError::NotAuthenticated`],
    /// [`CardError::MacRefused`], [`CardError::Blocked`], [`CardError::Security`],
    /// [`CardError::Link`], [`CardError::Unexpected`].
    pub fn update(
        &mut self,
        file: CardFile,
        offset: usize,
        bytes: &[u8],
        keys: &mut dyn SecurityModule,
    ) -> Result<(), CardError> {
        let header = apdu::update_header(file, offset, bytes.len());
        let header = header.ok_or(CardError::OutOfReach {
            file,
            offset,
            len: bytes.len(),
        })?;
        let challenge = self.challenge()?;
        let mac = keys.mac(&challenge, &header, bytes, &self.serial)?;
        let (_, status) = self.send(&apdu::update(&header, bytes, &mac))?;
        match Status::of(status) {
            Status::Done => Ok(()),
            Status::NotAuthenticated => Err(CardError::NotAuthenticated),
            Status::BadMac => Err(CardError::MacRefused),
            Status::Blocked => Err(CardError::Blocked),
            _ => Err(CardError::Unexpected {
                command: Command::Update(file),
                status,
            }),
        }
    }

    fn select(&mut self) -> Result<(), CardError> {
        for folder in [apdu::ROOT, apdu::PREPAID] {
            let (_, status) = self.send(&apdu::select(folder))?;
            match Status::of(status) {
                Status::Done => {}
                Status::NotFound => return Err(LinkError::NotOurs.into()),
                _ => {
                    return Err(CardError::Unexpected {
                        command: Command::Select,
                        status,
                    });
                }
            }
        }
        Ok(())
    }

    fn challenge(&mut self) -> Result<Challenge, CardError> {
        let command = Command::GetChallenge;
        let (data, status) = self.send(&apdu::GET_CHALLENGE)?;
        if Status::of(status) != Status::Done {
            return Err(CardError::Unexpected { command, status });
        }
        let bad = CardError::BadAnswer {
            command,
            expected: Challenge::default().len(),
            found: data.len(),
        };
        Challenge::try_from(data).map_err(|_| bad)
    }

    /// The data and the status word of the answer. An error of the way ends the session: whether
    /// the same card is still there is not known.
    fn send(&mut self, apdu: &[u8]) -> Result<(Vec<u8>, u16), LinkError> {
        if self.trust == Trust::CutOff {
            return Err(LinkError::OutcomeUnknown);
        }
        let answer = self.transport.transmit(apdu);
        let taken = answer.and_then(|answer| {
            let (data, status) = apdu::parts(&answer)?;
            Ok((data.to_vec(), status))
        });
        if taken.is_err() {
            self.trust = Trust::CutOff;
        }
        taken
    }
}

#[cfg(test)]
mod tests;
