//! The program `metercrew` in a process of its own, that a story can kill.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::{env, process};

use serde_json::Value;

/// What the program is asked, as a JSON list, when this binary runs again to be it.
const ASKED: &str = "METERCREW_ASKED";

/// Not a test: with arguments in the environment this binary is the program.
#[test]
fn the_program() {
    let Ok(asked) = env::var(ASKED) else {
        return;
    };
    let asked: Vec<String> = serde_json::from_str(&asked).unwrap();
    let args = ["metercrew".to_owned()].into_iter().chain(asked);
    let ended = cli::run(args.map(Into::into));
    let code = (0..=3).find(|code| ExitCode::from(*code) == ended);
    process::exit(code.unwrap().into());
}

/// The program while it runs.
pub struct Program {
    child: Child,
    lines: Receiver<String>,
    results: JoinHandle<String>,
    heard: Vec<String>,
}

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none when it was killed.
    pub code: Option<i32>,
    /// Whether SIGKILL ended it.
    pub killed: bool,
    /// What it said on standard output, one object a line.
    pub results: Vec<Value>,
    /// What it said on standard error.
    pub lines: Vec<String>,
}

impl Program {
    /// Starts it with the test keys and progress a line each.
    pub fn start(args: &[&str]) -> Self {
        let asked: Vec<&str> = ["--json", "--progress"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        // this binary, even if it was built anew meanwhile
        let mut child = Command::new("/proc/self/exe")
            .args(["--exact", "card_pcsc::program::the_program", "--nocapture"])
            .env(ASKED, serde_json::to_string(&asked).unwrap())
            .env("METERCREW_TEST_KEYS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let results = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (say, lines) = channel();
        thread::spawn(move || {
            for line in stderr.lines() {
                say.send(line.unwrap()).unwrap_or_default();
            }
        });
        Self {
            child,
            lines,
            results,
            heard: vec![],
        }
    }

    /// The next line of its progress, if there is one yet; `None` once it says no more.
    pub fn line(&mut self) -> Option<Option<String>> {
        match self.lines.try_recv() {
            Ok(line) => {
                self.heard.push(line.clone());
                Some(Some(line))
            }
            Err(TryRecvError::Empty) => Some(None),
            Err(TryRecvError::Disconnected) => None,
        }
    }

    /// Kills it, whatever it is doing.
    pub fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.ended()
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Ended {
        let status = self.child.wait().unwrap();
        self.heard.extend(self.lines.iter());
        let said = self.results.join().unwrap();
        // the test harness around it says things, too
        let results = said.lines().filter(|line| line.starts_with('{'));
        Ended {
            code: status.code(),
            killed: status.signal() == Some(9),
            results: results
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
            lines: self.heard,
        }
    }
}

impl Ended {
    /// Whether it said that it had come to this step.
    pub fn came_to(&self, step: &str) -> bool {
        let mut steps = self.lines.iter().filter_map(|line| line.split(':').next());
        steps.any(|came_to| came_to == step)
    }

    /// Why it was not done, by its code.
    pub fn error(&self) -> Option<String> {
        Some(self.results.last()?["error"].as_str()?.to_owned())
    }
}
