//! Cards in PC/SC readers, and security modules in their slots.

use std::ffi::CStr;
use std::time::{Duration, Instant};

use pcsc::{
    Card, Context, Disposition, Error, MAX_BUFFER_SIZE, Protocols, ReaderState, Scope, ShareMode,
    State,
};

use super::{
    CardIdent, CardSource, CardTransport, LinkError, ModuleSlot, ReaderName, SecurityError, apdu,
    atr, psam,
};

/// The PC/SC readers of this machine.
///
/// Every connection is exclusive. The card is reset when it ends, also when the process dies: no
/// authentication outlives it.
#[derive(Debug, Clone, Default)]
pub struct PcscCards {
    not_for_cards: Vec<ReaderName>,
}

impl PcscCards {
    /// All readers but these, which hold security modules: they are looked into only by name.
    pub fn except(not_for_cards: Vec<ReaderName>) -> Self {
        Self { not_for_cards }
    }

    fn looks_into(&self, name: &CStr, wanted: Option<&ReaderName>) -> bool {
        let name = name_of(name);
        match wanted {
            Some(wanted) => *wanted == name,
            None => !self.not_for_cards.contains(&name),
        }
    }
}

impl CardSource for PcscCards {
    fn readers(&self) -> Result<Vec<ReaderName>, LinkError> {
        match context()?.list_readers_owned() {
            Ok(names) => Ok(names.iter().map(|name| name_of(name)).collect()),
            Err(Error::NoReadersAvailable) => Ok(Vec::new()),
            Err(error) => Err(explained(error)),
        }
    }

    fn connect(
        &self,
        reader: Option<&ReaderName>,
        wait: Duration,
    ) -> Result<Box<dyn CardTransport>, LinkError> {
        let start = Instant::now();
        let context = context()?;
        let names = context.list_readers_owned().map_err(explained)?;
        let mut states: Vec<ReaderState> = names
            .into_iter()
            .filter(|name| self.looks_into(name, reader))
            // what is in them now is told at once, and then what changes
            .map(|name| ReaderState::new(name, State::UNAWARE))
            .collect();
        let mut seen: Vec<Seen> = states.iter().map(|_| Seen::Nothing).collect();
        if states.is_empty() {
            return Err(LinkError::NoReader);
        }
        loop {
            let left = wait.saturating_sub(start.elapsed());
            match context.get_status_change(left, &mut states) {
                Ok(()) | Err(Error::Timeout) => {}
                Err(error) => return Err(explained(error)),
            }
            for (state, seen) in states.iter_mut().zip(&mut seen) {
                if let Some(card) = seen.look(&context, state) {
                    return Ok(Box::new(card));
                }
                state.sync_current_state();
            }
            let is_over = wait <= start.elapsed();
            if is_over || !seen.iter().any(Seen::may_change_by_itself) {
                let why = seen.into_iter().find_map(Seen::why);
                return Err(why.unwrap_or(LinkError::NoCard));
            }
        }
    }
}

/// What a reader had when it was last looked into.
enum Seen {
    /// No card.
    Nothing,
    /// Somebody else's hold on the card.
    Busy,
    /// A card that is of no use, and how many came and went before it: it is not tried twice.
    Useless { count: u32, why: LinkError },
}

impl Seen {
    fn look(&mut self, context: &Context, state: &ReaderState) -> Option<PcscCard> {
        let count = state.event_count();
        if matches!(self, Self::Useless { count: seen, .. } if *seen == count) {
            return None;
        }
        let flags = state.event_state();
        *self = if flags.contains(State::UNKNOWN) {
            let why = LinkError::NoReader;
            Self::Useless { count, why }
        } else if flags.contains(State::PRESENT) {
            match PcscCard::connect(context, state.name()) {
                Ok(card) => return Some(card),
                // it was seen, and was gone again before it said a word
                Err(LinkError::NoCard) if flags.contains(State::MUTE) => {
                    let why = LinkError::Mute;
                    Self::Useless { count, why }
                }
                Err(LinkError::NoCard) => Self::Nothing,
                Err(LinkError::Busy) => Self::Busy,
                Err(why) => Self::Useless { count, why },
            }
        } else {
            Self::Nothing
        };
        None
    }

    /// Whether waiting may help though nobody takes a wrong card out.
    fn may_change_by_itself(&self) -> bool {
        match self {
            Self::Nothing | Self::Busy => true,
            Self::Useless { .. } => false,
        }
    }

    fn why(self) -> Option<LinkError> {
        match self {
            Self::Nothing => None,
            Self::Busy => Some(LinkError::Busy),
            Self::Useless { why, .. } => Some(why),
        }
    }
}

