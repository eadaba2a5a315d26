//! The steps that make a store's tables, in order.

use sqlite::Step;

/// Every step, released once and never edited after.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "first tables",
        sql: include_str!("../../../../schema/sql/device/0001-first.sql"),
    },
    Step {
        name: "writes of prepaid cards",
        sql: include_str!("../../../../schema/sql/device/0002-card.sql"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../../schema/sql/device/schema.sql");

    #[test]
    fn the_page_of_the_schema_is_what_the_steps_make() {
        let mut conn = sqlite::open_in_memory().unwrap();
        sqlite::migrate(&mut conn, STEPS).unwrap();
        let made = sqlite::schema_dump(&conn).unwrap();
        assert_eq!(made, sqlite::schema_dump_of(PAGE).unwrap());
    }

    #[test]
    fn every_column_says_what_it_is() {
        assert_eq!(sqlite::uncommented_columns(PAGE), Vec::<String>::new());
    }
}
