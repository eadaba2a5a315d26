//! Writing a bundle.

use std::io;

use domain::BlobHash;
use ed25519_dalek::SigningKey;

use super::{Proof, ProofFile, locate};
use crate::sign::{PublicKey, Signed};

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BuildFault {
    /// The proof cannot be written as JSON.
    #[error("the proof cannot be written")]
    Json(#[from] serde_json::Error),
    /// The archive cannot be written.
    #[error("the archive cannot be written")]
    Archive(#[from] io::Error),
}

/// Signs a proof and packs it with its blobs; the same input gives the same bytes.
///
/// Errors: [`BuildFault`].
pub fn build(
    proof: &Proof,
    blobs: &[(BlobHash, Vec<u8>)],
    gateway_key: &SigningKey,
) -> Result<Vec<u8>, BuildFault> {
    let file = ProofFile {
        gateway_key: PublicKey::of(gateway_key),
        proof: Signed::new(proof, gateway_key)?,
    };
    let mut archive = tar::Builder::new(Vec::new());
    add(&mut archive, "proof.json", &serde_json::to_vec(&file)?)?;
    for (hash, bytes) in blobs {
        add(&mut archive, &format!("blobs/{hash}"), bytes)?;
    }
    let mut bundle = archive.into_inner()?;
    bundle.extend(locate::tail(&bundle));
    Ok(bundle)
}

fn add(archive: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    archive.append_data(&mut header, name, bytes)
}
