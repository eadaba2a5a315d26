//! A lettering of straight strokes for watermarks and drawn nameplates.
//!
//! Each glyph is a list of strokes, each stroke a chain of points, each point two hexadecimal digits: x from 0 to 6, y from 0
//! (top of a capital) over 9 (foot) to c (below the line). Drawn for this project.

use crate::canvas::{Canvas, Colour, Spot};

/// Units from one glyph's left edge to the next one's.
const ADVANCE: f32 = 8.0;

/// Units from the top of a capital to its foot.
const CAP: f32 = 9.0;

/// How lettering looks: height of a capital and thickness of the pen, both in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lettering {
    pub cap_px: f32,
    pub pen_px: f32,
    pub colour: Colour,
}

impl Lettering {
    pub fn new(cap_px: f32, colour: Colour) -> Self {
        Self {
            cap_px,
            pen_px: cap_px * 0.13,
            colour,
        }
    }

    /// Width of a text in pixels.
    pub fn width(self, text: &str) -> f32 {
        (text.chars().count() as f32 * ADVANCE - 2.0).max(0.0) * self.cap_px / CAP
    }

    /// Draws a text with the upper left corner of its first capital at `at`.
    pub fn draw(self, canvas: &mut Canvas, at: Spot, text: &str) {
        let unit = self.cap_px / CAP;
        for (index, letter) in text.chars().enumerate() {
            let left = at.0 + index as f32 * ADVANCE * unit;
            for stroke in strokes(letter).split(' ') {
                let points: Vec<Spot> = points(stroke)
                    .map(|(x, y)| (left + x * unit, at.1 + y * unit))
                    .collect();
                canvas.path(&points, self.pen_px, self.colour);
            }
        }
    }
}

/// The pen's paths of a letter: 0 to 6 to the right, 0 (top of a capital) over 9 (foot) to 12 downwards.
pub(crate) fn paths(letter: char) -> impl Iterator<Item = Vec<Spot>> {
    strokes(letter)
        .split(' ')
        .map(|stroke| points(stroke).collect())
}

fn points(stroke: &str) -> impl Iterator<Item = Spot> + '_ {
    let (pairs, _) = stroke.as_bytes().as_chunks::<2>();
    pairs.iter().map(|&[x, y]| (grid(x), grid(y)))
}

fn grid(digit: u8) -> f32 {
    char::from(digit).to_digit(16).unwrap_or(0) as f32
}

/// The strokes of a glyph; what has none of its own is drawn as a question mark.
fn strokes(letter: char) -> &'static str {
    match letter {
        ' ' => "",
        '0' | 'O' => "204062674929070220",
        '1' => "123039",
        '2' => "02204062630969",
        '3' => "01105061635424 546568591908",
        '4' => "49400666",
        '5' => "600004446568491908",
        '6' => "5020030719596865541405",
        '7' => "006029",
        '8' => "105061635414030110 1405081959686554",
        '9' => "1949666150100104155564",
        'A' => "093069 1656",
        'B' => "00094968655404 5463614000",
        'C' => "6240200207294967",
        'D' => "00094967624000",
        'E' => "60000969 0444",
        'F' => "600009 0444",
        'G' => "62402002072949676545",
        'H' => "0009 6069 0464",
        'I' => "3039",
        'J' => "5057492907",
        'K' => "0009 6005 2469",
        'L' => "000969",
        'M' => "0900356069",
        'N' => "09006960",
        'P' => "09004061644505",
        'Q' => "204062674929070220 4669",
        'R' => "09004061644505 3569",
        'S' => "615010010314556668591908",
        'T' => "0060 3039",
        'U' => "000729496760",
        'V' => "003960",
        'W' => "0019345960",
        'X' => "0069 6009",
        'Y' => "003460 3439",
        'Z' => "00600969",
        'a' => "5359 5443230507294958",
        'b' => "0009 0413335557391908",
        'c' => "5443230507294958",
        'd' => "5059 5443230507294958",
        'e' => "06565543230507294958",
        'f' => "40302129 0343",
        'g' => "535b4c1c 5443230507294958",
        'h' => "0009 0523435459",
        'i' => "2329 2020",
        'j' => "333b2c0c 3030",
        'k' => "0009 4307 2559",
        'l' => "2029",
        'm' => "0309 0413233439 3443536469",
        'n' => "0309 0523435459",
        'o' => "233355573929070523",
        'p' => "030c 0413335557391908",
        'q' => "535c 5443230507294958",
        'r' => "0309 052343",
        's' => "54431304164658491908",
        't' => "21283949 0343",
        'u' => "0308193957 5359",
        'v' => "032953",
        'w' => "0319355963",
        'x' => "0359 5309",
        'y' => "0329 531c",
        'z' => "03530959",
        '.' => "2929",
        ',' => "291b",
        ':' => "2424 2828",
        ';' => "2424 291b",
        '-' => "1555",
        '+' => "1555 3337",
        '/' => "6009",
        '(' => "40222749",
        ')' => "20424729",
        '[' => "40202949",
        ']' => "20404929",
        '=' => "1454 1757",
        '%' => "6009 1012 5759",
        '#' => "2019 5049 0363 0666",
        '*' => "3037 0262 0264 6204",
        '_' => "0a6a",
        '\'' => "3032",
        '"' => "2022 4042",
        '!' => "3036 3939",
        '<' => "510559",
        '>' => "115519",
        '|' => "303b",
        '°' => "204051524323121120",
        _ => "02204062633536 3939",
    }
}
