//! What a device promises, without a gateway.

use domain::{Action, Holder, OrderState, Purpose, ScanSource, SeenBy};
use imaging::{Effort, drawn};

use crate::rig::{CUSTOMER, Rig, asset, new_meter, old_meter, order};
use crate::{
    Chance, Clock, Device, Direction, Known, Rendering, Settings, Signature, Standing, Stroke,
    StrokePoint, SyncNow, WorkError,
};

/// Nobody listens there: the port was free a moment ago and low ports are never given out.
const NOBODY: &str = "http://127.0.0.1:1";

fn scan(step: &str, asset_no: domain::AssetNo) -> Action {
    Action::Scan {
        step: step.into(),
        asset_no,
        source: ScanSource::Camera,
        image: None,
        sighting: None,
        overrules: vec![],
    }
}

#[test]
fn what_an_act_returned_is_there_after_the_program_was_ended() {
    let mut rig = Rig::enrolled(NOBODY);
    let acted = rig.device().act(&order(), scan("old_meter", old_meter()));
    let before = acted.unwrap().held.order;
    assert_eq!(
        before.state,
        OrderState::Started,
        "the first act begins the order"
    );
    rig.start();
    let after = rig.device().order(&order()).unwrap().held;
    assert_eq!(after.order, before);
    assert_eq!(after.row.unsent.events, 2);
}

#[test]
fn a_refused_act_changes_nothing_and_says_why() {
    let rig = Rig::enrolled(NOBODY);
    let before = rig.device().order(&order()).unwrap().held.order;
    let refused = rig.device().act(&order(), scan("old_meter", new_meter()));
    let code = refused.unwrap_err().code();
    assert_eq!(code, "wrong_asset");
    let after = rig.device().order(&order()).unwrap().held;
    assert_eq!((after.order, after.row.unsent.events), (before, 0));
}

#[test]
fn an_act_is_heard_of_and_a_moved_meter_reaches_the_cabinet() {
    let rig = Rig::enrolled(NOBODY);
    let mut heard = rig.device().changes();
    rig.device()
        .act(&order(), scan("old_meter", old_meter()))
        .unwrap();
    let first = heard.try_recv().unwrap();
    assert_eq!((first.orders, first.cabinet), (vec![order()], false));
    rig.device()
        .cabinet_scan(
            Direction::PickUp,
            &new_meter(),
            ScanSource::Camera,
            None,
            None,
        )
        .unwrap();
    assert!(heard.try_recv().unwrap().cabinet);
    rig.device()
        .act(&order(), scan("new_meter", new_meter()))
        .unwrap();
    assert!(heard.try_recv().unwrap().cabinet, "it is bound now");
    let items = rig.device().cabinet().unwrap();
    let holder = |item: &domain::StockItem| item.asset_no == new_meter();
    let item = items.iter().find(|item| holder(item)).unwrap();
    assert!(matches!(item.holder, Holder::Bound { .. }));
}

#[test]
fn a_meter_that_is_not_on_the_issue_list_stays_in_the_cabinet() {
    let rig = Rig::enrolled(NOBODY);
    let stranger = asset("413000100000000000009");
    let refused = rig.device().cabinet_scan(
        Direction::PickUp,
        &stranger,
        ScanSource::TypedTwice,
        None,
        None,
    );
    assert_eq!(refused.unwrap_err().code(), "unknown_asset");
    let taken = rig.device().cabinet_scan(
        Direction::Return,
        &new_meter(),
        ScanSource::Camera,
        None,
        None,
    );
    assert_eq!(taken.unwrap_err().code(), "not_in_custody");
}

#[test]
fn a_label_in_a_picture_is_read_and_the_picture_kept() {
    let rig = Rig::enrolled(NOBODY);
    let label = drawn::label(new_meter().as_str(), 1, drawn::Difficulty::Easy).unwrap();
    let look = |effort| {
        rig.device()
            .scan_image(&label, Some(&order()), effort, None)
    };
    let scanned = look(Effort::Photo).unwrap();
    assert_eq!(
        look(Effort::Frame).unwrap(),
        scanned,
        "a frame with a number on it is looked at in full"
    );
    let asset = scanned.codes[0].asset.as_ref().unwrap();
    assert_eq!((&asset.asset_no, asset.known), (&new_meter(), Known::Yes));
    let kept = rig
        .device()
        .photo(&scanned.image.unwrap(), Rendering::Kept)
        .unwrap();
    assert!(kept.len() < label.len() * 2 && kept.starts_with(&[0xff, 0xd8]));
}

