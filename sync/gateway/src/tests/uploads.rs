//! Uploads: every offset class, a break in the middle, a restart, a full disk.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::BlobHash;
use futures_util::stream;
use reqwest::StatusCode;
use tokio::sync::mpsc;
use wire::blob::{BLOB_BYTES_MAX, repr_digest};
use wire::problem::Problem;

use super::field::{crew, dispatch};
use super::rig::{Online, Rig, bad, header, problem};
use crate::blobs::{Blobs, Folder};
use crate::ledger::UploadId;
use crate::{Chance, Error, Gateway};

/// Bytes of a made-up photo, long enough for several writes.
fn made_up(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 % 251) as u8).collect()
}

async fn announced(online: &Online<'_>, bytes: &[u8]) -> String {
    let created = online.announce(BlobHash::of(bytes), bytes.len()).await;
    assert_eq!(created.status(), StatusCode::CREATED);
    header(&created, "location")
}

async fn offset(online: &Online<'_>, location: &str) -> u64 {
    let head = online.head(location).await;
    assert_eq!(head.status(), StatusCode::NO_CONTENT);
    header(&head, "upload-offset").parse().unwrap()
}

#[tokio::test]
async fn an_upload_goes_on_at_exactly_the_servers_offset() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let bytes = made_up(300_000);
    let location = announced(&online, &bytes).await;
    let send = |offset: usize, until: usize, last| {
        let piece = bytes[offset..until].to_vec();
        online.patch(&location, offset as u64, last).body(piece)
    };
    // before, in, at, and beyond what is there; then the rest
    let done = send(0, 100_000, false).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(&done, "upload-offset"), "100000");
    assert_eq!(header(&done, "upload-complete"), "?0");
    let expected = 100_000;
    for wrong in [0, 1, 99_999, 100_001, 299_999] {
        let problem = bad(send(wrong, 300_000, true)).await;
        assert_eq!(problem, Problem::OffsetMismatch { expected }, "at {wrong}");
    }
    assert_eq!(offset(&online, &location).await, 100_000);
    let done = send(100_000, 300_000, true).send().await.unwrap();
    assert_eq!(header(&done, "upload-offset"), "300000");
    assert_eq!(header(&done, "upload-complete"), "?1");
    // asked again after the answer was lost
    let head = online.head(&location).await;
    assert_eq!(header(&head, "upload-complete"), "?1");
    assert_eq!(header(&head, "upload-length"), "300000");
    let again = bad(send(0, 300_000, true)).await;
    assert_eq!(again, Problem::OffsetMismatch { expected: 300_000 });
    let empty = online.patch(&location, 300_000, true).send().await.unwrap();
    assert_eq!(header(&empty, "upload-complete"), "?1");
}

#[tokio::test]
async fn the_same_blob_announced_again_gets_its_upload_wherever_it_stands() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let bytes = made_up(1000);
    let location = announced(&online, &bytes).await;
    let part = online
        .patch(&location, 0, false)
        .body(bytes[..400].to_vec());
    part.send().await.unwrap();
    let again = online.announce(BlobHash::of(&bytes), bytes.len()).await;
    assert_eq!(header(&again, "location"), location);
    assert_eq!(header(&again, "upload-offset"), "400");
    online
        .patch(&location, 400, true)
        .body(bytes[400..].to_vec())
        .send()
        .await
        .unwrap();
    // held: said at once, also to another crew
    let other = rig.tablet(2, 2).await;
    for asker in [&online, &other] {
        let held = asker.announce(BlobHash::of(&bytes), bytes.len()).await;
        assert_eq!(held.status(), StatusCode::CREATED);
        assert_eq!(header(&held, "upload-complete"), "?1");
        assert_eq!(header(&held, "upload-offset"), "1000");
    }
}

