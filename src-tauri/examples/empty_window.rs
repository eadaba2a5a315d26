//! An empty Tauri window: what the app's first screen and memory are measured against.

use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder, generate_context};

/// A page of one colour, which no window has before its page is drawn.
const PAGE: &str = "<!doctype html><title>empty</title><style>html { background: #035 }</style>";

fn main() {
    let built = tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| Response::new(PAGE.as_bytes().to_vec()))
        .setup(|app| {
            let url = WebviewUrl::CustomProtocol("empty://localhost/".parse()?);
            WebviewWindowBuilder::new(app, "main", url)
                .inner_size(1280.0, 800.0)
                .build()?;
            Ok(())
        })
        .run(generate_context!());
    if let Err(error) = built {
        eprintln!("empty_window: {error}");
    }
}
