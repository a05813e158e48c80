//! The real binary on real repositories. Git builds them and checks what Patchline read: it is the
//! independent witness for `edge/git`.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "tests touch the world, say what they skipped, and are read before they are fast"
)]

#[path = "cli/action.rs"]
mod action;
#[path = "cli/blind.rs"]
mod blind;
#[path = "cli/contradictions.rs"]
mod contradictions;
#[path = "cli/database.rs"]
mod database;
#[path = "cli/deep.rs"]
mod deep;
#[path = "cli/demo.rs"]
mod demo;
#[path = "cli/disclosing.rs"]
mod disclosing;
#[path = "cli/disclosing_lines.rs"]
mod disclosing_lines;
#[path = "cli/evidence.rs"]
mod evidence;
#[path = "cli/exporting.rs"]
mod exporting;
#[path = "cli/facts.rs"]
mod facts;
#[path = "cli/forge.rs"]
mod forge;
#[path = "cli/gate.rs"]
mod gate;
#[path = "cli/git_api.rs"]
mod git_api;
#[path = "cli/git_http.rs"]
mod git_http;
#[path = "cli/github.rs"]
mod github;
#[path = "cli/grace.rs"]
mod grace;
#[path = "cli/history.rs"]
mod history;
#[path = "cli/history_doubts.rs"]
mod history_doubts;
#[path = "cli/history_oracle.rs"]
mod history_oracle;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/http.rs"]
mod http;
#[path = "cli/issues.rs"]
mod issues;
#[path = "cli/joining.rs"]
mod joining;
#[path = "cli/journeys.rs"]
mod journeys;
#[path = "cli/keeping.rs"]
mod keeping;
#[path = "cli/lines.rs"]
mod lines;
#[path = "cli/openvex.rs"]
mod openvex;
#[path = "cli/oracle.rs"]
mod oracle;
#[path = "cli/pages.rs"]
mod pages;
#[path = "cli/promising.rs"]
mod promising;
#[path = "cli/proposal.rs"]
mod proposal;
#[path = "cli/publish.rs"]
mod publish;
#[path = "cli/reading.rs"]
mod reading;
#[path = "cli/remote.rs"]
mod remote;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/report.rs"]
mod report;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/sarif.rs"]
mod sarif;
#[path = "cli/scanners.rs"]
mod scanners;
#[path = "cli/silence.rs"]
mod silence;
#[path = "cli/sources.rs"]
mod sources;
#[path = "cli/statements.rs"]
mod statements;
#[path = "cli/supply.rs"]
mod supply;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/suppress.rs"]
mod suppress;
#[path = "cli/telling.rs"]
mod telling;
#[path = "cli/tracking.rs"]
mod tracking;
#[path = "cli/tracking_doubts.rs"]
mod tracking_doubts;
#[path = "cli/tracking_content.rs"]
mod tracking_content;
#[path = "cli/tracking_words.rs"]
mod tracking_words;
#[path = "cli/telling_texts.rs"]
mod telling_texts;
#[path = "cli/witnesses.rs"]
mod witnesses;
#[path = "cli/world.rs"]
mod world;
