//! Writes the photographs a crew takes at one replacement into a folder, made up from what is told:
//! `cargo run --example drawn_order -- FOLDER OLD_NO OLD_VALUE NEW_NO NEW_VALUE SEAL_NO`.

use std::path::PathBuf;

use metercrew_imaging::drawn::{self, Difficulty, Scene};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, old_no, old_value, new_no, new_value, seal_no] = arguments.as_slice() else {
        return Err(
            "name a folder, the old meter and its value, the new one and its value, and a seal"
                .into(),
        );
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let write = |name: &str, picture: Vec<u8>| std::fs::write(folder.join(name), picture);
    let seal = Scene::Seal { number: seal_no };
    write("site.jpg", drawn::scene(Scene::Panorama, 1)?)?;
    write("old-label.jpg", drawn::label(old_no, 1, Difficulty::Easy)?)?;
    write("old-display.jpg", drawn::display(old_value, 1)?)?;
    write("old-display-again.jpg", drawn::display(old_value, 3)?)?;
    write("old-display-at-last.jpg", drawn::display(old_value, 4)?)?;
    write("new-label.jpg", drawn::label(new_no, 2, Difficulty::Easy)?)?;
    write("new-display.jpg", drawn::display(new_value, 2)?)?;
    write("seal.jpg", drawn::scene(seal, 1)?)?;
    write("seal-again.jpg", drawn::scene(seal, 2)?)?;
    Ok(())
}
