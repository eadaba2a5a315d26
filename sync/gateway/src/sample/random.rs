//! Numbers that follow from a seed (SplitMix64): the same seed, the same district, everywhere.

/// A run of numbers.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The run of a seed; `lane` keeps parts of the district apart, so that one more house in a
    /// village changes no meter of another.
    pub fn of(seed: u64, lane: u64) -> Self {
        let mut random = Self(seed ^ lane.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next();
        random
    }

    /// The next number.
    ///
    /// Source: SplitMix64 by Steele, Lea and Flood (2014), public domain.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 below 1.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// A number from `from` up to, not including, `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from)).unwrap_or(1);
        from.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// Whether something that happens so many times in a hundred happens.
    pub fn is_one_of_percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list; the type's default for an empty one.
    pub fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len() as u64) as usize;
        list.get(at).copied().unwrap_or_default()
    }
}