#[test]
fn a_scan_keeps_what_it_read_with_the_consent_of_that_moment() {
    let rig = Rig::enrolled(NOBODY);
    let label = drawn::label(new_meter().as_str(), 1, drawn::Difficulty::Easy).unwrap();
    let scan = || {
        let scanned = rig.device().scan_image(&label, None, Effort::Photo, None);
        let scanned = scanned.unwrap();
        let code = scanned.codes.into_iter().next().unwrap();
        assert_eq!(code.sighting.as_ref().map(|s| s.image), scanned.image);
        code
    };
    let code = scan();
    let seen = code.sighting.clone().unwrap();
    assert_eq!(
        (seen.text.as_str(), seen.by),
        (new_meter().as_str(), SeenBy::Decoder)
    );
    assert!(!seen.may_train && !code.needs_eyes());
    let crop = rig.device().photo(&seen.crop, Rendering::Kept).unwrap();
    let crop = imaging::decode_grey(&crop).unwrap();
    let again = imaging::scan_grey(&crop, imaging::ScanOptions::photo());
    assert_eq!(again[0].text, seen.text, "the cut-out shows the label");
    let settings = rig.device().settings().unwrap();
    let agreed = Settings {
        may_train: true,
        ..settings
    };
    rig.device().save_settings(agreed).unwrap();
    assert!(scan().sighting.unwrap().may_train);
    assert!(!seen.may_train, "what was read before stays as it was");
}

#[test]
fn a_picture_without_a_number_is_not_kept_and_one_that_is_none_is_refused() {
    let rig = Rig::enrolled(NOBODY);
    let wires = drawn::scene(drawn::Scene::Wiring, 1).unwrap();
    for effort in [Effort::Frame, Effort::Photo] {
        let scanned = rig.device().scan_image(&wires, None, effort, None).unwrap();
        assert_eq!((scanned.image, scanned.codes.len()), (None, 0));
    }
    for bytes in [&b""[..], b"not an image", &wires[..wires.len() / 2]] {
        let error = rig.device().scan_image(bytes, None, Effort::Photo, None);
        let error = error.unwrap_err();
        assert!(matches!(error, WorkError::Picture(_)), "{error}");
    }
}

#[test]
fn a_number_nobody_here_knows_is_said_to_be_unknown() {
    let rig = Rig::enrolled(NOBODY);
    let known = |text: &str| {
        let read = rig.device().read_asset_no(text, Some(&order()));
        read.unwrap().map(|read| read.known)
    };
    assert_eq!(
        known(old_meter().as_str()),
        Ok(Known::Yes),
        "the order names it"
    );
    assert_eq!(
        known(new_meter().as_str()),
        Ok(Known::Yes),
        "the list names it"
    );
    assert_eq!(
        known(asset("413000100000000000009").as_str()),
        Ok(Known::No)
    );
    assert!(known("<script>alert(1)</script>").is_err());
}

#[test]
fn a_photo_is_kept_shown_and_written_on_in_a_copy_only() {
    let rig = Rig::enrolled(NOBODY);
    let file = drawn::scene(drawn::Scene::Wiring, 2).unwrap();
    let photo = rig
        .device()
        .prepare_photo(&file, Purpose::Site, None)
        .unwrap();
    let take = Action::TakePhoto {
        step: "site".into(),
        photo: photo.clone(),
    };
    rig.device().act(&order(), take).unwrap();
    let show = |rendering| rig.device().photo(&photo.hash, rendering).unwrap();
    assert_eq!(domain::Hash::of(&show(Rendering::Kept)), photo.hash);
    assert_ne!(show(Rendering::Watermarked), show(Rendering::Kept));
    assert_eq!(domain::Hash::of(&show(Rendering::Kept)), photo.hash);
    let waiting = rig.device().day("").unwrap().totals.unsent;
    assert_eq!(waiting.blobs, 2, "the photo and its thumbnail");
}

