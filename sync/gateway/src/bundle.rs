//! An order's proof as one file.

use std::io::{self, Read};

use domain::OrderId;

use crate::{Error, Gateway};

impl Gateway {
    /// The proof bundle of an order: its log, chains, receipts and evidence, verifiable without
    /// this gateway.
    ///
    /// Errors: `not_found`; `evidence_missing` while photos are on their way; those of the disk.
    pub fn bundle(&self, order: &OrderId) -> Result<Vec<u8>, Error> {
        let proof = self.ledger().proof(order)?;
        let mut pieces = vec![];
        for hash in &proof.manifest {
            let mut bytes = vec![];
            let read = self.blobs().open(*hash)?.read_to_end(&mut bytes);
            read.map_err(unbundled)?;
            pieces.push((*hash, bytes));
        }
        wire::proof::build(&proof, &pieces, &self.key)
            .map_err(io::Error::other)
            .map_err(unbundled)
    }
}

fn unbundled(source: io::Error) -> Error {
    Error::File {
        act: "bundle",
        path: "a proof".into(),
        source,
    }
}
