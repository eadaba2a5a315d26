//! Procedures (作业规程): what each kind of order requires, step by step, as versioned data.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{OrderKind, ProcedureId, Purpose, ReasonCode, StepId};

/// A word in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Words {
    /// Chinese, shown first.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both languages at once.
    pub fn new(zh: &str, en: &str) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// What one kind of order requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Procedure {
    /// Name of the procedure.
    pub id: ProcedureId,
    /// Rises with each change; an order keeps the version it was dispatched with.
    pub version: u32,
    /// The kind of order it is for.
    pub kind: OrderKind,
    /// The steps, in the order the app proposes them.
    pub steps: Vec<Step>,
    /// The reasons for which the order may end undone.
    pub could_not: Vec<CouldNotReason>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Step {
    /// Unique in the procedure.
    pub id: StepId,
    /// What it is called on the screen.
    pub title: Words,
    /// The one button that does it, named by what it does.
    pub action: Words,
    /// What has to be recorded.
    pub need: Need,
    /// How many photos, of what.
    pub photos: PhotoRule,
    /// Whether the order may be completed without it.
    pub requirement: Requirement,
}

/// Photos a step asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotoRule {
    /// What they are to show.
    pub purpose: Purpose,
    /// At least so many; 0 when photos are welcome but not asked for.
    pub min: u8,
}

/// Whether a step may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// The order cannot be completed without it.
    Required,
    /// It may be left out.
    Optional,
}

/// Which thing on site a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The meter that hangs there (旧表).
    OldMeter,
    /// The meter that will hang there (新表).
    NewMeter,
    /// The terminal that hangs there (旧终端).
    OldTerminal,
    /// The terminal that will hang there (新终端).
    NewTerminal,
}

/// What a step records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "need", rename_all = "snake_case")]
pub enum Need {
    /// Photos only.
    Photos,
    /// An asset number, checked against the order and the custody list.
    Scan {
        /// Of what.
        slot: Slot,
    },
    /// Every register of a meter.
    Reading {
        /// Of which meter.
        slot: Slot,
    },
    /// Seals taken off and put on.
    Seals {
        /// New seals, at least so many.
        add_min: u8,
    },
    /// Meters hung under the terminal, or taken from it.
    Attach,
    /// A prepaid card, written and read back.
    Card,
    /// An STS token, handed over.
    Token,
    /// A remark in words.
    Note,
    /// The customer's signature under the form; comes after every other required step.
    Signature,
}

/// One reason for which an order may end undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CouldNotReason {
    /// Its code, mapped to the marketing system's own by the gateway.
    pub code: ReasonCode,
    /// How it reads.
    pub title: Words,
}

/// Why a procedure cannot be worked by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureFault {
    /// It asks for nothing.
    #[error("procedure {procedure} has no steps")]
    NoSteps {
        /// Which.
        procedure: ProcedureId,
    },
    /// Nothing ends it undone.
    #[error("procedure {procedure} has no reasons for which an order may end undone")]
    NoReasons {
        /// Which.
        procedure: ProcedureId,
    },
    /// A step twice.
    #[error("procedure {procedure} has step {step} twice")]
    StepTwice {
        /// Which.
        procedure: ProcedureId,
        /// Which step.
        step: StepId,
    },
    /// A step after the signature: what is signed would change.
    #[error("procedure {procedure} asks for {step} after the signature")]
    AfterSignature {
        /// Which.
        procedure: ProcedureId,
        /// Which step.
        step: StepId,
    },
    /// A meter is read that no step before has scanned.
    #[error("procedure {procedure} reads a new meter at {step} before it is scanned")]
    ReadBeforeScan {
        /// Which.
        procedure: ProcedureId,
        /// Which step.
        step: StepId,
    },
}

impl Procedure {
    /// Whether a crew can work by it.
    ///
    /// Errors: the first [`ProcedureFault`].
    pub fn check(&self) -> Result<(), ProcedureFault> {
        let procedure = || self.id.clone();
        if self.steps.is_empty() {
            return Err(ProcedureFault::NoSteps {
                procedure: procedure(),
            });
        }
        if self.could_not.is_empty() {
            return Err(ProcedureFault::NoReasons {
                procedure: procedure(),
            });
        }
        let new_meter = Need::Scan {
            slot: Slot::NewMeter,
        };
        for (at, step) in self.steps.iter().enumerate() {
            let mut before = self.steps.iter().take(at);
            let fault = |step: &Step| (procedure(), step.id.clone());
            if before.clone().any(|earlier| earlier.id == step.id) {
                let (procedure, step) = fault(step);
                return Err(ProcedureFault::StepTwice { procedure, step });
            }
            if before
                .clone()
                .any(|earlier| earlier.need == Need::Signature)
            {
                let (procedure, step) = fault(step);
                return Err(ProcedureFault::AfterSignature { procedure, step });
            }
            let reads_new = step.need
                == Need::Reading {
                    slot: Slot::NewMeter,
                };
            if reads_new && !before.any(|earlier| earlier.need == new_meter) {
                let (procedure, step) = fault(step);
                return Err(ProcedureFault::ReadBeforeScan { procedure, step });
            }
        }
        Ok(())
    }

