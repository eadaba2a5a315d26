//! Today's orders as their list is told.

use std::collections::BTreeMap;

use domain::Place;
use work::{Day, Row, Totals, Unsent};

use super::{DeliveryCounts, Group, GroupKind, OrderRow, Sort, Today, TodayAsk, Waiting};

impl Today {
    /// Groups the rows, sorts each group, and leaves out what was not asked for: thousands of rows
    /// take longer over the bridge than out of the store.
    pub(crate) fn of(day: Day, ask: &TodayAsk) -> Self {
        let mut groups: BTreeMap<GroupKind, Vec<OrderRow>> = BTreeMap::new();
        for row in day.rows {
            let shown = OrderRow::of(row, ask.here);
            groups.entry(group(&shown.state)).or_default().push(shown);
        }
        for orders in groups.values_mut() {
            match ask.sort {
                Sort::Appointment => orders.sort_by_key(|row| {
                    (row.appointment.is_none(), row.appointment, row.id.clone())
                }),
                Sort::Distance => orders
                    .sort_by_key(|row| (row.distance_m.is_none(), row.distance_m, row.id.clone())),
            }
        }
        Self {
            groups: groups
                .into_iter()
                .map(|(group, orders)| Group::of(group, orders, ask))
                .collect(),
            delivery: DeliveryCounts::of(&day.totals),
            total: count(day.totals.orders),
        }
    }
}

impl Group {
    fn of(group: GroupKind, mut orders: Vec<OrderRow>, ask: &TodayAsk) -> Self {
        let count = u32::try_from(orders.len()).unwrap_or(u32::MAX);
        if !ask.whole.contains(&group) {
            orders.truncate(usize::try_from(ask.first).unwrap_or(usize::MAX));
        }
        Self {
            group,
            count,
            orders,
        }
    }
}

impl OrderRow {
    fn of(row: Row, here: Option<Place>) -> Self {
        let delivery = row.delivery();
        Self {
            distance_m: here
                .zip(row.place)
                .map(|(here, there)| here.distance_m(&there)),
            id: row.id,
            kind: row.kind,
            reason: row.reason,
            state: row.state,
            customer: row.customer,
            account_no: row.account_no.to_string(),
            address: row.address,
            appointment: row.appointment,
            delivery,
            remark: row.remark,
            steps_done: row.steps_done,
            steps: row.steps,
            meters: row.meters,
            waiting: row.attention,
        }
    }
}

impl DeliveryCounts {
    pub(crate) fn of(totals: &Totals) -> Self {
        Self {
            saved_here: count(totals.saved_here),
            on_its_way: count(totals.on_its_way),
            in_office: count(totals.in_office),
            accepted: count(totals.accepted),
        }
    }
}

impl Waiting {
    pub(crate) fn of(unsent: &Unsent) -> Self {
        Self {
            events: count(unsent.events),
            blobs: count(unsent.blobs),
            bytes: unsent.bytes,
        }
    }
}

/// A count for the screen; nobody has four thousand million orders.
fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn group(state: &str) -> GroupKind {
    match state {
        "started" => GroupKind::Started,
        "returned" => GroupKind::Returned,
        "completed" | "could_not_do" => GroupKind::HandedIn,
        "approved" => GroupKind::Approved,
        "recalled" => GroupKind::Recalled,
        _ => GroupKind::Assigned,
    }
}

#[cfg(test)]
mod tests {
    use domain::{AccountNo, OrderId, OrderKind, Progress};

    use super::*;

    fn row(n: u32, state: &str) -> Row {
        Row {
            id: OrderId::new(format!("o-{n:03}")),
            kind: OrderKind::Install,
            reason: None,
            state: state.to_owned(),
            customer: String::new(),
            account_no: AccountNo::new("0001"),
            address: String::new(),
            appointment: None,
            place: None,
            remark: None,
            steps_done: 0,
            steps: 3,
            meters: 0,
            attention: 0,
            progress: Progress {
                events: 0,
                events_receipted: 0,
                blobs: 0,
                blobs_receipted: 0,
                accepted: false,
            },
            unsent: Unsent::default(),
        }
    }

    fn groups(whole: Vec<GroupKind>) -> Vec<(GroupKind, u32, usize)> {
        let started = (0..3).map(|n| row(n, "started"));
        let day = Day {
            rows: started.chain((3..12).map(|n| row(n, "assigned"))).collect(),
            totals: Totals::default(),
        };
        let ask = TodayAsk {
            search: String::new(),
            sort: Sort::Appointment,
            here: None,
            first: 5,
            whole,
        };
        let today = Today::of(day, &ask);
        let told = |group: Group| (group.group, group.count, group.orders.len());
        today.groups.into_iter().map(told).collect()
    }

    #[test]
    fn of_a_long_group_only_the_first_are_told_until_all_are_asked_for() {
        use GroupKind::{Assigned, Started};
        assert_eq!(groups(vec![]), [(Started, 3, 3), (Assigned, 9, 5)]);
        assert_eq!(groups(vec![Assigned]), [(Started, 3, 3), (Assigned, 9, 9)]);
    }
}
