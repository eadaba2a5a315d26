//! Which reader cards are put into, and who holds the keys.

use std::path::Path;
use std::sync::Arc;
use std::{env, fs, io};

use client::Gateway;
#[cfg(not(target_os = "android"))]
use devices::card::{BadPsam, PcscCards, PcscModule, Pin, Psam, PsamCommands, PsamSetting};
use devices::card::{CardSource, Challenge, CommandMac, ReaderName, SecurityError, SecurityModule};
#[cfg(debug_assertions)]
use devices::{card::TestKeys, sim::card::DirectCards};
use domain::{AuthorisationId, CardSerial};
use ed25519_dalek::SigningKey;
use serde::Deserialize;
use tokio::runtime::Handle;
use wire::card::{SecurityAsk, SecurityRequest};
use wire::sign::Signature;

use crate::Device;

/// A reader and a holder of keys.
#[derive(Clone)]
pub struct CardParts {
    pub(crate) source: Arc<dyn CardSource>,
    pub(crate) keys: CardKeys,
}

/// Who holds the keys.
#[derive(Clone)]
pub(crate) enum CardKeys {
    /// The office's security module, over the link.
    Office,
    /// A PSAM in a slot of its own.
    #[cfg(not(target_os = "android"))]
    Psam {
        reader: ReaderName,
        commands: PsamCommands,
        pin: Option<Pin>,
    },
    /// Keys that are no secret; no release has them.
    #[cfg(debug_assertions)]
    Test,
}

/// Why reader and keys are not as the environment says.
#[derive(Debug, thiserror::Error)]
pub enum CardPartsError {
    /// The file that `METERCREW_PSAM` names cannot be read.
    #[error("METERCREW_PSAM names a file that cannot be read")]
    File(#[source] io::Error),
    /// It is not what it should be.
    #[error("METERCREW_PSAM names a file that says something else: {0}")]
    Form(String),
    /// `METERCREW_PSAM_PIN` is not pairs of hexadecimal digits.
    #[error("METERCREW_PSAM_PIN is not pairs of hexadecimal digits")]
    Pin,
}

/// The file `METERCREW_PSAM` names, JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PsamFile {
    /// The reader it is in, which is then no reader for cards.
    reader: String,
    /// What it understands.
    commands: PsamSetting,
}

impl CardParts {
    /// The machine's PC/SC readers, and the office's security module.
    pub fn system() -> Self {
        Self {
            source: system_readers(vec![]),
            keys: CardKeys::Office,
        }
    }

    /// What the environment asks for; [`CardParts::system`] where it asks for nothing.
    ///
    /// `METERCREW_PSAM` names a JSON file with `reader` and `commands` of a PSAM,
    /// `METERCREW_PSAM_PIN` what opens it (hex). In builds with debug assertions only:
    /// `METERCREW_TEST_KEYS=1` takes the test keys, `METERCREW_MOCK_CARD` a virtual card's file in
    /// place of a reader, test keys with it.
    ///
    /// Errors: [`CardPartsError`].
    pub fn from_environment() -> Result<Self, CardPartsError> {
        #[cfg(debug_assertions)]
        {
            if let Some(path) = env::var_os("METERCREW_MOCK_CARD") {
                return Ok(Self {
                    source: Arc::new(DirectCards::at(path.into())),
                    keys: CardKeys::Test,
                });
            }
            if env::var_os("METERCREW_TEST_KEYS").is_some_and(|value| value == "1") {
                return Ok(Self {
                    keys: CardKeys::Test,
                    ..Self::system()
                });
            }
        }
        match env::var_os("METERCREW_PSAM") {
            Some(path) => Self::with_psam(path.as_ref(), env::var("METERCREW_PSAM_PIN").ok()),
            None => Ok(Self::system()),
        }
    }

    /// A virtual reader of this process, with the test keys.
    #[cfg(debug_assertions)]
    pub fn simulated(source: DirectCards) -> Self {
        Self {
            source: Arc::new(source),
            keys: CardKeys::Test,
        }
    }

    /// A virtual reader of this process, with the keys where [`CardParts::system`] has them.
    #[cfg(debug_assertions)]
    pub fn simulated_with_office_keys(source: DirectCards) -> Self {
        Self {
            source: Arc::new(source),
            keys: CardKeys::Office,
        }
    }

    #[cfg(not(target_os = "android"))]
    fn with_psam(path: &Path, pin: Option<String>) -> Result<Self, CardPartsError> {
        let text = fs::read_to_string(path).map_err(CardPartsError::File)?;
        let file: PsamFile =
            serde_json::from_str(&text).map_err(|error| CardPartsError::Form(error.to_string()))?;
        let commands = PsamCommands::try_from(file.commands)
            .map_err(|error: BadPsam| CardPartsError::Form(error.to_string()))?;
        let pin = pin.map(|pin| bytes_of(&pin).ok_or(CardPartsError::Pin));
        let reader = ReaderName(file.reader);
        Ok(Self {
            source: system_readers(vec![reader.clone()]),
            keys: CardKeys::Psam {
                reader,
                commands,
                pin: pin.transpose()?.map(Pin::new),
            },
        })
    }

    #[cfg(target_os = "android")]
    fn with_psam(_: &Path, _: Option<String>) -> Result<Self, CardPartsError> {
        Ok(Self::system())
    }

