//! The office: a real gateway in this process, on a free port, with a supervisor.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use domain::{CrewId, EventId, LateDecision, Order, OrderId, Remark};
use gateway::auth::{code_hash, new_code, password_hash};
use gateway::clock::ClockHand;
use gateway::ledger::{Crew, Role, Supervisor};
use gateway::{Cards, Chance, Clock, Config, Gateway, routes, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{MORNING, district};

/// The supervisor's made-up password.
const PASSWORD: &str = "made-up password";

/// A gateway that can be stopped and started on the same address and ledger.
pub struct Office {
    /// Where it keeps everything.
    pub home: TempDir,
    /// Its clock.
    pub hand: ClockHand,
    clock: Clock,
    chance: Chance,
    cards: Cards,
    address: SocketAddr,
    running: Option<Running>,
    web: reqwest::Client,
}

struct Running {
    gateway: Arc<Gateway>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Office {
    /// An office with two crews, one supervisor, and nothing to do.
    pub async fn open() -> Self {
        Self::on(&std::env::temp_dir()).await
    }

    /// The same, with everything it keeps on some disk.
    pub async fn on(disk: &Path) -> Self {
        Self::with(disk, Cards::default()).await
    }

    /// The same, with a security module that holds the test keys.
    #[cfg(debug_assertions)]
    pub async fn with_test_keys() -> Self {
        let module = Arc::new(gateway::hsm::TestKeys);
        let cards = Cards {
            module,
            ..Cards::default()
        };
        Self::with(&std::env::temp_dir(), cards).await
    }

    async fn with(disk: &Path, cards: Cards) -> Self {
        let (clock, hand) = Clock::standing(MORNING);
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        // Installed once a process; another story may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut office = Self {
            home: tempfile::tempdir_in(disk).unwrap(),
            hand,
            clock,
            chance: Chance::seeded(1),
            cards,
            address,
            running: None,
            web: reqwest::Client::new(),
        };
        office.start().await;
        for (crew, crew_name) in [("crew-1", "装接一班"), ("crew-2", "装接二班")] {
            let crew = Crew {
                crew: crew.into(),
                crew_name: crew_name.into(),
            };
            office
                .gateway()
                .ledger()
                .put_crew(&crew, &"样例作业员".into())
                .unwrap();
        }
        let supervisor = Supervisor {
            name: "banzhang".into(),
            display_name: "样例班长".into(),
            role: Role::Admin,
            password_hash: password_hash(PASSWORD, &office.chance).unwrap(),
        };
        office
            .gateway()
            .ledger()
            .put_supervisor(&supervisor)
            .unwrap();
        office
    }

    /// Starts the gateway on its address.
    pub async fn start(&mut self) {
        let config = Config {
            ledger: self.home.path().join("ledger.db"),
            blobs: self.home.path().join("blobs"),
            board: None,
            listen: self.address,
            public_url: self.url(),
            utc_offset_minutes: gateway::config::CHINA_MINUTES,
        };
        let (cards, clock) = (self.cards.clone(), self.clock.clone());
        let gateway = Gateway::open_with(config, cards, clock, self.chance.clone()).unwrap();
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = routes(Arc::clone(&gateway));
        let served = tokio::spawn(async move {
            let until = async { stopped.await.unwrap_or_default() };
            serve(listener, app, until).await.unwrap();
        });
        self.running = Some(Running {
            gateway,
            stop,
            served,
        });
    }

    /// Stops the gateway; its ledger stays.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop.send(()).unwrap();
            running.served.await.unwrap();
        }
    }

    /// The gateway.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.running.as_ref().expect("the office is open").gateway
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, for a tablet.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A single-use code for a crew's tablet, good for an hour.
    pub fn code(&self, crew: CrewId) -> String {
        let code = new_code(&self.chance).unwrap();
        let until = domain::Millis(self.hand.now().0 + 3_600_000);
        self.gateway()
            .ledger()
            .put_code(code_hash(&code), &crew, None, until)
            .unwrap();
        code
    }

    /// Sends orders `1..=n` to replace meters to a crew, their meters in the cabinet.
    pub fn dispatch(&self, n: u64, crew: CrewId) {
        let ledger = self.gateway().ledger();
        let items: Vec<_> = (1..=n).map(|n| district::issued(n, crew.clone())).collect();
        ledger.put_stock(&items).unwrap();
        for n in 1..=n {
            ledger
                .dispatch(district::replacement(n, crew.clone()), self.hand.now())
                .unwrap();
        }
    }

    /// An order as the gateway has it.
    pub fn order(&self, id: &OrderId) -> Order {
        self.gateway().ledger().dossier(id).unwrap().row.order
    }

    /// Every order's stored picture is what its log replays to.
    pub fn check(&self) {
        let found = self.gateway().ledger().verify_replay().unwrap();
        assert!(
            found.differing.is_empty(),
            "pictures differ from their logs: {found:?}"
        );
    }

    async fn token(&self) -> String {
        let body = json!({"name": "banzhang", "password": PASSWORD});
        let url = format!("{}/v1/desk/sign-in", self.url());
        let said: Value = self
            .web
            .post(url)
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        said["token"].as_str().expect("signed in").to_owned()
    }

    /// What the desk shows of an order.
    pub async fn review(&self, id: &OrderId) -> Value {
        let url = format!("{}/v1/desk/orders/{id}", self.url());
        let asked = self.web.get(url).bearer_auth(self.token().await);
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// The proof bundle the desk exports.
    pub async fn proof(&self, id: &OrderId) -> Vec<u8> {
        let url = format!("{}/v1/desk/orders/{id}/proof", self.url());
        let asked = self.web.get(url).bearer_auth(self.token().await);
        asked
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap()
            .bytes()
            .await
            .unwrap()
            .to_vec()
    }

    async fn decide(&self, id: &OrderId, verb: &str, mut body: Value) -> (u16, Value) {
        let review = self.review(id).await;
        body["revision"] = review["revision"].clone();
        let url = format!("{}/v1/desk/orders/{id}/{verb}", self.url());
        let asked = self
            .web
            .post(url)
            .bearer_auth(self.token().await)
            .json(&body);
        let said = asked.send().await.unwrap();
        (said.status().as_u16(), said.json().await.unwrap())
    }

    /// The supervisor approves; the status and answer of the request.
    pub async fn approve(&self, id: &OrderId) -> (u16, Value) {
        self.decide(id, "approve", json!({})).await
    }

    /// The supervisor sends an order back.
    pub async fn send_back(&self, id: &OrderId, remarks: &[Remark]) -> (u16, Value) {
        self.decide(id, "return", json!({ "remarks": remarks }))
            .await
    }

    /// The supervisor decides on late events.
    pub async fn late(
        &self,
        id: &OrderId,
        events: &[EventId],
        decision: LateDecision,
    ) -> (u16, Value) {
        self.decide(
            id,
            "late",
            json!({ "events": events, "decision": decision }),
        )
        .await
    }
}
