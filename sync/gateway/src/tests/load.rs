//! Many tablets at once: nobody's work is mixed with anybody else's.

use futures_util::future::join_all;

use super::field::{crew, dispatch};
use super::rig::Rig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_tablets_at_once_end_with_every_order_complete_and_its_log_true() {
    let rig = Rig::start().await;
    let ledger = rig.gateway.ledger();
    for n in 0..20 {
        let order = dispatch(&format!("o-{n}"), &crew(1 + n % 2));
        ledger.dispatch(order, rig.hand.now()).unwrap();
    }
    let days = (0..20_u8).map(|n| {
        let rig = &rig;
        async move {
            let mut online = rig.tablet(1 + n % 2, n + 1).await;
            let blobs = online.tablet.complete(&format!("o-{n}"));
            online.push_from(1, &[]).await;
            for blob in &blobs {
                online.upload(blob).await;
            }
            let seq = online.tablet.sealed.len() as u64 + 1;
            let receipt = online.push_from(seq, &blobs).await;
            assert_eq!(receipt.blobs_held.len(), blobs.len());
            online.pull().await;
        }
    });
    join_all(days).await;
    let replayed = ledger.verify_replay().unwrap();
    assert_eq!((replayed.orders, replayed.differing.len()), (20, 0));
    let now = rig.hand.now();
    let tally = ledger.tally(rig.gateway.day(now)).unwrap();
    assert_eq!((tally.to_review, tally.on_the_way, tally.done), (20, 0, 20));
}
