//! `metercrew card`: the program against our card in a real PC/SC stack, and against its file.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use domain::{
    CardClock, CardImage, CardKind, CardSerial, CustomerNo, Fen, Generation, Layout, MeterNo,
    Purse, UserCard, UserFile, WriteBackFile,
};
use tempfile::{TempDir, tempdir};
use work::devices::card::{CardSource as _, LinkError, PcscCards};
use work::devices::sim::card::{InVpcd, Slot, VirtualCard, VpcdReader, in_own_reader, insert};

use super::{Said, metercrew, metercrew_with};

const SERIAL: &str = "2013000000004711";
/// A reader sees within half a second what is put in.
const LONG_ENOUGH: Duration = Duration::from_secs(10);
const LOOKS_EVERY: Duration = Duration::from_millis(10);

/// An open-account card of 137.65 yuan.
fn image() -> CardImage {
    let card = UserCard {
        serial: CardSerial::parse(SERIAL).unwrap(),
        user_file: UserFile {
            kind: CardKind::OpenAccount,
            meter_no: MeterNo::parse("000012345678").unwrap(),
            customer_no: CustomerNo::parse("000000654321").unwrap(),
            update_flags: 0,
            tariff_switch: CardClock::default(),
            alarm_1: Fen::ZERO,
            alarm_2: Fen::ZERO,
            current_ratio: 1,
            voltage_ratio: 1,
        },
        purse: Purse {
            money: Fen::from(13_765),
            count: 1,
        },
        write_back: WriteBackFile::Empty,
    };
    let layout = Layout::of(Generation::G2013).unwrap();
    layout.encode(&card).unwrap()
}

fn put_in(card: VirtualCard) -> InVpcd {
    let card = insert(&Slot::with(card), VpcdReader::First).unwrap();
    let deadline = Instant::now() + LONG_ENOUGH;
    while let Err(LinkError::NoCard) = PcscCards::default().connect(None, Duration::ZERO) {
        assert!(Instant::now() < deadline, "no reader sees the card");
        thread::sleep(LOOKS_EVERY);
    }
    card
}

fn failed(said: &Said, code: i32, error: &str) {
    let failure = said.object();
    assert_eq!(failure["error"], error, "{}{}", said.out, said.err);
    assert_eq!(said.code, code, "{error}");
    assert_ne!(failure["next"], "look at the order in the app", "{error}");
}

const TABLE: &str = "\
card 2013000000004711: open-account card
  meter        000012345678
  customer     000000654321
  money              137.65 yuan
  purchase no.            1
  no meter has read it since it was written
";

#[test]
fn what_is_on_a_card_in_a_reader_is_shown_to_people_and_to_programs() {
    in_own_reader(
        "card::what_is_on_a_card_in_a_reader_is_shown_to_people_and_to_programs",
        || {
            let held = put_in(VirtualCard::new(image()).with_t0());
            let said = metercrew(["card", "show"]);
            assert_eq!((said.code, said.out.as_str()), (0, TABLE), "{}", said.err);
            let shown = metercrew(["--json", "card", "show"]).object();
            let wanted = serde_json::json!({
                "serial": SERIAL, "condition": "valid", "kind": "open_account",
                "meter_no": "000012345678", "customer_no": "000000654321", "money": "137.65",
                "count": 1, "write_back": {"state": "empty"}, "outcome": "read",
            });
            assert_eq!(shown, wanted);
            held.take_out().unwrap();

            let mut blank = image();
            blank.user.fill(0);
            let held = put_in(VirtualCard::new(blank));
            let shown = metercrew(["--json", "card", "show"]).object();
            assert_eq!(shown["condition"], "invalid", "{shown}");
            assert!(shown.get("money").is_none(), "{shown}");
            held.take_out().unwrap();

            let held = put_in(VirtualCard::blank(CardSerial::parse(SERIAL).unwrap()));
            let shown = metercrew(["--json", "card", "show"]).object();
            assert_eq!(shown["condition"], "unissued", "{shown}");
            let said = metercrew(["card", "show"]);
            assert_eq!(said.out, format!("card {SERIAL}: nobody has issued it\n"));
            held.take_out().unwrap();
        },
    );
}

#[test]
fn each_thing_wrong_with_a_card_has_its_own_code_and_what_to_do() {
    in_own_reader(
        "card::each_thing_wrong_with_a_card_has_its_own_code_and_what_to_do",
        || {
            let show = || metercrew(["--json", "card", "show"]);
            failed(&show(), 3, "card_missing");

            let mut damaged = image();
            damaged.user[30] ^= 1;
            let held = put_in(VirtualCard::new(damaged));
            failed(&show(), 1, "card_damaged");
            held.take_out().unwrap();

            let strange = vec![0x3b, 0x02, 0x14, 0x50];
            let held = put_in(VirtualCard::new(image()).with_atr(strange));
            failed(&show(), 3, "card_not_ours");
            held.take_out().unwrap();

            let held = put_in(VirtualCard::new(image()));
            let ours = PcscCards::default().connect(None, LONG_ENOUGH).unwrap();
            failed(&show(), 3, "card_busy");
            drop(ours);
            assert_eq!(show().code, 0);
            held.take_out().unwrap();
        },
    );
}

