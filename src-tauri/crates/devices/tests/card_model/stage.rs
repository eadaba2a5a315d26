//! One life of the app: from its start to its end or its death, with the cards and the journal it
//! finds, and those it leaves.
//!
//! A stage is made from its [`State`] and what happens in it, and from nothing else: the cards are
//! powered for the first time, the journal is opened anew. So what comes of a stage from one state
//! comes of it from every state that is equal, and is asked once.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::{CardImage, CardMeter, Fen};
use metercrew_devices::card::{
    CardIdent, CardPhase, CardProgress, CardSource as _, CardTransport, CardWrite, JournalFault,
    LinkError, MemoryJournal, OpenCard, TestKeys, WriteError, abandon, begin_write, carry_on,
};
use metercrew_devices::sim::card::{At, DirectCards, Fault, Slot, Tear, VirtualCard};

use crate::scenario::{Scenario, WrittenBack, inserted, layout};

/// A card between two stages: it has no power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plastic {
    pub image: CardImage,
    pub tries: u8,
}

/// All there is between two stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// In the order of the scenario's.
    pub cards: Vec<Plastic>,
    pub meters: [CardMeter; 2],
    /// What each meter credited in all.
    pub paid: [Fen; 2],
    /// What the journal has.
    pub records: Vec<CardPhase>,
}

/// What a state is found by; two that differ may share it.
impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for card in &self.cards {
            card.image.user.hash(hasher);
            card.image.purse.hash(hasher);
            card.image.write_back.hash(hasher);
        }
        self.paid.hash(hasher);
        self.records.hash(hasher);
    }
}

/// What happens to the card at a command of the stage, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// It is pulled.
    Tear(Tear),
    /// It does as it is told and says nothing more.
    Silence,
}

impl Mishap {
    pub const ALL: [Self; 6] = [
        Self::Tear(Tear::Before),
        Self::Tear(Tear::FirstHalf),
        Self::Tear(Tear::SecondHalf),
        Self::Tear(Tear::AnswerLost),
        Self::Tear(Tear::Answered),
        Self::Silence,
    ];
}

/// Where the app dies; counted from 0 over the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    BeforeCommand(u32),
    AfterCommand(u32),
    InJournal(JournalFault),
}

/// What happens in a stage. Where both happen, the earlier one ends it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Events {
    pub mishap: Option<(Mishap, u32)>,
    pub death: Option<Death>,
}

impl From<Option<(Mishap, u32)>> for Events {
    fn from(mishap: Option<(Mishap, u32)>) -> Self {
        Self {
            mishap,
            death: None,
        }
    }
}

impl From<Option<Death>> for Events {
    fn from(death: Option<Death>) -> Self {
        Self {
            mishap: None,
            death,
        }
    }
}

/// How a stage ended.
#[derive(Debug)]
pub enum End {
    /// It says all is done; or all was done before it began.
    Done,
    Error(WriteError),
    /// The card could not even be opened.
    NoCard,
}

/// How many commands and journal records a stage asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    pub commands: u32,
    pub keeps: u32,
}

/// Puts something between the app and the card.
pub type Between = fn(Box<dyn CardTransport>) -> Box<dyn CardTransport>;

impl State {
    pub fn first(scenario: &Scenario) -> Self {
        let plastic = |image: &CardImage| Plastic {
            image: image.clone(),
            tries: 3,
        };
        Self {
            cards: scenario.cards.iter().map(plastic).collect(),
            meters: scenario.meters,
            paid: [Fen::ZERO; 2],
            records: Vec::new(),
        }
    }

    /// Every card is tried at its meters, as it is now.
    pub fn tried(mut self, scenario: &Scenario, written: WrittenBack) -> Self {
        for (card, meter) in scenario.tried {
            let image = self.cards[*card].image.clone();
            let (image, after, paid) = inserted(image, self.meters[*meter], written);
            self.cards[*card].image = image;
            self.meters[*meter] = after;
            self.paid[*meter] = self.paid[*meter].plus(paid).unwrap();
        }
        self
    }

    /// The app is started, finds the journal, asks for the card it wants, and gets it.
    pub fn stage(
        &self,
        scenario: &Scenario,
        events: Events,
        between: Between,
    ) -> (Self, End, Asked) {
        let at = |phase: &CardPhase| CardWrite {
            phase: *phase,
            ..scenario.write.clone()
        };
        let mut journal = MemoryJournal::restored(self.records.iter().map(at).collect());
        if let Some(Death::InJournal(fault)) = events.death {
            journal = journal.failing(fault);
        }
        let slot = Slot::empty();
        if let Some((mishap, n)) = events.mishap {
            let fault = match mishap {
                Mishap::Tear(tear) => Fault::Tear(tear),
                Mishap::Silence => Fault::Silence,
            };
            slot.plan(At::Command(n), fault);
        }
        let mut after = self.clone();
        let mut life = Life {
            reader: DirectCards::new([slot.clone()]),
            slot,
            death: events.death,
            between,
            sent: Arc::default(),
        };
        let end = life.run(scenario, &mut after, &mut journal);
        after.records = journal.records().iter().map(|write| write.phase).collect();
        let asked = Asked {
            commands: life.sent.load(Ordering::Relaxed),
            keeps: u32::try_from(after.records.len() - self.records.len()).unwrap(),
        };
        (after, end, asked)
    }