    /// The procedure as it fits a dispatch: with a step for the card and one for the token where
    /// the dispatch asks for them and the procedure has none, and without them where it does not.
    ///
    /// They come before the remark and the signature: what is signed says what is on the card.
    pub fn fitted(mut self, card: bool, token: bool) -> Self {
        for (asked, need) in [(card, Need::Card), (token, Need::Token)] {
            let has = self.steps.iter().any(|step| step.need == need);
            if !asked {
                self.steps.retain(|step| step.need != need);
            } else if !has {
                let is_end = |step: &Step| matches!(step.need, Need::Note | Need::Signature);
                let end = self.steps.iter().rposition(|step| !is_end(step));
                let at = end.map_or(0, |last| last.saturating_add(1));
                self.steps.insert(at, money_step(need));
            }
        }
        self
    }

    /// The step of that id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| &step.id == id)
    }

    /// The built-in procedures, one for each kind of order; a gateway may deliver others.
    pub fn built_in() -> Vec<Self> {
        OrderKind::ALL.map(built_in).to_vec()
    }

    /// The built-in procedure of one kind.
    pub fn built_in_for(kind: OrderKind) -> Self {
        built_in(kind)
    }
}

fn step(
    id: &str,
    title: (&str, &str),
    action: (&str, &str),
    need: Need,
    photos: PhotoRule,
) -> Step {
    Step {
        id: StepId::from(id),
        title: Words::new(title.0, title.1),
        action: Words::new(action.0, action.1),
        need,
        photos,
        requirement: Requirement::Required,
    }
}

const fn photos(purpose: Purpose, min: u8) -> PhotoRule {
    PhotoRule { purpose, min }
}

fn site() -> Step {
    let title = ("现场全景", "Site as found");
    step(
        "site",
        title,
        ("拍现场全景", "Photograph the site"),
        Need::Photos,
        photos(Purpose::Site, 1),
    )
}

fn old_meter() -> Step {
    let need = Need::Scan {
        slot: Slot::OldMeter,
    };
    let title = ("核对旧表", "Check the old meter");
    step(
        "old_meter",
        title,
        ("扫描旧表", "Scan the old meter"),
        need,
        photos(Purpose::Nameplate, 0),
    )
}

fn old_reading() -> Step {
    let need = Need::Reading {
        slot: Slot::OldMeter,
    };
    let title = ("旧表示数", "Old meter's reading");
    step(
        "old_reading",
        title,
        ("抄录旧表示数", "Read the old meter"),
        need,
        photos(Purpose::Reading, 1),
    )
}

/// The step that writes a card, or hands a token over.
fn money_step(need: Need) -> Step {
    let (id, title, action) = match need {
        Need::Token => (
            "token",
            ("购电代码", "Token"),
            ("出示购电代码", "Show the token"),
        ),
        _ => (
            "card",
            ("购电卡", "Prepaid card"),
            ("写购电卡", "Write the card"),
        ),
    };
    step(id, title, action, need, photos(Purpose::Site, 0))
}

fn new_meter() -> Step {
    let need = Need::Scan {
        slot: Slot::NewMeter,
    };
    let title = ("新表绑定户号", "Bind the new meter");
    step(
        "new_meter",
        title,
        ("扫描新表", "Scan the new meter"),
        need,
        photos(Purpose::Nameplate, 0),
    )
}

fn new_reading() -> Step {
    let need = Need::Reading {
        slot: Slot::NewMeter,
    };
    let title = ("新表示数", "New meter's reading");
    step(
        "new_reading",
        title,
        ("抄录新表示数", "Read the new meter"),
        need,
        photos(Purpose::Reading, 1),
    )
}

fn wiring() -> Step {
    let title = ("接线", "Wiring");
    step(
        "wiring",
        title,
        ("拍接线照片", "Photograph the wiring"),
        Need::Photos,
        photos(Purpose::Wiring, 1),
    )
}

fn seals(add_min: u8) -> Step {
    let title = ("封印", "Seals");
    step(
        "seals",
        title,
        ("登记封印", "Record the seals"),
        Need::Seals { add_min },
        photos(Purpose::Seal, 1),
    )
}

