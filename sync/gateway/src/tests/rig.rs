//! A gateway on a free port, a crew's tablet that talks to it, and a supervisor.

use std::path::PathBuf;
use std::sync::Arc;

use domain::{BlobHash, Operator, Receipt};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wire::blob::repr_digest;
use wire::enrol::{Challenge, Enrolled, Session, SessionRequest};
use wire::problem::Problem;
use wire::pull::{More, Page};
use wire::push::{Push, SignedReceipt};
use wire::sign::{Signature, session_bytes};

use super::field::{NOW, Tablet, crew};
use crate::auth::{code_hash, new_code, password_hash};
use crate::clock::ClockHand;
use crate::config::CHINA_MINUTES;
use crate::ledger::{Crew, Role, Supervisor};
use crate::{Chance, Clock, Config, Gateway, routes, serve};

pub(super) struct Rig {
    pub(super) gateway: Arc<Gateway>,
    pub(super) hand: ClockHand,
    pub(super) http: Client,
    pub(super) url: String,
    folder: Arc<TempDir>,
    clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Rig {
    /// A fresh gateway with two crews and a supervisor, `wang` / `secret`.
    pub(super) async fn start() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let (clock, hand) = Clock::standing(NOW);
        let rig = Self::on(folder, clock, hand).await;
        for n in [1, 2] {
            let crew = Crew {
                crew: crew(n),
                crew_name: format!("样例{n}班"),
            };
            let operator = Operator::new(format!("op-{n}"));
            rig.gateway.ledger().put_crew(&crew, &operator).unwrap();
        }
        let hash = password_hash("secret", &Chance::seeded(7)).unwrap();
        let supervisor = Supervisor {
            name: "wang".into(),
            display_name: "样例班长".into(),
            role: Role::Supervisor,
            password_hash: hash,
        };
        rig.gateway.ledger().put_supervisor(&supervisor).unwrap();
        rig
    }

    async fn on(folder: Arc<TempDir>, clock: Clock, hand: ClockHand) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        let url = format!("http://{listen}");
        let config = Config {
            ledger: folder.path().join("ledger.db"),
            blobs: folder.path().join("blobs"),
            board: Some(board(&folder)),
            listen,
            public_url: url.clone(),
            utc_offset_minutes: CHINA_MINUTES,
        };
        let chance = Chance::system();
        let gateway = Gateway::open(config, clock.clone(), chance).unwrap();
        let (stop, stopped) = oneshot::channel();
        let routes = routes(Arc::clone(&gateway));
        let served = tokio::spawn(async move {
            let until = async move {
                let _ = stopped.await;
            };
            serve(listener, routes, until).await.unwrap();
        });
        Self {
            gateway,
            hand,
            http: Client::new(),
            url,
            folder,
            clock,
            stop: Some(stop),
            served,
        }
    }

    /// Serves another gateway from now on.
    pub(super) async fn serve_too(&mut self, gateway: Arc<Gateway>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        let routes = routes(Arc::clone(&gateway));
        tokio::spawn(serve(listener, routes, std::future::pending()));
        self.gateway = gateway;
    }

    /// Serves the same ledger with the office's security module from now on.
    #[cfg(debug_assertions)]
    pub(super) async fn with_module(&mut self, module: impl crate::hsm::OfficeModule + 'static) {
        let cards = crate::Cards {
            module: Arc::new(module),
            ..crate::Cards::default()
        };
        let (config, clock) = (self.gateway.config().clone(), self.clock.clone());
        let gateway = Gateway::open_with(config, cards, clock, Chance::system());
        self.serve_too(gateway.unwrap()).await;
    }

    /// The same folder under a new process, as far as a process matters here.
    pub(super) async fn restart(mut self) -> Self {
        self.stop.take();
        self.served.await.unwrap();
        drop(self.gateway);
        Self::on(self.folder, self.clock, self.hand).await
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(super) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(super) fn code(&self, n: u8, until_ms: i64) -> String {
        let code = new_code(&Chance::system()).unwrap();
        let until = domain::Millis(NOW.0 + until_ms);
        self.gateway
            .ledger()
            .put_code(code_hash(&code), &crew(n), None, until)
            .unwrap();
        code
    }

    /// A tablet of crew `n`, enrolled, with a session, up to date.
    pub(super) async fn tablet(&self, n: u8, seed: u8) -> Online<'_> {
        let mut tablet = Tablet::new(seed);
        let request = tablet.enrol_request(&self.code(n, 1000));
        let enrolled: Enrolled = good(self.http.post(self.path("/v1/enrol")).json(&request)).await;
        tablet.device = enrolled.device;
        tablet.crew = enrolled.crew;
        tablet.operator = enrolled.operator;
        let mut online = Online {
            rig: self,
            tablet,
            token: String::new(),
        };
        online.sign_in().await;
        online.pull().await;
        online
    }

    pub(super) async fn supervisor(&self) -> Desk<'_> {
        let asked = json!({ "name": "wang", "password": "secret" });
        let path = self.path("/v1/desk/sign-in");
        let answer: Value = good(self.http.post(path).json(&asked)).await;
        Desk {
            rig: self,
            token: answer["token"].as_str().unwrap().to_owned(),
        }
    }
}

