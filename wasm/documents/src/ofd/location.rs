//! Where a part lies (ST_Loc; GB/T 33190, 7.2): paths inside the package.

/// The absolute path of a location that stands in the part `holder`: from the root where it begins with `/`, else from
/// the holder's folder. `None` if it leaves the package, names nothing, or is no path.
///
/// ```
/// use yinxin_documents::ofd::location::resolve;
///
/// let resolved = resolve("/Doc_0/Document.xml", "Pages/../Res/a.png");
/// assert_eq!(resolved.as_deref(), Some("/Doc_0/Res/a.png"));
/// ```
#[must_use]
pub fn resolve(holder: &str, location: &str) -> Option<String> {
    let location = location.trim();
    if location.is_empty() || location.len() > MAX_LOCATION || !is_plain(location) {
        return None;
    }
    let folder = match location.starts_with('/') {
        true => "",
        false => holder.rsplit_once('/').map_or("", |(folder, _)| folder),
    };
    let mut segments = Vec::new();
    for segment in folder.split('/').chain(location.split('/')) {
        match segment {
            "" | "." => (),
            ".." => {
                segments.pop()?;
            }
            _ => segments.push(segment),
        }
    }
    let names_a_part = !location.ends_with('/') && !segments.is_empty();
    names_a_part.then(|| format!("/{}", segments.join("/")))
}

/// Whether every program takes the text for the same path: some treat a backslash as a slash, and some stop at NUL.
pub(super) fn is_plain(path: &str) -> bool {
    !path.contains(|c: char| c == '\\' || c.is_control())
}

/// Bytes of a path. Windows has 260 characters for all of one.
pub(super) const MAX_LOCATION: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_resolved_and_stays_in_the_package() {
        for (holder, location, expected) in [
            (
                "/OFD.xml",
                "Doc_0/Document.xml",
                Some("/Doc_0/Document.xml"),
            ),
            (
                "/Doc_0/Document.xml",
                "/Doc_0/Signs/S.xml",
                Some("/Doc_0/Signs/S.xml"),
            ),
            (
                "/Doc_0/Document.xml",
                "Pages/P/Content.xml",
                Some("/Doc_0/Pages/P/Content.xml"),
            ),
            (
                "/Doc_0/Signs/S.xml",
                "./Sign_0/../../Res//a.png",
                Some("/Doc_0/Res/a.png"),
            ),
            (
                "/Doc_0/Document.xml",
                " PublicRes.xml\n",
                Some("/Doc_0/PublicRes.xml"),
            ),
            ("/Doc_0/Document.xml", "../OFD.xml", Some("/OFD.xml")),
            ("/Doc_0/Document.xml", "..", None),
            ("/Doc_0/Document.xml", "../../OFD.xml", None),
            ("/Doc_0/Document.xml", "/../OFD.xml", None),
            ("/Doc_0/Document.xml", "Pages/", None),
            ("/Doc_0/Document.xml", "", None),
            ("/Doc_0/Document.xml", "..\\OFD.xml", None),
            ("/Doc_0/Document.xml", "a\0.xml", None),
        ] {
            assert_eq!(
                resolve(holder, location).as_deref(),
                expected,
                "{location:?}"
            );
        }
    }
}
