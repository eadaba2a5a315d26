//! The serial ports this machine has.

/// A serial port that could be opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AvailablePort {
    /// Its name, as [`crate::PortName`] takes it.
    pub name: String,
    /// What the USB device behind it calls itself; none when it does not say.
    pub description: Option<String>,
}

/// The serial ports that have hardware behind them, sorted by name. Empty where they cannot be
/// listed, as on Android.
pub fn available_ports() -> Vec<AvailablePort> {
    #[cfg(target_os = "linux")]
    return linux::ports(std::path::Path::new("/sys/class/tty"));

    #[cfg(target_os = "android")]
    return vec![];

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let found = serialport::available_ports().unwrap_or_default();
        let mut ports: Vec<_> = found
            .into_iter()
            .map(|port| AvailablePort {
                name: port.port_name,
                description: match port.port_type {
                    serialport::SerialPortType::UsbPort(usb) => usb.product,
                    _ => None,
                },
            })
            .collect();
        ports.sort();
        ports
    }
}

/// Read from sysfs; libudev, which would do it too, would be one more library to install.
#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::Path;

    use super::AvailablePort;

    /// How far above a port its USB device stands: interface, device; a usb-serial port has its
    /// own folder below the interface.
    const USB_DEVICE_WITHIN: usize = 4;

    pub(super) fn ports(class: &Path) -> Vec<AvailablePort> {
        let entries = fs::read_dir(class).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                port(&entry.path(), &name)
            })
            .collect();
        found.sort();
        found
    }

    fn port(tty: &Path, name: &str) -> Option<AvailablePort> {
        let hardware = fs::canonicalize(tty.join("device"));
        // a Bluetooth line has no device folder, a console has one and is no line to a meter
        let is_line = name.starts_with("rfcomm") || (name.starts_with("tty") && hardware.is_ok());
        // the kernel makes 32 ttyS whether or not there is a chip; type 0 is "no chip found"
        let is_legacy = text(&tty.join("type")).is_some_and(|kind| kind == "0");
        if !is_line || is_legacy {
            return None;
        }
        let above = hardware.ok();
        let mut above = above.iter().flat_map(|path| path.ancestors());
        let description = above
            .by_ref()
            .take(USB_DEVICE_WITHIN)
            .find_map(|folder| text(&folder.join("product")));
        Some(AvailablePort {
            name: format!("/dev/{name}"),
            description,
        })
    }

    fn text(path: &Path) -> Option<String> {
        let text = fs::read_to_string(path).ok()?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    #[cfg(test)]
    mod tests {
        use std::os::unix::fs::symlink;

        use super::*;

        /// A folder like sysfs: devices, and `class` with links to them.
        fn sysfs() -> tempfile::TempDir {
            let root = tempfile::tempdir().unwrap();
            let make = |path: &str| fs::create_dir_all(root.path().join(path)).unwrap();
            let write = |path: &str, text: &str| fs::write(root.path().join(path), text).unwrap();
            let tty = |name: &str, device: Option<&str>| {
                make(&format!("class/{name}"));
                if let Some(device) = device {
                    make(device);
                    let link = root.path().join(format!("class/{name}/device"));
                    symlink(root.path().join(device), link).unwrap();
                }
            };
            tty("ttyUSB0", Some("usb1/1-2/1-2:1.0/ttyUSB0"));
            write("usb1/1-2/product", "FT232R USB UART\n");
            tty("ttyACM0", Some("usb1/1-3/1-3:1.0"));
            write("usb1/1-3/product", "\n");
            tty("ttyS0", Some("pnp0/00:04"));
            write("class/ttyS0/type", "4\n");
            tty("ttyS1", Some("platform/serial8250"));
            write("class/ttyS1/type", "0\n");
            tty("rfcomm0", None);
            tty("tty1", None);
            tty("console", Some("virtual/console"));
            root
        }

        #[test]
        fn ports_with_hardware_are_listed_and_say_what_they_are() {
            let root = sysfs();
            let found = ports(&root.path().join("class"));
            let found: Vec<_> = found
                .iter()
                .map(|port| (port.name.as_str(), port.description.as_deref()))
                .collect();
            assert_eq!(
                found,
                [
                    ("/dev/rfcomm0", None),
                    ("/dev/ttyACM0", None),
                    ("/dev/ttyS0", None),
                    ("/dev/ttyUSB0", Some("FT232R USB UART")),
                ]
            );
        }

        #[test]
        fn a_machine_without_the_folder_has_no_ports() {
            let root = tempfile::tempdir().unwrap();
            assert_eq!(ports(&root.path().join("class")), []);
        }
    }
}
