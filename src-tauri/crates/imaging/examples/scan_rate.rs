//! How many made-up labels are read: `cargo run --example scan_rate -- [COUNT]` prints one JSON line a difficulty.

use std::time::Instant;

use metercrew_imaging::drawn::{self, Difficulty};
use metercrew_imaging::{ScanOptions, Symbology, decode_grey, scan_grey};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(40), |text| text.parse())?;
    let asset_no = "4130001000000000000012";
    for (name, difficulty) in [
        ("easy", Difficulty::Easy),
        ("field", Difficulty::Field),
        ("hard", Difficulty::Hard),
    ] {
        let (mut bars, mut any, mut wrong, mut took_ms) = (0, 0, 0, Vec::new());
        let mut missed = Vec::new();
        for seed in 0..count {
            let grey = decode_grey(&drawn::label(asset_no, seed, difficulty)?)?;
            let started = Instant::now();
            let codes = scan_grey(&grey, ScanOptions::photo());
            took_ms.push(started.elapsed().as_millis());
            let is_bars = |code: &metercrew_imaging::Code| code.symbology == Symbology::Code128;
            let has_bars = codes
                .iter()
                .any(|code| is_bars(code) && code.text == asset_no);
            bars += u64::from(has_bars);
            any += u64::from(codes.iter().any(|code| code.text == asset_no));
            wrong += codes.iter().filter(|code| code.text != asset_no).count();
            if !has_bars {
                missed.push(seed);
            }
        }
        took_ms.sort_unstable();
        let median = took_ms.get(took_ms.len() / 2).copied().unwrap_or(0);
        println!(
            "{{\"bench\":\"scan_{name}\",\"labels\":{count},\"code128\":{bars},\"read\":{any},\"wrong\":{wrong},\
             \"median_ms\":{median},\"max_ms\":{},\"missed\":{missed:?}}}",
            took_ms.last().copied().unwrap_or(0)
        );
    }
    Ok(())
}
