//! YAML, JSON and JSON5 as one tree with rows.
