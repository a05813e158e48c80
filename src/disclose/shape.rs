//! What ids, hashes and addresses look like.

/// `CVE-2031-0001`: <https://www.cve.org/About/Process>
pub fn is_cve(text: &str) -> bool {
    let parts: Option<(&str, &str)> =
        text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        year.len() == 4 && (4..=19).contains(&number.len()) && is_digits(year) && is_digits(number)
    })
}

/// `GHSA-2222-3333-4444`: three groups of four letters that nobody mistakes for one another,
/// <https://github.com/github/advisory-database#ghsa-ids>.
pub fn is_ghsa(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("GHSA-") else { return false };
    let groups: Vec<&str> = rest.split('-').collect();
    let is_letter = |c: char| "23456789cfghjmpqrvwx".contains(c);
    groups.len() == 3 && groups.iter().all(|group| group.len() == 4 && group.chars().all(is_letter))
}

/// `CWE-79` or `CAPEC-130`.
pub fn is_numbered(text: &str, prefix: &str) -> bool {
    let number = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| {
        (1..=5).contains(&number.len()) && is_digits(number) && !number.starts_with('0')
    })
}

/// A commit's hash, whole or cut.
pub fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// An id without white space, of letters that stand in one.
pub fn is_id(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-._:/+".contains(c);
    text.len() <= 100 && text.chars().all(is_letter)
}

/// The name of a record's file, without a folder.
pub fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !text.is_empty()
        && text.len() <= 64
        && !text.starts_with(['.', '-'])
        && text.chars().all(is_letter)
}

/// An address of the web.
pub fn is_web(text: &str) -> bool {
    is_address(text, &["https://", "http://"])
}

/// Where a repository lies.
pub fn is_repository(text: &str) -> bool {
    is_address(text, &["https://", "http://", "ssh://", "git://"])
}

/// The address of a repository as a browser and every parser take it: what the hosts of repositories
/// have at `ssh://git@host:22/ferry/ferry.git` and `git@host:ferry/ferry.git` they show at
/// `https://host/ferry/ferry`. What is no address stays as it is.
pub fn repository(text: &str) -> String {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => (scheme, rest.to_owned()),
        Some(("ssh" | "git" | "git+ssh" | "git+https", rest)) => ("https", rest.to_owned()),
        Some(_) => return text.to_owned(),
        None => match text.split_once(':') {
            Some((host, path)) if host.contains('@') && !host.contains('/') => {
                ("https", format!("{host}/{}", path.trim_start_matches('/')))
            }
            _ => return text.to_owned(),
        },
    };
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    // The port of git is not that of the web.
    let is_of_web = text.starts_with("http");
    let host = if is_of_web { host } else { host.split(':').next().unwrap_or(host) };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    format!("{scheme}://{}{slash}{path}", host.to_ascii_lowercase())
}

/// A way to reach somebody, as an address.
pub fn is_contact(text: &str) -> bool {
    let mail = text.strip_prefix("mailto:").is_some_and(is_mail);
    let phone = |rest: &str| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "+-.()".contains(c))
    };
    mail || is_web(text) || text.strip_prefix("tel:").is_some_and(phone)
}

/// A way to reach somebody, as people type it: an address of mail or of the web.
pub fn is_way(text: &str) -> bool {
    is_mail(text) || is_contact(text)
}

/// `security@ferry.example`
pub fn is_mail(text: &str) -> bool {
    let plain =
        text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c));
    plain
        && text.len() <= 254
        && text.split_once('@').is_some_and(|(who, host)| {
            !who.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.')
        })
}

/// A UUID: <https://www.rfc-editor.org/rfc/rfc9562>
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_address(text: &str, schemes: &[&str]) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"`\\{}|^".contains(c);
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && rest.chars().all(plain)
    }) && text.len() <= 2000
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_looks_like_one() {
        for (text, expected) in [
            ("CVE-2031-0001", true),
            ("CVE-2031-1234567", true),
            ("CVE-31-0001", false),
            ("CVE-2031-001", false),
            ("cve-2031-0001", false),
            ("CVE-2031-0001 ", false),
        ] {
            assert_eq!(is_cve(text), expected, "{text}");
        }
        for (text, expected) in [
            ("GHSA-2222-3333-4444", true),
            ("GHSA-cfgh-jmpq-rvwx", true),
            ("GHSA-aaaa-bbbb-cccc", false),
            ("GHSA-2222-3333", false),
        ] {
            assert_eq!(is_ghsa(text), expected, "{text}");
        }
        assert!(is_numbered("CWE-79", "CWE") && is_numbered("CAPEC-130", "CAPEC"));
        assert!(!is_numbered("CWE-079", "CWE") && !is_numbered("CWE79", "CWE"));
        assert!(is_commit("0123abc") && is_commit(&"f".repeat(64)));
        assert!(!is_commit("0123ab") && !is_commit("v1.2.3x") && !is_commit(&"f".repeat(65)));
    }

    #[test]
    fn every_address_of_a_repository_is_the_one_of_its_page() {
        let page = "https://github.com/ferry/Ferry";
        for text in [
            page,
            "https://github.com/ferry/Ferry/",
            "https://github.com/ferry/Ferry.git",
            "https://github.com/ferry/Ferry.git/",
            "https://GitHub.com/ferry/Ferry//",
            "https://user:token@github.com/ferry/Ferry.git",
            "ssh://git@github.com/ferry/Ferry.git",
            "ssh://github.com:22/ferry/Ferry.git",
            "git://github.com/ferry/Ferry.git",
            "git@github.com:ferry/Ferry.git",
            "git@github.com:/ferry/Ferry",
        ] {
            assert_eq!(repository(text), page, "{text}");
            assert_eq!(repository(&repository(text)), page, "it stays so");
        }
        for (text, same) in [
            ("http://git.example.org:8080/a/b.git", "http://git.example.org:8080/a/b"),
            ("https://git.example.org", "https://git.example.org"),
            ("javascript:x", "javascript:x"),
            ("../ferry.git", "../ferry.git"),
            ("", ""),
        ] {
            assert_eq!(repository(text), same);
        }
    }

    #[test]
    fn an_address_starts_no_program_and_ends_where_it_ends() {
        for (text, expected) in [
            ("https://ferry.example/x?y#z", true),
            ("http://ferry.example", true),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("https:///x", false),
            ("https://ferry.example/ x", false),
            ("https://ferry.example/\u{1b}[31m", false),
            ("https://ferry.example/<b>", false),
        ] {
            assert_eq!(is_web(text), expected, "{text}");
        }
        for (text, expected) in [
            ("mailto:dana@harbour.example", true),
            ("mailto:dana", false),
            ("tel:+1-555", true),
            ("https://harbour.example", true),
            ("dana@harbour.example", false),
        ] {
            assert_eq!(is_contact(text), expected, "{text}");
        }
        assert!(is_mail("security@ferry.example") && !is_mail("a@b\r\nBcc: c@d"));
    }
}
