//! What every place that keeps blobs must do.

use std::io::Read;

use domain::BlobHash;
use uuid::Uuid;
use wire::problem::Problem;

use super::Blobs;
use crate::Error;
use crate::ledger::UploadId;

/// Opens the same place again, as after a restart.
pub(crate) type Reopened<'f> = &'f dyn Fn() -> Box<dyn Blobs>;

/// Runs the whole suite.
pub(crate) fn all(reopened: Reopened<'_>) {
    bytes_grow_only_at_their_end_and_survive_a_restart(reopened);
    whole_bytes_become_the_blob_and_others_are_thrown_away(reopened);
    what_is_not_there_is_said_so(reopened);
}

fn upload(n: u128) -> UploadId {
    UploadId(Uuid::from_u128(n))
}

fn refused(result: Result<(), Error>) -> Problem {
    match result {
        Err(Error::Refused(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn bytes_grow_only_at_their_end_and_survive_a_restart(reopened: Reopened<'_>) {
    let id = upload(1);
    let blobs = reopened();
    assert_eq!(blobs.offset(id).unwrap(), 0);
    blobs.append(id, 0, b"abc").unwrap();
    let problem = refused(blobs.append(id, 0, b"abc"));
    assert_eq!(problem, Problem::OffsetMismatch { expected: 3 });
    let problem = refused(blobs.append(id, 4, b"e"));
    assert_eq!(problem, Problem::OffsetMismatch { expected: 3 });
    drop(blobs);
    let blobs = reopened();
    assert_eq!(blobs.offset(id).unwrap(), 3);
    blobs.append(id, 3, b"def").unwrap();
    blobs.finish(id, BlobHash::of(b"abcdef"), 6).unwrap();
    drop(blobs);
    let mut bytes = vec![];
    let blobs = reopened();
    blobs
        .open(BlobHash::of(b"abcdef"))
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, b"abcdef");
    assert_eq!(blobs.offset(id).unwrap(), 0, "the upload is gone");
}

fn whole_bytes_become_the_blob_and_others_are_thrown_away(reopened: Reopened<'_>) {
    let (id, blobs) = (upload(2), reopened());
    let hash = BlobHash::of(b"photo");
    for (bytes, size) in [(b"phot0", 5), (b"photo", 6)] {
        blobs.append(id, 0, bytes).unwrap();
        let problem = refused(blobs.finish(id, hash, size));
        assert_eq!(problem, Problem::HashMismatch);
        assert_eq!(blobs.offset(id).unwrap(), 0);
        assert_eq!(blobs.size(hash).unwrap(), None);
    }
    blobs.append(id, 0, b"photo").unwrap();
    assert_eq!(blobs.size(hash).unwrap(), None, "not before it is finished");
    blobs.finish(id, hash, 5).unwrap();
    assert_eq!(blobs.size(hash).unwrap(), Some(5));
    // another upload of the same bytes
    blobs.append(upload(3), 0, b"photo").unwrap();
    blobs.finish(upload(3), hash, 5).unwrap();
    assert_eq!(blobs.size(hash).unwrap(), Some(5));
}

fn what_is_not_there_is_said_so(reopened: Reopened<'_>) {
    let blobs = reopened();
    let hash = BlobHash::of(b"nothing");
    assert_eq!(blobs.size(hash).unwrap(), None);
    let opened = blobs.open(hash).map(|_| ());
    assert_eq!(refused(opened), Problem::NotFound);
    blobs.discard(upload(9)).unwrap();
    blobs.append(upload(9), 0, b"x").unwrap();
    blobs.discard(upload(9)).unwrap();
    assert_eq!(blobs.offset(upload(9)).unwrap(), 0);
}
