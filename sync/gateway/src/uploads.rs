//! Uploads: announced, appended to, finished; one request at a time for each, the newest one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use domain::{BlobHash, CrewId};
use futures_util::StreamExt as _;
use tokio::sync::{Mutex as Turns, OwnedMutexGuard, watch};
use wire::blob::BLOB_BYTES_MAX;
use wire::problem::Problem;

use crate::ledger::{Upload, UploadId};
use crate::{Error, Gateway};

/// Bytes gathered before they are written. Unit: bytes. One for each running upload: all the
/// memory it takes; smaller ones cost a write call for each packet.
const GATHERED: usize = 128 * 1024;

/// A link that brings no byte for so long is given up; the device resumes on a new one.
const STALLED: Duration = Duration::from_secs(60);

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) upload: Upload,
    pub(crate) offset: u64,
}

impl Standing {
    pub(crate) fn is_complete(&self) -> bool {
        self.offset == self.upload.size_bytes
    }
}

/// Who works on which upload.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<BTreeMap<UploadId, Arc<Lane>>>);

#[derive(Debug)]
struct Lane {
    turns: Arc<Turns<()>>,
    newest: watch::Sender<u64>,
}

/// The right to work on an upload until a newer request wants it.
#[derive(Debug)]
pub(crate) struct Turn {
    _lane: Arc<Lane>,
    _held: OwnedMutexGuard<()>,
    newest: watch::Receiver<u64>,
    mine: u64,
}

impl Lanes {
    /// Asks the request that works on an upload to let go, and waits until it has.
    ///
    /// A device whose link broke comes back on a new one while the old request still waits for
    /// bytes: the new one is right.
    pub(crate) async fn turn(&self, upload: UploadId) -> Turn {
        let lane = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
            let fresh = || {
                Arc::new(Lane {
                    turns: Arc::default(),
                    newest: watch::Sender::new(0),
                })
            };
            Arc::clone(lanes.entry(upload).or_insert_with(fresh))
        };
        let mut mine = 0;
        lane.newest.send_modify(|newest| {
            *newest += 1;
            mine = *newest;
        });
        let newest = lane.newest.subscribe();
        let held = Arc::clone(&lane.turns).lock_owned().await;
        Turn {
            _lane: lane,
            _held: held,
            newest,
            mine,
        }
    }
}

impl Turn {
    /// Comes back when a newer request wants the upload.
    async fn is_over(&mut self) {
        let mine = self.mine;
        let is_alone = self.newest.wait_for(|newest| *newest > mine).await.is_err();
        if is_alone {
            // nobody is left who could want it
            std::future::pending::<()>().await;
        }
    }
}

impl Gateway {
    /// Announces an upload; the same blob again gets the upload it has, wherever it stands.
    pub(crate) async fn announce(
        &self,
        crew: CrewId,
        hash: BlobHash,
        size_bytes: u64,
    ) -> Result<Standing, Error> {
        if size_bytes > BLOB_BYTES_MAX {
            let limit_bytes = BLOB_BYTES_MAX;
            return Err(Problem::TooLarge { limit_bytes }.into());
        }
        if size_bytes == 0 {
            return Err(Problem::UploadUnnamed.into());
        }
        let announced = Upload {
            upload: UploadId(self.chance.uuid()?),
            hash,
            size_bytes,
            crew,
            created_at: self.clock.now(),
        };
        let upload = self
            .on_ledger(move |ledger| ledger.announce(announced))
            .await?;
        self.standing(upload).await
    }

    /// An upload of the crew's.
    pub(crate) async fn upload(&self, crew: CrewId, upload: UploadId) -> Result<Upload, Error> {
        let found = self
            .on_ledger(move |ledger| ledger.upload(upload))
            .await?
            .filter(|found| found.crew == crew);
        Ok(found.ok_or(Problem::NotFound)?)
    }

    /// Where an upload stands, after whoever worked on it has let go.
    pub(crate) async fn settled(&self, upload: Upload) -> Result<Standing, Error> {
        let _turn = self.lanes.turn(upload.upload).await;
        self.standing(upload).await
    }