fn board(folder: &TempDir) -> PathBuf {
    let pages = folder.path().join("pages");
    std::fs::create_dir_all(pages.join("assets")).unwrap();
    std::fs::write(pages.join("board.html"), "<title>desk</title>").unwrap();
    std::fs::write(pages.join("assets/a.js"), "1").unwrap();
    pages
}

/// Sends a request that must succeed.
pub(super) async fn good<T: DeserializeOwned>(request: RequestBuilder) -> T {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Sends a request that must fail.
pub(super) async fn bad(request: RequestBuilder) -> Problem {
    problem(request.send().await.unwrap()).await
}

pub(super) async fn problem(response: Response) -> Problem {
    let (status, kind) = (
        response.status(),
        response.headers()["content-type"].clone(),
    );
    let text = response.text().await.unwrap();
    assert_eq!(kind, "application/problem+json", "{status}: {text}");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(problem.status(), status.as_u16());
    problem
}

/// A tablet with a link.
pub(super) struct Online<'r> {
    pub(super) rig: &'r Rig,
    pub(super) tablet: Tablet,
    pub(super) token: String,
}

impl Online<'_> {
    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.rig
            .http
            .post(self.rig.path(path))
            .bearer_auth(&self.token)
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.rig
            .http
            .get(self.rig.path(path))
            .bearer_auth(&self.token)
    }

    pub(super) async fn sign_in(&mut self) {
        let request = self.session_request().await;
        let session: Session = good(self.post("/v1/session").json(&request)).await;
        self.token = session.token;
    }

    pub(super) async fn session_request(&self) -> SessionRequest {
        let Challenge { nonce } = good(self.post("/v1/challenge")).await;
        let signed = session_bytes(self.tablet.device, &nonce);
        SessionRequest {
            device: self.tablet.device,
            signature: Signature::over(&signed, &self.tablet.key),
            nonce,
        }
    }

    pub(super) async fn page(&self, after: u64, limit: u64) -> Page {
        good(self.get(&format!("/v1/changes?after={after}&limit={limit}"))).await
    }

    pub(super) async fn pull(&mut self) {
        loop {
            let page = self.page(self.tablet.cursor, 500).await;
            self.tablet.learn(&page);
            if page.more == More::No {
                return;
            }
        }
    }

    pub(super) async fn signed(&self, push: &Push) -> SignedReceipt {
        good(self.post("/v1/push").json(push)).await
    }

    pub(super) async fn push(&self, push: &Push) -> Receipt {
        let key = self.rig.gateway.public_key();
        self.signed(push).await.open(&key).unwrap()
    }

    /// Pushes everything from a number on.
    pub(super) async fn push_from(&mut self, seq: u64, blobs: &[Vec<u8>]) -> Receipt {
        let push = self.tablet.push_from(seq, blobs);
        self.push(&push).await
    }

    /// Announces an upload; gives its URL and the response.
    pub(super) async fn announce(&self, hash: BlobHash, size: usize) -> Response {
        self.post("/v1/blobs")
            .header("upload-draft-interop-version", "8")
            .header("upload-complete", "?0")
            .header("upload-length", size)
            .header("repr-digest", repr_digest(&hash))
            .send()
            .await
            .unwrap()
    }

    pub(super) fn patch(&self, location: &str, offset: u64, last: bool) -> RequestBuilder {
        self.rig
            .http
            .patch(self.rig.path(location))
            .bearer_auth(&self.token)
            .header("upload-offset", offset)
            .header("upload-complete", if last { "?1" } else { "?0" })
            .header("content-type", "application/partial-upload")
    }

    pub(super) async fn head(&self, location: &str) -> Response {
        let request = self.rig.http.head(self.rig.path(location));
        request.bearer_auth(&self.token).send().await.unwrap()
    }

    pub(super) async fn upload(&self, bytes: &[u8]) {
        let created = self.announce(BlobHash::of(bytes), bytes.len()).await;
        assert_eq!(created.status(), StatusCode::CREATED);
        let location = header(&created, "location");
        let request = self.patch(&location, 0, true).body(bytes.to_vec());
        let done = request.send().await.unwrap();
        assert_eq!(header(&done, "upload-complete"), "?1");
    }
}

pub(super) fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    let status = response.status();
    let value = value.unwrap_or_else(|| panic!("{status} without {name}"));
    value.to_str().unwrap().to_owned()
}

/// A supervisor with a session.
pub(super) struct Desk<'r> {
    pub(super) rig: &'r Rig,
    pub(super) token: String,
}

impl Desk<'_> {
    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        let path = self.rig.path(&format!("/v1/desk{path}"));
        self.rig.http.get(path).bearer_auth(&self.token)
    }

    pub(super) fn post(&self, path: &str, body: &impl Serialize) -> RequestBuilder {
        let path = self.rig.path(&format!("/v1/desk{path}"));
        self.rig.http.post(path).bearer_auth(&self.token).json(body)
    }

    pub(super) async fn review(&self, order: &str) -> Value {
        good(self.get(&format!("/orders/{order}"))).await
    }

    pub(super) fn decide(&self, order: &str, what: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/orders/{order}/{what}"), body)
    }
}
