//! A device's first words: a single-use code for a key, then challenge and session.

use domain::{AssetRule, CrewId, DeviceId, Hash, Millis, Operator};
use serde::{Deserialize, Serialize};

use crate::sign::{PublicKey, Signature};

/// `POST /v1/enrol`: a device asks to belong to the crew its code was made for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// [`crate::PROTOCOL_VERSION`].
    pub version: u16,
    /// The code, as shown or typed; letters are not case-sensitive.
    pub code: String,
    /// What the crew calls the device.
    pub device_name: String,
    /// The public half of the key the device has just made.
    pub public_key: PublicKey,
}

/// The gateway's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolled {
    /// The device's series.
    pub device: DeviceId,
    /// Its crew.
    pub crew: CrewId,
    /// What the crew is called.
    pub crew_name: String,
    /// Who works with it.
    pub operator: Operator,
    /// The key the gateway signs receipts with.
    pub gateway_key: PublicKey,
    /// The rules for asset numbers, the preferred one first.
    pub asset_rules: Vec<AssetRule>,
    /// The gateway's clock.
    pub gateway_time: Millis,
}

/// `POST /v1/challenge`: a nonce to sign; single use, two minutes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Challenge {
    /// The nonce.
    pub nonce: String,
}

/// `POST /v1/session`: a device proves that it holds its key; a wrong clock does not matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionRequest {
    /// Who.
    pub device: DeviceId,
    /// The nonce.
    pub nonce: String,
    /// Over [`crate::sign::session_bytes`].
    pub signature: Signature,
}

/// A session: the bearer token of every later request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The token.
    pub token: String,
    /// The gateway's clock.
    pub gateway_time: Millis,
}

/// `POST /v1/series`: a tablet that came back from an old backup asks for a new series.
///
/// Its old series forked: the gateway holds events the backup does not know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeriesRequest {
    /// The last event of the old series both sides share, as far as the device knows.
    pub head_seq: u64,
    /// Its hash.
    pub head_hash: Hash,
}

/// The new series; the same key, crew and operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeriesGranted {
    /// Its name.
    pub device: DeviceId,
}

/// What an enrolment QR says: `metercrew:enrol?gateway=http%3A…&code=ABCD-EFGH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolLink {
    /// Where the gateway listens.
    pub gateway: String,
    /// The code.
    pub code: String,
}

const LINK_START: &str = "metercrew:enrol?";

impl EnrolLink {
    /// The text of the QR.
    pub fn to_text(&self) -> String {
        format!("{LINK_START}gateway={}&code={}", self.gateway, self.code)
    }

    /// Reads the text of a QR; `None` when it is something else.
    ///
    /// Only `http` and `https` gateways and codes of letters, digits and dashes are taken.
    pub fn parse(text: &str) -> Option<Self> {
        let query = text.trim().strip_prefix(LINK_START)?;
        let value = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let (gateway, code) = (value("gateway")?, value("code")?);
        let is_url = gateway.starts_with("http://") || gateway.starts_with("https://");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
        let is_code = !code.is_empty()
            && code.len() <= 32
            && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (is_url && gateway.chars().all(plain) && is_code).then(|| Self {
            gateway: gateway.trim_end_matches('/').to_owned(),
            code: code.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enrolment_link_reads_back_and_nothing_else_is_one() {
        let link = EnrolLink {
            gateway: "http://127.0.0.1:8080".into(),
            code: "ABCD-EFGH".into(),
        };
        assert_eq!(EnrolLink::parse(&link.to_text()), Some(link));
        for text in [
            "",
            "http://x.example",
            "metercrew:enrol?code=A",
            "metercrew:enrol?gateway=javascript:alert(1)&code=A",
            "metercrew:enrol?gateway=http://x/<script>&code=A",
            "metercrew:enrol?gateway=http://x&code=<b>",
        ] {
            assert_eq!(EnrolLink::parse(text), None, "{text}");
        }
    }
}
