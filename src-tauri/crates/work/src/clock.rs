//! What time it is, and how sure that is: a wrong clock is known by how wrong it may be.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime};
use domain::{Millis, Stamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far a quartz drifts. Unit: parts per million; tablets have 20–50, heat doubles that.
const DRIFT_PPM: u64 = 100;

/// The mainland's one time zone. Unit: milliseconds east of Greenwich.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// A moment as a customer's watch and a meter's clock say it.
pub(crate) fn beijing(at: Millis) -> NaiveDateTime {
    let shifted = DateTime::from_timestamp_millis(at.0.saturating_add(BEIJING_MS));
    shifted.unwrap_or_default().naive_utc()
}

/// The device's clocks.
#[derive(Debug)]
pub struct Clock {
    source: Source,
    met: RwLock<Option<Met>>,
}

#[derive(Debug)]
enum Source {
    System { boot_id: Uuid, started: Instant },
    Set(SetClock),
}

/// When the gateway's clock was last heard, and what it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Met {
    /// The gateway's clock.
    gateway: Millis,
    /// It may have been so far off. Unit: milliseconds.
    uncertainty_ms: u64,
    wall: Millis,
    boot_ms: u64,
    boot_id: Uuid,
}

/// A clock that stands where it is put.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<Mutex<(Millis, u64, Uuid)>>);

impl SetClock {
    /// A clock at `wall`, on a device that has just started.
    pub fn at(wall: Millis) -> Self {
        Self(Arc::new(Mutex::new((wall, 1_000, Uuid::from_u128(1)))))
    }

    /// Time goes on.
    pub fn pass(&self, ms: u64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.0 = Millis(now.0.0.saturating_add_unsigned(ms));
        now.1 = now.1.saturating_add(ms);
    }

    /// Somebody sets the wall clock; the boot clock runs on.
    pub fn set_wall(&self, wall: Millis) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = wall;
    }

    /// The device starts anew.
    pub fn restart(&self) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.1 = 0;
        now.2 = Uuid::from_u128(now.2.as_u128() + 1);
    }

    fn now(&self) -> (Millis, u64, Uuid) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock {
    /// The operating system's clocks.
    ///
    /// `process` names this run of the program: where the system does not say when it started
    /// (Android keeps that from apps), the boot clock counts from here.
    pub fn system(process: Uuid) -> Self {
        let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let boot_id = Uuid::parse_str(text.trim())
            .ok()
            .filter(|_| uptime_ms().is_some());
        Self::of(Source::System {
            boot_id: boot_id.unwrap_or(process),
            started: Instant::now(),
        })
    }

    /// A clock that stands where it is put.
    pub fn set(clock: SetClock) -> Self {
        Self::of(Source::Set(clock))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            met: RwLock::new(None),
        }
    }

    /// Now, by every clock there is.
    pub fn stamp(&self) -> Stamp {
        let (wall_ms, boot_ms, boot_id) = match &self.source {
            Source::System { boot_id, started } => {
                let since = started.elapsed().as_millis() as u64;
                (wall(), uptime_ms().unwrap_or(since), *boot_id)
            }
            Source::Set(clock) => clock.now(),
        };
        let met = *self.met.read().unwrap_or_else(PoisonError::into_inner);
        let (offset_ms, uncertainty_ms) = met.map_or((None, None), |met| {
            let (offset, uncertainty) = met.offset(wall_ms, boot_ms, boot_id);
            (Some(offset), uncertainty)
        });
        Stamp {
            wall_ms,
            boot_ms,
            boot_id,
            offset_ms,
            uncertainty_ms,
        }
    }

    /// The gateway said what time it is, somewhere between `before` and `after`.
    ///
    /// Gives what is worth keeping for the next start; `None` when what is known is better.
    pub(crate) fn heard(&self, before: Stamp, gateway: Millis, after: Stamp) -> Option<Met> {
        if before.boot_id != after.boot_id {
            return None;
        }
        let round_trip = after.boot_ms.saturating_sub(before.boot_ms);
        let fresh = Met {
            gateway: Millis(gateway.0.saturating_add_unsigned(round_trip / 2)),
            uncertainty_ms: round_trip / 2 + 1,
            wall: after.wall_ms,
            boot_ms: after.boot_ms,
            boot_id: after.boot_id,
        };
        let (offset, uncertainty) = fresh.offset(after.wall_ms, after.boot_ms, after.boot_id);
        let uncertainty = uncertainty.unwrap_or(u64::MAX);
        if let (Some(known_offset), Some(known)) = (after.offset_ms, after.uncertainty_ms) {
            let apart = known_offset.abs_diff(offset);
            // Both may be true: the surer one stays. Else the gateway's clock was set.
            if known <= uncertainty && apart <= known.saturating_add(uncertainty) {
                return None;
            }
        }
        *self.met.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        Some(fresh)
    }

    /// What an earlier run of the program knew.
    pub(crate) fn remember(&self, met: Met) {
        *self.met.write().unwrap_or_else(PoisonError::into_inner) = Some(met);
    }
}