    async fn standing(&self, upload: Upload) -> Result<Standing, Error> {
        let hash = upload.hash;
        let now = self.clock.now();
        let (id, size_bytes) = (upload.upload, upload.size_bytes);
        let held = self.on_ledger(move |ledger| ledger.blob(hash)).await?;
        let (offset, is_new) = self
            .on_blobs(move |blobs| match held {
                Some(_) => Ok((size_bytes, false)),
                // finished, and cut off before the ledger knew
                None if blobs.size(hash)? == Some(size_bytes) => Ok((size_bytes, true)),
                None => Ok((blobs.offset(id)?, false)),
            })
            .await?;
        if is_new {
            self.on_ledger(move |ledger| ledger.put_blob(hash, size_bytes, now))
                .await?;
        }
        Ok(Standing { upload, offset })
    }

    /// Appends a request's body at `offset`. What arrived stays, however the request ends; the
    /// last byte makes the upload a blob.
    pub(crate) async fn append(
        &self,
        upload: Upload,
        offset: u64,
        body: Body,
    ) -> Result<Standing, Error> {
        let mut turn = self.lanes.turn(upload.upload).await;
        let mut standing = self.standing(upload).await?;
        let expected = standing.offset;
        if offset != expected {
            return Err(Problem::OffsetMismatch { expected }.into());
        }
        if standing.is_complete() {
            return Ok(standing);
        }
        let mut bytes = body.into_data_stream();
        loop {
            let (gathered, end) = gather(&mut bytes, &mut turn).await;
            if !gathered.is_empty() {
                self.write_down(&mut standing, gathered).await?;
            }
            match end {
                End::NotYet => {}
                End::Body => break,
                End::Cut => return Err(Problem::Unavailable.into()),
            }
        }
        if standing.is_complete() {
            self.finish(&standing.upload).await?;
        } else {
            // what the answer names is on the disk
            let id = standing.upload.upload;
            standing.offset = self.on_blobs(move |blobs| blobs.offset(id)).await?;
        }
        Ok(standing)
    }

    async fn write_down(&self, standing: &mut Standing, gathered: Vec<u8>) -> Result<(), Error> {
        let (id, offset) = (standing.upload.upload, standing.offset);
        let after = offset.saturating_add(gathered.len() as u64);
        if after > standing.upload.size_bytes {
            return Err(Problem::UploadUnnamed.into());
        }
        self.on_blobs(move |blobs| blobs.append(id, offset, &gathered))
            .await?;
        standing.offset = after;
        Ok(())
    }

    async fn finish(&self, upload: &Upload) -> Result<(), Error> {
        let (id, hash, size_bytes) = (upload.upload, upload.hash, upload.size_bytes);
        let now = self.clock.now();
        self.on_blobs(move |blobs| blobs.finish(id, hash, size_bytes))
            .await?;
        self.on_ledger(move |ledger| ledger.put_blob(hash, size_bytes, now))
            .await
    }

    /// Throws an upload away.
    pub(crate) async fn cancel(&self, upload: Upload) -> Result<(), Error> {
        let _turn = self.lanes.turn(upload.upload).await;
        let id = upload.upload;
        self.on_ledger(move |ledger| ledger.remove_upload(id))
            .await?;
        self.on_blobs(move |blobs| blobs.discard(id)).await
    }
}

/// Why gathering stopped.
enum End {
    /// Enough for one write.
    NotYet,
    /// That was the body.
    Body,
    /// The link broke or stalled, or a newer request wants the upload.
    Cut,
}

async fn gather(bytes: &mut BodyDataStream, turn: &mut Turn) -> (Vec<u8>, End) {
    let mut gathered = vec![];
    loop {
        let next: Option<Result<Bytes, axum::Error>> = tokio::select! {
            () = turn.is_over() => return (gathered, End::Cut),
            waited = tokio::time::timeout(STALLED, bytes.next()) => match waited {
                Ok(next) => next,
                Err(_) => return (gathered, End::Cut),
            },
        };
        match next {
            Some(Ok(piece)) => gathered.extend_from_slice(&piece),
            Some(Err(_)) => return (gathered, End::Cut),
            None => return (gathered, End::Body),
        }
        if gathered.len() >= GATHERED {
            return (gathered, End::NotYet);
        }
    }
}
