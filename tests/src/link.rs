//! A link between tablet and gateway that drops, stalls and cuts: a TCP relay on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Whether anything gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything does.
    Clear,
    /// New connections are refused and open ones are cut.
    Down,
}

/// The relay; it ends with its last handle.
pub struct Link {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    gateway: SocketAddr,
    /// Bytes up until the next cut; negative: no cut is armed.
    cut_up: AtomicI64,
    /// Bytes down until the next cut; negative: no cut is armed.
    cut_down: AtomicI64,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
    cuts: AtomicU64,
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

impl Link {
    /// Opens a relay to a gateway.
    pub async fn to(gateway: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (weather, watched) = watch::channel(Weather::Clear);
        let shared = Arc::new(Shared {
            gateway,
            cut_up: AtomicI64::new(-1),
            cut_down: AtomicI64::new(-1),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, shared.clone(), watched));
        Ok(Self {
            address,
            weather,
            shared,
            accepting,
        })
    }

    /// What the tablet is told is the gateway.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Cuts the connection that carries the n-th byte up from now, once.
    pub fn cut_after_up(&self, bytes: u64) {
        self.shared
            .cut_up
            .store(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Cuts the connection that carries the n-th byte down from now, once.
    pub fn cut_after_down(&self, bytes: u64) {
        self.shared
            .cut_down
            .store(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Bytes that went up.
    pub fn bytes_up(&self) -> u64 {
        self.shared.bytes_up.load(Ordering::SeqCst)
    }

    /// Bytes that came down.
    pub fn bytes_down(&self) -> u64 {
        self.shared.bytes_down.load(Ordering::SeqCst)
    }

    /// Cuts that happened.
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, weather: watch::Receiver<Weather>) {
    while let Ok((tablet, _)) = listener.accept().await {
        if *weather.borrow() == Weather::Down {
            continue;
        }
        tokio::spawn(relay(tablet, shared.clone(), weather.clone()));
    }
}

async fn relay(tablet: TcpStream, shared: Arc<Shared>, mut weather: watch::Receiver<Weather>) {
    let Ok(gateway) = TcpStream::connect(shared.gateway).await else {
        return;
    };
    let (mut from_tablet, mut to_tablet) = tablet.into_split();
    let (mut from_gateway, mut to_gateway) = gateway.into_split();
    let storm = async {
        while weather.changed().await.is_ok() {
            if *weather.borrow() == Weather::Down {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = carry(&mut from_tablet, &mut to_gateway, &shared, Way::Up) => {}
        () = carry(&mut from_gateway, &mut to_tablet, &shared, Way::Down) => {}
        () = storm => {}
    }
}

/// Carries bytes one way until an end closes or the armed cut is reached.
async fn carry(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    shared: &Shared,
    way: Way,
) {
    let (cut, counter) = match way {
        Way::Up => (&shared.cut_up, &shared.bytes_up),
        Way::Down => (&shared.cut_down, &shared.bytes_down),
    };
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        if read == 0 {
            return;
        }
        let armed = cut.load(Ordering::SeqCst);
        let passes = match usize::try_from(armed) {
            Ok(left) if left < read => left,
            _ => read,
        };
        if to
            .write_all(buffer.get(..passes).unwrap_or_default())
            .await
            .is_err()
        {
            return;
        }
        counter.fetch_add(passes as u64, Ordering::SeqCst);
        if passes < read {
            cut.store(-1, Ordering::SeqCst);
            shared.cuts.fetch_add(1, Ordering::SeqCst);
            to.flush().await.ok();
            return;
        }
        if armed >= 0 {
            cut.fetch_sub(read as i64, Ordering::SeqCst);
        }
    }
}