#[tokio::test]
async fn what_arrived_before_a_break_stays_and_a_newer_request_ends_the_old_one() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let bytes = made_up(400_000);
    let location = announced(&online, &bytes).await;
    // a link that hangs after 200,000 bytes
    let (send, receive) = mpsc::channel::<Vec<u8>>(4);
    let body = stream::unfold(receive, |mut receive| async move {
        let piece = receive.recv().await?;
        Some((Ok::<_, std::io::Error>(piece), receive))
    });
    let hung = online
        .patch(&location, 0, true)
        .body(reqwest::Body::wrap_stream(body));
    let hung = tokio::spawn(hung.send());
    send.send(bytes[..200_000].to_vec()).await.unwrap();
    let partial = rig.folder().join("blobs/partial");
    let arrived = || {
        let entries = std::fs::read_dir(&partial).unwrap();
        entries
            .map(|e| e.unwrap().metadata().unwrap().len())
            .sum::<u64>()
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while arrived() < 131_072 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    // the device comes back on another link: the old request is ended, all it brought is kept
    let at = offset(&online, &location).await;
    assert!((131_072..=200_000).contains(&at), "{at}");
    let cut = problem(hung.await.unwrap().unwrap()).await;
    assert_eq!(cut, Problem::Unavailable);
    drop(send);
    let rest = bytes[usize::try_from(at).unwrap()..].to_vec();
    let done = online
        .patch(&location, at, true)
        .body(rest)
        .send()
        .await
        .unwrap();
    assert_eq!(header(&done, "upload-complete"), "?1");
}

#[tokio::test]
async fn a_partial_upload_survives_a_restart() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let bytes = made_up(1000);
    let location = announced(&online, &bytes).await;
    let part = online
        .patch(&location, 0, false)
        .body(bytes[..700].to_vec());
    part.send().await.unwrap();
    let (tablet, token) = (online.tablet.clone(), online.token.clone());
    let rig = rig.restart().await;
    let online = Online {
        rig: &rig,
        tablet,
        token,
    };
    assert_eq!(offset(&online, &location).await, 700);
    let rest = online
        .patch(&location, 700, true)
        .body(bytes[700..].to_vec());
    let done = rest.send().await.unwrap();
    assert_eq!(header(&done, "upload-complete"), "?1");
}

#[tokio::test]
async fn other_bytes_than_announced_are_thrown_away_and_the_true_ones_taken() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let bytes = made_up(1000);
    let location = announced(&online, &bytes).await;
    let mut wrong = bytes.clone();
    wrong[500] ^= 1;
    let problem = bad(online.patch(&location, 0, true).body(wrong)).await;
    assert_eq!(problem, Problem::HashMismatch);
    assert_eq!(offset(&online, &location).await, 0);
    let done = online
        .patch(&location, 0, true)
        .body(bytes)
        .send()
        .await
        .unwrap();
    assert_eq!(header(&done, "upload-complete"), "?1");
}