    /// The write is given up, on the proof of the card that it wants.
    pub fn abandoned(mut self, scenario: &Scenario) -> Self {
        let phase = self.phase().unwrap();
        let mut write = CardWrite {
            phase,
            ..scenario.write.clone()
        };
        let wanted = write.wanted().unwrap();
        let card = self
            .cards
            .iter()
            .find(|card| card.image.serial == wanted)
            .unwrap();
        let reader = DirectCards::new([Slot::with(powerless(card))]);
        let transport = reader.connect(None, Duration::ZERO).unwrap();
        let mut open = OpenCard::open(transport, layout()).unwrap();
        let proof = abandon(&mut open, &mut write, &mut MemoryJournal::new()).unwrap();
        assert_eq!(proof, card.image);
        self.records.push(write.phase);
        self
    }

    pub fn phase(&self) -> Option<CardPhase> {
        self.records.last().copied()
    }
}

struct Life {
    reader: DirectCards,
    slot: Slot,
    death: Option<Death>,
    between: Between,
    /// How many commands the app sent, or died before sending.
    sent: Arc<AtomicU32>,
}

impl Life {
    fn run(&mut self, scenario: &Scenario, state: &mut State, journal: &mut MemoryJournal) -> End {
        let mut write = scenario.write.clone();
        if let Some(last) = journal.last(write.authorisation) {
            write.phase = last.phase;
        }
        while let Some(wanted) = write.wanted() {
            let mut cards = state.cards.iter_mut();
            let card = cards.find(|card| card.image.serial == wanted).unwrap();
            self.slot.insert(powerless(card));
            let progress = self.with_card(&mut write, journal);
            let pulled = self.slot.remove().unwrap();
            card.image = pulled.image().clone();
            card.tries = pulled.tries();
            match progress {
                Ok(Some(CardProgress::NextCard { .. })) => {}
                Ok(Some(CardProgress::Done { image })) => {
                    assert_eq!(image, card.image, "what is said to be on the card is");
                    return End::Done;
                }
                Ok(None) => return End::NoCard,
                Err(error) => return End::Error(error),
            }
        }
        End::Done
    }

    fn with_card(
        &self,
        write: &mut CardWrite,
        journal: &mut MemoryJournal,
    ) -> Result<Option<CardProgress>, WriteError> {
        let transport = self.reader.connect(None, Duration::ZERO).unwrap();
        let transport = Box::new(Mortal {
            sent: self.sent.clone(),
            death: self.death,
            transport: (self.between)(transport),
        });
        let Ok(mut card) = OpenCard::open(transport, layout()) else {
            return Ok(None);
        };
        let mut keys = TestKeys;
        if journal.last(write.authorisation).is_none() {
            begin_write(&mut card, write, journal, &mut |_| {})?;
        }
        carry_on(&mut card, write, &mut keys, journal, &mut |_| {}).map(Some)
    }
}

/// A card without power, that remembers its files and its tries and nothing else.
fn powerless(plastic: &Plastic) -> VirtualCard {
    let mut card = VirtualCard::new(plastic.image.clone());
    card.apdu(&[0x00, 0xa4, 0x00, 0x00, 0x02, 0xdf, 0x01]);
    while card.tries() > plastic.tries {
        card.apdu(&[0x00, 0x84, 0x00, 0x00, 0x08]);
        card.apdu(&[0x00, 0x82, 0x00, 0x02, 0x08, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    card
}

/// The app's hand on the card, until it dies.
struct Mortal {
    sent: Arc<AtomicU32>,
    death: Option<Death>,
    transport: Box<dyn CardTransport>,
}

impl CardTransport for Mortal {
    fn ident(&self) -> &CardIdent {
        self.transport.ident()
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        let sent = self.sent.fetch_add(1, Ordering::Relaxed);
        let dead_at = |n: Option<u32>| n.is_some_and(|n| n <= sent);
        let (before, after) = match self.death {
            Some(Death::BeforeCommand(n)) => (Some(n), None),
            Some(Death::AfterCommand(n)) => (n.checked_add(1), Some(n)),
            Some(Death::InJournal(_)) | None => (None, None),
        };
        if dead_at(before) {
            return Err(LinkError::OutcomeUnknown);
        }
        let answer = self.transport.transmit(apdu);
        if dead_at(after) {
            return Err(LinkError::OutcomeUnknown);
        }
        answer
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        self.transport.reset()
    }
}
