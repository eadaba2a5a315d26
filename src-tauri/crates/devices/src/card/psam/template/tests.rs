//! What is a usable command of a module and what is not, and what it becomes.

use super::*;

fn setting(open: &[&str], authenticate: &[&str], mac: &[&str]) -> PsamSetting {
    let owned = |commands: &[&str]| commands.iter().map(|text| (*text).to_owned()).collect();
    let steps = |commands| PsamSteps {
        send: owned(commands),
        answer_at: 0,
    };
    PsamSetting {
        open: owned(open),
        authenticate: steps(authenticate),
        mac: steps(mac),
    }
}

const AUTHENTICATE: &[&str] = &["80FA000010{serial}{challenge}"];
const MAC: &[&str] = &["80FA0500{lc}{serial}{challenge}{header}{data}"];

fn open_only(text: &str) -> Result<PsamCommands, BadPsam> {
    PsamCommands::try_from(setting(&["00A4000002DF02", text], AUTHENTICATE, MAC))
}

fn filled(text: &str, values: &Values<'_>) -> Option<Vec<u8>> {
    Template::read(PsamStep::Mac, text).unwrap().fill(values)
}

#[test]
fn gaps_are_filled_and_lengths_counted() {
    let values = Values {
        challenge: &[1; 8],
        serial: &[2; 8],
        header: &[3; 5],
        data: &[4; 3],
        pin: None,
    };
    assert_eq!(
        filled("80 fa 05 00 {lc} {challenge}{header} {data} 00", &values).unwrap(),
        [
            &[0x80, 0xFA, 0x05, 0x00, 17][..],
            &[1; 8],
            &[3; 5],
            &[4; 3],
            &[0]
        ]
        .concat()
    );
    assert_eq!(
        filled("801A000008{serial}", &values).unwrap(),
        [&[0x80, 0x1A, 0, 0, 8][..], &[2; 8]].concat()
    );
}

#[test]
fn padding_is_80_and_zeros_up_to_the_next_whole_block_of_header_and_data() {
    let padding = |len: usize, pad: &str| {
        let values = Values {
            data: &vec![0xFF; len],
            ..Values::default()
        };
        let text = format!("80FA0500{{lc}}{{challenge}}{{header}}{{data}}{{{pad}}}");
        let bytes = filled(&text, &values).unwrap();
        bytes[5 + 8 + 5 + len..].to_vec()
    };
    assert_eq!(padding(2, "pad8"), [0x80]);
    assert_eq!(padding(3, "pad8"), [0x80, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(padding(1, "pad8"), [0x80, 0]);
    assert_eq!(padding(10, "pad16"), [0x80]);
    assert_eq!(padding(11, "pad16").len(), 16);
}

#[test]
fn a_command_longer_than_its_length_byte_says_is_none() {
    let text = "80FA0500{lc}{challenge}{header}{data}";
    let of = |len: usize| {
        let values = Values {
            data: &vec![0; len],
            ..Values::default()
        };
        filled(text, &values)
    };
    assert_eq!(of(242).unwrap()[4], 255);
    assert_eq!(of(243), None);
}

#[test]
fn a_bad_command_is_found_at_load_and_named_but_not_told() {
    let unknown = |name: &str| BadPart::UnknownGap {
        name: name.to_owned(),
    };
    for (text, why) in [
        ("0020000003 12345G", BadPart::NotHex),
        ("0020000003 12345", BadPart::NotHex),
        ("00200000 {lc} {pin", BadPart::NotClosed),
        ("00200000 {lc} {key}", unknown("key")),
        ("00200000 {lc} {challenge}", unknown("challenge")),
        ("00200000 {lc} {pad16}", unknown("pad16")),
        ("002000", BadPart::Head),
        ("{lc}00200000", BadPart::Head),
        ("00200000 01 {lc}", BadPart::Head),
        ("00200000 {lc}{lc}", BadPart::Head),
        ("00200000 03 {pin}", BadPart::NeedsLength),
    ] {
        let expected = BadPsam::Command {
            step: PsamStep::Open,
            number: 2,
            why,
        };
        assert_eq!(open_only(text), Err(expected), "{text}");
    }
    let told = open_only("0020000003 12345G").unwrap_err().to_string();
    assert_eq!(told, "open command 2: not pairs of hexadecimal digits");
}

#[test]
fn commands_that_leave_out_what_the_result_is_about_are_refused() {
    let missing = |step, gap| Err(BadPsam::Missing { step, gap });
    let no_serial = setting(&[], &["80FA000008{challenge}"], MAC);
    assert_eq!(
        PsamCommands::try_from(no_serial),
        missing(PsamStep::Authenticate, "serial")
    );
    for gap in ["challenge", "serial", "header", "data"] {
        let text = MAC[0].replace(&format!("{{{gap}}}"), "");
        assert_eq!(
            PsamCommands::try_from(setting(&[], AUTHENTICATE, &[&text])),
            missing(PsamStep::Mac, gap)
        );
    }
    assert!(PsamCommands::try_from(setting(&[], AUTHENTICATE, MAC)).is_ok());
}

#[test]
fn a_setting_is_read_and_checked_in_one() {
    let good = r#"{"authenticate": {"send": ["80FA000010{serial}{challenge}"]},
        "mac": {"send": ["80FA0500{lc}{serial}{challenge}{header}{data}"], "answer_at": 2}}"#;
    let commands: PsamCommands = serde_json::from_str(good).unwrap();
    assert_eq!(
        (commands.mac.answer_at, commands.authenticate.answer_at),
        (2, 0)
    );
    assert!(!commands.wants_pin());
    for bad in [
        good.replace("{challenge}", ""),
        good.replace("answer_at", "answer"),
    ] {
        assert!(serde_json::from_str::<PsamCommands>(&bad).is_err());
    }
}
