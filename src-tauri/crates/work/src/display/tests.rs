//! What is made of a display's rows, and a drawn display read from a kept photo.

use domain::{Purpose, Register, RegisterDigits};
use imaging::{Candidate, PictureGrey, drawn};

use super::*;
use crate::rig::{Rig, order};
use crate::{Rendering, Settings};

const NOBODY: &str = "http://127.0.0.1:1";
const TOTAL: Register = Register::ForwardTotal;

fn value(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn row(texts: &[(&str, f32)]) -> DisplayRow {
    let candidates = texts.iter().map(|(text, score)| Candidate {
        text: (*text).to_owned(),
        score: *score,
    });
    DisplayRow {
        corners: [(10.0, 10.0), (90.0, 10.0), (90.0, 30.0), (10.0, 30.0)],
        crop: PictureGrey::new(2, 1, vec![0, 255]).unwrap(),
        candidates: candidates.collect(),
        is_framed: false,
    }
}

fn ask(known: Option<&str>) -> DisplayAsk {
    DisplayAsk {
        digits: RegisterDigits::USUAL,
        previous: None,
        greatest_use: None,
        known: known.map(value),
    }
}

fn shows(judged: &Judged) -> Vec<DisplayShows> {
    judged.seen.iter().map(|(shows, _)| *shows).collect()
}

fn register(read: Option<&str>) -> DisplayShows {
    DisplayShows::Register {
        register: TOTAL,
        read: read.map(value),
    }
}

#[test]
fn the_likeliest_row_alone_speaks_of_the_register() {
    let sure = row(&[("001234.56", 0.97)]);
    let other = row(&[("000777.00", 0.96)]);
    let of = |rows, known| judged(rows, &ask(known), TOTAL);
    let agrees = of(vec![sure.clone(), other.clone()], Some("1234.56"));
    assert_eq!(agrees.read.verdict, DisplayVerdict::Agrees);
    assert_eq!(shows(&agrees), [register(Some("1234.56"))]);
    // The typed value stands on another row: that is no agreement.
    let typed_other = of(vec![sure.clone(), other], Some("777.00"));
    let read = value("1234.56");
    assert_eq!(typed_other.read.verdict, DisplayVerdict::Differs { read });
    let proposes = of(vec![sure], None);
    let value = value("1234.56");
    assert_eq!(proposes.read.verdict, DisplayVerdict::Proposes { value });
    assert_eq!(proposes.read.row.unwrap().confidence, 970);
}

#[test]
fn a_code_is_told_with_its_meaning_and_explains_a_row_that_does_not_tell() {
    let code = row(&[("Err-08", 0.95)]);
    let nothing = row(&[("--------", 0.9)]);
    let both = judged(vec![code.clone(), nothing.clone()], &ask(None), TOTAL);
    assert_eq!(both.read.err.map(|code| code.number), Some(8));
    assert_eq!(both.read.verdict, DisplayVerdict::Unsure);
    assert_eq!(shows(&both), [DisplayShows::Err { code: 8 }]);
    let alone = judged(vec![nothing], &ask(Some("1.00")), TOTAL);
    assert_eq!(shows(&alone), [register(None)], "kept, to be looked at");
    let with_value = judged(vec![code, row(&[("000001.00", 0.97)])], &ask(None), TOTAL);
    let seen = [DisplayShows::Err { code: 8 }, register(Some("1.00"))];
    assert_eq!(shows(&with_value), seen);
}

#[test]
fn a_kept_photo_of_a_display_is_a_witness_with_its_cut_out_and_changes_nothing() {
    let rig = Rig::enrolled(NOBODY);
    let device = rig.device();
    let consent = Settings {
        may_train: true,
        ..device.settings().unwrap()
    };
    device.save_settings(consent).unwrap();
    let step = StepId::from("old_reading");
    let look = |photo, known| {
        device.read_display(DisplayLook {
            picture: DisplayPicture::Photo(photo),
            frame: None,
            order: &order(),
            step: &step,
            register: TOTAL,
            known,
        })
    };
    let mut right = 0;
    for seed in 0..4 {
        let jpeg = drawn::display("001234.56", seed).unwrap();
        let photo = device.prepare_photo(&jpeg, Purpose::Reading, None).unwrap();
        let read = look(photo.hash, None).unwrap();
        let is_right = read.verdict
            == DisplayVerdict::Proposes {
                value: value("1234.56"),
            };
        right += u32::from(is_right);
        for seen in &read.sightings {
            let sighting = &seen.sighting;
            assert_eq!(
                (sighting.image, sighting.by),
                (photo.hash, SeenBy::DisplayNet)
            );
            assert!(sighting.may_train && sighting.program.contains('+'));
            let crop = device.photo(&sighting.crop, Rendering::Kept).unwrap();
            assert!(decode(&crop).is_ok());
        }
        let slip = look(photo.hash, Some(value("1234.65"))).unwrap();
        assert_ne!(slip.verdict, DisplayVerdict::Agrees, "seed {seed}");
    }
    assert!(right >= 2, "{right} of 4 drawn displays");
    let held = device.order(&order()).unwrap().held;
    assert_eq!(held.row.unsent.events, 0, "a look records nothing");
}

#[test]
fn a_frame_that_tells_nothing_is_not_kept_and_a_step_that_reads_no_meter_is_refused() {
    let rig = Rig::enrolled(NOBODY);
    let wires = drawn::scene(drawn::Scene::Wiring, 1).unwrap();
    let look = |step: &str| {
        rig.device().read_display(DisplayLook {
            picture: DisplayPicture::File(&wires),
            frame: None,
            order: &order(),
            step: &step.into(),
            register: TOTAL,
            known: None,
        })
    };
    let read = look("old_reading").unwrap();
    assert_eq!(read.verdict, DisplayVerdict::Unsure);
    assert_eq!(read.sightings, []);
    assert_eq!(look("seals").unwrap_err().code(), "wrong_step");
}
