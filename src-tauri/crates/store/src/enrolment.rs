//! Tables `enrolment` and `asset_rule`: who this device is, and its company's rules.

use std::fmt;

use domain::{AssetRule, CrewId, DeviceId, Operator, chain_start};
use rusqlite::{Connection, params};
use sqlite::column;
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{Store, StoreError, rehome, sql, sync_state};

/// Who this device is.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The series its events go under.
    pub device: DeviceId,
    /// Ed25519 seed, made on the device; wiped when dropped, never printed.
    pub signing_seed: [u8; 32],
    /// Where the gateway listens (URL).
    pub gateway: String,
    /// The gateway's Ed25519 public key, as 32 raw bytes.
    pub gateway_key: [u8; 32],
    /// Its crew.
    pub crew: CrewId,
    /// What the crew is called.
    pub crew_name: String,
    /// Who works with it.
    pub operator: Operator,
    /// What the crew calls the device.
    pub device_name: String,
}

impl Drop for Enrolment {
    fn drop(&mut self) {
        self.signing_seed.zeroize();
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("device", &self.device)
            .field("crew", &self.crew)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Who this device is; `None` before it is enrolled.
    ///
    /// Errors: those of reading.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, StoreError> {
        self.read(enrolment)
    }

    /// Keeps who this device is.
    ///
    /// When it was somebody before, its unsent events are sealed into the new series: work
    /// recorded under an old code is not lost.
    ///
    /// Errors: those of writing.
    pub fn save_enrolment(
        &self,
        enrolment: &Enrolment,
        rules: &[AssetRule],
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let before = device(tx)?;
            put(tx, enrolment)?;
            put_rules(tx, rules)?;
            if before != Some(enrolment.device) {
                sync_state::put_cursor(tx, 0)?;
                rehome::reseal(tx, enrolment.device)?;
            } else if sync_state::acked(tx)?.is_none() {
                sync_state::put_acked(tx, 0, chain_start(enrolment.device))?;
            }
            Ok(())
        })
    }

    /// The rules for asset numbers, the preferred one first; State Grid's before any came.
    ///
    /// Errors: those of reading.
    pub fn asset_rules(&self) -> Result<Vec<AssetRule>, StoreError> {
        let text = "SELECT rule FROM asset_rule ORDER BY id";
        let rules = self.read(|conn| {
            sql::every(conn, text, [], |row| {
                column::parsed(row, "rule", |text: String| serde_json::from_str(&text))
            })
        })?;
        if rules.is_empty() {
            return Ok(vec![AssetRule::state_grid()]);
        }
        Ok(rules)
    }
}

fn enrolment(conn: &Connection) -> Result<Option<Enrolment>, StoreError> {
    sql::first(
        conn,
        "SELECT device, signing_seed, gateway, gateway_key, crew, crew_name, operator, device_name
         FROM enrolment",
        [],
        |row| {
            Ok(Enrolment {
                device: DeviceId(column::parsed(row, "device", uuid_of)?),
                signing_seed: column::bytes(row, "signing_seed")?,
                gateway: row.get("gateway")?,
                gateway_key: column::bytes(row, "gateway_key")?,
                crew: CrewId::new(row.get::<_, String>("crew")?),
                crew_name: row.get("crew_name")?,
                operator: Operator::new(row.get::<_, String>("operator")?),
                device_name: row.get("device_name")?,
            })
        },
    )
}

fn uuid_of(text: String) -> Result<Uuid, uuid::Error> {
    Uuid::parse_str(&text)
}

/// The series' name alone.
pub(crate) fn device(conn: &Connection) -> Result<Option<DeviceId>, StoreError> {
    sql::first(conn, "SELECT device FROM enrolment", [], |row| {
        column::parsed(row, "device", uuid_of).map(DeviceId)
    })
}

/// Who acts, and for whom.
pub(crate) fn actor(conn: &Connection) -> Result<(Operator, CrewId), StoreError> {
    let text = "SELECT operator, crew FROM enrolment";
    let found = sql::first(conn, text, [], |row| {
        let (operator, crew): (String, String) = (row.get("operator")?, row.get("crew")?);
        Ok((Operator::new(operator), CrewId::new(crew)))
    })?;
    found.ok_or(StoreError::NotEnrolled)
}

fn put(conn: &Connection, enrolment: &Enrolment) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT OR REPLACE INTO enrolment
         (id, device, signing_seed, gateway, gateway_key, crew, crew_name, operator, device_name)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            enrolment.device.to_string(),
            enrolment.signing_seed,
            enrolment.gateway,
            enrolment.gateway_key,
            enrolment.crew.as_str(),
            enrolment.crew_name,
            enrolment.operator.as_str(),
            enrolment.device_name,
        ],
    )?;
    Ok(())
}

/// The series goes on under another name.
pub(crate) fn put_device(conn: &Connection, device: DeviceId) -> Result<(), StoreError> {
    let text = "UPDATE enrolment SET device = ?1";
    sql::run(conn, text, [device.to_string()])?;
    Ok(())
}

/// Keeps the rules, in place of those before.
pub(crate) fn put_rules(conn: &Connection, rules: &[AssetRule]) -> Result<(), StoreError> {
    sql::run(conn, "DELETE FROM asset_rule", [])?;
    for rule in rules {
        let text = serde_json::to_string(rule).map_err(StoreError::unreadable("asset rule"))?;
        sql::run(conn, "INSERT INTO asset_rule (rule) VALUES (?1)", [text])?;
    }
    Ok(())
}
