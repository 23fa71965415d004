//! Registers this host with a browser again, and takes that back byte for byte. Only the host's own
//! manifest is written. What was there is kept in a record beside it, until the repair is undone or
//! the host uninstalled.

use super::greeting::greeting;
use crate::config::Config;
use crate::files;
use crate::frame::without_values;
use crate::programs;
use crate::registration::{Manifest, Place, configuration_of};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use yinxin_proto::doctor::Change;
use yinxin_proto::{Base64, Error};

/// What a repair needs to be undone.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Record {
    /// The manifest before; absent where there was none.
    before: Option<Base64>,
    /// The manifest that the repair wrote. Another one is not overwritten by the undoing.
    after: String,
    /// The manifest that the registry named before, on Windows.
    registry: Option<PathBuf>,
    /// The folder was made for the manifest.
    made_folder: bool,
}

/// Where the record of a place lies.
#[must_use]
pub fn record(place: &Place) -> PathBuf {
    let mut name = place.manifest.as_os_str().to_owned();
    name.push(".before-repair");
    name.into()
}

/// Registers this program at a place, or only tells what that would change. Nothing to change is no
/// change.
///
/// # Errors
/// `file-failed`.
pub fn register(place: &Place, config: &Config, dry_run: bool) -> Result<Vec<Change>, Error> {
    let manifest = &place.manifest;
    let folder = checked_folder(place)?;
    let before = present(manifest)?;
    let registry = place
        .registry()
        .map_err(|error| files::failed(manifest, &error))?;
    let program = program(place)?;
    // A launcher's configuration says who may call, and not the one of this process.
    let named = configuration_of(&program).and_then(|path| Config::read(&path).ok());
    let extension_ids = &named.as_ref().unwrap_or(config).extension_ids;
    let after = Manifest::new(program, extension_ids, place.family()).text()?;
    let is_found = place.registered().is_ok_and(|found| {
        let first = found.first();
        first.is_some_and(|first| first.manifest == *manifest)
    });
    if is_found && before.as_deref() == Some(after.as_bytes()) {
        return Ok(Vec::new());
    }
    let change = change(manifest, before.as_deref(), Some(after.as_bytes()));
    if dry_run {
        return Ok(vec![change]);
    }
    let made_folder = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| files::failed(folder, &error))?;
    let kept = Record {
        before: before.map(Base64),
        after,
        registry,
        made_folder,
    };
    let text = serde_json::to_vec(&kept).map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    files::write_whole(&record(place), &text)?;
    files::write_whole(manifest, kept.after.as_bytes())?;
    place.set_registry(Some(manifest))?;
    Ok(vec![change])
}

/// Takes the last repair of a place back, or only tells what that would change. Where there is
/// none, nothing changes.
///
/// # Errors
/// `file-failed`, also where the manifest was changed since.
pub fn undo(place: &Place, dry_run: bool) -> Result<Vec<Change>, Error> {
    let manifest = &place.manifest;
    let folder = checked_folder(place)?;
    let path = record(place);
    let text = match files::read_text(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(|error| files::failed(&path, &error))?,
    };
    let kept: Record = serde_json::from_str(&text).map_err(|error| {
        files::failed(&path, &io::Error::other(without_values(&error.to_string())))
    })?;
    let now = present(manifest)?;
    if now.as_deref() != Some(kept.after.as_bytes()) {
        return Err(refused(manifest, "it was changed since the repair"));
    }
    let before = kept.before.as_ref().map(|bytes| bytes.0.as_slice());
    let change = change(manifest, now.as_deref(), before);
    if dry_run {
        return Ok(vec![change]);
    }
    match before {
        Some(bytes) => files::write_whole(manifest, bytes)?,
        None => fs::remove_file(manifest).map_err(|error| files::failed(manifest, &error))?,
    }
    place.set_registry(kept.registry.as_deref())?;
    fs::remove_file(&path).map_err(|error| files::failed(&path, &error))?;
    if kept.made_folder {
        // Only where it is empty again.
        let _ = fs::remove_dir(folder);
    }
    Ok(vec![change])
}

/// The program to register: this one, by way of the launcher where the place has one that works.
fn program(place: &Place) -> Result<PathBuf, Error> {
    let launcher = place.launcher();
    if launcher.exists() && greeting(&launcher).is_ok() {
        return Ok(launcher);
    }
    programs::host_that_is_there()
}

/// The folder of a place's manifest, unless a link or something else than a file lies where one of
/// our files would: what it leads to is somebody else's.
fn checked_folder(place: &Place) -> Result<&Path, Error> {
    let manifest = &place.manifest;
    let folder = manifest
        .parent()
        .ok_or_else(|| refused(manifest, "no folder"))?;
    for path in [folder, manifest, &record(place)] {
        let Ok(metadata) = fs::symlink_metadata(path) else {
            continue;
        };
        if metadata.is_symlink() {
            return Err(refused(path, "a link, which is not followed"));
        }
        let expected = if path == folder {
            metadata.is_dir()
        } else {
            metadata.is_file()
        };
        if !expected {
            return Err(refused(path, "another kind of file"));
        }
    }
    Ok(folder)
}

/// The bytes of a manifest; `None` where there is none.
fn present(manifest: &Path) -> Result<Option<Vec<u8>>, Error> {
    match files::read(manifest) {
        Ok(bytes) if bytes.len() > MAX_MANIFEST_BYTES => Err(refused(manifest, "too large")),
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::failed(manifest, &error)),
    }
}

fn change(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> Change {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Change {
        path: path.display().to_string(),
        before: before.map(text),
        after: after.map(text),
    }
}

fn refused(path: &Path, reason: &str) -> Error {
    files::failed(path, &io::Error::other(reason))
}

/// Bytes of a manifest that is kept and shown: it must fit into a frame, twice.
const MAX_MANIFEST_BYTES: usize = 64 * 1024;
