//! Who reads what this program prints: whoever runs it, or, in the log of a CI, whoever may read that.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where a CI shows itself in the environment"
)]

use super::files;

/// A CI sets one of these. Not all of them set `CI`.
const SIGNS: [&str; 9] = [
    "GITHUB_ACTIONS",
    "CI",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "BUILDKITE",
    "CODEBUILD_BUILD_ID",
    "bamboo_buildKey",
];

/// Who can read a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// This is no CI.
    Own,
    /// The CI says that its project is private. Everybody in a company is more than a team, so what
    /// is internal is not.
    Members,
    /// Nothing says that it is private.
    Others,
}

/// Who reads what is printed here.
pub fn readers() -> Readers {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let is_sign = |value: &String| !matches!(value.as_str(), "false" | "0");
    if !SIGNS.iter().any(|name| set(name).is_some_and(|value| is_sign(&value))) {
        return Readers::Own;
    }
    let is_private = if files::is_github_actions() {
        files::github_event().is_some_and(|event| event.is_private)
    } else {
        // <https://docs.gitlab.com/ci/variables/predefined_variables/>
        set("GITLAB_CI").is_some()
            && set("CI_PROJECT_VISIBILITY").is_some_and(|visibility| visibility == "private")
    };
    if is_private { Readers::Members } else { Readers::Others }
}
