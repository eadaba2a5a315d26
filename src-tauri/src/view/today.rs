//! Today's orders as their list is told.

use std::collections::BTreeMap;

use domain::Place;
use work::{Day, Row, Totals, Unsent};

use super::{DeliveryCounts, Group, GroupKind, OrderRow, Sort, Today, Waiting};

impl Today {
    /// Groups the rows and sorts each group.
    pub(crate) fn of(day: Day, sort: Sort, here: Option<Place>) -> Self {
        let mut groups: BTreeMap<GroupKind, Vec<OrderRow>> = BTreeMap::new();
        for row in day.rows {
            let shown = OrderRow::of(row, here);
            groups.entry(group(&shown.state)).or_default().push(shown);
        }
        for orders in groups.values_mut() {
            match sort {
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
                .map(|(group, orders)| Group { group, orders })
                .collect(),
            delivery: DeliveryCounts::of(&day.totals),
            total: count(day.totals.orders),
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
