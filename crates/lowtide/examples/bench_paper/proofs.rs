//! What is proved of a network as it stands in a file.

use lowtide::Result;
use lowtide_core::schedule::{Options, solve};

use crate::subject::Subject;

pub(crate) const HEAD: &str = "name,operators,file_peak,peak,proof,bound,states";

pub(crate) fn row(subject: &Subject) -> Result<String> {
    let found = solve(&subject.instance(), &Options::default());
    Ok(format!(
        "{},{},{},{},{},{},{}\n",
        subject.name,
        subject.graph.ops().len(),
        subject.peak(&subject.file()).get(),
        found.peak.get(),
        found.proof.name(),
        found.bound.get(),
        found.states,
    ))
}
