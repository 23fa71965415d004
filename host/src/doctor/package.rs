//! Which installed package a library is of, as dpkg's own lists tell (Debian, Kylin, UOS): a vendor's
//! driver has one, a file that somebody copied there has none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where dpkg has a list of files for each package, from the root.
pub const LISTS: &str = "var/lib/dpkg/info";

/// The packages of files, as far as they are found in time: nobody waits for thousands of lists on
/// a slow disk.
#[must_use]
pub fn of(files: &[PathBuf], lists: &Path, patience: Duration) -> BTreeMap<PathBuf, String> {
    let end = Instant::now() + patience;
    // Lists name a file by the path that its package has, which a link may have moved since.
    let named: Vec<(Vec<u8>, &PathBuf)> = files
        .iter()
        .flat_map(|file| [Some(file.clone()), fs::canonicalize(file).ok()].map(|path| (path, file)))
        .filter_map(|(path, file)| Some((path?.to_str()?.as_bytes().to_vec(), file)))
        .collect();
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(lists) else {
        return found;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "list") {
            continue;
        }
        let (Some(package), Ok(list)) = (path.file_stem(), crate::files::read(&path)) else {
            continue;
        };
        for line in list.split(|byte| *byte == b'\n') {
            for (_, file) in named.iter().filter(|(name, _)| name == line) {
                found.insert((*file).clone(), package.to_string_lossy().into_owned());
            }
        }
        if found.len() == files.len() || Instant::now() > end {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_told_with_its_package_and_one_without_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let list = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
        list("driver:amd64.list", b"/.\n/opt/x/lib\n/opt/x/lib/libx.so\n");
        list("other.list", b"\xff\xfe\n/opt/x/lib/libx.so.1\n");
        list("driver:amd64.md5sums", b"/opt/x/lib/libx.so.1\n");
        let files = ["/opt/x/lib/libx.so", "/opt/x/lib/liby.so"].map(PathBuf::from);
        let long = Duration::from_secs(3_600);
        let found = of(&files, folder.path(), long);
        let told: Vec<_> = found.into_iter().collect();
        assert_eq!(told, [(files[0].clone(), "driver:amd64".to_owned())]);
        assert!(of(&files, &folder.path().join("nowhere"), long).is_empty());
    }
}
