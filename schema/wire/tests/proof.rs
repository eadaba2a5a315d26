//! A proof bundle made, checked, and changed byte by byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

use domain::{
    Account, BlobHash, DeviceId, Dispatch, Entry, EntryBody, Event, EventId, Fact, Hash, Millis,
    OfficeEvent, OrderEvent, OrderKind, Photo, Place, Procedure, Purpose, Receipt, Sealed, Stamp,
    Verdict, chain_start,
};
use ed25519_dalek::SigningKey;
use metercrew_wire::proof::{Link, PROOF_VERSION, Proof, ProofFault, SeriesProof, build, verify};
use metercrew_wire::sign::{PublicKey, Signature, Signed, chain_head_bytes};
use uuid::Uuid;

fn gateway() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn tablet() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

fn stamp() -> Stamp {
    Stamp {
        wall_ms: Millis(1),
        boot_ms: 2,
        boot_id: Uuid::nil(),
        offset_ms: None,
        uncertainty_ms: None,
    }
}

fn dispatch() -> Dispatch {
    Dispatch {
        id: "o-1".into(),
        revision: 1,
        kind: OrderKind::Install,
        reason: None,
        account: Account {
            account_no: "1".into(),
            customer: "made up".into(),
            address: String::new(),
            phone: String::new(),
            point_no: String::new(),
            area: String::new(),
            meter_box: String::new(),
            place: None,
        },
        old_meter: None,
        new_meter: None,
        old_terminal: None,
        terminal_meters: vec![],
        card: None,
        token: None,
        appointment: None,
        crew: "crew-1".into(),
        procedure: Procedure::built_in_for(OrderKind::Install),
        remark: String::new(),
    }
}

/// A bundle of two events of the order with one of another order between them.
fn bundle() -> Vec<u8> {
    let (proof, blobs) = parts();
    build(&proof, &blobs, &gateway()).unwrap()
}

/// What such a bundle is made of.
fn parts() -> (Proof, [(BlobHash, Vec<u8>); 2]) {
    let device = DeviceId(Uuid::from_u128(3));
    let (picture, thumbnail) = (vec![9u8; 3_000], vec![8u8; 300]);
    let photo = Photo {
        hash: BlobHash::of(&picture),
        thumbnail: BlobHash::of(&thumbnail),
        purpose: Purpose::Site,
        size_bytes: 3_000,
        width: 1,
        height: 1,
        place: Some(Place {
            lat_e7: 347_710_000,
            lon_e7: 1_136_720_000,
            accuracy_m: 8,
        }),
        hints: vec![],
        likeness: String::new(),
    };
    let facts = [
        ("o-1", OrderEvent::Started),
        ("o-2", OrderEvent::Started),
        (
            "o-1",
            OrderEvent::PhotoTaken {
                step: "site".into(),
                photo,
            },
        ),
    ];
    let start = chain_start(device);
    let mut prev = start;
    let mut links = vec![];
    let dispatched = OfficeEvent::Dispatched {
        dispatch: Box::new(dispatch()),
    };
    let mut log = vec![Entry {
        change: Some(1),
        body: EntryBody::Office {
            at: Millis(0),
            by: "marketing".into(),
            event: dispatched,
        },
    }];
    for ((order, fact), seq) in facts.into_iter().zip(1u64..) {
        let id = EventId { device, seq };
        let event = Event {
            version: 1,
            id,
            operator: "op".into(),
            crew: "crew-1".into(),
            at: stamp(),
            seen: 1,
            fact: Fact::Order {
                order: order.into(),
                fact: fact.clone(),
            },
        };
        let sealed = Sealed::seal(prev, &event).unwrap();
        prev = sealed.hash;
        let ours = order == "o-1";
        let body_hash = Hash::of(sealed.body.as_bytes());
        links.push(Link {
            seq,
            body_hash,
            body: ours.then_some(sealed.body),
        });
        if ours {
            log.push(Entry {
                change: Some(seq + 1),
                body: EntryBody::Field {
                    event_id: id,
                    operator: "op".into(),
                    crew: "crew-1".into(),
                    at: stamp(),
                    verdict: Verdict::Accepted,
                    event: Box::new(fact),
                },
            });
        }
    }
    let receipt = Receipt {
        device,
        push: Uuid::nil(),
        through_seq: 3,
        chain_head: prev,
        judgements: vec![],
        blobs_held: vec![],
    };
    let mut manifest = vec![BlobHash::of(&picture), BlobHash::of(&thumbnail)];
    manifest.sort();
    let proof = Proof {
        version: PROOF_VERSION,
        order: "o-1".into(),
        log,
        series: vec![SeriesProof {
            device,
            key: PublicKey::of(&tablet()),
            prev: start,
            links,
            head: Signature::over(&chain_head_bytes(device, 3, prev), &tablet()),
            receipts: vec![Signed::new(&receipt, &gateway()).unwrap()],
        }],
        manifest,
    };
    let blobs = [
        (BlobHash::of(&picture), picture),
        (BlobHash::of(&thumbnail), thumbnail),
    ];
    (proof, blobs)
}

