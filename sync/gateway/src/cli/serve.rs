//! `serve`: everything at once, until told to end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use metercrew_gateway::central::{
    self, Ack, Central, Door, Inbox, Mapping, Outbox, Webhook, routes as central_routes,
};
use metercrew_gateway::ledger::LeaveTerms;
use metercrew_gateway::{Cards, Chance, Clock, Config, Gateway, routes, serve};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::place::{Company, Place};
use super::{Failure, Say};

/// The environment's name for the marketing system's token.
const TOKEN_VARIABLE: &str = "METERCREW_CENTRAL_TOKEN";

/// Serve tablets, the supervisor's desk and the marketing system.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// The folder of photos and signatures, when it is not DIR/blobs
    #[arg(long, value_name = "DIR")]
    blobs: Option<PathBuf>,
    /// The marketing system's folder (inbox, results …), when it is not DIR/central
    #[arg(long, value_name = "DIR")]
    central: Option<PathBuf>,
    /// Post results here; they go into the folder too only when --central is given
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// When a result in the folder counts as taken
    #[arg(long, default_value = "written", value_name = "WHEN")]
    ack: AckWord,
    /// The file with the token that opens POST /v1/central/dispatch; or METERCREW_CENTRAL_TOKEN
    #[arg(long, value_name = "FILE")]
    central_token_file: Option<PathBuf>,
    #[command(flatten)]
    company: Company,
    /// The folder with the built pages of the supervisor's desk
    #[arg(long, value_name = "DIR")]
    board: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8480", value_name = "ADDR")]
    listen: SocketAddr,
    /// How tablets reach it, when that is not the address it listens on
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How long leave to write a prepaid card holds
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=30))]
    card_days: u32,
    /// Which version of the keys prepaid cards are written with
    #[arg(long, default_value_t = 1, value_name = "N")]
    card_key_version: u32,
    /// Speak for prepaid cards with keys that anybody may know; for trying things only
    #[cfg(debug_assertions)]
    #[arg(long)]
    test_keys: bool,
}

/// When a result in the folder counts as taken.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum AckWord {
    /// As soon as its file is on the disk
    Written,
    /// When acks/KEY.ack stands beside it
    Folder,
}

impl Serve {
    /// Serves until SIGTERM or SIGINT.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::world("threads", e, "look at the system's limits"))?;
        runtime.block_on(self.serve(say))
    }

    async fn serve(self, say: Say) -> Result<(), Failure> {
        let mapping = self.company.mapping()?;
        let listener = TcpListener::bind(self.listen).await.map_err(|e| {
            let message = format!("cannot listen on {}: {e}", self.listen);
            Failure::world("listen", message, "take another address with --listen")
        })?;
        let address = listener
            .local_addr()
            .map_err(|e| Failure::world("listen", e, "take another address with --listen"))?;
        let url = format!("http://{address}");
        let config = Config {
            ledger: self.place.ledger_path()?,
            blobs: match &self.blobs {
                Some(blobs) => blobs.clone(),
                None => self.place.data.join("blobs"),
            },
            board: self.board.clone(),
            listen: address,
            public_url: self.public_url.clone().unwrap_or_else(|| url.clone()),
            utc_offset_minutes: mapping.offset_minutes(),
        };
        let (clock, chance) = (Clock::system(), Chance::system());
        let gateway = Gateway::open_with(config, self.cards(), clock, chance)?;
        let central = self.central_side(&mapping)?;
        let mut app = routes(Arc::clone(&gateway));
        if let Some(token) = self.token()? {
            let ledger = Arc::clone(gateway.ledger());
            let door = Door::new(ledger, mapping, gateway.clock().clone(), &token);
            app = app.merge(central_routes(door));
        }
        let (told, ending) = watch::channel(());
        let mut stop = Stop::listen()?;
        let side = tokio::spawn(central::run(
            central,
            Arc::clone(gateway.ledger()),
            gateway.clock().clone(),
            end_of(ending.clone()),
        ));
        let mut serving = tokio::spawn(serve(listener, app, end_of(ending)));
        let board = self.board.as_ref().map(|_| format!("{url}/board/"));
        let mut text = format!("metercrew-gateway listens on {url}");
        if let Some(board) = &board {
            text.push_str(&format!(", the supervisor's desk is {board}"));
        }
        say.done(&text, &json!({"listening": url, "board": board}));
        let ended = tokio::select! {
            () = stop.wait() => None,
            ended = &mut serving => Some(ended),
        };
        drop(told);
        let served = match ended {
            Some(ended) => ended,
            None => serving.await,
        };
        // it ends by itself, and cannot fail
        let _ = side.await;
        match served {
            Ok(served) => Ok(served?),
            Err(e) => Err(Failure::world(
                "serving",
                e,
                "look at the log and start it again",
            )),
        }
    }

    fn cards(&self) -> Cards {
        Cards {
            terms: LeaveTerms {
                term_ms: i64::from(self.card_days) * 24 * 3_600_000,
                key_version: self.card_key_version,
            },
            ..self.keys()
        }
    }

    #[cfg(debug_assertions)]
    fn keys(&self) -> Cards {
        let mut cards = Cards::default();
        if self.test_keys {
            cards.module = Arc::new(metercrew_gateway::hsm::TestKeys);
        }
        cards
    }

    #[cfg(not(debug_assertions))]
    fn keys(&self) -> Cards {
        Cards::default()
    }

    /// The folder is always watched; results go into it unless they are posted instead.
    fn central_side(&self, mapping: &Mapping) -> Result<Central, Failure> {
        let root = match &self.central {
            Some(root) => root.clone(),
            None => self.place.data.join("central"),
        };
        let webhook = self.webhook.as_deref().map(Webhook::at).transpose()?;
        let ack = match self.ack {
            AckWord::Written => Ack::Written,
            AckWord::Folder => Ack::Folder,
        };
        let in_folder = self.central.is_some() || webhook.is_none();
        let results = in_folder.then_some((root.as_path(), ack));
        Ok(Central {
            inbox: Some(Inbox::open(&root, mapping.clone())?),
            outbox: Outbox::open(results, webhook, mapping.clone())?,
        })
    }

    fn token(&self) -> Result<Option<String>, Failure> {
        let text = match &self.central_token_file {
            Some(path) => {
                let text = std::fs::read_to_string(path);
                text.map_err(|e| Failure::file("read", path, &e))?
            }
            None => match std::env::var(TOKEN_VARIABLE) {
                Ok(text) => text,
                Err(_) => return Ok(None),
            },
        };
        let token = text.trim();
        if token.len() < 16 {
            let message = "the marketing system's token is shorter than 16 characters";
            return Err(Failure::input(
                "token",
                message,
                "make a longer one, at random",
            ));
        }
        Ok(Some(token.to_owned()))
    }
}

/// Ends when the sender is gone.
async fn end_of(mut told: watch::Receiver<()>) {
    while told.changed().await.is_ok() {}
}

/// What ends a program politely.
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self, Failure> {
        let hear = |kind| {
            signal(kind).map_err(|e| Failure::world("signals", e, "look at the system's limits"))
        };
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
