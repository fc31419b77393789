//! How far two models differ in what they compute.

use crate::report::terminal::page::{Page, Tone, tame};
use crate::report::terminal::words::count;
use crate::report::{NumbersPart, WorstPart};

/// What came of running both.
pub(in crate::report::terminal) fn numbers(part: &NumbersPart, page: &Page) -> String {
    if let Some(reason) = &part.not_run {
        return page.fact("numbers", &format!("not run: {}", tame(reason)), Tone::Bad);
    }
    let inputs = count(part.inputs.into(), "seeded input");
    let all = count(part.tensors as u64, "tensor");
    let differing = part.tensors - part.equal;
    if differing == 0 {
        let value = format!("equal in every bit: {all} compared on {inputs}");
        return page.fact("numbers", &value, Tone::Good);
    }
    let outputs = match &part.output {
        Some(worst) if worst.differing > 0 => {
            format!("outputs differ by at most {}", most(worst))
        }
        _ => "outputs are equal in every bit".to_owned(),
    };
    let worst = part.worst.as_ref().map_or_else(String::new, |worst| {
        format!(", most of all '{}' by {}", tame(&worst.tensor), most(worst))
    });
    let value = format!("{outputs}; {differing} of {all} differ{worst}; {inputs}");
    page.fact("numbers", &value, Tone::Plain)
}

/// The largest difference, and what to hold it against.
fn most(worst: &WorstPart) -> String {
    match worst.steps {
        Some(steps) => format!("{} ({:.1e})", count(steps as u64, "step"), worst.largest),
        None => format!(
            "{:.1e} (largest element {:.1e})",
            worst.largest, worst.magnitude
        ),
    }
}