/// What a verifier says of a bundle that the gateway itself made of changed parts.
fn forged(change: impl Fn(&mut Proof)) -> ProofFault {
    let (mut proof, blobs) = parts();
    change(&mut proof);
    verify(&build(&proof, &blobs, &gateway()).unwrap()).unwrap_err()
}

#[test]
fn a_photos_time_and_place_are_the_tablets_word_and_not_even_the_gateway_can_change_them() {
    let does_not_hold = |fault: &ProofFault| matches!(fault, ProofFault::DoesNotHold { .. });
    let told = |change: fn(&mut Stamp, &mut Photo)| {
        forged(move |proof| {
            let taken = proof.log.last_mut().unwrap();
            let EntryBody::Field { at, event, .. } = &mut taken.body else {
                panic!("the photo is the last entry");
            };
            let OrderEvent::PhotoTaken { photo, .. } = event.as_mut() else {
                panic!("the photo is the last entry");
            };
            change(at, photo);
        })
    };
    let time = told(|at, _| at.wall_ms = Millis(2));
    let place = told(|_, photo| photo.place = None);
    assert!(
        does_not_hold(&time) && does_not_hold(&place),
        "{time} {place}"
    );
    // The same in the tablet's own words, with the hash made to fit: then the chain breaks.
    for (was, is) in [
        ("\"wall_ms\":1,", "\"wall_ms\":2,"),
        ("347710000", "347720000"),
    ] {
        let fault = forged(|proof| {
            let link = proof.series[0].links.last_mut().unwrap();
            let body = link.body.as_mut().unwrap();
            assert!(body.contains(was), "{body}");
            *body = body.replace(was, is);
            link.body_hash = Hash::of(body.as_bytes());
        });
        assert!(does_not_hold(&fault), "{fault}");
    }
}

#[test]
fn a_true_bundle_verifies_without_a_server() {
    let report = verify(&bundle()).unwrap();
    assert_eq!(report.order.as_str(), "o-1");
    assert_eq!(report.state, "started");
    assert_eq!((report.events, report.blobs, report.receipts), (2, 2, 1));
    assert_eq!(report.gateway_key, PublicKey::of(&gateway()));
}

#[test]
fn any_one_changed_byte_is_named_exactly() {
    let bundle = bundle();
    for at in (0..bundle.len())
        .step_by(7)
        .chain(bundle.len() - 40..bundle.len())
    {
        let mut changed = bundle.clone();
        changed[at] = changed[at].wrapping_add(1 + (at % 200) as u8);
        let Err(ProofFault::Changed { span }) = verify(&changed) else {
            panic!("byte {at} of {} was changed unseen", bundle.len());
        };
        assert_eq!((span.from, span.to), (at as u64, at as u64));
    }
}

#[test]
fn of_several_changes_the_first_is_named_to_its_block() {
    let mut changed = bundle();
    for at in [1_000, 1_001, 5_000] {
        changed[at] ^= 0xff;
    }
    let Err(ProofFault::Changed { span }) = verify(&changed) else {
        panic!("unseen")
    };
    assert!(
        span.from <= 1_000 && 1_000 <= span.to && span.to - span.from < 256,
        "{span:?}"
    );
}

#[test]
fn missing_and_added_bytes_are_told_from_changed_ones() {
    let bundle = bundle();
    for length in [0, 1, 15, 600, bundle.len() - 1] {
        let cut = &bundle[..length];
        assert_eq!(
            verify(cut),
            Err(ProofFault::NotWhole {
                length: length as u64
            })
        );
    }
    let mut longer = bundle;
    longer.push(0);
    assert!(matches!(verify(&longer), Err(ProofFault::NotWhole { .. })));
}

#[test]
fn other_orders_bodies_are_not_in_the_bundle() {
    let text = String::from_utf8_lossy(&bundle()).into_owned();
    assert!(!text.contains("o-2"));
}
