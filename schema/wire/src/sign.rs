//! Ed25519 signatures over exactly the bytes that were sent.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{DeviceId, Hash};
use ed25519_dalek::{Signer as _, SigningKey, Verifier as _, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A public key. Shape: 32 bytes as base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A signature. Shape: 64 bytes as base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(ed25519_dalek::Signature);

/// Why signed bytes are not believed.
#[derive(Debug, thiserror::Error)]
pub enum SignatureFault {
    /// The signature is not this key's over these bytes.
    #[error("the signature does not fit")]
    DoesNotFit,
    /// The bytes are signed but are not what they should be.
    #[error("the signed text cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

impl PublicKey {
    /// The public half of a key.
    pub fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key())
    }

    /// Reads the 32 bytes; `None` when they are no point of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().map(Self)
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Whether `signature` is this key's over `bytes`.
    ///
    /// Errors: [`SignatureFault::DoesNotFit`].
    pub fn verify(&self, bytes: &[u8], signature: &Signature) -> Result<(), SignatureFault> {
        self.0
            .verify(bytes, &signature.0)
            .map_err(|_| SignatureFault::DoesNotFit)
    }
}

impl Signature {
    /// The 64 bytes.
    pub fn to_bytes(self) -> [u8; 64] {
        self.0.to_bytes()
    }

    /// Reads 64 bytes; `None` for any other number of them.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        ed25519_dalek::Signature::from_slice(bytes).ok().map(Self)
    }

    /// Signs `bytes`.
    pub fn over(bytes: &[u8], key: &SigningKey) -> Self {
        Self(key.sign(bytes))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0.to_bytes()))
    }
}

fn bytes_of<'de, const N: usize, D: serde::Deserializer<'de>>(d: D) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(d)?;
    let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
    bytes
        .try_into()
        .map_err(|_| serde::de::Error::custom(format!("not {N} bytes")))
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(self.0.to_bytes()))
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let bytes = bytes_of::<32, D>(d)?;
        VerifyingKey::from_bytes(&bytes)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(self.0.to_bytes()))
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let bytes = bytes_of::<64, D>(d)?;
        Ok(Self(ed25519_dalek::Signature::from_bytes(&bytes)))
    }
}

/// A value with a signature over exactly the text it travels as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Signed<T> {
    /// The value as JSON text; the signature is over these bytes.
    pub body: String,
    /// The signature.
    pub signature: Signature,
    #[serde(skip)]
    kind: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Signed<T> {
    /// Signs a value.
    ///
    /// Errors: when it cannot be written as JSON.
    pub fn new(value: &T, key: &SigningKey) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_string(value)?;
        let signature = Signature::over(body.as_bytes(), key);
        Ok(Self {
            body,
            signature,
            kind: PhantomData,
        })
    }

    /// Reads the value after checking the signature.
    ///
    /// Errors: [`SignatureFault`].
    pub fn open(&self, key: &PublicKey) -> Result<T, SignatureFault> {
        key.verify(self.body.as_bytes(), &self.signature)?;
        serde_json::from_str(&self.body).map_err(SignatureFault::Unreadable)
    }
}

/// What a device signs about its series: whose, how far, and the hash there.
pub fn chain_head_bytes(device: DeviceId, seq: u64, head: Hash) -> Vec<u8> {
    let tag = b"metercrew/head/1";
    Hash::of_parts(&[
        tag,
        device.0.as_bytes(),
        &seq.to_be_bytes(),
        head.as_bytes(),
    ])
    .as_bytes()
    .to_vec()
}

/// What a device signs to open a session: the gateway's nonce and its own name.
pub fn session_bytes(device: DeviceId, nonce: &str) -> Vec<u8> {
    Hash::of_parts(&[
        b"metercrew/session/1",
        device.0.as_bytes(),
        nonce.as_bytes(),
    ])
    .as_bytes()
    .to_vec()
}
