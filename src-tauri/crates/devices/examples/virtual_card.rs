//! Our virtual card as a program: puts the card that lives in a file into the virtual reader, until
//! standard input ends. Run it, and whatever reads the card, inside of one `scripts/with-reader`.
//!
//! `virtual_card CARD.json [first|second]`; `virtual_card CARD.json new SERIAL` makes the file of a
//! card nobody has issued, serial as 16 hex digits.
//!
//! Each line of standard input is done at once and answered with a line: `out` takes the card out,
//! `in` puts it in, `tear N WHEN` pulls it at the N-th write from now, 0 being the next; WHEN is
//! `before`, `first_half`, `second_half`, `answer_lost` or `answered`; `silent N` has it say nothing
//! to that write. With every write that the
//! card hears comes a line `write N`.

fn main() {
    #[cfg(all(debug_assertions, target_os = "linux"))]
    if let Err(error) = program::run() {
        eprintln!("virtual_card: {error}");
        std::process::exit(1);
    }
}

#[cfg(all(debug_assertions, target_os = "linux"))]
mod program {
    use std::error::Error;
    use std::path::{Path, PathBuf};
    use std::time::Duration;
    use std::{env, io, thread};

    use domain::CardSerial;
    use metercrew_devices::sim::card::{
        At, Fault, InVpcd, Slot, Tear, VirtualCard, VpcdReader, insert,
    };

    /// How soon a write is told of.
    const LOOKS_EVERY: Duration = Duration::from_millis(2);

    pub fn run() -> Result<(), Box<dyn Error>> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (path, reader) = match arguments[..] {
            [path] | [path, "first"] => (path, VpcdReader::First),
            [path, "second"] => (path, VpcdReader::Second),
            [path, "new", serial] => return make(Path::new(path), serial),
            _ => return Err("which card? virtual_card CARD.json [first|second|new SERIAL]".into()),
        };
        let slot = Slot::at(PathBuf::from(path));
        let mut card = Some(insert(&slot, reader)?);
        println!("in");
        thread::spawn({
            let slot = slot.clone();
            move || tell_of_writes(&slot)
        });
        for line in io::stdin().lines() {
            match act(&slot, reader, &mut card, &line?) {
                Ok(done) => println!("{done}"),
                Err(error) => println!("error: {error}"),
            }
        }
        Ok(())
    }

    fn make(path: &Path, serial: &str) -> Result<(), Box<dyn Error>> {
        let serial = CardSerial::parse(serial).ok_or("a serial is 16 lower-case hex digits")?;
        Ok(VirtualCard::blank(serial).memory().save(path)?)
    }

    fn act(
        slot: &Slot,
        reader: VpcdReader,
        card: &mut Option<InVpcd>,
        line: &str,
    ) -> Result<&'static str, Box<dyn Error>> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["out"] => {
                *card = None;
                Ok("out")
            }
            ["in"] => {
                *card = None;
                // what a tear took out of the slot
                slot.put_back();
                *card = Some(insert(slot, reader)?);
                Ok("in")
            }
            ["tear", n, when] => {
                let tear = match when {
                    "before" => Tear::Before,
                    "first_half" => Tear::FirstHalf,
                    "second_half" => Tear::SecondHalf,
                    "answer_lost" => Tear::AnswerLost,
                    "answered" => Tear::Answered,
                    _ => return Err("not known when".into()),
                };
                slot.plan(At::Update(n.parse()?), Fault::Tear(tear));
                Ok("tear")
            }
            ["silent", n] => {
                slot.plan(At::Update(n.parse()?), Fault::Silence);
                Ok("silent")
            }
            _ => Err("not known".into()),
        }
    }

    fn tell_of_writes(slot: &Slot) {
        let mut told = 0;
        loop {
            let heard = slot.updates();
            while told < heard {
                told += 1;
                println!("write {told}");
            }
            thread::sleep(LOOKS_EVERY);
        }
    }
}
