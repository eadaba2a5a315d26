//! A disk that is soon full: a small file system in memory, where we may mount one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted disk; unmounted when dropped.
pub struct SmallDisk {
    home: tempfile::TempDir,
}

impl SmallDisk {
    /// A disk of so many MiB; `None`, said on standard error, where mounting is not allowed.
    pub fn of_mib(mib: u32) -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"])
            .arg(home.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { home }),
            Ok(_) | Err(_) => {
                eprintln!("skipped: no disk may be mounted here");
                None
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.home.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Fills it, leaving so many KiB.
    pub fn fill(&self, leave_kib: usize) {
        let mut size = 64 * 1024 * 1024;
        // Halves the step until not one more page goes in.
        let mut filled = 0;
        while size >= 4096 {
            let bytes = vec![0u8; filled + size];
            if fs::write(self.ballast(), bytes).is_ok() {
                filled += size;
            } else {
                size /= 2;
            }
        }
        fs::write(
            self.ballast(),
            vec![0u8; filled.saturating_sub(leave_kib * 1024)],
        )
        .unwrap();
    }

    /// Makes room again.
    pub fn clear(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount")
            .arg("-l")
            .arg(self.home.path())
            .status()
            .ok();
    }
}
