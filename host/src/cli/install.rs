//! Registers the host with browsers: one small manifest for each, which names the program and the
//! extensions that may start it. Running it again mends what is there.

use super::output;
use super::words::{
    BROWSER_UNKNOWN, KEEP, NO_BROWSER, NO_EXTENSION_ID, REMOVE, WRITE, Words, help,
};
use crate::config::{self, Config};
use crate::doctor::repair;
use crate::files;
use crate::memory;
use crate::programs;
use crate::registration::{self, Browser, Manifest, Place, known_places, launcher_text};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Value};
use yinxin_proto::Error;
use yinxin_proto::site::{DEVELOPMENT_ADDON_ID, DEVELOPMENT_EXTENSION_ID, is_released};

/// What `install` and `uninstall` take.
#[derive(clap::Args, Debug, Default)]
pub struct Options {
    // Browsers. If neither these nor folders are given: the common ones, and others that are there.
    #[arg(long = "browser", value_name = help::A_BROWSER.text(), value_parser = browser, help = help::BROWSER.text())]
    pub browsers: Vec<&'static Browser>,
    #[arg(long = "user-data-dir", value_name = help::A_FOLDER.text(), help = help::USER_DATA_DIR.text())]
    pub user_data_dirs: Vec<PathBuf>,
    #[arg(long = "extension-id", value_name = "ID", value_parser = extension_id, help = help::EXTENSION_ID.text())]
    pub extension_ids: Vec<String>,
    #[arg(long, value_name = help::A_FILE.text(), help = help::CONFIG.text())]
    pub config: Option<PathBuf>,
    #[arg(long, help = help::DRY_RUN.text())]
    pub dry_run: bool,
    // Whatever browsers they have.
    #[arg(long, conflicts_with_all = ["browsers", "user_data_dirs", "config"], help = help::ALL_USERS.text())]
    pub all_users: bool,
}

/// A browser's name, checked.
fn browser(name: &str) -> Result<&'static Browser, String> {
    Browser::named(name).ok_or_else(|| BROWSER_UNKNOWN.fill(&[("value", &name)]))
}

/// An extension's id, checked: Chromium's 32 letters from a to p, or a Firefox add-on's id.
///
/// # Errors
/// For anything else.
pub fn extension_id(text: &str) -> Result<String, String> {
    let chromium = text.len() == 32 && text.bytes().all(|b| (b'a'..=b'p').contains(&b));
    let firefox = text.len() <= 80
        && (text.contains('@') || (text.starts_with('{') && text.ends_with('}')))
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"@.-_{}".contains(&b));
    if chromium || firefox {
        Ok(text.to_owned())
    } else {
        Err(NO_EXTENSION_ID.fill(&[("value", &text)]))
    }
}

/// Registers the host.
///
/// # Errors
/// `home-unknown`, `file-failed`, or why the configuration can't be used.
pub fn install(options: &Options) -> Result<(), Error> {
    let program = programs::host_that_is_there()?;
    let config_path = options
        .config
        .as_ref()
        .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    let known = write_extension_ids(options, config_path.as_deref())?;
    if options.all_users {
        let manifests = registration::manifests_for_all(&program, true);
        if manifests.is_empty() {
            output::lines(NO_BROWSER.text())?;
        }
        for (manifest, family) in manifests {
            let text = Manifest::new(program.clone(), &known, family).text()?;
            write(options, &manifest, &text, false)?;
            if !options.dry_run {
                registration::register_for_all(&manifest, family)?;
            }
        }
        return Ok(());
    }
    let chosen = match places(options)? {
        Some(chosen) => chosen,
        None => {
            let mut known = known_places()?;
            // A browser that is not there gets no folder, unless none is: then nobody can tell which it will be. On Windows
            // the folders are ours, and browsers that nobody finds (360, Sogou) read what is registered with Chrome.
            let some = !cfg!(windows) && known.iter().any(|place| place.present);
            known.retain(|place| place.present || (!some && place.is_told()));
            known
        }
    };
    for place in chosen {
        let path = match &config_path {
            Some(config) => {
                let launcher = place.launcher();
                let text = launcher_text(&program, config)?;
                write(options, &launcher, &text, true)?;
                launcher
            }
            None => program.clone(),
        };
        let text = Manifest::new(path, &known, place.family()).text()?;
        write(options, &place.manifest, &text, false)?;
        if !options.dry_run {
            place.set_registry(Some(&place.manifest))?;
        }
    }
    Ok(())
}

/// Takes the registration back. What is not there is no failure.
///
/// # Errors
/// `home-unknown` or `file-failed`.
pub fn uninstall(options: &Options) -> Result<(), Error> {
    if options.all_users {
        for (manifest, family) in registration::manifests_for_all(&programs::host()?, false) {
            if !options.dry_run {
                registration::forget_for_all(&manifest, family)?;
            }
            remove(options, &manifest)?;
        }
        if !options.dry_run {
            memory::forget_programs();
        }
        return Ok(());
    }
    let chosen = match places(options)? {
        Some(chosen) => chosen,
        None => known_places()?,
    };
    for place in chosen {
        let kept = repair::record(&place);
        for path in [place.launcher(), place.manifest.clone(), kept] {
            remove(options, &path)?;
        }
        if !options.dry_run {
            place.set_registry(None)?;
            place.remove_own_folders();
        }
    }
    if !options.dry_run {
        memory::forget_programs();
    }
    Ok(())
}

