//! What is said of a result. A report is plain data with everything in it that any form of it shows: [`json`] writes
//! it as it is, [`terminal`] for people; [`svg`] draws layouts, [`page`] makes a page
//! of it all.

mod check;
mod compare;
mod inspect;
pub mod json;
mod optimize;
mod pack;
pub mod page;
mod parts;
pub mod svg;
pub mod terminal;
mod traffic;
mod zoo;

pub use check::{CheckModelsReport, CheckReport, OperatorsPart, TypePart, WeightsPart};
pub use compare::{CompareReport, OrderPart};
pub use inspect::{BestPart, CleanedPart, InspectReport};
pub use optimize::{
    AccumulatedPart, AfterPart, OptimizeReport, OutputPart, RefusedPart, RequestedPart,
    RewritePart, RewritingCost, RewritingPart, SitePart, TimingsPart,
};
pub use pack::{BufferPart, ConflictPart, PackReport};
pub use parts::{
    AlivePart, BodyPart, Budget, BudgetAsked, BudgetOn, CostPart, DeclarePart, FootprintPart,
    ItemPart, KernelsPart, ModelPart, NumbersPart, PackedPart, PairPart, Reason, StepPart,
    TargetPart, TensorPart, Use, Verdict, WorstPart,
};
pub use traffic::{CarriedPart, TrafficReport};
pub use zoo::{NetworkPart, ZooReport};

/// The version of the JSON form. It changes only when a key goes or changes its meaning; new keys may come.
pub const SCHEMA: u32 = 1;
