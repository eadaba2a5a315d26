//! Displays: how many are read whole, what slips of the hand would be confirmed, how fast, and what others read.

use domain::{
    Decimal, DisplayAsk, DisplayText, DisplayVerdict, RegisterDigits, as_shown, err_shown, judge,
};
use metercrew_imaging::drawn::displays::{self, Wording};
use metercrew_imaging::drawn::{Scene, scene as scene_of};
use metercrew_imaging::{DisplayRow, Effort, PictureGrey, Quad, crop, decode_grey, read_display};

use crate::Asked;
use crate::clock::timed;
use crate::figures::spread;
use crate::readers::{Peer, Reader};

type Failed = Box<dyn std::error::Error>;

/// A picture and what is on it.
struct Shot {
    picture: PictureGrey,
    frame: Option<Quad>,
    text: String,
    /// Absent where there is no display.
    wording: Option<Wording>,
}

/// Counts of one reader on one set of pictures.
#[derive(Default)]
struct Tally {
    numbers: usize,
    /// All digits right; the point does not count.
    whole: usize,
    /// With the point.
    strict: usize,
    errs: usize,
    errs_right: usize,
    /// Pictures without a value: no display, or dashes.
    blanks: usize,
    /// Of these, such as something was read from.
    invented: usize,
    cpu_ms: Vec<f64>,
}

/// What comes of knowing the true value, and of knowing it with a slip.
#[derive(Default)]
struct Judged {
    truths: usize,
    agrees: usize,
    differs: usize,
    slips: usize,
    /// With the register's digits known, as the app knows them.
    wrong_agrees: usize,
    /// With the register's digits taken from what was typed: then nothing tells a point that was not seen.
    wrong_guessed: usize,
}

/// So many seeds lie between two levels', so that no text is drawn twice.
const SEEDS_OF_A_LEVEL: u64 = 10_000;

pub fn run(asked: &Asked) -> Result<(), Failed> {
    let rows = (asked.display_seed..).take(4 * asked.per_level as usize);
    measure("displays_rows", "all", rows.map(row), &asked.row_peers)?;
    for level in 1..=4 {
        let first = asked.display_seed + u64::from(level) * SEEDS_OF_A_LEVEL;
        let scenes = (first..).take(asked.per_level as usize);
        let scenes = scenes.map(|seed| scene(seed, level));
        measure(
            "displays_photos",
            &level.to_string(),
            scenes,
            &asked.photo_peers,
        )?;
        let crops = (first..).take(asked.per_level as usize);
        let crops = crops.filter_map(|seed| cut_out(seed, level).transpose());
        measure(
            "displays_crops",
            &level.to_string(),
            crops,
            &asked.row_peers,
        )?;
    }
    for (what, kind) in BARE {
        let seeds = (asked.display_seed..).take(asked.per_level as usize);
        let shots = seeds.map(|seed| bare_scene(kind, seed));
        measure("displays_none", what, shots, &asked.photo_peers)?;
    }
    Ok(())
}

