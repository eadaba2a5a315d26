//! A made-up district of a few accounts: orders, meters and seals by number.

use domain::{
    Account, AssetKind, AssetNo, AssetRule, CrewId, Decimal, Dispatch, Holder, MeterModel,
    OldMeter, OrderId, OrderKind, Procedure, Register, RegisterDigits, ReplaceReason, StockItem,
    Wiring,
};

/// The crew most stories are about.
pub fn crew() -> CrewId {
    "crew-1".into()
}

/// The other crew.
pub fn other_crew() -> CrewId {
    "crew-2".into()
}

/// A made-up asset number.
pub fn asset(serial: u64) -> AssetNo {
    AssetRule::state_grid()
        .with_check_digit(&format!("9930001{serial:014}"))
        .unwrap()
}

/// The meter that hangs at account `n`.
pub fn old_meter(n: u64) -> AssetNo {
    asset(1_000 + n)
}

/// The meter meant for account `n`.
pub fn new_meter(n: u64) -> AssetNo {
    asset(2_000 + n)
}

/// The n-th order.
pub fn order_id(n: u64) -> OrderId {
    OrderId::new(format!("WO-{n:04}"))
}

/// Single phase, six digits and two places, one register.
pub fn model() -> MeterModel {
    MeterModel {
        wiring: Wiring::SinglePhase,
        prepaid: false,
        digits: RegisterDigits {
            integer: 6,
            decimal: 2,
        },
        registers: vec![Register::ForwardTotal],
    }
}

/// The order to replace the meter of account `n`.
pub fn replacement(n: u64, crew: CrewId) -> Dispatch {
    Dispatch {
        id: order_id(n),
        revision: 1,
        kind: OrderKind::Replace,
        reason: Some(ReplaceReason::Fault),
        account: Account {
            account_no: format!("9900{n:06}").as_str().into(),
            customer: format!("样例用户{n}"),
            address: format!("样例镇样例村 {n} 号"),
            phone: format!("000{n:08}"),
            point_no: format!("P{n:06}"),
            area: "样例 01 台区".into(),
            meter_box: format!("X-{n:04}"),
            place: None,
        },
        old_meter: Some(OldMeter {
            asset_no: old_meter(n),
            model: model(),
            last_billed: vec![(Register::ForwardTotal, Decimal::from_hundredths(100_000))],
            seals: vec![format!("S{n:06}").as_str().into()],
        }),
        new_meter: Some(model()),
        old_terminal: None,
        terminal_meters: vec![],
        card: None,
        token: None,
        appointment: None,
        crew,
        procedure: Procedure::built_in_for(OrderKind::Replace),
        remark: String::new(),
    }
}

/// The new meter of account `n`, in the cabinet for a crew.
pub fn issued(n: u64, crew: CrewId) -> StockItem {
    StockItem {
        asset_no: new_meter(n),
        kind: AssetKind::Meter,
        model: Some(model()),
        comm_address: None,
        holder: Holder::Cabinet {
            issued_to: Some(crew),
        },
    }
}
