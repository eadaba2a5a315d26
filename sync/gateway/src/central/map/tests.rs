//! A mapping file is believed only when every name and code in it is known and unambiguous.

use domain::{
    AssetKind, CardKind, Check, CreditSource, NotWritten, OrderKind, Procedure, Purpose, Register,
    ReplaceReason, Wiring,
};
use proptest::prelude::*;

use super::*;

fn slip(text: &str) -> (usize, String, Slip) {
    match Mapping::parse(text) {
        Err(MappingError::Line { line, field, slip }) => (line, field, slip),
        other => panic!("{text} gives {other:?}"),
    }
}

#[test]
fn the_built_in_mapping_knows_every_word_of_the_domain() {
    let mapping = Mapping::built_in().unwrap();
    let both_ways = |table: &str, word: serde_json::Value| {
        let word = word.as_str().unwrap().to_owned();
        let code = mapping.code(table, &word);
        assert_eq!(mapping.word(table, code), Some(word.as_str()), "{table}");
    };
    for kind in OrderKind::ALL {
        assert_eq!(
            mapping.value("order_kind", &mapping.code_of("order_kind", kind)),
            Some(kind)
        );
    }
    for register in Register::ALL {
        both_ways("register", serde_json::to_value(register).unwrap());
    }
    for reason in [ReplaceReason::Fault, ReplaceReason::Rotation] {
        both_ways("replace_reason", serde_json::to_value(reason).unwrap());
    }
    for wiring in [
        Wiring::SinglePhase,
        Wiring::ThreePhaseThreeWire,
        Wiring::ThreePhaseFourWire,
    ] {
        both_ways("wiring", serde_json::to_value(wiring).unwrap());
    }
    for kind in [
        AssetKind::Meter,
        AssetKind::Terminal,
        AssetKind::Module,
        AssetKind::Box,
        AssetKind::Other,
    ] {
        both_ways("asset_kind", serde_json::to_value(kind).unwrap());
    }
    for check in [
        Check::InCustody,
        Check::NotBelowLastBilled,
        Check::TotalIsSumOfTariffs,
        Check::UseIsPlausible,
        Check::OldSealsRecorded,
        Check::SourcesAgree,
        Check::AddressIsTheMeters,
    ] {
        both_ways("check", serde_json::to_value(check).unwrap());
    }
    for purpose in [
        Purpose::Site,
        Purpose::Nameplate,
        Purpose::Reading,
        Purpose::Seal,
        Purpose::Wiring,
        Purpose::Fault,
        Purpose::Terminal,
    ] {
        both_ways("purpose", serde_json::to_value(purpose).unwrap());
    }
    for kind in CardKind::ALL {
        both_ways("card_kind", serde_json::to_value(kind).unwrap());
    }
    for why in [
        NotWritten::Untouched,
        NotWritten::CardFaulty,
        NotWritten::GivenUp,
    ] {
        both_ways("not_written", serde_json::to_value(why).unwrap());
    }
    for source in [
        CreditSource::Readout,
        CreditSource::WriteBack,
        CreditSource::Photo,
        CreditSource::Office,
        CreditSource::OldPurse,
    ] {
        both_ways("credit_source", serde_json::to_value(source).unwrap());
    }
    for procedure in Procedure::built_in() {
        for reason in procedure.could_not {
            both_ways("could_not", serde_json::to_value(reason.code).unwrap());
        }
    }
}

#[test]
fn an_own_file_says_only_what_differs() {
    let mapping = Mapping::parse(
        "[fields.order]\naccount_no = \"CONS_NO\"\n[codes.order_kind]\ninstall = [\"101\", \"102\"]\n",
    )
    .unwrap();
    assert_eq!(mapping.field("order", "account_no"), "CONS_NO");
    assert_eq!(mapping.field("change", "account_no"), "CONS_NO");
    assert_eq!(mapping.field("order", "customer"), "customer");
    assert_eq!(mapping.value("order_kind", "102"), Some(OrderKind::Install));
    assert_eq!(mapping.value::<OrderKind>("order_kind", "24"), None);
    assert_eq!(mapping.value("order_kind", "25"), Some(OrderKind::Replace));
    assert_eq!(mapping.code_of("order_kind", OrderKind::Install), "101");
}

#[test]
fn a_word_nobody_knows_is_named_with_its_line() {
    let (line, field, slip) =
        slip("# theirs\n\n[codes.order_kind]\ninstall = [\"1\"]\nexchange = [\"2\"]\n");
    assert_eq!((line, field.as_str()), (5, "codes.order_kind.exchange"));
    assert!(matches!(slip, Slip::Unknown { known } if known.contains(&"replace".to_owned())));
}

#[test]
fn every_slip_has_its_line_and_field() {
    let cases = [
        ("[code]\n", 1, "code"),
        ("[codes.order_knd]\n", 1, "codes.order_knd"),
        (
            "\n[fields.order]\norder_nr = \"x\"\n",
            3,
            "fields.order.order_nr",
        ),
        ("[fields.order]\norder_no = 7\n", 2, "fields.order.order_no"),
        (
            "[fields.order]\norder_no = \"\"\n",
            2,
            "fields.order.order_no",
        ),
        (
            "[fields.order]\norder_no = \"kind\"\n",
            2,
            "fields.order.order_no",
        ),
        (
            "[codes.wiring]\nsingle_phase = \"1\"\n",
            2,
            "codes.wiring.single_phase",
        ),
        (
            "[codes.wiring]\nsingle_phase = []\n",
            2,
            "codes.wiring.single_phase",
        ),
        (
            "[codes.order_kind]\nremove = [\"9\"]\ninstall = [\"25\"]\n",
            3,
            "codes.order_kind.install",
        ),
        (
            "[format]\ntime_offset = \"eight\"\n",
            2,
            "format.time_offset",
        ),
        (
            "[format]\nlist_separator = \"||\"\n",
            2,
            "format.list_separator",
        ),
        // purchases are written 18:50.00
        (
            "[format]\nlist_separator = \":\"\n",
            2,
            "format.list_separator",
        ),
        ("[format]\nversion = \"1\"\n", 2, "format.version"),
        ("[records]\norders = [\"o\"]\n", 2, "records.orders"),
        ("[ignore]\norder = \"x\"\n", 2, "ignore.order"),
    ];
    for (text, line, field) in cases {
        let (found_line, found_field, _) = slip(text);
        assert_eq!((found_line, found_field.as_str()), (line, field), "{text}");
    }
    let (line, _, slip) = slip("[format]\nname = \"a\"\nname = \"b\"\n");
    assert_eq!(line, 3);
    assert!(matches!(slip, Slip::Syntax(_)));
}

#[test]
fn a_code_that_stands_for_something_else_already_is_refused() {
    let (_, _, slip) = slip("[codes.order_kind]\ninstall = [\"25\"]\n");
    assert_eq!(
        slip,
        Slip::Taken {
            code: "25".into(),
            by: "replace".into()
        }
    );
}

#[test]
fn a_company_may_add_reasons_of_its_own() {
    let mapping = Mapping::parse("[codes.could_not]\nflooded = [\"F7\"]\n").unwrap();
    assert_eq!(mapping.code("could_not", "flooded"), "F7");
    assert_eq!(
        mapping.code("could_not", "never_heard_of"),
        "never_heard_of"
    );
}

proptest! {
    #[test]
    fn no_text_makes_reading_a_mapping_panic(text in ".{0,200}") {
        let _ = Mapping::parse(&text);
    }
}
