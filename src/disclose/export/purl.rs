//! Package URLs of released versions: <https://github.com/package-url/purl-spec>.

use super::{lines::Released, version::Version};
use crate::{
    disclose::record::{Package, Record},
    escape,
    model::Ecosystem,
    report::lines::openeox::Product,
};

/// The package URL of a package, with a version or without.
pub(super) fn package(package: &Package, version: Option<&Version>) -> String {
    let ecosystem = Ecosystem::named(&package.ecosystem);
    let kind = ecosystem.purl_type().to_ascii_lowercase();
    let name = match kind.as_str() {
        "maven" => package.name.replace(':', "/"),
        _ => ecosystem.canonical(&package.name),
    };
    let version = version.map(|version| match kind.as_str() {
        // The versions of Go's modules are their tags.
        "golang" => format!("@{}", escape::query(&format!("v{version}"))),
        _ => format!("@{}", escape::query(version.as_str())),
    });
    let name = escape::uri(name.trim_matches('/'));
    format!("pkg:{}/{name}{}", plain(&kind), version.unwrap_or_default())
}

/// The names of a release, the one of its registry first: scanners look for either.
pub(super) fn of_release(
    record: &Record,
    of: Option<&Package>,
    release: &Released<'_>,
) -> Vec<String> {
    let mut urls: Vec<String> =
        of.map(|of| package(of, Some(&release.version))).into_iter().collect();
    let repository = Product::named(record.repository.as_deref()).package;
    if repository.starts_with("pkg:github/") {
        // What is planned will be tagged as the others are.
        let planned = || format!("{}{}", release.prefix, release.version);
        let tag = release.tag.map_or_else(planned, ToOwned::to_owned);
        urls.push(format!("{repository}@{}", escape::query(&tag)));
    } else if urls.is_empty() {
        let name = escape::query(&record.product.to_lowercase());
        urls.push(format!("pkg:generic/{name}@{}", escape::query(release.version.as_str())));
    }
    urls
}

/// The type of a package URL: letters, digits, dots and dashes, a letter first.
fn plain(kind: &str) -> String {
    let plain: String = kind
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' })
        .collect();
    if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("x{plain}") }
}
