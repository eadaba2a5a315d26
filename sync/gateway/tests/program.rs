//! The program keeps its promises: exit codes, one line when it is ready, one line of what to do.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn gateway(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metercrew-gateway"));
    command
        .current_dir(folder)
        .env_remove("METERCREW_CENTRAL_TOKEN");
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    gateway(folder).args(args).output().unwrap()
}

/// The exit code and the one JSON object that was said.
fn said(folder: &Path, args: &[&str]) -> (i32, Value) {
    let output = run(folder, &[args, &["--json"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or("null");
    (
        output.status.code().unwrap(),
        serde_json::from_str(last).unwrap(),
    )
}

/// A gateway that is ended when the test is.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let serve = ["serve", "--data", "d", "--listen", "127.0.0.1:0", "--json"];
        let mut child = gateway(folder)
            .args([&serve, args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let url = ready["listening"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    fn end(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} within 30 seconds");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_sample_district_is_served_and_its_marketing_folder_is_watched() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let (code, about) = said(
        home,
        &["sample", "--out", "s", "--data", "d", "--day", "2026-03-01"],
    );
    assert_eq!(code, 0);
    assert_eq!(about["counts"]["orders"], 150);
    let serving = Serving::start(home, &[]);
    let (code, enrol) = said(
        home,
        &[
            "enrol",
            "--data",
            "d",
            "--crew",
            "crew-1",
            "--gateway",
            &serving.url,
            "--png",
            "q.png",
        ],
    );
    assert_eq!(code, 0);
    let link = wire::enrol::EnrolLink::parse(enrol["link"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&link.gateway, link.code.as_str()),
        (&serving.url, enrol["code"].as_str().unwrap())
    );
    assert!(home.join("q.png").exists());
    let inbox = home.join("d/central/inbox");
    std::fs::copy(home.join("s/inbox/stock.csv"), inbox.join("stock.csv")).unwrap();
    std::fs::write(inbox.join("recalls.csv"), "order_no\nYL20260301-0001\n").unwrap();
    until("the files are handled", || {
        home.join("d/central/done/stock.csv").exists()
            && home
                .join("d/central/rejected/recalls.csv.error.json")
                .exists()
    });
    assert_eq!(serving.end(), 0);
}

#[test]
fn exit_codes_say_who_has_to_do_something() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let enrol = ["enrol", "--data", "d", "--crew", "crew-9", "--gateway"];
    let (code, error) = said(home, &[&enrol[..], &["http://x:1"]].concat());
    assert_eq!((code, error["error"].as_str()), (1, Some("no_such_crew")));
    assert!(!error["next"].as_str().unwrap().is_empty());
    let (code, error) = said(home, &[&enrol[..], &["ftp://x"]].concat());
    assert_eq!((code, error["error"].as_str()), (2, Some("gateway_url")));
    let (code, error) = said(
        home,
        &["export", "--data", "d", "--order", "W-1", "--out", "p.tar"],
    );
    assert_eq!((code, error["error"].as_str()), (1, Some("no_such_order")));
    std::fs::write(
        home.join("m.toml"),
        "[codes.wiring]\nsingle_phas = [\"1\"]\n",
    )
    .unwrap();
    let (code, error) = said(home, &["serve", "--data", "d", "--mapping", "m.toml"]);
    assert_eq!((code, error["error"].as_str()), (2, Some("mapping")));
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("line 2, codes.wiring.single_phas"),
        "{message}"
    );
    std::fs::write(home.join("stock.csv"), "asset_no,stat\n").unwrap();
    let (code, error) = said(home, &["import", "--data", "d", "stock.csv"]);
    assert_eq!((code, error["error"].as_str()), (2, Some("file_rejected")));
    let (code, error) = said(home, &["import", "--data", "d", "none.csv"]);
    assert_eq!((code, error["error"].as_str()), (1, Some("no_such_file")));
    assert_eq!(run(home, &["serv"]).status.code(), Some(2));
    let serving = Serving::start(home, &[]);
    let address = serving.url.trim_start_matches("http://").to_owned();
    let (code, error) = said(home, &["serve", "--data", "e", "--listen", &address]);
    assert_eq!((code, error["error"].as_str()), (3, Some("listen")));
    assert_eq!(serving.end(), 0);
}

#[test]
fn a_supervisors_password_comes_by_standard_input() {
    let home = tempfile::tempdir().unwrap();
    let add = |password: &str| {
        let name = [
            "--name",
            "chen",
            "--display-name",
            "陈班长",
            "--role",
            "supervisor",
        ];
        let mut child = gateway(home.path())
            .args(["supervisor", "add", "--data", "d"])
            .args(name)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(password.as_bytes())
            .unwrap();
        child.wait().unwrap().code()
    };
    assert_eq!(add("short\n"), Some(2));
    assert_eq!(add("long enough\n"), Some(0));
}

#[test]
fn blank_cards_are_registered_once_and_the_money_of_cards_adds_up() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let blanks = ["00000000000000A1", "00000000000000a2"];
    let register = |crew| {
        let args = ["cards", "register", "--data", "d", "--crew", crew];
        said(home, &[&args[..], &blanks].concat())
    };
    let (code, error) = register("crew-1");
    assert_eq!((code, error["error"].as_str()), (1, Some("no_such_crew")));
    let add = ["crew", "add", "--data", "d", "--crew", "crew-1"];
    let named = ["--crew-name", "装接一班", "--operator", "op"];
    assert_eq!(said(home, &[&add[..], &named].concat()).0, 0);
    assert_eq!(register("crew-1").1["new"], 2);
    assert_eq!(register("crew-1").1["new"], 0);
    let (code, list) = said(home, &["cards", "list", "--data", "d"]);
    assert_eq!(
        (code, &list["blanks"][1]["serial"]),
        (0, &"00000000000000a2".into())
    );
    assert_eq!(list["blanks"][1]["used_by"], Value::Null);
    let odd = ["cards", "register", "--data", "d", "--crew", "crew-1", "a1"];
    let (code, error) = said(home, &odd);
    assert_eq!((code, error["error"].as_str()), (2, Some("card_serial")));
    let (code, found) = said(home, &["cards", "incidents", "--data", "d"]);
    assert_eq!((code, &found["incidents"]), (0, &Value::Array(vec![])));
    let (code, sums) = said(home, &["cards", "balance", "--data", "d"]);
    assert_eq!((code, &sums["even"]), (0, &Value::Bool(true)));
    assert_eq!(sums["balance"]["outstanding"], "0.00");
}

#[test]
fn keys_that_anybody_may_know_are_no_switch_of_a_release() {
    let home = tempfile::tempdir().unwrap();
    let help = run(home.path(), &["serve", "--help"]).stdout;
    let has_switch = String::from_utf8(help).unwrap().contains("--test-keys");
    assert_eq!(has_switch, cfg!(debug_assertions));
}

#[test]
fn pictures_to_train_with_go_into_a_new_folder_and_into_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, said_of) = said(folder.path(), &["training", "--data", "d", "--to", "out"]);
    assert_eq!((exit, said_of["pictures"].as_u64()), (0, Some(0)));
    let lines = std::fs::read_to_string(folder.path().join("out/samples.jsonl")).unwrap();
    assert_eq!(lines, "", "nobody agreed to anything");
    let (exit, said_of) = said(folder.path(), &["training", "--data", "d", "--to", "out"]);
    assert_eq!((exit, &said_of["error"]), (2, &"folder_not_empty".into()));
}
