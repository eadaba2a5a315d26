//! An order proved without a server.

use metercrew_tests::district::{crew, order_id};
use metercrew_tests::{Office, Tablet};
use wire::proof::{ProofFault, verify};

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_order_verifies_and_a_changed_byte_is_named() {
    let office = Office::open().await;
    office.dispatch(2, crew());
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(2);
    tablet.finish(1);
    tablet.sync().await;
    office.approve(&order_id(1)).await;

    let bundle = office.proof(&order_id(1)).await;
    let report = verify(&bundle).unwrap();
    assert_eq!(report.order, order_id(1));
    assert_eq!(report.state, "approved");
    assert_eq!(report.gateway_key, office.gateway().public_key());
    assert_eq!(
        report.blobs,
        tablet.order(&order_id(1)).manifest.len() as u64
    );
    for at in [100, bundle.len() / 3, bundle.len() / 2, bundle.len() - 20] {
        let mut changed = bundle.clone();
        changed[at] ^= 4;
        let Err(ProofFault::Changed { span }) = verify(&changed) else {
            panic!("unseen: {at}")
        };
        assert_eq!((span.from, span.to), (at as u64, at as u64));
    }
    let text = String::from_utf8_lossy(&bundle);
    assert!(!text.contains("样例用户2"), "another customer is not in it");
}
