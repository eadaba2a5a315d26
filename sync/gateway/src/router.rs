//! Every URL of the gateway, but for the marketing system's.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::services::ServeDir;
use wire::problem::Problem;

use crate::Gateway;
use crate::handlers::{blobs, cards, decide, desk, device, failed, sign_in};
use crate::ledger::UploadId;

/// Where the app's own window asks from: the desk as a window of the app.
const APP_ORIGINS: [HeaderValue; 3] = [
    HeaderValue::from_static("tauri://localhost"),
    HeaderValue::from_static("http://tauri.localhost"),
    HeaderValue::from_static("https://tauri.localhost"),
];

/// The path of an upload.
pub(crate) fn upload_path(upload: UploadId) -> String {
    format!("/v1/blobs/{upload}")
}

/// The routes of a gateway.
pub fn routes(gateway: Arc<Gateway>) -> Router {
    let upload = get(unknown)
        .head(blobs::standing)
        .patch(blobs::append)
        .delete(blobs::cancel);
    let desk = Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/queue", get(desk::queue))
        .route("/orders/{order}", get(desk::order))
        .route("/orders/{order}/approve", post(decide::approve))
        .route("/orders/{order}/return", post(decide::send_back))
        .route("/orders/{order}/late", post(decide::late))
        .route("/orders/{order}/proof", get(desk::proof))
        .route("/progress", get(desk::progress))
        .route("/cards", get(cards::list))
        .route("/cards/{authorisation}/reissue", post(cards::reissue))
        .route("/card-incidents/{no}/settle", post(cards::settle))
        .route("/blobs/{hash}", get(desk::blob))
        .route("/dead-letters", get(desk::letters))
        .route("/dead-letters/{id}/retry", post(desk::retry_letter));
    let board = gateway.config.board.clone();
    let routes = Router::new()
        .route("/v1/health", get(device::health))
        .route("/v1/enrol", post(device::enrol))
        .route("/v1/challenge", post(device::challenge))
        .route("/v1/session", post(device::session))
        .route("/v1/series", post(device::series))
        .route("/v1/push", post(device::push))
        .route("/v1/changes", get(device::changes))
        .route("/v1/card-authorisations", post(cards::authorise))
        .route("/v1/card-security", post(cards::security))
        .route("/v1/blobs", post(blobs::create))
        .route("/v1/blobs/{upload}", upload)
        .route("/v1/blobs/by-hash/{hash}", get(blobs::by_hash))
        .nest("/v1/desk", desk)
        .method_not_allowed_fallback(unknown)
        .with_state(gateway);
    let routes = match board {
        Some(folder) => pages(routes, &folder),
        None => routes.fallback(unknown),
    };
    // over everything, so that the app's window can read problems too
    routes.layer(cors())
}

async fn unknown() -> Response {
    failed::respond(&Problem::NotFound)
}

/// The built pages, below `/board/` and at the root.
fn pages(routes: Router, folder: &Path) -> Router {
    let index = folder.join("board.html");
    let board = Router::new()
        .route_service("/", tower_http::services::ServeFile::new(index))
        .fallback_service(ServeDir::new(folder).append_index_html_on_directories(false));
    routes
        .nest("/board/", board.clone())
        .fallback_service(board)
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(APP_ORIGINS))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
}
