//! The device as the screens are told: who it is, its settings, what happened to its store.

use work::{Device, EnrolledAs, Notice, WorkError};

use super::{EnrolledView, Language, Settings, Status, StoreNotice, Theme};

impl Status {
    /// Who this device is.
    ///
    /// Errors: [`WorkError::Store`].
    pub(crate) fn of(device: &Device) -> Result<Self, WorkError> {
        Ok(Self {
            enrolled: device.enrolment()?.map(EnrolledView::from),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            notice: device.notice().map(StoreNotice::from),
            route: device.route()?,
            settings: device.settings()?.into(),
        })
    }
}

impl From<EnrolledAs> for EnrolledView {
    fn from(who: EnrolledAs) -> Self {
        let EnrolledAs {
            crew_name,
            operator,
            device_name,
            gateway,
            ..
        } = who;
        Self {
            crew_name,
            operator,
            device_name,
            gateway,
        }
    }
}

impl From<&Notice> for StoreNotice {
    fn from(notice: &Notice) -> Self {
        match notice {
            Notice::Newer { moved_to, .. } => Self::Newer {
                moved_to: moved_to.display().to_string(),
            },
            Notice::Salvaged { moved_to, salvage } => Self::Salvaged {
                moved_to: moved_to.display().to_string(),
                events: u32::try_from(salvage.unsent).unwrap_or(u32::MAX),
            },
        }
    }
}

impl From<work::Settings> for Settings {
    fn from(settings: work::Settings) -> Self {
        Self {
            language: match settings.language {
                work::Language::Zh => Language::Zh,
                work::Language::En => Language::En,
            },
            theme: match settings.theme {
                work::Theme::Light => Theme::Light,
                work::Theme::Dark => Theme::Dark,
                work::Theme::System => Theme::System,
            },
            text_percent: settings.text_percent,
            may_train: settings.may_train,
            quiet: settings.quiet,
        }
    }
}

impl From<Settings> for work::Settings {
    fn from(settings: Settings) -> Self {
        Self {
            language: match settings.language {
                Language::Zh => work::Language::Zh,
                Language::En => work::Language::En,
            },
            theme: match settings.theme {
                Theme::Light => work::Theme::Light,
                Theme::Dark => work::Theme::Dark,
                Theme::System => work::Theme::System,
            },
            text_percent: settings.text_percent,
            may_train: settings.may_train,
            quiet: settings.quiet,
        }
    }
}
