//! A small proof bundle: one order, begun and photographed, with its chain and receipt.

use domain::{
    Account, BlobHash, DeviceId, Dispatch, Entry, EntryBody, Event, EventId, Fact, Hash, Millis,
    OfficeEvent, OrderEvent, OrderKind, Photo, Procedure, Purpose, Receipt, Sealed, Stamp, Verdict,
    chain_start,
};
use ed25519_dalek::SigningKey;
use wire::sign::{PublicKey, Signature, Signed, chain_head_bytes};
use work::proof::{Link, PROOF_VERSION, Proof, SeriesProof, build};

/// The gateway's key, as `--gateway-key` takes it.
pub fn gateway_key() -> String {
    let json = serde_json::to_value(PublicKey::of(&gateway())).unwrap();
    json.as_str().unwrap().to_owned()
}

/// Another gateway's.
pub fn other_key() -> String {
    let json = serde_json::to_value(PublicKey::of(&tablet())).unwrap();
    json.as_str().unwrap().to_owned()
}

fn gateway() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn tablet() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

fn at() -> Stamp {
    Stamp {
        wall_ms: Millis(1),
        boot_ms: 2,
        boot_id: domain::DeviceId(Default::default()).0,
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

/// The bundle; `promised` is what the manifest names beside the photo that is there.
pub fn bundle(promised: &[BlobHash]) -> Vec<u8> {
    let device = DeviceId(Default::default());
    let (picture, thumbnail) = (vec![9u8; 3_000], vec![8u8; 300]);
    let photo = Photo {
        hash: BlobHash::of(&picture),
        thumbnail: BlobHash::of(&thumbnail),
        purpose: Purpose::Site,
        size_bytes: 3_000,
        width: 1,
        height: 1,
        place: None,
        hints: vec![],
        likeness: String::new(),
    };
    let mut manifest = vec![photo.hash, photo.thumbnail];
    manifest.extend(promised);
    let facts = [
        OrderEvent::Started,
        OrderEvent::PhotoTaken {
            step: "site".into(),
            photo,
        },
    ];
    let body = EntryBody::Office {
        at: Millis(0),
        by: "marketing".into(),
        event: OfficeEvent::Dispatched {
            dispatch: Box::new(dispatch()),
        },
    };
    let mut log = vec![Entry {
        change: Some(1),
        body,
    }];
    let start = chain_start(device);
    let (mut prev, mut links) = (start, vec![]);
    for (fact, seq) in facts.into_iter().zip(1u64..) {
        let event_id = EventId { device, seq };
        let event = Event {
            version: 1,
            id: event_id,
            operator: "op".into(),
            crew: "crew-1".into(),
            at: at(),
            seen: 1,
            fact: Fact::Order {
                order: "o-1".into(),
                fact: fact.clone(),
            },
        };
        let sealed = Sealed::seal(prev, &event).unwrap();
        prev = sealed.hash;
        links.push(Link {
            seq,
            body_hash: Hash::of(sealed.body.as_bytes()),
            body: Some(sealed.body),
        });
        log.push(Entry {
            change: Some(seq + 1),
            body: EntryBody::Field {
                event_id,
                operator: "op".into(),
                crew: "crew-1".into(),
                at: at(),
                verdict: Verdict::Accepted,
                event: Box::new(fact),
            },
        });
    }
    let receipt = Receipt {
        device,
        push: Default::default(),
        through_seq: 2,
        chain_head: prev,
        judgements: vec![],
        blobs_held: vec![],
    };
    let proof = Proof {
        version: PROOF_VERSION,
        order: "o-1".into(),
        log,
        series: vec![SeriesProof {
            device,
            key: PublicKey::of(&tablet()),
            prev: start,
            links,
            head: Signature::over(&chain_head_bytes(device, 2, prev), &tablet()),
            receipts: vec![Signed::new(&receipt, &gateway()).unwrap()],
        }],
        manifest,
    };
    let blobs = [
        (BlobHash::of(&picture), picture),
        (BlobHash::of(&thumbnail), thumbnail),
    ];
    build(&proof, &blobs, &gateway()).unwrap()
}