#[tokio::test]
async fn an_upload_that_cannot_be_right_is_refused_with_a_reason() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let hash = BlobHash::of(b"x");
    let unnamed = online.post("/v1/blobs").header("upload-length", 5);
    assert_eq!(bad(unnamed).await, Problem::UploadUnnamed);
    let digest = repr_digest(&hash);
    let unsized_one = online.post("/v1/blobs").header("repr-digest", &digest);
    assert_eq!(bad(unsized_one).await, Problem::UploadUnnamed);
    let version = online
        .post("/v1/blobs")
        .header("repr-digest", &digest)
        .header("upload-length", 5)
        .header("upload-draft-interop-version", "3");
    let known = 8;
    assert_eq!(
        bad(version).await,
        Problem::UnknownVersion { version: 3, known }
    );
    let size = usize::try_from(BLOB_BYTES_MAX).unwrap() + 1;
    let large = problem(online.announce(hash, size).await).await;
    let limit_bytes = BLOB_BYTES_MAX;
    assert_eq!(large, Problem::TooLarge { limit_bytes });

    let location = announced(&online, b"12345").await;
    let more = online.patch(&location, 0, true).body("123456");
    assert_eq!(bad(more).await, Problem::UploadUnnamed);
    let less = online.patch(&location, 0, true).body("123");
    assert_eq!(
        bad(less).await,
        Problem::UploadUnnamed,
        "it said that was all"
    );
    assert_eq!(offset(&online, &location).await, 3, "and what came stays");
    let plain = rig
        .http
        .patch(rig.path(&location))
        .bearer_auth(&online.token);
    let problem = bad(plain.header("upload-offset", 3).body("45")).await;
    assert!(matches!(problem, Problem::Malformed { .. }), "{problem:?}");

    let other = rig.tablet(2, 2).await;
    assert_eq!(other.head(&location).await.status(), StatusCode::NOT_FOUND);
    let foreign = other.patch(&location, 3, true).body("45");
    assert_eq!(
        bad(foreign).await,
        Problem::NotFound,
        "another crew's upload"
    );

    let cancel = rig
        .http
        .delete(rig.path(&location))
        .bearer_auth(&online.token);
    assert_eq!(
        cancel.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(online.head(&location).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_crew_reads_its_own_evidence_and_no_other_crews() {
    let rig = Rig::start().await;
    let order = dispatch("o-1", &crew(1));
    rig.gateway
        .ledger()
        .dispatch(order, rig.hand.now())
        .unwrap();
    let mut online = rig.tablet(1, 1).await;
    let blobs = online.tablet.complete("o-1");
    online.upload(&blobs[0]).await;
    let path = format!("/v1/blobs/by-hash/{}", BlobHash::of(&blobs[0]));
    assert_eq!(
        bad(online.get(&path)).await,
        Problem::NotFound,
        "of no order yet"
    );
    let receipt = online.push_from(1, &blobs).await;
    assert_eq!(receipt.blobs_held, [BlobHash::of(&blobs[0])]);
    let bytes = online
        .get(&path)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(bytes, blobs[0]);
    let other = rig.tablet(2, 2).await;
    assert_eq!(bad(other.get(&path)).await, Problem::NotFound);
}

/// A folder on a disk that fills up.
struct Filling(Folder, AtomicBool);

impl Blobs for Filling {
    fn offset(&self, upload: UploadId) -> Result<u64, Error> {
        self.0.offset(upload)
    }
    fn append(&self, upload: UploadId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        if !self.1.load(Ordering::SeqCst) {
            return self.0.append(upload, offset, bytes);
        }
        Err(Error::File {
            act: "write",
            path: "full".into(),
            source: std::io::ErrorKind::StorageFull.into(),
        })
    }
    fn finish(&self, upload: UploadId, hash: BlobHash, size_bytes: u64) -> Result<(), Error> {
        self.0.finish(upload, hash, size_bytes)
    }
    fn discard(&self, upload: UploadId) -> Result<(), Error> {
        self.0.discard(upload)
    }
    fn size(&self, hash: BlobHash) -> Result<Option<u64>, Error> {
        self.0.size(hash)
    }
    fn open(&self, hash: BlobHash) -> Result<Box<dyn Read + Send>, Error> {
        self.0.open(hash)
    }
}

#[tokio::test]
async fn a_full_disk_is_said_so_and_the_upload_goes_on_when_there_is_room() {
    let mut rig = Rig::start().await;
    let filling = Folder::open(&rig.folder().join("blobs")).unwrap();
    let filling = Arc::new(Filling(filling, AtomicBool::new(false)));
    let gateway = Gateway::with(
        rig.gateway.config().clone(),
        Arc::clone(rig.gateway.ledger()),
        Arc::clone(&filling) as Arc<dyn Blobs>,
        rig.gateway.clock().clone(),
        Chance::system(),
    );
    rig.serve_too(gateway.unwrap()).await;
    let online = rig.tablet(1, 1).await;
    let bytes = made_up(1000);
    let location = announced(&online, &bytes).await;
    let part = online
        .patch(&location, 0, false)
        .body(bytes[..600].to_vec());
    part.send().await.unwrap();
    filling.1.store(true, Ordering::SeqCst);
    let rest = || {
        online
            .patch(&location, 600, true)
            .body(bytes[600..].to_vec())
    };
    let full = rest().send().await.unwrap();
    assert_eq!(header(&full, "retry-after"), "5");
    assert_eq!(problem(full).await, Problem::DiskFull);
    assert_eq!(offset(&online, &location).await, 600);
    filling.1.store(false, Ordering::SeqCst);
    let done = rest().send().await.unwrap();
    assert_eq!(header(&done, "upload-complete"), "?1");
}
