//! The referees: each recounts an answer by a walk of its own and shares no code with the solvers.

pub mod layout;
