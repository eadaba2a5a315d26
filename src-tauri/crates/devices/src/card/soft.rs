//! Test keys as a security module.

use domain::CardSerial;

use super::{Challenge, CommandMac, SecurityError, SecurityModule};

/// The keys of test cards, in software, known to everybody.
///
/// No release has it: this type and the keys it calls exist with debug assertions only, which a
/// release is built without. Nothing switches it on at run time, and code that names it does not
/// compile into a release. Real cards' keys (SM1) are in PSAM and HSM only.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestKeys;

impl SecurityModule for TestKeys {
    fn authenticate(
        &mut self,
        challenge: &Challenge,
        serial: &CardSerial,
    ) -> Result<[u8; 8], SecurityError> {
        Ok(testkeys::authenticate(challenge, serial.as_bytes()))
    }

    fn mac(
        &mut self,
        challenge: &Challenge,
        header: &[u8; 5],
        data: &[u8],
        serial: &CardSerial,
    ) -> Result<CommandMac, SecurityError> {
        Ok(testkeys::mac(challenge, header, data, serial.as_bytes()))
    }
}
