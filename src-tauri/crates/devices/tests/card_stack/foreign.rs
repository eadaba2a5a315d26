//! Programs that are not ours read our virtual card: it is what a card is, not what our own code
//! makes of it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use metercrew_devices::sim::card::{Slot, VirtualCard, VpcdReader, in_own_reader, insert};

use crate::made_up::{NEW, SERIAL, connect, image, update};

/// File 1 of the card as the layout's table has it, written out by hand.
const FILE_1: &str = "68 01 00 27 00 81 00 00 00 00 26 07 01 00 00 00 \
     00 00 20 00 00 00 10 00 00 00 01 00 00 01 \
     00 00 12 34 56 78 00 00 00 65 43 21 01 E7 16";

fn with_card(body: impl FnOnce(&Slot)) {
    let slot = Slot::with(VirtualCard::new(image(SERIAL)));
    let _card = insert(&slot, VpcdReader::First).unwrap();
    // foreign programs do not wait for a card
    drop(connect());
    body(&slot);
}

/// What `opensc-tool` hears on each of these commands: status, then bytes.
fn opensc_tool(arguments: &[&str]) -> String {
    let ran = Command::new("opensc-tool")
        .args(["--card-driver", "default", "--reader", "0"])
        .args(arguments)
        .output()
        .expect("opensc-tool, which scripts/setup installs");
    String::from_utf8(ran.stdout).unwrap()
}

/// The bytes of a dump: 16 to a line, two digits each, and then the same as characters.
fn dumped(line: &str) -> Vec<&str> {
    let pairs = line.split(' ').take(16);
    let is_hex = |pair: &&str| pair.len() == 2 && u8::from_str_radix(pair, 16).is_ok();
    pairs.take_while(is_hex).collect()
}

#[test]
fn opensc_tool_reads_the_answer_to_reset() {
    in_own_reader("foreign::opensc_tool_reads_the_answer_to_reset", || {
        with_card(|_| {
            let said = opensc_tool(&["--atr"]);
            let expected = "3b:6c:00:02:4d:43:30:31:20:13:00:00:00:00:47:11";
            assert_eq!(said.trim(), expected);
        });
    });
}

#[test]
fn opensc_tool_reads_file_1_as_it_is_laid_out_and_may_not_write() {
    in_own_reader(
        "foreign::opensc_tool_reads_file_1_as_it_is_laid_out_and_may_not_write",
        || {
            with_card(|slot| {
                let before = slot.image();
                let said = opensc_tool(&[
                    "--send-apdu",
                    "00A4000002DF01",
                    "--send-apdu",
                    "00B081002D",
                    "--send-apdu",
                    "04D682000C010203040506070811223344",
                ]);
                let received: Vec<&str> = said.split("Received ").skip(1).collect();
                let [selected, read, written] = received[..] else {
                    panic!("{said}");
                };
                assert!(selected.starts_with("(SW1=0x90, SW2=0x00)"), "{said}");
                assert!(read.starts_with("(SW1=0x90, SW2=0x00)"), "{said}");
                let bytes: Vec<&str> = read.lines().skip(1).flat_map(dumped).collect();
                assert_eq!(bytes.join(" "), FILE_1, "{said}");
                assert!(written.starts_with("(SW1=0x69, SW2=0x82)"), "{said}");
                assert_eq!(slot.image(), before);
            });
        },
    );
}

/// `scriptor`, that sends what it is given line by line.
struct Scriptor {
    program: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Scriptor {
    fn start() -> Self {
        let mut program = Command::new("scriptor")
            .args(["-u", "-r", "Virtual PCD 00 00"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("scriptor, which scripts/setup installs with pcsc-tools");
        let (input, output) = (program.stdin.take(), program.stdout.take());
        Self {
            program,
            input: input.unwrap(),
            output: BufReader::new(output.unwrap()),
        }
    }

    /// All bytes of the answer: `< 01 02 … 90 00 : what that means`, broken after 16.
    fn send(&mut self, command: &[u8]) -> Vec<u8> {
        let digits: Vec<String> = command.iter().map(|b| format!("{b:02X}")).collect();
        writeln!(self.input, "{}", digits.join(" ")).unwrap();
        let mut answer = None;
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "it ended");
            if let Some(first) = line.strip_prefix("< ") {
                answer = Some(String::new());
                line = first.to_owned();
            }
            let Some(answer) = &mut answer else {
                continue;
            };
            let (bytes, end) = match line.split_once(" : ") {
                Some((bytes, _)) => (bytes, true),
                None => (line.as_str(), false),
            };
            *answer += bytes;
            *answer += " ";
            if end {
                let pairs = answer.split_whitespace();
                return pairs.map(|p| u8::from_str_radix(p, 16).unwrap()).collect();
            }
        }
    }

    fn draw(&mut self) -> [u8; 8] {
        let answer = self.send(&[0x00, 0x84, 0x00, 0x00, 0x08]);
        answer
            .strip_suffix(&[0x90, 0x00])
            .unwrap()
            .try_into()
            .unwrap()
    }
}

impl Drop for Scriptor {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

#[test]
fn scriptor_writes_with_the_keys_and_the_right_code_only() {
    in_own_reader(
        "foreign::scriptor_writes_with_the_keys_and_the_right_code_only",
        || {
            with_card(|slot| {
                let before = slot.image().unwrap().purse;
                let mut scriptor = Scriptor::start();
                let select = [0x00, 0xa4, 0x00, 0x00, 0x02, 0xdf, 0x01];
                assert_eq!(scriptor.send(&select), [0x90, 0x00]);
                let drawn = scriptor.draw();
                let unproven = scriptor.send(&update(&drawn, &SERIAL));
                assert_eq!(unproven, [0x69, 0x82]);

                let said = testkeys::authenticate(&scriptor.draw(), &SERIAL);
                let prove = [&[0x00, 0x82, 0x00, 0x02, 0x08], said.as_slice()].concat();
                assert_eq!(scriptor.send(&prove), [0x90, 0x00]);

                let drawn = scriptor.draw();
                let mut forged = update(&drawn, &SERIAL);
                *forged.last_mut().unwrap() ^= 1;
                assert_eq!(scriptor.send(&forged), [0x69, 0x88]);
                assert_eq!(slot.image().unwrap().purse, before);

                let drawn = scriptor.draw();
                assert_eq!(scriptor.send(&update(&drawn, &SERIAL)), [0x90, 0x00]);
                assert_eq!(slot.image().unwrap().purse, NEW);
                let read = scriptor.send(&[0x00, 0xb0, 0x82, 0x00, 0x08]);
                assert_eq!(read, [&NEW[..], &[0x90, 0x00]].concat());
            });
        },
    );
}
