//! Leave to write a card, asked for before going offline; and the office's security module, asked
//! while online.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{AuthorisationId, CardAuthorisation, CardSerial, OrderId, SignedAuthorisation};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::sign::{PublicKey, Signature, SignatureFault};

/// `POST /v1/card-authorisations`: a device asks for leave to write the card of an order.
///
/// The same device asking again while its leave is unused gets the same leave. The leave also
/// stands in the order's log, which is how it reaches the device's store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuthoriseRequest {
    /// Of which order.
    pub order: OrderId,
}

/// The gateway's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Authorised {
    /// The leave.
    pub authorisation: SignedAuthorisation,
}

/// `POST /v1/card-security`: the office's security module speaks for one card of one leave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecurityRequest {
    /// The leave the card is written under, begun and not ended.
    pub authorisation: AuthorisationId,
    /// The card: one that the leave names.
    pub serial: CardSerial,
    /// What is asked.
    #[serde(flatten)]
    pub ask: SecurityAsk,
}

/// What a security module is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum SecurityAsk {
    /// The answer to the card's challenge.
    Authenticate {
        /// What the card drew.
        challenge: [u8; 8],
    },
    /// The MAC of one command.
    Mac {
        /// What the card drew for it.
        challenge: [u8; 8],
        /// CLA INS P1 P2 Lc.
        header: [u8; 5],
        /// What is written.
        data: Vec<u8>,
    },
}

/// The module's answer: 8 bytes for an authentication, 4 for a MAC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityAnswer {
    /// The bytes.
    pub answer: Vec<u8>,
}

/// Signs a leave.
///
/// Errors: when it cannot be written as JSON.
pub fn sign_authorisation(
    leave: &CardAuthorisation,
    key: &SigningKey,
) -> Result<SignedAuthorisation, serde_json::Error> {
    let body = serde_json::to_string(leave)?;
    let signature = Signature::over(&tagged(&body), key);
    Ok(SignedAuthorisation {
        signature: STANDARD.encode(signature.to_bytes()),
        body,
    })
}

/// Reads a leave after checking the gateway's signature.
///
/// Errors: [`SignatureFault`].
pub fn open_authorisation(
    signed: &SignedAuthorisation,
    key: &PublicKey,
) -> Result<CardAuthorisation, SignatureFault> {
    let bytes = STANDARD.decode(&signed.signature).ok();
    let signature = bytes
        .and_then(|bytes| Signature::from_slice(&bytes))
        .ok_or(SignatureFault::DoesNotFit)?;
    key.verify(&tagged(&signed.body), &signature)?;
    serde_json::from_str(&signed.body).map_err(SignatureFault::Unreadable)
}

/// No signature over anything else is one over a leave.
fn tagged(body: &str) -> Vec<u8> {
    [b"metercrew/card-authorisation/1\n", body.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use domain::{CardKind, CardTask, CustomerNo, DeviceId, Fen, Millis};

    use super::*;

    fn leave() -> CardAuthorisation {
        CardAuthorisation {
            id: serde_json::from_str("\"00000000-0000-0000-0000-000000000001\"").unwrap(),
            order: "o-1".into(),
            account_no: "4101".into(),
            task: CardTask {
                kind: CardKind::OpenAccount,
                customer_no: CustomerNo::default(),
                meter: None,
                purchases: vec![],
                count: 1,
                carried_max: Fen::ZERO,
                limit: None,
                alarm_1: Fen::ZERO,
                alarm_2: Fen::ZERO,
                current_ratio: 1,
                voltage_ratio: 1,
            },
            cards: vec![CardSerial::from_bytes([1; 8])],
            device: DeviceId(uuid::Uuid::nil()),
            operator: "op".into(),
            not_before: Millis(0),
            expires_at: Millis(1),
            key_version: 1,
        }
    }

    #[test]
    fn a_leave_is_believed_from_the_gateway_only_and_only_as_it_was_signed() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let signed = sign_authorisation(&leave(), &key).unwrap();
        let opened = open_authorisation(&signed, &PublicKey::of(&key)).unwrap();
        assert_eq!(opened, leave());
        let other = PublicKey::of(&SigningKey::from_bytes(&[8; 32]));
        assert!(open_authorisation(&signed, &other).is_err());
        let more = SignedAuthorisation {
            body: signed.body.replace("\"count\":1", "\"count\":2"),
            ..signed
        };
        assert_ne!(more.body, serde_json::to_string(&leave()).unwrap());
        assert!(open_authorisation(&more, &PublicKey::of(&key)).is_err());
    }
}
