//! How many drawn field labels and displays are read, how fast, and what others make of the same pictures:
//! `cargo run --profile bench --example bench_eyes -- [labels|displays] [--seed N] [--display-seed N] [--per-level N]
//! [--squares N] [--empty N] [--peer COMMAND]... [--row-peer COMMAND]... [--photo-peer COMMAND]... [--missed]` prints one
//! JSON line a level and reader.

mod clock;
mod displays;
mod figures;
mod labels;
mod readers;

/// What is asked on the command line.
struct Asked {
    /// `labels` or `displays`; without a word, everything.
    only: Option<String>,
    /// First seed; the default is the first that nothing was tuned on.
    seed: u64,
    /// The same for displays.
    display_seed: u64,
    per_level: u64,
    squares_per_level: u64,
    empty: u64,
    /// Programs to run beside; see `readers`.
    peers: Vec<String>,
    /// The same for framed rows of displays, and for photographs of displays.
    row_peers: Vec<String>,
    photo_peers: Vec<String>,
    /// Whether each miss is told with what made it hard.
    missed: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked = asked()?;
    let wants = |part: &str| asked.only.as_deref().is_none_or(|only| only == part);
    if wants("labels") {
        labels::run(&asked)?;
    }
    if wants("displays") {
        displays::run(&asked)?;
    }
    Ok(())
}

fn asked() -> Result<Asked, Box<dyn std::error::Error>> {
    let mut asked = Asked {
        only: None,
        seed: metercrew_imaging::drawn::TEST_SEEDS.start,
        display_seed: metercrew_imaging::drawn::displays::TEST_SEEDS.start,
        per_level: 100,
        squares_per_level: 25,
        empty: 300,
        peers: Vec::new(),
        row_peers: Vec::new(),
        photo_peers: Vec::new(),
        missed: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{name} needs a value"));
        match name.as_str() {
            "--seed" => asked.seed = value()?.parse()?,
            "--display-seed" => asked.display_seed = value()?.parse()?,
            "--per-level" => asked.per_level = value()?.parse()?,
            "--squares" => asked.squares_per_level = value()?.parse()?,
            "--empty" => asked.empty = value()?.parse()?,
            "--peer" => asked.peers.push(value()?),
            "--row-peer" => asked.row_peers.push(value()?),
            "--photo-peer" => asked.photo_peers.push(value()?),
            "--missed" => asked.missed = true,
            _ => asked.only = Some(name),
        }
    }
    Ok(asked)
}
