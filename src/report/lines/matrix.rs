//! The supported lines as a `strategy.matrix` of GitHub Actions, for its `fromJSON`.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrixinclude>

use serde::Serialize;

use crate::{escape, model::Support, report::branch_name};

/// GitHub refuses a matrix with more jobs.
pub const MOST_JOBS: usize = 256;

/// One line of JSON, with a line feed at the end.
pub fn matrix(support: &Support) -> String {
    let include = support.lines.iter().filter(|line| line.is_scanned()).map(|line| Job {
        id: &line.id.0,
        branch: branch_name(line).unwrap_or_default(),
        tag: line.release.as_ref().map(|release| release.tag.as_str()).unwrap_or_default(),
        tier: line.tier.as_str(),
    });
    let matrix = Matrix { include: include.collect() };
    // These structs have text keys only, so serialising them cannot fail.
    let text = serde_json::to_string(&matrix).unwrap_or_default();
    format!("{}\n", escape::json(&text))
}

#[derive(Serialize)]
struct Matrix<'a> {
    include: Vec<Job<'a>>,
}

/// What is not there is an empty text, which is false in an expression; a key that only some jobs
/// have would be an error in a strict reader of workflows.
#[derive(Serialize)]
struct Job<'a> {
    id: &'a str,
    branch: &'a str,
    tag: &'a str,
    tier: &'static str,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::report::lines::tests::{line, support};

    fn read(support: &Support) -> Value {
        serde_json::from_str(&matrix(support)).expect("JSON")
    }

    #[test]
    fn only_what_is_supported_is_a_job() {
        assert_eq!(
            matrix(&support()),
            "{\"include\":[\
             {\"id\":\"1.4\",\"branch\":\"release-1.4\",\"tag\":\"v1.4.2\",\"tier\":\"full\"},\
             {\"id\":\"1.2\",\"branch\":\"\",\"tag\":\"v1.2.30\",\"tier\":\"security-only\"},\
             {\"id\":\"main\",\"branch\":\"main\",\"tag\":\"\",\"tier\":\"full\"}]}\n"
        );
        assert_eq!(matrix(&Support::default()), "{\"include\":[]}\n");
    }

    #[test]
    fn hostile_names_stay_values_on_one_line() {
        let id = "1\n::error::\"}]}\u{202e}";
        let branch = "$(id);`id`${{ github.token }}";
        let support = Support { lines: vec![line(id, branch, "v1\r\n")], ..Support::default() };
        let text = matrix(&support);
        assert_eq!(text.matches(['\n', '\r', '\u{202e}']).count(), 1, "{text}");
        assert_eq!(
            read(&support)["include"][0],
            json!({ "id": id, "branch": branch, "tag": "v1\r\n", "tier": "full" })
        );
    }
}
