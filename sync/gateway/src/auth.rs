//! Codes, tokens and passwords: what is shown to people, and the hashes that are kept of it.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Argon2, PasswordHash};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Hash;

use crate::{Chance, Error};

/// Letters and digits that are not mistaken for one another when read aloud or typed in gloves.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A new enrolment code, as shown: `ABCD-EFGH`.
///
/// Forty bits: with a handful of codes that hold for a day, guessing one takes some 10¹⁰ requests.
///
/// Errors: [`Error::NoChance`].
pub fn new_code(chance: &Chance) -> Result<String, Error> {
    let mut code = String::new();
    for (at, byte) in chance.bytes::<8>()?.into_iter().enumerate() {
        if at == 4 {
            code.push('-');
        }
        let letter = CODE_LETTERS.get(usize::from(byte % 32)).copied();
        code.push(char::from(letter.unwrap_or(b'A')));
    }
    Ok(code)
}

/// The hash a code is kept as; case, spaces and dashes do not count.
pub fn code_hash(code: &str) -> Hash {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    Hash::of_parts(&[b"metercrew/code/1", plain.as_bytes()])
}

/// A new token or nonce: 256 bits.
///
/// Errors: [`Error::NoChance`].
pub fn new_token(chance: &Chance) -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(chance.bytes::<32>()?))
}

/// The hash a token is kept as.
pub fn token_hash(token: &str) -> Hash {
    Hash::of_parts(&[b"metercrew/token/1", token.as_bytes()])
}

/// The hash a nonce is kept as.
pub fn nonce_hash(nonce: &str) -> Hash {
    Hash::of_parts(&[b"metercrew/nonce/1", nonce.as_bytes()])
}

/// The hash a password is kept as: argon2id with the crate's parameters (19 MiB, 2 rounds).
///
/// Errors: [`Error::Password`], [`Error::NoChance`].
pub fn password_hash(password: &str, chance: &Chance) -> Result<String, Error> {
    let failed = |e: argon2::password_hash::Error| Error::Password {
        reason: e.to_string(),
    };
    let salt = SaltString::encode_b64(&chance.bytes::<16>()?).map_err(failed)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(failed)?.to_string())
}

/// Whether a password is the one that was hashed.
pub fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A hash no password has, so that an unknown name takes as long as a wrong password.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bg$\
     6vVv1n1rZgPj9bGg0q7l0Yw1y3rT5m3yQeQF1pJc2mM";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = new_code(&Chance::seeded(1)).unwrap();
        assert_eq!(code.len(), 9);
        let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
        assert_eq!(code_hash(&code), code_hash(&typed));
        assert_ne!(code_hash(&code), code_hash("ABCD-EFGH"));
    }

    #[test]
    fn only_the_right_password_fits_and_the_same_one_never_hashes_twice_alike() {
        let chance = Chance::seeded(2);
        let hash = password_hash("青石-2026", &chance).unwrap();
        assert!(is_password("青石-2026", &hash));
        assert!(!is_password("青石-2027", &hash));
        assert_ne!(hash, password_hash("青石-2026", &chance).unwrap());
    }

    #[test]
    fn nobodys_hash_is_a_hash_that_takes_work_to_refuse() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!is_password("", NOBODY));
    }
}
