//! What a record lacks, and what is doubtful about it.
