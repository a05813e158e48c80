//! Templates of a project's own: what they may see, and what becomes of their mistakes.