#[test]
fn strokes_are_kept_as_drawn_and_nothing_drawn_is_no_signature() {
    let rig = Rig::enrolled(NOBODY);
    let point = StrokePoint {
        x: 1.5,
        y: 2.0,
        t_ms: 0,
    };
    let mut signature = Signature {
        width: 800,
        height: 300,
        strokes: vec![Stroke {
            points: vec![point; 3],
        }],
    };
    let hash = rig.device().save_strokes(&signature).unwrap();
    let kept = rig.device().photo(&hash, Rendering::Kept).unwrap();
    let kept: Signature = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept, signature);
    signature.strokes = vec![Stroke {
        points: vec![point; 100_000],
    }];
    let code = |signature: &Signature| rig.device().save_strokes(signature).unwrap_err().code();
    assert_eq!(code(&signature), "signature_too_large");
    signature.strokes.clear();
    assert_eq!(code(&signature), "signature_empty");
}

#[test]
fn one_folder_has_one_program() {
    let rig = Rig::bare();
    let second = Device::open(
        rig.home.path(),
        Clock::set(rig.clock.clone()),
        Chance::seeded(9),
    );
    assert!(matches!(second, Err(WorkError::InUse)));
}

#[test]
fn a_device_that_is_nobodys_can_be_looked_at_but_does_nothing() {
    let rig = Rig::bare();
    assert_eq!(rig.device().enrolment().unwrap(), None);
    assert!(rig.device().day("").unwrap().rows.is_empty());
    let refused = rig.device().act(&order(), Action::Complete).unwrap_err();
    assert_eq!(refused.code(), "not_enrolled");
}

#[test]
fn settings_route_and_drafts_survive_and_are_kept_in_range() {
    let mut rig = Rig::enrolled(NOBODY);
    let mut settings = rig.device().settings().unwrap();
    settings.text_percent = 900;
    rig.device().save_settings(settings).unwrap();
    rig.device().save_route("order/o-1/seals").unwrap();
    let step = "seals".into();
    rig.device()
        .save_draft(&order(), &step, Some("{\"a\":1}"))
        .unwrap();
    rig.start();
    assert_eq!(rig.device().settings().unwrap().text_percent, 200);
    let route = rig.device().route().unwrap();
    assert_eq!(route.as_deref(), Some("order/o-1/seals"));
    let draft = rig.device().draft(&order(), &step).unwrap();
    assert_eq!(draft.as_deref(), Some("{\"a\":1}"));
}

#[tokio::test]
async fn without_a_gateway_a_round_ends_waiting_and_work_goes_on() {
    let rig = Rig::enrolled(NOBODY);
    let round = rig.device().sync_round().await.unwrap();
    let why = "no_link".to_owned();
    assert_eq!(round.standing, Standing::Waiting { why });
    let state = rig.device().sync_state().borrow().clone();
    assert!(matches!(state.now, SyncNow::Waiting { .. }));
    rig.device()
        .act(&order(), scan("old_meter", old_meter()))
        .unwrap();
}

#[tokio::test]
async fn enrolment_without_a_link_says_so_and_keeps_the_key_for_the_next_try() {
    let rig = Rig::bare();
    let mut codes = vec![];
    for _ in 0..2 {
        let failed = rig
            .device()
            .enrol("ABCD-EFGH", Some(NOBODY), "tablet")
            .await;
        codes.push(failed.unwrap_err().code());
    }
    assert_eq!(codes, ["no_link", "no_link"]);
    let not_a_code = rig.device().enrol("hello", None, "tablet").await;
    assert_eq!(not_a_code.unwrap_err().code(), "not_a_code");
    assert!(rig.device().inner.fresh_key.lock().unwrap().is_some());
}

#[tokio::test]
async fn diagnostics_name_no_customer_and_no_key() {
    let rig = Rig::enrolled(NOBODY);
    rig.device().sync_round().await.unwrap();
    let path = rig.device().export_diagnostics().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("no_link"), "{text}");
    assert!(text.contains(r#""key_place": "key file""#), "{text}");
    for secret in [CUSTOMER, "0001234567", "某村", old_meter().as_str(), "op-1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