/// A chip in a reader, ours alone.
struct Chip(Card);

impl Chip {
    /// The chip and its answer to reset.
    fn connect(context: &Context, reader: &CStr) -> Result<(Self, Vec<u8>), LinkError> {
        let card = context.connect(reader, ShareMode::Exclusive, Protocols::ANY);
        let chip = Self(card.map_err(explained)?);
        let atr = chip.atr()?;
        Ok((chip, atr))
    }

    // the attribute of that name gives nothing of use
    fn atr(&self) -> Result<Vec<u8>, LinkError> {
        let status = self.0.status2_owned().map_err(explained)?;
        Ok(status.atr().to_vec())
    }

    fn transmit(&self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        let once = |apdu: &[u8]| {
            let mut buffer = [0; MAX_BUFFER_SIZE];
            // whatever the driver calls it: the command may have been done
            let answer = self.0.transmit(apdu, &mut buffer);
            answer
                .map(<[u8]>::to_vec)
                .map_err(|_| LinkError::OutcomeUnknown)
        };
        apdu::complete(once, apdu)
    }

    /// Powers it off and on; gives the answer to reset of whoever is there now.
    fn power_anew(&mut self) -> Result<Vec<u8>, LinkError> {
        let again = (
            ShareMode::Exclusive,
            Protocols::ANY,
            Disposition::UnpowerCard,
        );
        let done = self.0.reconnect(again.0, again.1, again.2);
        done.map_err(explained)?;
        self.atr()
    }
}

struct PcscCard {
    chip: Chip,
    ident: CardIdent,
}

impl PcscCard {
    fn connect(context: &Context, reader: &CStr) -> Result<Self, LinkError> {
        let (chip, atr) = Chip::connect(context, reader)?;
        let ident = atr::ident(atr)?;
        Ok(Self { chip, ident })
    }
}

impl CardTransport for PcscCard {
    fn ident(&self) -> &CardIdent {
        &self.ident
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.chip.transmit(apdu)
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        self.ident = atr::ident(self.chip.power_anew()?)?;
        Ok(self.ident.clone())
    }
}

/// A security module's chip in a PC/SC reader.
pub struct PcscModule(Chip);

impl PcscModule {
    /// Connects, exclusively, to what is in that reader now.
    ///
    /// Errors: [`SecurityError::Absent`], [`SecurityError::CutOff`].
    pub fn connect(reader: &ReaderName) -> Result<Self, SecurityError> {
        Self::find(reader).map_err(psam::explained)
    }

    fn find(reader: &ReaderName) -> Result<Self, LinkError> {
        let context = context()?;
        let names = context.list_readers_owned().map_err(explained)?;
        let name = names.iter().find(|name| name_of(name) == *reader);
        let name = name.ok_or(LinkError::NoReader)?;
        let (chip, _) = Chip::connect(&context, name)?;
        Ok(Self(chip))
    }
}

impl ModuleSlot for PcscModule {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.0.transmit(apdu)
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.power_anew().map(drop)
    }
}

/// The service, asked anew each time: it may have been restarted since.
fn context() -> Result<Context, LinkError> {
    Context::establish(Scope::User).map_err(explained)
}

fn name_of(name: &CStr) -> ReaderName {
    ReaderName(name.to_string_lossy().into_owned())
}

/// What the driver's error means where no command was under way.
fn explained(error: Error) -> LinkError {
    match error {
        Error::NoService | Error::ServiceStopped => LinkError::NoService,
        Error::NoReadersAvailable | Error::UnknownReader | Error::ReaderUnavailable => {
            LinkError::NoReader
        }
        Error::NoSmartcard | Error::RemovedCard => LinkError::NoCard,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::InvalidAtr => LinkError::Mute,
        Error::SharingViolation => LinkError::Busy,
        Error::ProtoMismatch | Error::UnsupportedCard | Error::CardUnsupported => {
            LinkError::NotOurs
        }
        other => LinkError::Failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_keeps_us_from_a_card_has_its_own_name() {
        let code = |error| explained(error).code();
        assert_eq!(code(Error::NoService), "reader_no_service");
        assert_eq!(code(Error::NoReadersAvailable), "reader_missing");
        assert_eq!(code(Error::UnknownReader), "reader_missing");
        assert_eq!(code(Error::NoSmartcard), "card_missing");
        assert_eq!(code(Error::UnresponsiveCard), "card_mute");
        assert_eq!(code(Error::UnpoweredCard), "card_mute");
        assert_eq!(code(Error::SharingViolation), "card_busy");
        assert_eq!(code(Error::ProtoMismatch), "card_not_ours");
        assert_eq!(code(Error::InternalError), "reader_failed");
    }
}
