//! A sheet of labels as PDF: rectangles and one built-in font, nothing else.

use std::fmt::Write;

use super::label::{Drawing, Label, lay_out};

/// A4. Unit: millimetres.
const PAGE_MM: (f32, f32) = (210.0, 297.0);

/// Labels on a page, across and down.
const GRID: (usize, usize) = (3, 8);

/// A label's place on the page. Unit: millimetres; three across leave 12 mm at each side.
const CELL_MM: (f32, f32) = (62.0, 34.0);

/// A module of the bar code. Unit: millimetres. A third of a millimetre is four dots at 300 dpi.
const MODULE_MM: f32 = 0.3333;

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;

/// The sheet, as many pages as it takes; the same labels give the same bytes.
pub fn sheet(labels: &[Label]) -> Vec<u8> {
    let drawings: Vec<Drawing> = labels.iter().filter_map(lay_out).collect();
    let pages: Vec<String> = drawings.chunks(GRID.0 * GRID.1).map(page).collect();
    let mut file = File::default();
    let first_page = 4;
    let kids: Vec<String> = (0..pages.len())
        .map(|n| format!("{} 0 R", first_page + 2 * n))
        .collect();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object(&format!(
        "<< /Type /Pages /Kids [{}] /Count {} >>",
        kids.join(" "),
        pages.len()
    ));
    file.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (n, page) in pages.iter().enumerate() {
        file.object(&format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {:.2} {:.2}] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            PAGE_MM.0 * POINTS,
            PAGE_MM.1 * POINTS,
            first_page + 2 * n + 1
        ));
        file.object(&format!(
            "<< /Length {} >>\nstream\n{page}\nendstream",
            page.len()
        ));
    }
    file.end()
}

/// One page's drawing commands. Lengths are millimetres from the top left, turned into points from
/// the bottom left here.
fn page(drawings: &[Drawing]) -> String {
    let mut out = String::new();
    let scale = MODULE_MM * POINTS;
    let margin = (
        (PAGE_MM.0 - CELL_MM.0 * GRID.0 as f32) / 2.0,
        (PAGE_MM.1 - CELL_MM.1 * GRID.1 as f32) / 2.0,
    );
    for (n, drawing) in drawings.iter().enumerate() {
        let left = (margin.0 + CELL_MM.0 * (n % GRID.0) as f32) * POINTS;
        let top = (PAGE_MM.1 - margin.1 - CELL_MM.1 * (n / GRID.0) as f32) * POINTS;
        for black in &drawing.blacks {
            let (x, y) = (left + black.x * scale, top - (black.y + black.h) * scale);
            let (w, h) = (black.w * scale, black.h * scale);
            line(&mut out, format_args!("{x:.3} {y:.3} {w:.3} {h:.3} re"));
        }
        line(&mut out, format_args!("f"));
        for text in &drawing.texts {
            // a capital of Helvetica is 0.72 of its size
            let size = text.size * scale / 0.72;
            let (x, y) = (left + text.x * scale, top - text.y * scale);
            let said = &text.text;
            line(
                &mut out,
                format_args!("BT /F1 {size:.2} Tf {x:.2} {y:.2} Td ({said}) Tj ET"),
            );
        }
    }
    out
}

/// Writing to a string cannot fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

#[derive(Default)]
struct File {
    body: String,
    at: Vec<usize>,
}

const HEAD: &str = "%PDF-1.4\n";

impl File {
    fn object(&mut self, text: &str) {
        self.at.push(HEAD.len() + self.body.len());
        let number = self.at.len();
        line(
            &mut self.body,
            format_args!("{number} 0 obj\n{text}\nendobj"),
        );
    }

    fn end(self) -> Vec<u8> {
        let start = HEAD.len() + self.body.len();
        let count = self.at.len() + 1;
        let mut out = format!("{HEAD}{}xref\n0 {count}\n0000000000 65535 f \n", self.body);
        for at in &self.at {
            line(&mut out, format_args!("{at:010} 00000 n "));
        }
        line(
            &mut out,
            format_args!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF"),
        );
        out.into_bytes()
    }
}
