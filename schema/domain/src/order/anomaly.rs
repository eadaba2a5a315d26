//! What a supervisor should look at first.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Order, OrderState, Record};
use crate::{CardOutcome, Check, Finding, ReasonCode, ScanSource, StepId};

/// Beyond this a photo's place is worth a look. Unit: metres.
///
/// A phone's position in a village is good to some tens of metres; in a stairwell it may be a
/// hundred off. Smaller cries wolf, larger misses the wrong house.
const FAR_M: u32 = 300;

/// Something about an order that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "anomaly", rename_all = "snake_case")]
pub enum Anomaly {
    /// A check was overruled, with the reason given.
    Overruled {
        /// At which step.
        step: StepId,
        /// What was found and why the crew went on.
        finding: Finding,
    },
    /// A photo was taken far from the account's place.
    FarAway {
        /// How far. Unit: metres.
        distance_m: u32,
    },
    /// The number was typed, not scanned.
    Typed {
        /// At which step.
        step: StepId,
    },
    /// A photo the app warned about was kept.
    PoorPhoto {
        /// At which step.
        step: StepId,
        /// The warning.
        hint: String,
    },
    /// The crew could not do the order.
    CouldNotDo {
        /// The reason's code.
        reason: ReasonCode,
    },
    /// A card was begun, and what is on it is not known.
    CardInDoubt {
        /// At which step.
        step: StepId,
    },
    /// Events came late or were refused and wait for a person.
    Waiting {
        /// How many.
        events: u32,
    },
}

/// What to look at, the gravest first.
pub fn anomalies(order: &Order) -> Vec<Anomaly> {
    let mut found = vec![];
    let waiting = order
        .attention
        .iter()
        .filter(|a| a.decided.is_none())
        .count();
    if waiting > 0 {
        found.push(Anomaly::Waiting {
            events: waiting as u32,
        });
    }
    for (step, record) in &order.work {
        if let Record::Card {
            outcome: CardOutcome::InDoubt,
            ..
        } = record
        {
            found.push(Anomaly::CardInDoubt { step: step.clone() });
        }
    }
    if let OrderState::CouldNotDo { reason, .. } = &order.state {
        found.push(Anomaly::CouldNotDo {
            reason: reason.clone(),
        });
    }
    for (step, record) in &order.work {
        let (Record::Scan { findings, .. }
        | Record::Reading { findings, .. }
        | Record::Seals { findings, .. }) = record
        else {
            continue;
        };
        found.extend(findings.iter().map(|finding| Anomaly::Overruled {
            step: step.clone(),
            finding: finding.clone(),
        }));
    }
    let photos = || {
        order
            .photos
            .iter()
            .flat_map(|(step, ps)| ps.iter().map(move |p| (step, p)))
    };
    let home = order.dispatch.account.place;
    let farthest = photos()
        .filter_map(|(_, photo)| Some(photo.place?.distance_m(&home?)))
        .max()
        .unwrap_or(0);
    if farthest > FAR_M {
        found.push(Anomaly::FarAway {
            distance_m: farthest,
        });
    }
    found.extend(photos().filter_map(|(step, photo)| {
        let hint = photo.hints.first()?.clone();
        Some(Anomaly::PoorPhoto {
            step: step.clone(),
            hint,
        })
    }));
    for (step, record) in &order.work {
        if let Record::Scan {
            source: ScanSource::TypedTwice,
            ..
        } = record
        {
            found.push(Anomaly::Typed { step: step.clone() });
        }
    }
    found
}

impl Anomaly {
    /// Its name, for filters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Overruled { finding, .. } => match finding.check {
                Check::InCustody => "in_custody",
                Check::NotBelowLastBilled => "not_below_last_billed",
                Check::TotalIsSumOfTariffs => "total_is_sum_of_tariffs",
                Check::UseIsPlausible => "use_is_plausible",
                Check::OldSealsRecorded => "old_seals_recorded",
                Check::SourcesAgree => "sources_agree",
                Check::AddressIsTheMeters => "address_is_the_meters",
            },
            Self::FarAway { .. } => "far_away",
            Self::Typed { .. } => "typed",
            Self::PoorPhoto { .. } => "poor_photo",
            Self::CouldNotDo { .. } => "could_not_do",
            Self::CardInDoubt { .. } => "card_in_doubt",
            Self::Waiting { .. } => "waiting",
        }
    }
}
