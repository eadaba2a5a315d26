//! `metercrew reading`: what displays on photographs show, and whether it agrees with a known value.

use domain::{
    DisplayAsk, DisplayText, DisplayVerdict, ErrCode, as_shown, err_shown, judge, likeliest,
};
use serde::Serialize;
use work::{DisplayRow, PictureGrey, Quad, read_display};

use crate::args;
use crate::pictures::{Told, each, tenths};
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Read {
    /// As shown, the point as drawn, or where `--format` has it.
    reading: Option<String>,
    err: Option<String>,
    /// Of the reading or the code; from 0 to 1.
    confidence: f64,
    /// Pixels, from the row's upper left, clockwise.
    corners: Option<[[f64; 2]; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    /// What the code means.
    #[serde(skip_serializing_if = "Option::is_none")]
    err_code: Option<&'static ErrCode>,
}

/// What is asked of every picture.
struct Ask {
    /// Absent when nobody said how many digits the register has.
    register: Option<DisplayAsk>,
    /// Whether its digits are those of the known value as it was written, for want of better.
    is_guessed: bool,
    frame: Option<Quad>,
}

impl Ask {
    /// What is told of a picture that shows no display.
    fn nothing(&self) -> Read {
        let asked_to_judge = self
            .register
            .is_some_and(|register| register.known.is_some());
        Read {
            reading: None,
            err: None,
            confidence: 0.0,
            corners: None,
            verdict: asked_to_judge.then_some("unsure"),
            err_code: None,
        }
    }
}

/// Reads every picture; goes on after one that cannot be read and says so in the end.
pub(crate) fn reading(
    asked: &args::Reading,
    form: Form,
    progress: &Progress,
) -> Result<Exit, CliError> {
    let known = asked.known.as_ref();
    // Without a format a known value is taken to be written as the display has it.
    let digits = asked.format.or(known.map(|known| known.digits));
    let ask = Ask {
        register: digits.map(|digits| DisplayAsk {
            digits,
            previous: asked.previous,
            greatest_use: asked.greatest_use,
            known: known.map(|known| known.value),
        }),
        is_guessed: asked.format.is_none(),
        frame: asked.frame,
    };
    let look = |picture: &PictureGrey| read(picture, &ask);
    each(&asked.images, form, progress, look, told)
}

/// The likeliest row that says something.
fn read(picture: &PictureGrey, ask: &Ask) -> Read {
    let rows = read_display(picture, ask.frame);
    let said = rows.iter().find_map(|row| said(row, ask));
    said.unwrap_or_else(|| ask.nothing())
}

/// `None` when the row says nothing that can be a reading or a code.
fn said(row: &DisplayRow, ask: &Ask) -> Option<Read> {
    let candidates = row.candidates.iter();
    let texts: Vec<DisplayText> = candidates
        .map(|candidate| DisplayText {
            text: candidate.text.clone(),
            score: (candidate.score * 1000.0) as u16,
        })
        .collect();
    let is_framed = row.is_framed;
    let row = Read {
        corners: Some(row.corners.map(|(x, y)| [tenths(x), tenths(y)])),
        ..ask.nothing()
    };
    if let Some(shown) = err_shown(&texts) {
        return Some(Read {
            err: Some(shown.code.text()),
            err_code: Some(shown.code),
            confidence: share(shown.score),
            ..row
        });
    }
    let (reading, score) = match &ask.register {
        Some(register) => likeliest(&texts, register).map(|shown| (shown.text, shown.score))?,
        None => as_shown(&texts, is_framed).map(|shown| (shown.text.clone(), shown.score))?,
    };
    let judged = ask.register.filter(|register| register.known.is_some());
    Some(Read {
        reading: Some(reading),
        confidence: share(score),
        verdict: judged.map(|register| match judge(&texts, &register) {
            // Only a known register places a point that was not seen.
            DisplayVerdict::Agrees if ask.is_guessed && !is_pointed(&texts, &register) => {
                word(DisplayVerdict::Unsure)
            }
            verdict => word(verdict),
        }),
        ..row
    })
}

/// Whether the best text has its point where the register has it.
fn is_pointed(texts: &[DisplayText], register: &DisplayAsk) -> bool {
    let best = texts.first().and_then(|best| best.text.split_once('.'));
    best.is_some_and(|(_, places)| places.len() == usize::from(register.digits.decimal))
}

fn share(thousandths: u16) -> f64 {
    f64::from(thousandths) / 1000.0
}

fn word(verdict: DisplayVerdict) -> &'static str {
    match verdict {
        DisplayVerdict::Agrees => "agrees",
        DisplayVerdict::Differs { .. } => "differs",
        DisplayVerdict::Proposes { .. } => "proposes",
        DisplayVerdict::Unsure => "unsure",
    }
}

fn told(read: &Read) -> Told {
    let sure = (read.confidence * 100.0).round();
    let shown = read.reading.as_ref().or(read.err.as_ref());
    let shown = shown.map_or("no reading".to_owned(), |text| format!("{text} ({sure} %)"));
    let short = match read.verdict {
        Some(verdict) => format!("{shown}, {verdict}"),
        None => shown,
    };
    let meaning = read.err_code.map(|code| {
        let (meaning, act) = (code.meaning, code.act);
        format!("{} {}; {} {}", meaning.zh, meaning.en, act.zh, act.en)
    });
    Told {
        short,
        more: meaning.into_iter().collect(),
    }
}
