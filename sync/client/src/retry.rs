//! How long to rest after a failure: longer each time, never in step with other devices.

/// The first rest. Unit: milliseconds.
pub const SHORTEST_MS: u64 = 1_000;

/// The longest rest. Unit: milliseconds. A crew that drives back into coverage waits no longer.
pub const LONGEST_MS: u64 = 300_000;

/// The longest rest a gateway may ask for. Unit: milliseconds; a mistyped header cannot silence a
/// tablet for a day.
const LONGEST_ASKED_MS: u64 = 3_600_000;

/// Failures in a row, and the rest that follows from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One more failure; gives the rest before the next try. Unit: milliseconds.
    ///
    /// Doubles from [`SHORTEST_MS`] to [`LONGEST_MS`] and lies, by `chance`, between half of that
    /// and all of it. `asked_ms` is what the gateway asked for (`Retry-After`): never less.
    pub fn failed(&mut self, chance: u64, asked_ms: Option<u64>) -> u64 {
        let doubled = SHORTEST_MS.saturating_mul(1u64 << self.failures.min(20));
        self.failures = self.failures.saturating_add(1);
        let half = doubled.min(LONGEST_MS) / 2;
        let own = half + chance % (half + 1);
        own.max(asked_ms.unwrap_or(0).min(LONGEST_ASKED_MS))
    }

    /// Something came through.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_rest_is_bounded_whatever_happens(
            failures in 0usize..2_000, chance: u64, asked in proptest::option::of(any::<u64>()),
        ) {
            let mut backoff = Backoff::default();
            for _ in 0..failures {
                backoff.failed(chance, None);
            }
            let rest = backoff.failed(chance, asked);
            prop_assert!(rest >= SHORTEST_MS / 2);
            prop_assert!(rest <= LONGEST_ASKED_MS);
            prop_assert!(asked.is_some() || rest <= LONGEST_MS);
            prop_assert!(rest >= asked.unwrap_or(0).min(LONGEST_ASKED_MS));
        }
    }

    #[test]
    fn rests_grow_and_a_success_begins_anew() {
        let mut backoff = Backoff::default();
        let rests: Vec<u64> = (0..12).map(|_| backoff.failed(0, None)).collect();
        assert!(rests.is_sorted(), "{rests:?}");
        assert_eq!((rests[0], rests[11]), (SHORTEST_MS / 2, LONGEST_MS / 2));
        backoff.reset();
        assert!(backoff.failed(0, None) <= SHORTEST_MS);
    }

    #[test]
    fn two_devices_do_not_come_back_in_step() {
        let rest = |chance| Backoff::default().failed(chance, None);
        assert_ne!(rest(1), rest(400));
    }
}
