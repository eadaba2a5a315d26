//! Where in a picture rows of signs are.

use crate::crop::Quad;
use crate::picture::PictureGrey;
use crate::reading::flatten::{Projection, flat, grown, size};
use crate::reading::network::{LOCATE, Maps};

/// Long edge of the picture the network sees.
const GLANCE_PX: f32 = 160.0;

/// Pixels of the glance to a cell of the network's answer, each way.
const CELL: f32 = 4.0;

/// Pixels of the glance to one of the network's offsets; as in `training/locate.py`.
const OFFSET_PX: f32 = 32.0;

/// A cell this sure belongs to a row.
const LEAST_SURE: f32 = 0.4;

/// Rows that are told of; a display has hardly more.
const MAX_ROWS: usize = 3;

/// A row is told of when it is at least this part as sure as the surest.
const LEAST_SHARE: f32 = 0.75;

/// A row of signs as the network sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub corners: Quad,
    /// How sure it is one. **Units**: 0 to 1.
    pub sure: f32,
}

/// Rows of signs in a part of a picture, the likeliest first.
pub(crate) fn rows(picture: &PictureGrey, region: &Quad) -> Vec<Found> {
    let mut found = look(picture, region);
    found.truncate(MAX_ROWS);
    // What is far less like a row than the best is print or an icon, and costs as much time to read.
    let least = found.first().map_or(0.0, |best| best.sure * LEAST_SHARE);
    found.retain(|row| row.sure >= least);
    found
}

/// The corners of a whole picture.
pub(crate) fn whole(picture: &PictureGrey) -> Quad {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
}

/// A second look from near: the row fills most of what is seen, so its ends are told finer.
pub(crate) fn nearer(picture: &PictureGrey, row: Found) -> Found {
    let (width, height) = size(&row.corners);
    let side = 0.22_f32.max(0.7 * height / width.max(1.0));
    let near = grown(&row.corners, side, side, 0.7, 0.7);
    let middle = |quad: &Quad| {
        let sum = quad.iter().fold((0.0, 0.0), |sum, corner| {
            (sum.0 + corner.0, sum.1 + corner.1)
        });
        (sum.0 / 4.0, sum.1 / 4.0)
    };
    let (x, y) = middle(&row.corners);
    let same = look(picture, &near).into_iter().find(|found| {
        let (at_x, at_y) = middle(&found.corners);
        let (found_width, found_height) = size(&found.corners);
        // Another row or a part of this one is no finer answer.
        found.sure > 0.5
            && (at_x - x).hypot(at_y - y) < 0.3 * width
            && (0.6..1.8).contains(&(found_width / width.max(1.0)))
            && (0.5..1.8).contains(&(found_height / height.max(1.0)))
    });
    same.map_or(row, |found| Found {
        sure: (row.sure + found.sure) / 2.0,
        ..found
    })
}

/// What the network finds in a part of a picture, the surest first.
fn look(picture: &PictureGrey, region: &Quad) -> Vec<Found> {
    let Some((glance, map)) = glance(picture, region).zip(Projection::onto(region)) else {
        return Vec::new();
    };
    let (width, height) = (glance.width() as f32, glance.height() as f32);
    let Some(answer) = LOCATE
        .as_ref()
        .ok()
        .and_then(|network| network.run(normal(&glance)))
    else {
        return Vec::new();
    };
    let mut found: Vec<Found> = blobs(&answer)
        .into_iter()
        .map(|(corners, sure)| Found {
            corners: corners.map(|(x, y)| map.place(x / width, y / height)),
            sure,
        })
        .collect();
    found.sort_by(|one, other| other.sure.total_cmp(&one.sure));
    found
}

/// A part of a picture as the network sees it: 160 pixels long, both edges in eighths.
pub(crate) fn glance(picture: &PictureGrey, region: &Quad) -> Option<PictureGrey> {
    let (width, height) = size(region);
    let long = width.max(height).max(1.0);
    let eighths = |edge: f32| ((edge / long * GLANCE_PX / 8.0).round() as usize).clamp(4, 20) * 8;
    flat(picture, region, eighths(width), eighths(height))
}

/// Grey levels about zero, the same for a bright and a dim picture.
fn normal(picture: &PictureGrey) -> Maps {
    let number = picture.bytes().len() as f32;
    let levels = || picture.bytes().iter().map(|&level| f32::from(level));
    let mean = levels().sum::<f32>() / number;
    let spread = (levels().map(|level| (level - mean).powi(2)).sum::<f32>() / number).sqrt();
    Maps {
        channels: 1,
        height: picture.height(),
        width: picture.width(),
        values: levels()
            .map(|level| (level - mean) / (spread + 2.0))
            .collect(),
    }
}

/// Connected cells of the mask, each with the corners its cells agree on, in pixels of the glance.
fn blobs(answer: &Maps) -> Vec<(Quad, f32)> {
    let width = answer.width.max(1);
    let sure: Vec<f32> = answer
        .channel(0)
        .iter()
        .map(|&value| 1.0 / (1.0 + (-value).exp()))
        .collect();
    let mut is_seen: Vec<bool> = sure.iter().map(|&sure| sure < LEAST_SURE).collect();
    let mut found = Vec::new();
    for start in 0..sure.len() {
        let mut todo = vec![start];
        let mut cells = Vec::new();
        while let Some(cell) = todo.pop() {
            let Some(seen @ false) = is_seen.get_mut(cell) else {
                continue;
            };
            *seen = true;
            cells.push(cell);
            if cell % width > 0 {
                todo.push(cell - 1);
            }
            if cell % width + 1 < width {
                todo.push(cell + 1);
            }
            todo.extend(cell.checked_sub(width));
            todo.push(cell + width);
        }
        if !cells.is_empty() {
            let mean =
                cells.iter().filter_map(|&cell| sure.get(cell)).sum::<f32>() / cells.len() as f32;
            // A blob of a cell or two is less likely a row than one of many.
            let enough = (cells.len() as f32 / 6.0).min(1.0);
            found.push((corners(answer, &cells), mean * (0.7 + 0.3 * enough)));
        }
    }
    found
}

/// Each corner as the cells near it tell it.
fn corners(answer: &Maps, cells: &[usize]) -> Quad {
    let width = answer.width.max(1);
    let mut place = 0;
    [(); 4].map(|()| {
        let (right, down) = (answer.channel(1 + 2 * place), answer.channel(2 + 2 * place));
        place += 1;
        let mut sum = (0.0, 0.0, 0.0);
        for &cell in cells {
            let (Some(&right), Some(&down)) = (right.get(cell), down.get(cell)) else {
                continue;
            };
            let weight = 1.0 / (1.0 + 8.0 * (right * right + down * down));
            let x = (cell % width) as f32 * CELL + CELL / 2.0 + right * OFFSET_PX;
            let y = (cell / width) as f32 * CELL + CELL / 2.0 + down * OFFSET_PX;
            sum = (sum.0 + x * weight, sum.1 + y * weight, sum.2 + weight);
        }
        (sum.0 / sum.2.max(1e-6), sum.1 / sum.2.max(1e-6))
    })
}
