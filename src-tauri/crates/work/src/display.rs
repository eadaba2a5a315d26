//! A register's display on a picture: a second witness of what was typed or read, never more.

#[cfg(test)]
mod tests;

use domain::{
    BlobHash, Decimal, DisplayAsk, DisplayShows, DisplaySighting, DisplayText, DisplayVerdict,
    ErrCode, OrderId, Purpose, Register, SeenBy, StepId, Stock, display_ask, err_shown, judge,
};
use imaging::{DisplayRow, Quad, decode, evidence_of, read_display};

use crate::photo::spec;
use crate::sighting::{Kept, Seen, permille};
use crate::{Device, WorkError};

/// Where the picture is.
#[derive(Debug, Clone, Copy)]
pub enum DisplayPicture<'a> {
    /// A camera's file or frame; it is kept once something was read on it.
    File(&'a [u8]),
    /// A photo that is kept already.
    Photo(BlobHash),
}

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub struct DisplayLook<'a> {
    /// On which picture.
    pub picture: DisplayPicture<'a>,
    /// The crew's aim frame, in pixels of the picture; the whole picture without.
    pub frame: Option<Quad>,
    /// For which order.
    pub order: &'a OrderId,
    /// At which step.
    pub step: &'a StepId,
    /// Which register the display is on, as the crew says.
    pub register: Register,
    /// What was typed, or what the meter said over its port.
    pub known: Option<Decimal>,
}

/// What was read on a display.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayRead {
    /// What it says about the register.
    pub verdict: DisplayVerdict,
    /// The likeliest row that shows no code; absent when no row was found.
    pub row: Option<ReadRow>,
    /// The `Err-xx` code it shows, if it shows one.
    pub err: Option<&'static ErrCode>,
    /// What goes with the act that records the reading; empty when nothing was read on it.
    pub sightings: Vec<DisplaySighting>,
}

/// A row of digits.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// What it says at its likeliest, before it was judged.
    pub text: String,
    /// How sure the program is of that, in thousandths.
    pub confidence: u16,
    /// Corners in pixels of the picture: upper left, then clockwise.
    pub corners: Quad,
}

impl Device {
    /// Reads a display beside a register's value. Nothing is recorded by it, and no value is changed:
    /// it only says whether the picture agrees, differs, proposes or does not tell.
    ///
    /// Errors: [`WorkError::Picture`]; [`WorkError::Store`]; [`WorkError::Refused`] for a step that
    /// reads no meter.
    pub fn read_display(&self, look: DisplayLook<'_>) -> Result<DisplayRead, WorkError> {
        let ask = self.display_ask(&look)?;
        let store = &self.inner.store;
        let (colours, kept) = match look.picture {
            DisplayPicture::File(bytes) => (decode(bytes)?, None),
            DisplayPicture::Photo(image) => {
                let kept = Kept { image, scale: 1.0 };
                (decode(&store.blob(&image)?)?, Some(kept))
            }
        };
        let picture = colours.to_grey();
        let mut judged = judged(read_display(&picture, look.frame), &ask, look.register);
        if kept.is_none() {
            // A running camera is asked again and again: only frames that tell something are kept.
            judged.seen.retain(|(shows, _)| tells(*shows));
        }
        let kept = match kept {
            _ if judged.seen.is_empty() => return Ok(judged.read),
            Some(kept) => kept,
            None => {
                let made = evidence_of(colours, spec(Purpose::Reading))?;
                self.keep(&made, picture.width())?
            }
        };
        let sightings = judged.seen.iter().map(|(shows, row)| {
            let (text, confidence) = best(row);
            let seen = Seen {
                text,
                confidence,
                by: SeenBy::DisplayNet,
                corners: row.corners,
                piece: &row.crop,
            };
            let sighting = self.sighting(&kept, &seen)?;
            Ok(DisplaySighting {
                shows: *shows,
                sighting,
            })
        });
        Ok(DisplayRead {
            sightings: sightings.collect::<Result<_, WorkError>>()?,
            ..judged.read
        })
    }

    fn display_ask(&self, look: &DisplayLook<'_>) -> Result<DisplayAsk, WorkError> {
        let order = self.order(look.order)?;
        let stock = Stock::of(order.new_meter);
        let order = &order.held.order;
        let ask = display_ask(order, look.step, look.register, look.known, &stock)?;
        Ok(ask)
    }
}

/// What rows say, and which of them are worth keeping.
struct Judged {
    read: DisplayRead,
    seen: Vec<(DisplayShows, DisplayRow)>,
}

/// Only the likeliest row may speak of the register: another may be another register.
fn judged(rows: Vec<DisplayRow>, ask: &DisplayAsk, register: Register) -> Judged {
    let (mut err, mut value, mut seen) = (None, None, vec![]);
    for row in rows {
        let texts = texts(&row);
        match err_shown(&texts).map(|shown| shown.code) {
            Some(code) if err.is_none() => {
                err = Some(code);
                seen.push((DisplayShows::Err { code: code.number }, row));
            }
            None if value.is_none() => value = Some((judge(&texts, ask), row)),
            Some(_) | None => {}
        }
    }
    let (verdict, shown) = match value {
        Some((verdict, row)) => {
            let (text, confidence) = best(&row);
            let shown = ReadRow {
                text: text.to_owned(),
                confidence: permille(confidence),
                corners: row.corners,
            };
            let read = read_by(verdict, ask.known);
            // What does not tell is kept too, for a supervisor to see why; but not when a code
            // explains it.
            if read.is_some() || err.is_none() {
                seen.push((DisplayShows::Register { register, read }, row));
            }
            (verdict, Some(shown))
        }
        None => (DisplayVerdict::Unsure, None),
    };
    let read = DisplayRead {
        verdict,
        row: shown,
        err,
        sightings: vec![],
    };
    Judged { read, seen }
}

fn texts(row: &DisplayRow) -> Vec<DisplayText> {
    let candidates = row.candidates.iter();
    let text = candidates.map(|candidate| DisplayText {
        text: candidate.text.clone(),
        score: permille(candidate.score),
    });
    text.collect()
}

fn best(row: &DisplayRow) -> (&str, f32) {
    match row.candidates.first() {
        Some(best) => (&best.text, best.score),
        None => ("", 0.0),
    }
}

fn tells(shows: DisplayShows) -> bool {
    match shows {
        DisplayShows::Register { read, .. } => read.is_some(),
        DisplayShows::Err { .. } => true,
    }
}

/// The value behind a verdict.
fn read_by(verdict: DisplayVerdict, known: Option<Decimal>) -> Option<Decimal> {
    match verdict {
        DisplayVerdict::Agrees => known,
        DisplayVerdict::Differs { read } => Some(read),
        DisplayVerdict::Proposes { value } => Some(value),
        DisplayVerdict::Unsure => None,
    }
}