    /// Whether it is `psam`, `office` or `test`.
    pub(crate) fn keys_name(&self) -> &'static str {
        match self.keys {
            CardKeys::Office => "office",
            #[cfg(not(target_os = "android"))]
            CardKeys::Psam { .. } => "psam",
            #[cfg(debug_assertions)]
            CardKeys::Test => "test",
        }
    }

    /// The holder of keys for a write that is not begun yet: one that can be reached now, so that
    /// no leave is used up in vain.
    pub(crate) fn module_at_hand(
        &self,
        device: &Device,
        authorisation: AuthorisationId,
    ) -> Result<Box<dyn SecurityModule>, SecurityError> {
        match self.keys {
            CardKeys::Office => {
                let mut office = Office::new(device, authorisation)?;
                office.opened()?;
                Ok(Box::new(office))
            }
            _ => self.module(device, authorisation),
        }
    }

    /// The holder of keys, for one write. The office is reached when it is first asked: what is on
    /// the card already is recorded without a link.
    pub(crate) fn module(
        &self,
        device: &Device,
        authorisation: AuthorisationId,
    ) -> Result<Box<dyn SecurityModule>, SecurityError> {
        Ok(match &self.keys {
            CardKeys::Office => Box::new(Office::new(device, authorisation)?),
            #[cfg(not(target_os = "android"))]
            CardKeys::Psam {
                reader,
                commands,
                pin,
            } => {
                let slot = PcscModule::connect(reader).map_err(|error| SecurityError::Absent {
                    why: error.to_string(),
                })?;
                Box::new(Psam::new(slot, commands.clone(), pin.clone())?)
            }
            #[cfg(debug_assertions)]
            CardKeys::Test => Box::new(TestKeys),
        })
    }
}

impl std::fmt::Debug for CardParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardParts({})", self.keys_name())
    }
}

#[cfg(not(target_os = "android"))]
fn system_readers(not_for_cards: Vec<ReaderName>) -> Arc<dyn CardSource> {
    Arc::new(PcscCards::except(not_for_cards))
}

/// A tablet's readers come with its NFC and USB transports; until then there are none.
#[cfg(target_os = "android")]
fn system_readers(_: Vec<ReaderName>) -> Arc<dyn CardSource> {
    struct None;
    impl CardSource for None {
        fn readers(&self) -> Result<Vec<ReaderName>, devices::card::LinkError> {
            Ok(vec![])
        }
        fn connect(
            &self,
            _: Option<&ReaderName>,
            _: std::time::Duration,
        ) -> Result<Box<dyn devices::card::CardTransport>, devices::card::LinkError> {
            Err(devices::card::LinkError::NoReader)
        }
    }
    Arc::new(None)
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let digits = std::str::from_utf8(pair).ok().filter(|d| d.len() == 2)?;
            u8::from_str_radix(digits, 16).ok()
        })
        .collect()
}

/// The office's security module, over the link: a session of its own, opened when it is first
/// asked.
struct Office {
    gateway: Gateway,
    who: store::Enrolment,
    authorisation: AuthorisationId,
    runtime: Handle,
    is_open: bool,
}

impl Office {
    fn new(device: &Device, authorisation: AuthorisationId) -> Result<Self, SecurityError> {
        let absent = |why: String| SecurityError::Absent { why };
        let who = device
            .signing_as()
            .map_err(|error| absent(error.to_string()))?;
        Ok(Self {
            gateway: Gateway::new(&who.gateway).map_err(|error| absent(error.to_string()))?,
            who,
            authorisation,
            runtime: Handle::try_current().map_err(|error| absent(error.to_string()))?,
            is_open: false,
        })
    }

    fn ask(&mut self, serial: CardSerial, ask: SecurityAsk) -> Result<Vec<u8>, SecurityError> {
        let request = SecurityRequest {
            authorisation: self.authorisation,
            serial,
            ask,
        };
        self.opened()?;
        let said = self
            .runtime
            .block_on(self.gateway.card_security(&request))
            .map_err(refused_or_cut_off)?;
        Ok(said.answer)
    }

    /// Opens its session, unless it is open.
    fn opened(&mut self) -> Result<(), SecurityError> {
        if self.is_open {
            return Ok(());
        }
        let key = SigningKey::from_bytes(&self.who.signing_seed);
        let sign = |bytes: &[u8]| Signature::over(bytes, &key);
        let opened = self.gateway.open_session(self.who.device, sign);
        self.runtime.block_on(opened).map_err(refused_or_cut_off)?;
        self.is_open = true;
        Ok(())
    }
}

fn refused_or_cut_off(error: client::ClientError) -> SecurityError {
    match error {
        client::ClientError::Refused { problem, .. } => SecurityError::Refused {
            why: problem.to_string(),
        },
        error => SecurityError::CutOff {
            why: error.to_string(),
        },
    }
}

fn exactly<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], SecurityError> {
    bytes
        .try_into()
        .map_err(|bytes: Vec<u8>| SecurityError::CutOff {
            why: format!("{} bytes came for {N}", bytes.len()),
        })
}

impl SecurityModule for Office {
    fn authenticate(
        &mut self,
        challenge: &Challenge,
        serial: &CardSerial,
    ) -> Result<[u8; 8], SecurityError> {
        let ask = SecurityAsk::Authenticate {
            challenge: *challenge,
        };
        exactly(self.ask(*serial, ask)?)
    }

    fn mac(
        &mut self,
        challenge: &Challenge,
        header: &[u8; 5],
        data: &[u8],
        serial: &CardSerial,
    ) -> Result<CommandMac, SecurityError> {
        let ask = SecurityAsk::Mac {
            challenge: *challenge,
            header: *header,
            data: data.to_vec(),
        };
        exactly(self.ask(*serial, ask)?)
    }
}