#[test]
fn where_no_reader_service_runs_that_is_said() {
    let nowhere = [("PCSCLITE_CSOCK_NAME", OsStr::new("/nowhere/pcscd.comm"))];
    let said = metercrew_with(&nowhere, ["--json", "card", "show"]);
    failed(&said, 3, "reader_no_service");
    let said = metercrew_with(&nowhere, ["card", "show"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert!(said.err.contains("pcscd"), "{}", said.err);
}

/// A virtual card and a virtual meter in files.
struct Files {
    home: TempDir,
}

impl Files {
    fn new() -> Self {
        let home = tempdir().unwrap();
        Self { home }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn makes(&self, more: &[&str]) -> Said {
        let card = self.path("card.json");
        let args = ["--json", "card", "make", "--serial", SERIAL, "--card"].map(OsStr::new);
        let more = more.iter().map(OsStr::new);
        metercrew(args.into_iter().chain([card.as_os_str()]).chain(more))
    }

    fn tries(&self, meter: &str, more: &[&str]) -> Said {
        let (card, meter) = (self.path("card.json"), self.path(meter));
        let args = ["--json", "card", "try", "--card"].map(OsStr::new);
        let files = [card.as_os_str(), OsStr::new("--meter"), meter.as_os_str()];
        let more = more.iter().map(OsStr::new);
        metercrew(args.into_iter().chain(files).chain(more))
    }

    fn shows(&self, form: &[&str]) -> Said {
        let card = self.path("card.json");
        let environment = [("METERCREW_MOCK_CARD", card.as_os_str())];
        metercrew_with(&environment, form.iter().chain(&["card", "show"]))
    }
}

const OPENED: [&str; 10] = [
    "--kind",
    "open",
    "--meter-no",
    "000012345678",
    "--customer-no",
    "000000654321",
    "--money",
    "137.65",
    "--count",
    "1",
];

#[test]
fn a_made_card_is_credited_once_by_its_own_meter_and_by_no_other() {
    let files = Files::new();
    assert_eq!(files.makes(&OPENED).code, 0);
    assert_eq!(files.shows(&[]).out, TABLE);

    let other = files.tries("other.json", &["--new", "000012345679"]);
    assert_eq!(other.code, 1, "{}", other.out);
    assert_eq!(other.object()["answer"], "refused");

    let first = files.tries("meter.json", &["--new", "000012345678"]);
    assert_eq!(first.code, 0, "{}", first.out);
    let first = first.object();
    assert_eq!(first["answer"], "credited");
    assert_eq!(
        (&first["credited"], &first["balance"]),
        (&"137.65".into(), &"137.65".into())
    );
    let second = files.tries("meter.json", &[]).object();
    assert_eq!(second["answer"], "already_done");
    assert_eq!(
        (&second["credited"], &second["balance"]),
        (&"0.00".into(), &"137.65".into())
    );

    let shown = files.shows(&["--json"]).object();
    assert_eq!(shown["write_back"]["state"], "written");
    assert_eq!(shown["write_back"]["money"], "137.65");
    let wrote = "meter 000012345678 wrote back: 137.65 yuan left, 0.00 overdrawn, purchase no. 1";
    assert!(files.shows(&[]).out.contains(wrote));
}

#[test]
fn cards_and_meters_that_cannot_be_are_bad_input() {
    let files = Files::new();
    let no_card = files.tries("meter.json", &["--new", "000012345678"]);
    failed(&no_card, 2, "bad_card");
    assert_eq!(files.makes(&[]).code, 0);
    failed(&files.tries("meter.json", &[]), 2, "file_unreadable");
    failed(&files.makes(&["--kind", "open"]), 2, "usage");
    failed(&files.makes(&["--money", "1.005"]), 2, "usage");
}

fn with_store(verb: &str, store: &Path) -> Said {
    let args = ["--json", "card", verb, "--order", "WO-1", "--store"].map(OsStr::new);
    metercrew(args.into_iter().chain([store.as_os_str()]))
}

#[test]
fn a_folder_that_is_no_enrolled_device_writes_no_card_and_is_not_made() {
    let home = tempdir().unwrap();
    let nowhere = home.path().join("nowhere");
    for verb in ["open", "rewrite", "recover", "give-up"] {
        failed(&with_store(verb, &nowhere), 1, "not_enrolled");
        assert!(!nowhere.exists(), "{verb}");
    }
}

#[test]
fn keys_that_are_not_where_the_environment_says_are_bad_input() {
    let nowhere = [("METERCREW_PSAM", OsStr::new("/nowhere/psam.json"))];
    let said = metercrew_with(&nowhere, ["--json", "card", "show"]);
    failed(&said, 2, "bad_card_parts");
}
