//! `metercrew proof verify`: an exported order is checked without a server.

use std::fs;

use serde::Serialize;
use work::PublicKey;
use work::proof;

use crate::args;
use crate::print::Form;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Holds {
    file: String,
    order: String,
    /// How the order stands at the end of its log.
    state: String,
    events: u64,
    blobs: u64,
    receipts: u64,
    gateway_key: PublicKey,
    /// Whether the key was compared with one the asker knows.
    signer: Signer,
}

#[derive(Serialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Signer {
    Known,
    NotCompared,
}

/// Checks a bundle; every fault is a failure with its own code.
pub(crate) fn verify(asked: &args::Verify, form: Form) -> Result<Exit, CliError> {
    let path = &asked.bundle;
    let known = asked.gateway_key.as_deref().map(key).transpose()?;
    let bundle = fs::read(path).map_err(|source| CliError::Unreadable {
        path: path.clone(),
        source,
    })?;
    let report = proof::verify(&bundle).map_err(|source| CliError::Proof {
        path: path.clone(),
        source,
    })?;
    if known.is_some_and(|known| known != report.gateway_key) {
        return Err(CliError::OtherSigner { path: path.clone() });
    }
    let signer = match known {
        Some(_) => Signer::Known,
        None => Signer::NotCompared,
    };
    let holds = Holds {
        file: path.display().to_string(),
        order: report.order.to_string(),
        state: report.state,
        events: report.events,
        blobs: report.blobs,
        receipts: report.receipts,
        gateway_key: report.gateway_key,
        signer,
    };
    form.result(&holds, text(&holds))?;
    Ok(Exit::Done)
}

fn key(text: &str) -> Result<PublicKey, CliError> {
    let value = serde_json::Value::from(text.trim());
    serde_json::from_value(value).map_err(|_| CliError::BadKey)
}

fn text(holds: &Holds) -> String {
    let key = serde_json::to_string(&holds.gateway_key).unwrap_or_default();
    let signer = match holds.signer {
        Signer::Known => "the gateway you named",
        Signer::NotCompared => "compare the key with the gateway's, or give it with --gateway-key",
    };
    format!(
        "{}: holds\n  order {} is {}\n  {} events, {} photos and signatures, {} receipts\n  signed with {} ({signer})",
        holds.file,
        holds.order,
        holds.state,
        holds.events,
        holds.blobs,
        holds.receipts,
        key.trim_matches('"'),
    )
}
