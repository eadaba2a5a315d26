//! The `Err-` codes on a meter's display: which there are, what they mean, what to do.

use serde::Serialize;
use ts_rs::TS;

use crate::{Confidence, Generation};

/// What kind of trouble a code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrGroup {
    /// The meter is faulty; the display stays on the code.
    Fault,
    /// Something happens to a sound meter; the code comes first in the rotation.
    Event,
    /// A prepaid card was refused.
    Card,
}

/// The same words in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Phrase {
    /// Chinese, shown first.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// One code of the table.
///
/// Shape: `{"number":4,"means":4,"generation":null,"group":"fault","confidence":"high",
/// "meaning":{"zh":"…","en":"…"},"act":{"zh":"…","en":"…"}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ErrCode {
    /// What is shown: 4 for Err-04.
    pub number: u8,
    /// The number that is meant: 8 for Err-07, which some vendors show for the clock; else `number`.
    pub means: u8,
    /// Of which meters; absent when those of both generations show it.
    pub generation: Option<Generation>,
    /// Fault, event or card.
    pub group: ErrGroup,
    /// How sure the meaning is.
    pub confidence: Confidence,
    /// What it means.
    pub meaning: Phrase,
    /// What the crew does.
    pub act: Phrase,
}

impl ErrCode {
    /// The code a display's text shows, `Err-04` or `Err04`; `None` unless it is in the table.
    ///
    /// Letters and dash may be read in part, as `Er-04` or `---04`: two digits alone behind any of them are nothing
    /// else a meter shows.
    pub fn shown(text: &str) -> Option<&'static Self> {
        let digits = text.trim_start_matches(['E', 'r', '-']);
        let is_code = digits.len() == 2 && digits.len() < text.len();
        if !is_code || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u8 = digits.parse().ok()?;
        ERR_CODES.iter().find(|code| code.number == number)
    }

    /// As the display has it: `Err-04`.
    pub fn text(&self) -> String {
        format!("Err-{:02}", self.number)
    }
}

const REPLACE: Phrase = phrase("更换电能表", "replace the meter");
const LOAD: Phrase = phrase(
    "检查用电负荷，电表本身无故障",
    "look at the load; the meter is sound",
);
const OFFICE: Phrase = phrase("联系营业厅处理", "ask the office");
const CLEAN: Phrase = phrase(
    "擦净卡片，正确插入，等提示完成再拔卡",
    "wipe the card, put it in the right way, leave it in until the meter is done",
);
const RIGHT_CARD: Phrase = phrase("核对卡与表后换对应的卡", "take the card of this meter");
const SUPPLY: Phrase = phrase("检查供电电压", "check the supply voltage");
const PRESS: Phrase = phrase("先按编程键再操作", "press the programming key first");
const USE_UP: Phrase = phrase(
    "余额用减后再插卡",
    "put the card in again when credit is used",
);

/// Every code whose meaning is known, by number.
///
/// Source: fault codes are the bits of the active-report status word (DL/T 645-2007), agreed by
/// firmwares in public and field guides; card codes of 2009 stand alike in two firmwares; those of
/// 2013 in one firmware and one list of classes. Read 2026-08; the standards themselves were not.
pub const ERR_CODES: [ErrCode; 39] = [
    fault(1, "控制回路错误", "control loop (relay) error", REPLACE),
    fault(2, "ESAM错误", "security chip error", REPLACE),
    fault(
        3,
        "内卡初始化错误",
        "internal card not initialised",
        REPLACE,
    ),
    fault(
        4,
        "时钟电池电压低",
        "clock battery low; metering goes on",
        phrase("安排更换", "plan a replacement"),
    ),
    fault(5, "内部程序错误", "internal program error", REPLACE),
    fault(
        6,
        "存储器故障或损坏",
        "memory fault",
        phrase(
            "更换电能表，示数存疑",
            "replace the meter; doubt its readings",
        ),
    ),
    ErrCode {
        means: 8,
        confidence: Confidence::Medium,
        ..fault(
            7,
            "时钟故障（部分厂家）",
            "clock fault, with some vendors",
            CLOCK,
        )
    },
    fault(8, "时钟故障", "clock fault", CLOCK),
    card_2009(10, "认证错误", "authentication failed", OFFICE),
    card_2009(11, "ESAM验证失败", "security chip did not verify", OFFICE),
    card_2009(
        12,
        "客户编号不匹配",
        "customer number does not match",
        RIGHT_CARD,
    ),
    card_2009(13, "充值次数错误", "purchase count is wrong", OFFICE),
    card_2009(14, "购电超囤积", "over the hoarding limit", USE_UP),
    card_2009(
        15,
        "现场参数设置卡对本表已失效",
        "parameter card no longer valid for this meter",
        OFFICE,
    ),
    card_2009(16, "修改密钥错误", "keys could not be changed", OFFICE),
    card_2009(
        17,
        "未按编程（铅封）键",
        "programming key not pressed",
        PRESS,
    ),
    card_2009(18, "提前拔卡", "card taken out early", CLEAN),
    card_2009(19, "修改表号卡满", "number card has no number left", OFFICE),
    card_2009(20, "修改密钥卡次数为0", "key card has no uses left", OFFICE),
    card_2009(
        21,
        "表计已开户",
        "open-account card, and the meter is opened already",
        OFFICE,
    ),
    card_2009(
        22,
        "表计未开户",
        "user card, and the meter is not opened",
        OFFICE,
    ),
    card_2009(
        23,
        "卡损坏或不明类型卡",
        "damaged, reversed or unknown card",
        CLEAN,
    ),
    card_2009(24, "表计电压过低", "supply too low for card work", SUPPLY),
    card_2009(25, "卡文件格式不合法", "bad file on the card", OFFICE),
    card_2009(26, "卡类型错", "wrong type of card", RIGHT_CARD),
    card_2009(
        27,
        "已开过户的新开户卡",
        "open-account card was used before",
        OFFICE,
    ),
    card_2009(28, "其他错误", "other card error", CLEAN),
    card_2013(
        31,
        "电表故障",
        "meter fault: supply or security chip",
        SUPPLY,
    ),
    card_2013(32, "无效卡片", "invalid card", CLEAN),
    card_2013(33, "卡与表不匹配", "card is not this meter's", RIGHT_CARD),
    card_2013(34, "售电操作错误", "sale was not done right", OFFICE),
    card_2013(35, "接触不良", "bad contact, or taken out early", CLEAN),
    card_2013(36, "超囤积", "over the hoarding limit", USE_UP),
    event(51, "过载", "overload", LOAD),
    event(52, "电流严重不平衡", "severe current unbalance", LOAD),
    event(53, "过压", "over-voltage", LOAD),
    event(54, "功率因数超限", "power factor beyond its limit", LOAD),
    event(55, "超有功需量报警", "active demand beyond its limit", LOAD),
    ErrCode {
        confidence: Confidence::Medium,
        ..event(
            56,
            "有功电能方向改变",
            "active energy changed direction",
            phrase("检查接线", "check the wiring"),
        )
    },
];

