//! Third-party programs: started, waited for, ended; and where they are.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use devices::PortName;
use serde_json::Value;

use crate::cable::Cable;

/// What a peer may take until it can be asked, or until it has read a meter. The slowest needs 4 s
/// on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The package that plays the other side, named as `scripts/peers` installs it.
#[derive(Debug, Clone, Copy)]
pub enum Program {
    /// `dlt645` as a meter.
    Dlt645Meter,
    /// `dlt698` as a meter.
    Dlt698Meter,
    /// `dlt645` as a reader.
    Dlt645Reader,
    /// `python-dlt645` as a reader.
    PythonDlt645Reader,
    /// `iec62056-21` as a reader.
    Iec62056Reader,
}

impl Program {
    fn command(self) -> Command {
        let (environment, file) = match self {
            Self::Dlt645Meter => ("main", "dlt645_meter.py"),
            Self::Dlt698Meter => ("main", "dlt698_meter.py"),
            Self::Dlt645Reader => ("main", "dlt645_reader.py"),
            Self::PythonDlt645Reader => ("python-dlt645", "python_dlt645_reader.py"),
            Self::Iec62056Reader => ("main", "iec62056_21_reader.py"),
        };
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers");
        let home: PathBuf = home.join(environment);
        assert!(
            home.join("installed-from").exists(),
            "the third-party meters and readers are not installed: run scripts/peers"
        );
        let mut command = Command::new(home.join("bin/python"));
        command
            .arg(
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("peers")
                    .join(file),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }
}

/// A program under way; ended when dropped.
struct Running {
    child: Child,
    says: mpsc::Receiver<String>,
    complains: File,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let complains = tempfile::tempfile().unwrap();
        let mut child = command
            .stderr(complains.try_clone().unwrap())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, says) = mpsc::channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                tell.send(line).ok();
            }
        });
        Self {
            child,
            says,
            complains,
        }
    }

    /// The next line that it says.
    fn line(&mut self) -> Value {
        let line = self.says.recv_timeout(PATIENCE).unwrap_or_else(|why| {
            let mut complaint = String::new();
            self.complains.rewind().unwrap();
            self.complains.read_to_string(&mut complaint).unwrap();
            panic!("the peer says nothing ({why}) but {complaint}");
        });
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the peer says {line:?}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What carries the bytes.
#[derive(Debug, Clone, Copy)]
pub enum Over {
    /// A socket.
    Tcp,
    /// Ptys.
    Serial,
}

/// A meter that a third-party package plays.
pub struct ForeignMeter {
    /// Where we reach it.
    pub port: PortName,
    _running: Running,
    _cable: Option<Cable>,
}

impl ForeignMeter {
    /// Starts it and waits until it can be asked. What a meter is, its program's first lines say.
    pub fn start(program: Program, over: Over, meter: &Value) -> Self {
        let cable = match over {
            Over::Tcp => None,
            Over::Serial => Some(Cable::lay()),
        };
        let mut command = program.command();
        command.arg(cable.as_ref().map_or("tcp", |cable| &cable.theirs));
        command.arg(meter.to_string());
        let mut running = Running::start(command);
        let ready = running.line();
        let port = match &cable {
            Some(cable) => cable.ours.clone(),
            None => format!("tcp://127.0.0.1:{}", ready["listens"]),
        };
        Self {
            port: port.parse().unwrap(),
            _running: running,
            _cable: cable,
        }
    }
}

/// What a third-party reader says that it read at `place`, a device or a TCP port's number.
pub fn read_with(program: Program, place: &str, arguments: &[&str]) -> Value {
    let mut command = program.command();
    command.arg(place).args(arguments);
    Running::start(command).line()
}