impl Met {
    /// Gateway's clock minus wall clock, and how far off that may be.
    ///
    /// While the device has not been started anew, the boot clock says how long ago the gateway
    /// was heard, whoever set the wall clock since. After a start only the wall clock is left, and
    /// nobody knows whether it was set.
    fn offset(&self, wall: Millis, boot_ms: u64, boot_id: Uuid) -> (i64, Option<u64>) {
        if boot_id != self.boot_id {
            return (self.gateway.0.saturating_sub(self.wall.0), None);
        }
        let since = boot_ms.saturating_sub(self.boot_ms);
        let truth = self.gateway.0.saturating_add_unsigned(since);
        let drift = since / 1_000_000 * DRIFT_PPM + since % 1_000_000 * DRIFT_PPM / 1_000_000;
        let uncertainty = self.uncertainty_ms.saturating_add(drift);
        (truth.saturating_sub(wall.0), Some(uncertainty))
    }
}

fn wall() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Millis(since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }))
}

/// Since the system started, sleep included (Linux). Unit: milliseconds, in steps of ten.
fn uptime_ms() -> Option<u64> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    let (seconds, rest) = text.split_whitespace().next()?.split_once('.')?;
    Some(seconds.parse::<u64>().ok()? * 1_000 + rest.get(..2)?.parse::<u64>().ok()? * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_766_000_000_000;

    fn heard(clock: &Clock, set: &SetClock, gateway: i64, round_trip: u64) -> Option<Met> {
        let before = clock.stamp();
        set.pass(round_trip);
        clock.heard(before, Millis(gateway), clock.stamp())
    }

    #[test]
    fn before_the_gateway_was_heard_nothing_is_claimed() {
        let clock = Clock::set(SetClock::at(Millis(NOON)));
        let stamp = clock.stamp();
        assert_eq!((stamp.offset_ms, stamp.uncertainty_ms), (None, None));
        assert_eq!(stamp.best(), Millis(NOON));
    }

    #[test]
    fn a_clock_a_day_off_is_corrected_within_half_a_round_trip() {
        let day = 86_400_000;
        let set = SetClock::at(Millis(NOON - day));
        let clock = Clock::set(set.clone());
        heard(&clock, &set, NOON, 400).unwrap();
        let stamp = clock.stamp();
        assert_eq!(stamp.uncertainty_ms, Some(201));
        assert!(stamp.best().0.abs_diff(NOON + 200) <= 201, "{stamp:?}");
    }

    #[test]
    fn setting_the_wall_clock_afterwards_changes_nothing_that_is_believed() {
        let set = SetClock::at(Millis(NOON));
        let clock = Clock::set(set.clone());
        heard(&clock, &set, NOON, 0).unwrap();
        set.pass(3_600_000);
        let before = clock.stamp().best();
        set.set_wall(Millis(NOON - 500_000_000));
        assert_eq!(clock.stamp().best(), before);
        let drift = clock.stamp().uncertainty_ms.unwrap();
        assert_eq!(drift, 1 + 360, "an hour at 100 ppm");
    }

    #[test]
    fn after_a_start_the_offset_is_kept_and_its_certainty_is_not() {
        let set = SetClock::at(Millis(NOON - 5_000));
        let clock = Clock::set(set.clone());
        let met = heard(&clock, &set, NOON, 0).unwrap();
        set.restart();
        let later = Clock::set(set.clone());
        later.remember(met);
        let stamp = later.stamp();
        assert_eq!((stamp.offset_ms, stamp.uncertainty_ms), (Some(5_000), None));
    }

    #[test]
    fn a_slow_answer_does_not_replace_what_a_quick_one_said_unless_it_contradicts() {
        let set = SetClock::at(Millis(NOON));
        let clock = Clock::set(set.clone());
        heard(&clock, &set, NOON, 20).unwrap();
        assert!(heard(&clock, &set, NOON + 900, 2_000).is_none());
        assert!(
            heard(&clock, &set, NOON + 60_000, 2_000).is_some(),
            "the gateway's clock was set"
        );
        assert!(
            heard(&clock, &set, NOON + 62_000, 10).is_some(),
            "a quicker answer is surer"
        );
    }

    #[test]
    fn the_systems_clocks_run() {
        let clock = Clock::system(Uuid::from_u128(7));
        let (first, second) = (clock.stamp(), clock.stamp());
        assert!(first.wall_ms.0 > NOON / 2 && second.boot_ms >= first.boot_ms);
    }
}
