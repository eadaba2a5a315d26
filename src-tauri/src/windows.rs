//! The windows: the tablet's, and the supervisor's desk.

#[cfg(target_os = "linux")]
use std::fs::DirEntry;

use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Size of the tablet's window on a desktop. Unit: CSS pixels; the screens are drawn for it.
const TABLET: (f64, f64) = (1280.0, 800.0);

/// Opens the tablet's window.
///
/// Errors: when the system gives no window.
pub(crate) fn open_tablet(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("装表通 MeterCrew")
        .inner_size(TABLET.0, TABLET.1)
        .min_inner_size(360.0, 480.0)
        .build()?;
    let_the_senses_in(&window)
}

/// Opens a window that says why the device does not open, and what to do.
///
/// Errors: when the system gives no window.
pub(crate) fn open_trouble(app: &AppHandle, code: &str) -> tauri::Result<()> {
    let page = format!("trouble.html#{code}");
    WebviewWindowBuilder::new(app, "trouble", WebviewUrl::App(page.into()))
        .title("装表通 MeterCrew")
        .inner_size(900.0, 560.0)
        .build()?;
    Ok(())
}

/// Opens the desk's window on the page its gateway serves, or brings it to the front.
///
/// The page has no way to the tablet's commands: capabilities name the tablet's window alone.
///
/// Errors: when the gateway's address is none, or the system gives no window.
pub(crate) fn open_desk(app: &AppHandle, gateway: &str) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window("desk") {
        return window.set_focus();
    }
    let url = format!("{gateway}/board/")
        .parse()
        .map_err(|_| tauri::Error::InvalidWebviewUrl("gateway"))?;
    WebviewWindowBuilder::new(app, "desk", WebviewUrl::External(url))
        .title("工单审核 MeterCrew")
        .inner_size(1440.0, 900.0)
        .build()?;
    Ok(())
}

/// Has pages painted by the processor where there is no graphics processor: WebKitGTK would paint
/// through an emulated one, which takes longer to the first screen, and memory.
///
/// To be called before there is a second thread, because it sets what WebKit reads from the
/// environment; whoever has set it already is left his will.
///
/// **Source**: WebKitGTK, "Environment variables".
#[cfg(target_os = "linux")]
pub(crate) fn paint_as_the_machine_can() {
    let renders = |entry: DirEntry| entry.file_name().as_encoded_bytes().starts_with(b"renderD");
    let can_render = std::fs::read_dir("/dev/dri")
        .is_ok_and(|mut found| found.any(|entry| entry.is_ok_and(renders)));
    if !can_render {
        // Should it fail, pages are painted as before.
        webkit2gtk::glib::setenv("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1", false).ok();
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn paint_as_the_machine_can() {}

/// WebKitGTK asks nobody and allows nothing by itself: our own page may use camera and place.
#[cfg(target_os = "linux")]
fn let_the_senses_in(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::glib::object::Cast as _;
    use webkit2gtk::{
        GeolocationPermissionRequest, PermissionRequestExt as _, SettingsExt as _,
        UserMediaPermissionRequest, WebViewExt as _,
    };

    let mock = std::env::var_os("METERCREW_MOCK_CAMERA").is_some();
    window.with_webview(move |webview| {
        let webview = webview.inner();
        if let Some(settings) = webkit2gtk::WebViewExt::settings(&webview) {
            settings.set_enable_media_stream(true);
            settings.set_enable_mock_capture_devices(mock);
        }
        webview.connect_permission_request(|webview, request| {
            let place = request
                .downcast_ref::<GeolocationPermissionRequest>()
                .is_some();
            let ours = webview
                .uri()
                .is_some_and(|uri| uri.starts_with("tauri://localhost"));
            let camera = request
                .downcast_ref::<UserMediaPermissionRequest>()
                .is_some();
            if ours && (camera || place) {
                request.allow();
            } else {
                request.deny();
            }
            true
        });
    })
}

#[cfg(not(target_os = "linux"))]
fn let_the_senses_in(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