/// Pictures without a display to be read. The seal has a printed number, the panorama displays too small to read.
const BARE: [(&str, Scene<'static>); 3] = [
    ("wiring", Scene::Wiring),
    ("panorama", Scene::Panorama),
    ("seal", Scene::Seal { number: "41300012" }),
];

fn bare_scene(kind: Scene<'_>, seed: u64) -> Result<Shot, Failed> {
    Ok(Shot {
        picture: decode_grey(&scene_of(kind, seed)?)?,
        frame: None,
        text: String::new(),
        wording: None,
    })
}

/// A row of any hardship, some of which nobody can read, framed as a crew does it: never quite.
fn row(seed: u64) -> Result<Shot, Failed> {
    let line = displays::display_line(seed)?;
    Ok(Shot {
        picture: line.photo,
        frame: Some(line.frame),
        text: line.text,
        wording: Some(line.wording),
    })
}

/// The row of a photograph cut out loosely and laid straight, as an aim frame or a crop would have it; absent where
/// there is no display.
fn cut_out(seed: u64, level: u8) -> Result<Option<Shot>, Failed> {
    let scene = displays::display_scene(seed, level)?;
    Ok(scene.corners.map(|corners| Shot {
        picture: crop(&scene.picture, &corners, LOOSE),
        frame: None,
        text: scene.text,
        wording: Some(scene.wording),
    }))
}

/// Room left around a row that is cut out, as a share of its edges.
const LOOSE: f32 = 0.15;

fn scene(seed: u64, level: u8) -> Result<Shot, Failed> {
    let scene = displays::display_scene(seed, level)?;
    Ok(Shot {
        wording: scene.corners.map(|_| scene.wording),
        picture: scene.picture,
        frame: None,
        text: scene.text,
    })
}

fn measure(
    bench: &str,
    level: &str,
    shots: impl Iterator<Item = Result<Shot, Failed>>,
    peers: &[String],
) -> Result<(), Failed> {
    let peers = peers
        .iter()
        .map(|command| Peer::start(command).map(Reader::Peer));
    let mut peers = peers.collect::<Result<Vec<_>, _>>()?;
    let (mut ours, mut judged) = (Tally::default(), Judged::default());
    let mut theirs: Vec<Tally> = peers.iter().map(|_| Tally::default()).collect();
    for shot in shots {
        let shot = shot?;
        let (rows, cpu_ms) = timed(|| read_display(&shot.picture, shot.frame));
        let said = rows.iter().find_map(said);
        let told: Vec<String> = said.iter().map(|(text, _)| text.clone()).collect();
        // What is too unsure to be told is compared too, as others' texts are.
        let unsure = rows.first().and_then(|row| row.candidates.first());
        let unsure: Vec<String> = unsure.iter().map(|best| best.text.clone()).collect();
        let texts = if told.is_empty() { &unsure } else { &told };
        ours.count(&shot, texts, &told, cpu_ms);
        if shot.wording == Some(Wording::Number) {
            judged.count(&shot.text, said.map_or(vec![], |(_, row)| texts_of(row)));
        }
        for (peer, tally) in peers.iter_mut().zip(&mut theirs) {
            let reads = peer.read(&shot.picture, Effort::Photo)?;
            tally.count(&shot, &reads.texts, &reads.texts, reads.cpu_ms);
        }
    }
    ours.print(bench, level, "metercrew");
    judged.print(bench, level);
    for (peer, tally) in peers.iter().zip(&mut theirs) {
        tally.print(bench, level, peer.name());
    }
    Ok(())
}

/// The text a row is taken for, by the domain's rules; `None` when it says nothing.
fn said(row: &DisplayRow) -> Option<(String, &DisplayRow)> {
    let texts = texts_of(row);
    let text = match err_shown(&texts) {
        Some(shown) => shown.code.text(),
        None => as_shown(&texts, row.is_framed)?.text.clone(),
    };
    Some((text, row))
}

fn texts_of(row: &DisplayRow) -> Vec<DisplayText> {
    let candidates = row.candidates.iter();
    let texts = candidates.map(|candidate| DisplayText {
        text: candidate.text.clone(),
        score: (candidate.score * 1000.0) as u16,
    });
    texts.collect()
}

/// Letters and digits alone.
fn bare(text: &str) -> String {
    let signs = text.chars().filter(char::is_ascii_alphanumeric);
    signs.map(|sign| sign.to_ascii_lowercase()).collect()
}

impl Tally {
    /// A reader of whole photographs may tell every text it finds: one that is right is enough.
    fn count(&mut self, shot: &Shot, texts: &[String], told: &[String], cpu_ms: f64) {
        self.cpu_ms.push(cpu_ms);
        let is_right = |texts: &[String]| texts.iter().any(|text| bare(text) == bare(&shot.text));
        let right = is_right(texts);
        match shot.wording {
            Some(Wording::Number) => {
                self.numbers += 1;
                self.whole += usize::from(right);
                self.strict += usize::from(texts.contains(&shot.text));
            }
            Some(Wording::Err) => {
                self.errs += 1;
                self.errs_right += usize::from(is_right(told));
            }
            Some(Wording::Dashes) | None => {
                self.blanks += 1;
                let has_value = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
                self.invented += usize::from(told.iter().any(has_value));
            }
        }
    }

    fn print(&mut self, bench: &str, level: &str, by: &str) {
        let (median, p95) = spread(&mut self.cpu_ms);
        println!(
            "{{\"bench\":\"{bench}\",\"level\":\"{level}\",\"by\":\"{by}\",\"numbers\":{},\"whole\":{},\
             \"strict\":{},\"errs\":{},\"errs_right\":{},\"blanks\":{},\"invented\":{},\
             \"median_ms\":{median:.1},\"p95_ms\":{p95:.1}}}",
            self.numbers,
            self.whole,
            self.strict,
            self.errs,
            self.errs_right,
            self.blanks,
            self.invented
        );
    }
}

impl Judged {
    fn count(&mut self, truth: &str, texts: Vec<DisplayText>) {
        let Some(known) = written(truth) else {
            return;
        };
        self.truths += 1;
        match judge(&texts, &known) {
            DisplayVerdict::Agrees => self.agrees += 1,
            DisplayVerdict::Differs { .. } => self.differs += 1,
            DisplayVerdict::Proposes { .. } | DisplayVerdict::Unsure => {}
        }
        for slip in slips(truth) {
            let Some(slipped) = written(&slip).filter(|slipped| slipped.known != known.known)
            else {
                continue;
            };
            self.slips += 1;
            let agrees = |ask: &DisplayAsk| judge(&texts, ask) == DisplayVerdict::Agrees;
            let digits = known.digits;
            self.wrong_agrees += usize::from(agrees(&DisplayAsk { digits, ..slipped }));
            self.wrong_guessed += usize::from(agrees(&slipped));
        }
    }

    fn print(&self, bench: &str, level: &str) {
        println!(
            "{{\"bench\":\"{bench}_judged\",\"level\":\"{level}\",\"true_values\":{},\"agrees\":{},\"differs\":{},\
             \"slipped_values\":{},\"wrong_agrees\":{},\"wrong_agrees_register_guessed\":{}}}",
            self.truths,
            self.agrees,
            self.differs,
            self.slips,
            self.wrong_agrees,
            self.wrong_guessed
        );
    }
}

/// A value as it is written, known for a register of as many digits; `None` for what no register shows.
fn written(text: &str) -> Option<DisplayAsk> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    Some(DisplayAsk {
        digits: RegisterDigits {
            integer: u8::try_from(whole.len()).ok()?,
            decimal: u8::try_from(places.len()).ok()?,
        },
        previous: None,
        greatest_use: None,
        known: Some(Decimal::parse(text).ok()?),
    })
}

