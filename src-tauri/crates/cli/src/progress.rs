//! How far it is: one line on standard error that is written over, for a person who waits.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

/// Where progress goes. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    on: On,
    shown: Arc<Mutex<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// A line that is written over.
    Terminal,
    /// A line for each step: asked for, but no terminal.
    Lines,
    /// Nobody looks.
    Nothing,
}

impl Progress {
    /// On a terminal always, elsewhere when asked for.
    pub fn new(asked: bool) -> Self {
        let on = match (io::stderr().is_terminal(), asked) {
            (true, _) => On::Terminal,
            (false, true) => On::Lines,
            (false, false) => On::Nothing,
        };
        Self {
            on,
            shown: Arc::default(),
        }
    }

    /// Nobody looks.
    pub fn quiet() -> Self {
        Self {
            on: On::Nothing,
            shown: Arc::default(),
        }
    }

    /// Says how far it is; the same words again are not repeated.
    pub fn say(&self, text: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == text {
            return;
        }
        text.clone_into(&mut shown);
        self.write(text);
    }

    /// Clears the line, so that results do not run into it.
    pub fn clear(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if self.on == On::Terminal && !shown.is_empty() {
            self.write("");
        }
        shown.clear();
    }

    fn write(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = match self.on {
            On::Terminal => write!(stderr, "\r\x1b[2K{text}").and_then(|()| stderr.flush()),
            On::Lines => writeln!(stderr, "{text}"),
            On::Nothing => Ok(()),
        };
    }
}