/// Removes a file of ours, if it is there.
fn remove(options: &Options, path: &Path) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    tell(REMOVE, path)?;
    if options.dry_run {
        return Ok(());
    }
    fs::remove_file(path).map_err(|error| files::failed(path, &error))
}

/// The places that are named, if any are.
fn places(options: &Options) -> Result<Option<Vec<Place>>, Error> {
    let named = options.browsers.iter();
    let named = named.filter_map(|browser| Place::of_browser(browser).transpose());
    let folders = options
        .user_data_dirs
        .iter()
        .map(|dir| Ok(Place::of_folder(dir)));
    let chosen: Vec<Place> = named.chain(folders).collect::<Result<_, Error>>()?;
    Ok((!chosen.is_empty()).then_some(chosen))
}

/// Writes the new ids into the configuration and gives all ids that it names.
fn write_extension_ids(options: &Options, named: Option<&Path>) -> Result<Vec<String>, Error> {
    let for_all = config::for_all_users().filter(|_| options.all_users);
    let path = match named.map(Path::to_owned).or(for_all) {
        Some(path) => path,
        None => match config::location() {
            Some((path, _)) => path,
            None if options.extension_ids.is_empty() => return Ok(Vec::new()),
            // There is no place for them.
            None => config::settings()?,
        },
    };
    let text = if named.is_none() && !path.exists() {
        String::new()
    } else {
        config::text(&path)?
    };
    // A configuration that is wrong is not made worse.
    let mut ids = Config::parse(&text, &path)?.extension_ids;
    let new: Vec<&String> = options
        .extension_ids
        .iter()
        .filter(|id| !is_released(id) && !ids.contains(id))
        .collect();
    if new.is_empty() {
        return Ok(ids);
    }
    let text = with_ids(&text, &new).map_err(|reason| Error::ConfigurationInvalid {
        path: path.display().to_string(),
        reason,
    })?;
    write(options, &path, &text, false)?;
    ids.extend(new.into_iter().cloned());
    Ok(ids)
}

/// The configuration's text with further ids; what else stands in it stays as it is. Our own
/// development extension comes with `development`, which it is of no use without.
fn with_ids(text: &str, new: &[&String]) -> Result<String, String> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let list = document
        .entry("extension_ids")
        .or_insert(Item::Value(Value::Array(Array::new())))
        .as_array_mut()
        .ok_or("extension_ids is no list")?;
    for id in new {
        list.push(id.as_str());
    }
    let ours = [DEVELOPMENT_EXTENSION_ID, DEVELOPMENT_ADDON_ID];
    if new.iter().any(|id| ours.contains(&id.as_str())) && !document.contains_key("development") {
        document.insert("development", toml_edit::value(true));
    }
    Ok(document.to_string())
}

/// Says what is done with a file.
fn tell(words: Words, path: &Path) -> Result<(), Error> {
    output::lines(&words.fill(&[("path", &path.display())]))
}

/// Writes a file as a whole, unless it is already right.
fn write(options: &Options, path: &Path, text: &str, executable: bool) -> Result<(), Error> {
    let failed = |error: io::Error| files::failed(path, &error);
    let same = files::read(path).is_ok_and(|old| old == text.as_bytes());
    tell(if same { KEEP } else { WRITE }, path)?;
    if options.dry_run {
        return Ok(());
    }
    if !same {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        files::write_whole(path, text.as_bytes())?;
    }
    if executable {
        make_executable(path).map_err(failed)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_added_and_the_rest_stays() {
        let path = if cfg!(windows) { "C:/a" } else { "/a" };
        let text = "# mine\nvendors = false # no\n\n[[modules]]\nname = \"a\"\n";
        let text = format!("{text}path = \"{path}\"\n");
        let new = with_ids(&text, &[&DEVELOPMENT_EXTENSION_ID.to_owned()]).unwrap();
        assert!(new.contains("# mine\nvendors = false # no"), "{new}");
        let config = Config::parse(&new, Path::new("x")).unwrap();
        assert_eq!(config.extension_ids, [DEVELOPMENT_EXTENSION_ID]);
        assert!(config.development && config.modules.len() == 1);
    }

    #[test]
    fn a_foreign_id_does_not_turn_development_on() {
        let id = "abcdefghijklmnopabcdefghijklmnop".to_owned();
        let config = Config::parse(&with_ids("", &[&id]).unwrap(), Path::new("x")).unwrap();
        assert_eq!(config.extension_ids, [id]);
        assert!(!config.development);
    }

    #[test]
    fn ids_have_a_form() {
        assert!(extension_id(DEVELOPMENT_EXTENSION_ID).is_ok());
        assert!(extension_id("yinxin@example.org").is_ok());
        for bad in [
            "",
            "abc",
            "qbcdefghijklmnopabcdefghijklmnop",
            "a@b\"",
            "{../}",
        ] {
            assert!(extension_id(bad).is_err(), "{bad}");
        }
    }
}