const CLOCK: Phrase = phrase(
    "校时，无效则更换",
    "set the clock; replace the meter if that fails",
);

const fn phrase(zh: &'static str, en: &'static str) -> Phrase {
    Phrase { zh, en }
}

const fn fault(number: u8, zh: &'static str, en: &'static str, act: Phrase) -> ErrCode {
    ErrCode {
        number,
        means: number,
        generation: None,
        group: ErrGroup::Fault,
        confidence: Confidence::High,
        meaning: phrase(zh, en),
        act,
    }
}

const fn event(number: u8, zh: &'static str, en: &'static str, act: Phrase) -> ErrCode {
    ErrCode {
        group: ErrGroup::Event,
        ..fault(number, zh, en, act)
    }
}

const fn card_2009(number: u8, zh: &'static str, en: &'static str, act: Phrase) -> ErrCode {
    ErrCode {
        group: ErrGroup::Card,
        generation: Some(Generation::G2009),
        ..fault(number, zh, en, act)
    }
}

const fn card_2013(number: u8, zh: &'static str, en: &'static str, act: Phrase) -> ErrCode {
    ErrCode {
        generation: Some(Generation::G2013),
        ..card_2009(number, zh, en, act)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrCause;

    #[test]
    fn the_table_holds_each_number_once_in_order_and_no_other() {
        let numbers: Vec<u8> = ERR_CODES.iter().map(|code| code.number).collect();
        let known: Vec<u8> = (1..=8)
            .chain(10..=28)
            .chain(31..=36)
            .chain(51..=56)
            .collect();
        assert_eq!(numbers, known);
    }

    #[test]
    fn what_a_card_can_cause_stands_in_the_table_as_its_generations() {
        let causes = [
            ErrCause::SupplyLow,
            ErrCause::CardReset,
            ErrCause::Unissued,
            ErrCause::WrongType,
            ErrCause::KeyState,
            ErrCause::MeterNumber,
            ErrCause::CustomerNumber,
            ErrCause::CardSerial,
            ErrCause::FileFormat,
            ErrCause::PurchaseInUnopened,
            ErrCause::ReplacementInUnopened,
            ErrCause::PurchaseCount,
            ErrCause::WriteBackNotEmpty,
            ErrCause::OpenAccountUsed,
            ErrCause::OverLimit,
        ];
        for generation in [Generation::G2009, Generation::G2013] {
            for number in causes.iter().filter_map(|cause| cause.number(generation)) {
                let code = ErrCode::shown(&format!("Err-{number:02}")).unwrap();
                assert_eq!(
                    (code.group, code.generation),
                    (ErrGroup::Card, Some(generation)),
                    "{number}"
                );
            }
        }
    }

    #[test]
    fn err_07_is_kept_as_shown_and_meant_as_the_clocks() {
        let clock = ErrCode::shown("Err-08").unwrap();
        let vendors = ErrCode::shown("Err-07").unwrap();
        assert_eq!((vendors.number, vendors.means), (7, clock.number));
        assert_eq!(vendors.act, clock.act);
        assert!(vendors.confidence < clock.confidence);
        for code in ERR_CODES.iter().filter(|code| code.number != 7) {
            assert_eq!(code.means, code.number);
        }
    }

    #[test]
    fn letters_or_a_dash_and_two_digits_are_a_code_and_nothing_else() {
        for text in [
            "", "Err", "Err-", "Err-4", "Err-004", "err-04", "Err--4", "Err-0E", "04", " Err-04",
            "Err-09", "Err-29", "Err-30", "Err-00", "Err-57", "Err-+4", "00-04",
        ] {
            assert_eq!(ErrCode::shown(text), None, "{text:?}");
        }
        for text in ["Err04", "Er-04", "rr-04", "---04", "-04", "Errr-04"] {
            assert_eq!(ErrCode::shown(text), ErrCode::shown("Err-04"), "{text:?}");
        }
    }

    #[test]
    fn a_code_reads_back_from_its_text() {
        for code in &ERR_CODES {
            assert_eq!(ErrCode::shown(&code.text()), Some(code));
        }
    }

    proptest! {
        #[test]
        fn any_text_may_be_shown(text in ".{0,8}|Err-?[0-9Er.-]{0,4}") {
            let _ = ErrCode::shown(&text);
        }
    }
}
