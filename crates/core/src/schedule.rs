//! Orders: from the baselines to the proof. Nothing here reads offsets.

pub mod baseline;
pub mod serenity;
