//! Writes some made-up photographs into a folder to be looked at: `cargo run --example drawn_gallery -- FOLDER`.

use std::path::PathBuf;
use std::time::Instant;

use metercrew_imaging::drawn::{self, Difficulty, FieldSize, Level, Scene, TUNE_SEEDS};
use metercrew_imaging::encode_png;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let asset_no = "4130001000000000000012";
    let write = |name: String, picture: Vec<u8>, started: Instant| {
        println!(
            "{name}: {} kB, {} ms",
            picture.len() / 1024,
            started.elapsed().as_millis()
        );
        std::fs::write(folder.join(name), picture)
    };
    for seed in 0..4 {
        for (name, difficulty) in [
            ("easy", Difficulty::Easy),
            ("field", Difficulty::Field),
            ("hard", Difficulty::Hard),
        ] {
            let started = Instant::now();
            write(
                format!("label-{name}-{seed}.jpg"),
                drawn::label(asset_no, seed, difficulty)?,
                started,
            )?;
        }
        let started = Instant::now();
        write(
            format!("display-{seed}.jpg"),
            drawn::display("001234.56", seed)?,
            started,
        )?;
        for (name, kind) in [
            (
                "seal",
                Scene::Seal {
                    number: "S4100012345",
                },
            ),
            ("wiring", Scene::Wiring),
            ("panorama", Scene::Panorama),
        ] {
            let started = Instant::now();
            write(
                format!("{name}-{seed}.jpg"),
                drawn::scene(kind, seed)?,
                started,
            )?;
        }
    }
    for seed in TUNE_SEEDS.take(6) {
        let size = FieldSize::of_index(seed);
        for level in Level::ALL {
            let number = level.number();
            let started = Instant::now();
            let field = drawn::field_label(&drawn::asset_no(seed), seed, level, size)?;
            write(
                format!("field-{number}-{seed}.png"),
                encode_png(&field.picture.to_picture()?)?,
                started,
            )?;
            let started = Instant::now();
            let field = drawn::field_qr(&drawn::asset_no(seed), seed, level, size)?;
            write(
                format!("field-qr-{number}-{seed}.png"),
                encode_png(&field.picture.to_picture()?)?,
                started,
            )?;
        }
        let started = Instant::now();
        let field = drawn::field_empty(seed, size)?;
        write(
            format!("field-empty-{seed}.png"),
            encode_png(&field.to_picture()?)?,
            started,
        )?;
    }
    let started = Instant::now();
    write(
        "flat.png".to_owned(),
        encode_png(&drawn::label_flat(asset_no)?)?,
        started,
    )?;
    Ok(())
}
