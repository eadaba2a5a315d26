//! The labels' half: bars and squares in four levels, and pictures without any code.

use metercrew_imaging::drawn::{self, FieldPicture, FieldSize, Level};
use metercrew_imaging::{Effort, PictureGrey};

use crate::Asked;
use crate::figures::Tally;
use crate::readers::{Peer, Reader, Reads, is_asset_no};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Measures and prints.
pub fn run(asked: &Asked) -> Outcome {
    let mut readers = vec![Reader::Ours, Reader::RxingAlone];
    for peer in &asked.peers {
        readers.push(Reader::Peer(Peer::start(peer)?));
    }
    with_codes(
        "eyes_labels",
        asked,
        asked.per_level,
        drawn::field_label,
        &mut readers,
    )?;
    with_codes(
        "eyes_squares",
        asked,
        asked.squares_per_level,
        drawn::field_qr,
        &mut readers,
    )?;
    without_codes(asked, &mut readers)
}

type Draw =
    fn(&str, u64, Level, FieldSize) -> Result<FieldPicture, metercrew_imaging::ImagingError>;

fn with_codes(
    bench: &str,
    asked: &Asked,
    count: u64,
    draw: Draw,
    readers: &mut [Reader],
) -> Outcome {
    let mut all: Vec<Tally> = readers.iter().map(|_| Tally::default()).collect();
    for level in Level::ALL {
        let mut tallies: Vec<Tally> = readers.iter().map(|_| Tally::default()).collect();
        for index in 0..count {
            let seed = asked.seed + index;
            let size = FieldSize::of_index(index);
            let field = draw(&drawn::asset_no(seed), seed, level, size)?;
            let is_known =
                |text: &str| text == field.text || field.others.iter().any(|other| other == text);
            for (reader, tally) in readers.iter_mut().zip(&mut tallies) {
                let reads = reader.read(&field.picture, effort(size))?;
                let is_read = reads.texts.contains(&field.text);
                tally.read += usize::from(is_read);
                tally.soft += usize::from(reads.soft.contains(&field.text));
                count_up(tally, &reads, size, is_known);
                if asked.missed && matches!(reader, Reader::Ours) {
                    tell(bench, seed, level, size, &field, &reads, is_read);
                }
            }
        }
        for ((reader, tally), all) in readers.iter().zip(&mut tallies).zip(&mut all) {
            all.join(tally);
            tally.print(bench, &level.number().to_string(), reader.name());
        }
    }
    for (reader, tally) in readers.iter().zip(&mut all) {
        tally.print(bench, "all", reader.name());
    }
    Ok(())
}

fn without_codes(asked: &Asked, readers: &mut [Reader]) -> Outcome {
    let mut tallies: Vec<Tally> = readers.iter().map(|_| Tally::default()).collect();
    for index in 0..asked.empty {
        // One in twenty is a photograph: the figure asked for is one of frames.
        let size = if index % 20 == 19 {
            FieldSize::Mp12
        } else {
            FieldSize::Hd1080
        };
        let picture: PictureGrey = drawn::field_empty(asked.seed + index, size)?;
        for (reader, tally) in readers.iter_mut().zip(&mut tallies) {
            let reads = reader.read(&picture, effort(size))?;
            count_up(tally, &reads, size, |_| false);
            if asked.missed && matches!(reader, Reader::Ours) && !reads.texts.is_empty() {
                println!(
                    "{{\"invented\":{:?},\"soft\":{:?},\"seed\":{}}}",
                    reads.texts,
                    reads.soft,
                    asked.seed + index
                );
            }
        }
    }
    for (reader, tally) in readers.iter().zip(&mut tallies) {
        tally.print("eyes_no_code", "any", reader.name());
    }
    Ok(())
}

fn count_up(tally: &mut Tally, reads: &Reads, size: FieldSize, is_known: impl Fn(&str) -> bool) {
    tally.pictures += 1;
    for text in reads.texts.iter().filter(|text| !is_known(text)) {
        tally.wrong += 1;
        tally.wrong_numbers += usize::from(is_asset_no(text));
    }
    match size {
        FieldSize::Hd1080 => tally.frame_ms.push(reads.cpu_ms),
        FieldSize::Mp12 => tally.photo_ms.push(reads.cpu_ms),
    }
}

fn effort(size: FieldSize) -> Effort {
    match size {
        FieldSize::Hd1080 => Effort::Frame,
        FieldSize::Mp12 => Effort::Photo,
    }
}

/// One line on a picture that was missed or read wrong.
fn tell(
    bench: &str,
    seed: u64,
    level: Level,
    size: FieldSize,
    field: &FieldPicture,
    reads: &Reads,
    is_read: bool,
) {
    let strangers: Vec<&String> = reads
        .texts
        .iter()
        .filter(|text| **text != field.text && !field.others.contains(text))
        .collect();
    if is_read && strangers.is_empty() {
        return;
    }
    println!(
        "{{\"missed\":\"{bench}\",\"seed\":{seed},\"level\":{},\"size\":\"{size:?}\",\"read\":{is_read},\"wrong\":{strangers:?},\
         \"text\":\"{}\",\"angle\":{:.0},\"module_px\":{:.2},\"blur_modules\":{:.2},\"photons\":{:.0},\"glares\":{}}}",
        level.number(),
        field.text,
        field.angle,
        field.module_px,
        field.blur_modules,
        field.photons,
        field.glares
    );
}
