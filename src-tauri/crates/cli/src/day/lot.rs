//! Numbers that follow from a seed and a purpose, so that a day can be done again.

use std::collections::BTreeSet;

use domain::{Hash, Order, OrderId};

/// A series of numbers. Source of the mixing: splitmix64 (S. Vigna, public domain).
#[derive(Debug, Clone)]
pub(super) struct Lot(u64);

impl Lot {
    /// The series of a purpose: other purposes, other numbers.
    pub fn of(seed: u64, purpose: &[&str]) -> Self {
        let seed = seed.to_be_bytes();
        let texts = purpose.iter().map(|text| text.as_bytes());
        let parts: Vec<&[u8]> = [seed.as_slice()].into_iter().chain(texts).collect();
        let hash = Hash::of_parts(&parts);
        let first = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        Self(u64::from_be_bytes(first))
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).unsigned_abs().saturating_add(1);
        low.saturating_add_unsigned(self.next() % span)
    }

    /// One of several; `None` of none.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.next() % (all.len() as u64).max(1);
        all.get(at as usize)
    }
}

/// So many of the orders, drawn by lot.
pub(super) fn some_of(seed: u64, orders: &[Order], count: usize) -> BTreeSet<OrderId> {
    let ids = orders.iter().map(|order| &order.dispatch.id);
    let mut drawn: Vec<(u64, &OrderId)> = ids
        .map(|id| (Lot::of(seed, &["undone", id.as_str()]).next(), id))
        .collect();
    drawn.sort();
    let chosen = drawn.into_iter().take(count);
    chosen.map(|(_, id)| id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_numbers_and_others_others() {
        let draw = |seed, purpose| Lot::of(seed, &[purpose]).next();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn a_number_lies_between_its_bounds() {
        let mut lot = Lot::of(3, &[]);
        let numbers: Vec<i64> = (0..1000).map(|_| lot.between(-2, 2)).collect();
        assert!(numbers.iter().all(|n| (-2..=2).contains(n)));
        assert!((-2..=2).all(|n| numbers.contains(&n)));
    }
}
