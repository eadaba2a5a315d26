//! What the device remembers of itself: who it is, settings, the route, half-typed values.

use domain::{CrewId, DeviceId, OrderId, StepId};
use serde::{Deserialize, Serialize};

use crate::{Device, WorkError};

const SETTINGS: &str = "settings";

/// What a person may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Of the screens.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
    /// Text size. Unit: percent, 100–200.
    pub text_percent: u16,
    /// Whether cut-outs and confirmed values may train the next version of the readers. It is
    /// frozen into each sighting, so a change does not reach back.
    #[serde(default)]
    pub may_train: bool,
    /// Whether the app makes no sound; it still vibrates.
    #[serde(default)]
    pub quiet: bool,
}

/// Language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For the sun.
    Light,
    /// For cabinets and nights.
    Dark,
    /// As the system has it.
    System,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Zh,
            theme: Theme::Light,
            text_percent: 100,
            may_train: false,
            quiet: false,
        }
    }
}

/// Who this device is; its keys stay in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledAs {
    /// The series its events go under.
    pub device: DeviceId,
    /// Its crew.
    pub crew: CrewId,
    /// What the crew is called.
    pub crew_name: String,
    /// Who works with it.
    pub operator: String,
    /// What the device is called.
    pub device_name: String,
    /// Where its gateway is.
    pub gateway: String,
}

impl Device {
    /// Who this device is; `None` until it is enrolled.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn enrolment(&self) -> Result<Option<EnrolledAs>, WorkError> {
        let enrolment = self.inner.store.enrolment()?;
        Ok(enrolment.map(|who| EnrolledAs {
            device: who.device,
            crew: who.crew.clone(),
            crew_name: who.crew_name.clone(),
            operator: who.operator.to_string(),
            device_name: who.device_name.clone(),
            gateway: who.gateway.clone(),
        }))
    }

    /// Who this device is.
    ///
    /// Errors: [`WorkError::Store`], of which `NotEnrolled`.
    pub(crate) fn enrolled(&self) -> Result<EnrolledAs, WorkError> {
        let enrolment = self.enrolment()?;
        Ok(enrolment.ok_or(store::StoreError::NotEnrolled)?)
    }

    /// The settings, or those a new device begins with.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn settings(&self) -> Result<Settings, WorkError> {
        Ok(self.inner.store.setting(SETTINGS)?.unwrap_or_default())
    }

    /// Keeps the settings; a text size out of range is brought into it.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn save_settings(&self, settings: Settings) -> Result<(), WorkError> {
        let settings = Settings {
            text_percent: settings.text_percent.clamp(100, 200),
            ..settings
        };
        Ok(self.inner.store.save_setting(SETTINGS, &settings)?)
    }

    /// Where the crew was when the app last ran.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn route(&self) -> Result<Option<String>, WorkError> {
        Ok(self.inner.store.route()?)
    }

    /// Keeps where the crew is.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn save_route(&self, route: &str) -> Result<(), WorkError> {
        Ok(self.inner.store.save_route(route)?)
    }

    /// What was typed at a step and not yet confirmed.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn draft(&self, order: &OrderId, step: &StepId) -> Result<Option<String>, WorkError> {
        Ok(self.inner.store.draft(order, step)?)
    }

    /// Keeps what is typed; `None` forgets it.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn save_draft(
        &self,
        order: &OrderId,
        step: &StepId,
        text: Option<&str>,
    ) -> Result<(), WorkError> {
        Ok(self.inner.store.save_draft(order, step, text)?)
    }
}
