//! Who may ask: crews, supervisors, enrolment codes, devices, sessions.

use domain::{CrewId, DeviceId, Hash, Millis, Operator, SupervisorId};
use wire::enrol::{EnrolRequest, SeriesRequest};
use wire::problem::Problem;

use super::{CodeState, Crew, Device, EnrolCode, Ledger, Series, Session, Supervisor, Who};
use crate::Error;

/// A device is written down as seen at most so often. Unit: milliseconds.
///
/// Every pull would otherwise cost a commit; the board shows minutes.
const SEEN_EVERY_MS: i64 = 60_000;

/// Who asks, looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// A device.
    Device(Box<Device>),
    /// A supervisor.
    Supervisor(Box<Supervisor>),
}

impl dyn Ledger + '_ {
    /// Puts a crew in, or renames it, with one operator of that name.
    ///
    /// Errors: those of the ledger.
    pub fn put_crew(&self, crew: &Crew, operator: &Operator) -> Result<(), Error> {
        self.writing(|tables| {
            tables.put_crew(crew)?;
            tables.put_operator(operator, &crew.crew)
        })
    }

    /// Every crew, by id.
    ///
    /// Errors: those of the ledger.
    pub fn crews(&self) -> Result<Vec<Crew>, Error> {
        self.reading(|tables| tables.crews())
    }

    /// Puts a supervisor in, in place of an earlier one of that name.
    ///
    /// Errors: those of the ledger.
    pub fn put_supervisor(&self, supervisor: &Supervisor) -> Result<(), Error> {
        self.writing(|tables| tables.put_supervisor(supervisor))
    }

    /// One supervisor.
    ///
    /// Errors: those of the ledger.
    pub fn supervisor(&self, name: &SupervisorId) -> Result<Option<Supervisor>, Error> {
        self.reading(|tables| tables.supervisor(name))
    }

    /// Makes an enrolment code hold for a crew until a moment; without an operator the crew's
    /// first one works with the device.
    ///
    /// Errors: [`Problem::NotFound`] for a crew that is not known.
    pub fn put_code(
        &self,
        code_hash: Hash,
        crew: &CrewId,
        operator: Option<Operator>,
        expires_at: Millis,
    ) -> Result<(), Error> {
        self.writing(|tables| {
            let known = tables.crew(crew)?.ok_or(Problem::NotFound)?;
            let operator = match operator {
                Some(named) => named,
                None => tables
                    .operators(crew)?
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| Operator::new(known.crew_name)),
            };
            tables.put_operator(&operator, crew)?;
            tables.put_code(&EnrolCode {
                code_hash,
                crew: crew.clone(),
                operator,
                expires_at,
                state: CodeState::Unused,
            })
        })
    }

    /// Enrols a device under `fresh` with a code that holds; the same key with the same code
    /// again gets what it got, so that a lost answer costs nothing.
    ///
    /// Errors: [`Problem::CodeUnknown`], [`Problem::CodeExpired`].
    pub fn enrol(
        &self,
        request: &EnrolRequest,
        code_hash: Hash,
        fresh: DeviceId,
        now: Millis,
    ) -> Result<(Device, Crew), Error> {
        self.writing(|tables| {
            let code = tables.code(code_hash)?.ok_or(Problem::CodeUnknown)?;
            let crew = tables.crew(&code.crew)?.ok_or(Problem::CodeUnknown)?;
            if let CodeState::Used { device } = code.state {
                let known = tables.device(device)?;
                return known
                    .filter(|known| known.public_key == request.public_key)
                    .map(|known| (known, crew))
                    .ok_or_else(|| Problem::CodeUnknown.into());
            }
            if code.expires_at <= now {
                return Err(Problem::CodeExpired.into());
            }
            let device = Device {
                device: fresh,
                crew: code.crew.clone(),
                operator: code.operator.clone(),
                device_name: request.device_name.clone(),
                public_key: request.public_key,
                enrolled_at: now,
                last_seen_at: now,
                came_from: None,
            };
            tables.put_device(&device)?;
            let state = CodeState::Used { device: fresh };
            tables.put_code(&EnrolCode { state, ..code })?;
            Ok((device, crew))
        })
    }

    /// Opens a new series for a device whose own has forked. Asked again before anything was
    /// pushed under it, gives the same one.
    ///
    /// Errors: [`Problem::UnknownDevice`].
    pub fn grant_series(
        &self,
        device: DeviceId,
        request: &SeriesRequest,
        fresh: DeviceId,
        now: Millis,
    ) -> Result<DeviceId, Error> {
        let from = Series {
            device,
            seq: request.head_seq.min(super::NEWEST),
            hash: request.head_hash,
        };
        self.writing(|tables| {
            let old = tables.device(device)?.ok_or(Problem::UnknownDevice)?;
            for known in tables.devices()? {
                if known.came_from == Some(from) && tables.head(known.device)?.is_none() {
                    return Ok(known.device);
                }
            }
            tables.put_device(&Device {
                device: fresh,
                enrolled_at: now,
                last_seen_at: now,
                came_from: Some(from),
                ..old
            })?;
            Ok(fresh)
        })
    }

    /// One device.
    ///
    /// Errors: those of the ledger.
    pub fn device(&self, device: DeviceId) -> Result<Option<Device>, Error> {
        self.reading(|tables| tables.device(device))
    }

    /// Hands out a nonce.
    ///
    /// Errors: those of the ledger.
    pub fn put_nonce(&self, nonce_hash: Hash, until: Millis, now: Millis) -> Result<(), Error> {
        self.writing(|tables| tables.put_nonce(nonce_hash, until, now))
    }

    /// Uses a nonce up; says whether it held.
    ///
    /// Errors: those of the ledger.
    pub fn take_nonce(&self, nonce_hash: Hash, now: Millis) -> Result<bool, Error> {
        let until = self.writing(|tables| tables.take_nonce(nonce_hash))?;
        Ok(until.is_some_and(|until| until > now))
    }

    /// Opens a session.
    ///
    /// Errors: those of the ledger.
    pub fn put_session(&self, session: &Session, now: Millis) -> Result<(), Error> {
        self.writing(|tables| tables.put_session(session, now))
    }

    /// Who a token belongs to.
    ///
    /// Errors: [`Problem::NoSession`], [`Problem::UnknownDevice`].
    pub fn asker(&self, token_hash: Hash, now: Millis) -> Result<Asker, Error> {
        let asker = self.reading(|tables| {
            let session = tables.session(token_hash)?;
            let session = session
                .filter(|session| session.expires_at > now)
                .ok_or(Problem::NoSession)?;
            match session.who {
                Who::Device(id) => {
                    let device = tables.device(id)?.ok_or(Problem::UnknownDevice)?;
                    Ok(Asker::Device(Box::new(device)))
                }
                Who::Supervisor(name) => {
                    let supervisor = tables.supervisor(&name)?.ok_or(Problem::NoSession)?;
                    Ok(Asker::Supervisor(Box::new(supervisor)))
                }
            }
        })?;
        if let Asker::Device(device) = &asker
            && now.0.saturating_sub(device.last_seen_at.0) >= SEEN_EVERY_MS
        {
            let device = Device {
                last_seen_at: now,
                ..device.as_ref().clone()
            };
            self.writing(|tables| tables.put_device(&device))?;
        }
        Ok(asker)
    }
}
