//! Time the processor worked for us, which other programs on the machine do not lengthen as they do the time of day.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Processor time of all threads of this process so far.
fn worked() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(now.tv_nsec).unwrap_or(0))
}

/// What came of some work, and the milliseconds of processor time it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = worked();
    let outcome = work();
    (outcome, (worked() - started).as_secs_f64() * 1000.0)
}
