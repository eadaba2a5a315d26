//! Enrolment codes, devices, nonces, sessions.

use domain::{DeviceId, Hash, Millis, SupervisorId};
use rusqlite::{Row, params};

use super::Rows;
use super::row::{all, device, first, hash, json, millis, run, stored, text, to_json, uuid_option};
use crate::Error;
use crate::ledger::{CodeState, Device, DeviceTables, EnrolCode, Series, Session, Who};

const DEVICE: &str = "SELECT device, crew, operator, device_name, public_key, enrolled_at_ms,
    last_seen_at_ms, came_from, came_from_seq, came_from_hash FROM device";

fn code(row: &Row<'_>) -> Result<EnrolCode, Error> {
    let used_by = uuid_option(row, "used_by")?.map(DeviceId);
    Ok(EnrolCode {
        code_hash: hash(row, "code_hash")?,
        crew: text(row, "crew")?,
        operator: text(row, "operator")?,
        expires_at: millis(row, "expires_at_ms")?,
        state: used_by.map_or(CodeState::Unused, |device| CodeState::Used { device }),
    })
}

fn one_device(row: &Row<'_>) -> Result<Device, Error> {
    let came_from = uuid_option(row, "came_from")?.map(DeviceId);
    let series = |device| {
        Ok::<_, Error>(Series {
            device,
            seq: super::row::count(row, "came_from_seq")?,
            hash: hash(row, "came_from_hash")?,
        })
    };
    Ok(Device {
        device: device(row, "device")?,
        crew: text(row, "crew")?,
        operator: text(row, "operator")?,
        device_name: row.get("device_name")?,
        public_key: json(row, "public_key")?,
        enrolled_at: millis(row, "enrolled_at_ms")?,
        last_seen_at: millis(row, "last_seen_at_ms")?,
        came_from: came_from.map(series).transpose()?,
    })
}

fn session(row: &Row<'_>) -> Result<Session, Error> {
    let device = uuid_option(row, "device")?.map(DeviceId);
    let supervisor: Option<String> = row.get("supervisor")?;
    let who = match (device, supervisor) {
        (Some(device), _) => Who::Device(device),
        (None, name) => Who::Supervisor(SupervisorId::new(name.unwrap_or_default())),
    };
    Ok(Session {
        token_hash: hash(row, "token_hash")?,
        who,
        expires_at: millis(row, "expires_at_ms")?,
    })
}

impl DeviceTables for Rows<'_> {
    fn put_code(&self, code: &EnrolCode) -> Result<(), Error> {
        let used_by = match &code.state {
            CodeState::Unused => None,
            CodeState::Used { device } => Some(device.to_string()),
        };
        let sql = "INSERT INTO enrol_code (code_hash, crew, operator, expires_at_ms, used_by)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (code_hash) DO UPDATE SET used_by = excluded.used_by";
        let (hash, crew) = (code.code_hash.as_bytes(), code.crew.as_str());
        let row = params![
            hash,
            crew,
            code.operator.as_str(),
            code.expires_at.0,
            used_by
        ];
        run(self.0, sql, row)?;
        Ok(())
    }

    fn code(&self, code_hash: Hash) -> Result<Option<EnrolCode>, Error> {
        let sql = "SELECT code_hash, crew, operator, expires_at_ms, used_by
                   FROM enrol_code WHERE code_hash = ?1";
        first(self.0, sql, [code_hash.as_bytes()], code)
    }

    fn put_device(&self, device: &Device) -> Result<(), Error> {
        let sql = "INSERT INTO device (device, crew, operator, device_name, public_key,
                     enrolled_at_ms, last_seen_at_ms, came_from, came_from_seq, came_from_hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                   ON CONFLICT (device) DO UPDATE SET last_seen_at_ms = excluded.last_seen_at_ms,
                     operator = excluded.operator, device_name = excluded.device_name";
        let from = device.came_from.as_ref();
        let row = params![
            device.device.to_string(),
            device.crew.as_str(),
            device.operator.as_str(),
            device.device_name,
            to_json("public_key", &device.public_key)?,
            device.enrolled_at.0,
            device.last_seen_at.0,
            from.map(|series| series.device.to_string()),
            from.map(|series| stored(series.seq)).transpose()?,
            from.map(|series| series.hash.as_bytes().to_vec()),
        ];
        run(self.0, sql, row)?;
        Ok(())
    }

    fn device(&self, device: DeviceId) -> Result<Option<Device>, Error> {
        let sql = format!("{DEVICE} WHERE device = ?1");
        first(self.0, &sql, [device.to_string()], one_device)
    }

    fn devices(&self) -> Result<Vec<Device>, Error> {
        let sql = format!("{DEVICE} ORDER BY enrolled_at_ms, device");
        all(self.0, &sql, [], one_device)
    }

    fn put_nonce(&self, nonce_hash: Hash, expires_at: Millis, now: Millis) -> Result<(), Error> {
        run(
            self.0,
            "DELETE FROM nonce WHERE expires_at_ms < ?1",
            [now.0],
        )?;
        let sql = "INSERT INTO nonce (nonce_hash, expires_at_ms) VALUES (?1, ?2)";
        run(self.0, sql, params![nonce_hash.as_bytes(), expires_at.0])?;
        Ok(())
    }

    fn take_nonce(&self, nonce_hash: Hash) -> Result<Option<Millis>, Error> {
        let sql = "DELETE FROM nonce WHERE nonce_hash = ?1 RETURNING expires_at_ms";
        first(self.0, sql, [nonce_hash.as_bytes()], |row| {
            millis(row, "expires_at_ms")
        })
    }

    fn put_session(&self, session: &Session, now: Millis) -> Result<(), Error> {
        run(
            self.0,
            "DELETE FROM session WHERE expires_at_ms < ?1",
            [now.0],
        )?;
        let (device, supervisor) = match &session.who {
            Who::Device(device) => (Some(device.to_string()), None),
            Who::Supervisor(name) => (None, Some(name.as_str())),
        };
        let sql = "INSERT INTO session (token_hash, device, supervisor, expires_at_ms)
                   VALUES (?1, ?2, ?3, ?4)";
        let hash = session.token_hash.as_bytes();
        run(
            self.0,
            sql,
            params![hash, device, supervisor, session.expires_at.0],
        )?;
        Ok(())
    }

    fn session(&self, token_hash: Hash) -> Result<Option<Session>, Error> {
        let sql = "SELECT token_hash, device, supervisor, expires_at_ms
                   FROM session WHERE token_hash = ?1";
        first(self.0, sql, [token_hash.as_bytes()], session)
    }
}