/// What a hand makes of a value: one digit wrong, two swapped, one missing, one twice, the point elsewhere, the reading
/// of another day.
fn slips(text: &str) -> Vec<String> {
    let signs: Vec<char> = text.chars().collect();
    let mut typed = vec![];
    let digits = text.replace('.', "");
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let with_point = |digits: &str, places: usize| {
        let (whole, places) = digits.split_at_checked(digits.len().checked_sub(places)?)?;
        Some(match places {
            "" => whole.to_owned(),
            places => format!("{whole}.{places}"),
        })
    };
    typed.extend(with_point(&digits, places + 1));
    typed.extend(
        places
            .checked_sub(1)
            .and_then(|places| with_point(&digits, places)),
    );
    for used in [1, 9, 137, 2_500] {
        let before = digits
            .parse()
            .ok()
            .and_then(|now: u64| now.checked_sub(used));
        let before = before.map(|before| format!("{before:0long$}", long = digits.len()));
        typed.extend(before.and_then(|before| with_point(&before, places)));
    }
    for (at, &sign) in signs.iter().enumerate() {
        let Some(digit) = sign.to_digit(10) else {
            continue;
        };
        let with = |signs: &[char]| {
            let (before, after) = text.split_at_checked(at)?;
            let after = after.get(1..)?;
            Some(format!("{before}{}{after}", String::from_iter(signs)))
        };
        for other in (1..10).filter_map(|more| char::from_digit((digit + more) % 10, 10)) {
            typed.extend(with(&[other]));
        }
        typed.extend(with(&[]));
        typed.extend(with(&[sign, sign]));
        if let Some(&next) = signs.get(at + 1).filter(|next| next.is_ascii_digit()) {
            let mut swapped = signs.clone();
            swapped.splice(at..=at + 1, [next, sign]);
            typed.push(swapped.into_iter().collect());
        }
    }
    typed
}