fn old_terminal() -> Step {
    let need = Need::Scan {
        slot: Slot::OldTerminal,
    };
    let title = ("核对旧终端", "Check the old terminal");
    step(
        "old_terminal",
        title,
        ("扫描旧终端", "Scan the old terminal"),
        need,
        photos(Purpose::Terminal, 0),
    )
}

fn new_terminal() -> Step {
    let need = Need::Scan {
        slot: Slot::NewTerminal,
    };
    let title = ("新终端", "New terminal");
    step(
        "new_terminal",
        title,
        ("扫描新终端", "Scan the new terminal"),
        need,
        photos(Purpose::Terminal, 1),
    )
}

fn attach(title: (&str, &str)) -> Step {
    step(
        "attach",
        title,
        ("登记挂接电表", "Record the meters"),
        Need::Attach,
        photos(Purpose::Terminal, 1),
    )
}

fn note() -> Step {
    let title = ("备注", "Remark");
    Step {
        requirement: Requirement::Optional,
        ..step(
            "note",
            title,
            ("写备注", "Write a remark"),
            Need::Note,
            photos(Purpose::Site, 0),
        )
    }
}

fn signature() -> Step {
    let title = ("客户签名", "Customer's signature");
    step(
        "signature",
        title,
        ("请客户签名", "Ask for the signature"),
        Need::Signature,
        photos(Purpose::Site, 0),
    )
}

fn built_in(kind: OrderKind) -> Procedure {
    let steps = match kind {
        OrderKind::Install => {
            vec![
                site(),
                new_meter(),
                new_reading(),
                wiring(),
                seals(1),
                note(),
                signature(),
            ]
        }
        OrderKind::Replace => vec![
            site(),
            old_meter(),
            old_reading(),
            new_meter(),
            new_reading(),
            seals(1),
            note(),
            signature(),
        ],
        OrderKind::Remove => vec![
            site(),
            old_meter(),
            old_reading(),
            seals(0),
            note(),
            signature(),
        ],
        OrderKind::AttachTerminal => {
            vec![
                new_terminal(),
                attach(("挂接电表", "Attach meters")),
                wiring(),
                note(),
            ]
        }
        OrderKind::ReplaceTerminal => {
            vec![
                old_terminal(),
                new_terminal(),
                attach(("重新挂接", "Attach again")),
                note(),
            ]
        }
        // its card step comes with the dispatch's task, see [`Procedure::fitted`]
        OrderKind::Card => vec![signature()],
        OrderKind::DetachTerminal => {
            vec![
                old_terminal(),
                attach(("解除挂接", "Detach meters")),
                note(),
            ]
        }
    };
    let reasons = [
        ("no_access", "无人在家或不能进入", "no access"),
        ("customer_refuses", "客户拒绝", "customer refuses"),
        ("wrong_address", "地址不符", "wrong address"),
        (
            "wrong_meter",
            "现场表计与工单不符",
            "meter on site is not the one ordered",
        ),
        ("box_locked", "表箱上锁打不开", "meter box locked"),
        ("burnt_terminals", "端子烧损", "burnt terminals"),
        ("unsafe", "现场不安全", "unsafe to work"),
        (
            "no_material",
            "缺少合适的表计或材料",
            "no fitting meter or material",
        ),
        ("other", "其他", "other"),
    ];
    Procedure {
        id: ProcedureId::new(format!("built-in/{}", kind.name())),
        version: 1,
        kind,
        steps,
        could_not: reasons
            .map(|(code, zh, en)| CouldNotReason {
                code: code.into(),
                title: Words::new(zh, en),
            })
            .to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_order_has_a_procedure_that_can_be_worked_by() {
        for procedure in Procedure::built_in() {
            assert_eq!(procedure.check(), Ok(()));
        }
    }

    #[test]
    fn a_procedure_that_leads_nowhere_is_found() {
        let good = || Procedure::built_in_for(OrderKind::Replace);
        let id = good().id;
        type Change = fn(&mut Procedure);
        let changes: [(Change, &str); 5] = [
            (|p| p.steps.clear(), "has no steps"),
            (|p| p.could_not.clear(), "has no reasons"),
            (|p| p.steps.swap(0, 7), "after the signature"),
            (|p| p.steps.swap(3, 4), "before it is scanned"),
            (
                |p| p.steps.insert(1, p.steps[0].clone()),
                "has step site twice",
            ),
        ];
        for (change, says) in changes {
            let mut procedure = good();
            change(&mut procedure);
            let text = procedure.check().unwrap_err().to_string();
            assert!(text.contains(says) && text.contains(id.as_str()), "{text}");
        }
    }
}
