//! A code becomes a crew's device.

use std::sync::PoisonError;

use client::Gateway;
use ed25519_dalek::SigningKey;
use store::Enrolment;
use wire::PROTOCOL_VERSION;
use wire::enrol::{EnrolLink, EnrolRequest};
use wire::sign::PublicKey;
use zeroize::Zeroizing;

use crate::device::CLOCK;
use crate::{Changed, Device, EnrolledAs, WorkError};

impl Device {
    /// Makes this the device of the crew the code was made for.
    ///
    /// `link_or_code` is the text of the office's QR code; or a code alone, and then `gateway`
    /// says where. The key is made here and only its public half leaves the device; when the
    /// answer is lost, the next try shows the same key.
    ///
    /// Errors: [`WorkError::NotACode`], [`WorkError::Gateway`], [`WorkError::Store`].
    pub async fn enrol(
        &self,
        link_or_code: &str,
        gateway: Option<&str>,
        device_name: &str,
    ) -> Result<EnrolledAs, WorkError> {
        let link = link(link_or_code, gateway).ok_or(WorkError::NotACode)?;
        let seed = self.fresh_seed()?;
        let request = EnrolRequest {
            version: PROTOCOL_VERSION,
            code: link.code,
            device_name: device_name.trim().to_owned(),
            public_key: PublicKey::of(&SigningKey::from_bytes(&seed)),
        };
        let office = Gateway::new(&link.gateway)?;
        let before = self.stamp();
        let said = office.enrol(&request).await?;
        let met = self
            .inner
            .clock
            .heard(before, said.gateway_time, self.stamp());
        let gateway = link.gateway;
        let device_name = request.device_name;
        self.beside(move |device| {
            let enrolment = Enrolment {
                device: said.device,
                signing_seed: *seed,
                gateway,
                gateway_key: said.gateway_key.to_bytes(),
                crew: said.crew,
                crew_name: said.crew_name,
                operator: said.operator,
                device_name,
            };
            let store = &device.inner.store;
            store.save_enrolment(&enrolment, &said.asset_rules)?;
            if let Some(met) = met {
                store.save_setting(CLOCK, &met)?;
            }
            device.forget_seed();
            device.tell(Changed {
                orders: vec![],
                cabinet: true,
            });
            device.inner.wake.notify_one();
            device.sync_now();
            device.enrolled()
        })
        .await
    }

    fn fresh_seed(&self) -> Result<Zeroizing<[u8; 32]>, WorkError> {
        let kept = self.inner.fresh_key.lock();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        if let Some(seed) = kept.as_ref() {
            return Ok(seed.clone());
        }
        let seed = Zeroizing::new(self.inner.chance.key()?);
        *kept = Some(seed.clone());
        Ok(seed)
    }

    fn forget_seed(&self) {
        let kept = self.inner.fresh_key.lock();
        *kept.unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn link(link_or_code: &str, gateway: Option<&str>) -> Option<EnrolLink> {
    if let Some(link) = EnrolLink::parse(link_or_code) {
        return Some(link);
    }
    // A typed code goes through the same checks as a scanned one.
    let gateway = gateway?.trim();
    let scheme = if gateway.contains("://") {
        ""
    } else {
        "https://"
    };
    let typed = EnrolLink {
        gateway: format!("{scheme}{}", gateway.trim_end_matches('/')),
        code: link_or_code.trim().to_uppercase(),
    };
    EnrolLink::parse(&typed.to_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_needs_a_gateway_and_a_link_brings_its_own() {
        let scanned = "metercrew:enrol?gateway=http://127.0.0.1:8080&code=ABCD-EFGH";
        let found = link(scanned, None).unwrap();
        assert_eq!(found.gateway, "http://127.0.0.1:8080");
        let typed = link(" abcd-efgh ", Some("gateway.example/")).unwrap();
        assert_eq!(
            (typed.gateway.as_str(), typed.code.as_str()),
            ("https://gateway.example", "ABCD-EFGH")
        );
        assert_eq!(link("ABCD-EFGH", None), None);
        assert_eq!(link("<script>", Some("http://x")), None);
        assert_eq!(link("ABCD", Some("javascript:alert(1)")), None);
    }
}
