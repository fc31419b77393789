//! The file itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest, Sha256};

use super::{NeedPart, PageData, SidePart};

const STYLE: &str = include_str!("assets/page.css");
/// In the order in which they need each other; they share one scope.
const SCRIPTS: &[&str] = &[
    include_str!("assets/words.js"),
    include_str!("assets/canvas.js"),
    include_str!("assets/memory.js"),
    include_str!("assets/arena.js"),
    include_str!("assets/graph.js"),
    include_str!("assets/hands.js"),
    include_str!("assets/tables.js"),
    include_str!("assets/main.js"),
];

/// `data` as one HTML file that needs nothing else. What is not known by its hash does not run: names come from
/// strangers' files.
///
/// # Panics
/// Never: the data holds nothing that JSON cannot.
#[must_use]
pub fn html(data: &PageData) -> String {
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPTS.concat());
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(STYLE)
    );
    let json = serde_json::to_string(data).expect("strings, numbers and lists");
    // Within a script element only `<` could end it or begin a comment.
    let json = json.replace('<', "\\u003c");
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (data.model.name) " · lowtide" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(data))
                main { (headline(data)) (sections(data)) }
                footer { "Made by lowtide " (env!("CARGO_PKG_VERSION")) ". This file needs no network." }
                div #tip hidden {}
                script type="application/json" #data { (PreEscaped(json)) }
                script { (PreEscaped(&script)) }
            }
        }
    };
    page.into_string()
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn head(data: &PageData) -> Markup {
    markup! {
        header {
            div {
                h1 { (data.model.name) }
                p.quiet {
                    (data.model.format) ", " (data.model.operators) " operators, " (data.model.tensors)
                    " tensors, memory of " (data.target.name)
                }
            }
            button #theme type="button" title="light or dark" aria-label="Switch between light and dark" { "◐" }
        }
    }
}

fn headline(data: &PageData) -> Markup {
    markup! {
        section #headline aria-label="Headline" {
            div.cards { (cards(data)) }
            p.proof #proof { (data.proof) }
            @if let Some(limit) = &data.limit { p #limit { (limit) } }
            @if let Some(note) = &data.note { p #note { (note) } }
            @if let Some(budget) = &data.budget_words { p #budget { (budget) } }
        }
    }
}

fn cards(data: &PageData) -> Markup {
    let (Some(before), Some(after)) = (data.sides.first(), data.sides.last()) else {
        return markup! {};
    };
    let find = |side: &SidePart, own: bool| {
        let plan = side.arenas.iter().find(|plan| plan.is_the_runtimes != own);
        plan.map(|plan| (plan.planner, plan.bytes, plan.is_in_the_file))
    };
    let (was, is, own) = (find(before, false), find(after, false), find(after, true));
    let taken = matches!(own, Some((_, _, true)));
    markup! {
        (card("peak", "Peak of live bytes", &[before.peak_bytes, after.peak_bytes], "activations, whatever their offsets"))
        @if let (Some((planner, from, _)), Some((by, to, _))) = (was, if taken { own } else { is }) {
            @let about = if planner == by { planner.to_owned() } else { format!("{planner}, then {by}") };
            (card("arena", "Arena, activations with offsets", &[from, to], &about))
        }
        @if let (Some((_, from, _)), Some((by, to, _)), false) = (was, own, taken) {
            (card("plan", "Arena, if it could be planned", &[from, to], by))
        }
        @if let Some(need) = data.declare.last() {
            @let all: Vec<u64> = data.declare.iter().map(|need| need.bytes).collect();
            (card("declare", "Arena to declare in TFLM", &all, &declared(need)))
        }
    }
}

fn declared(need: &NeedPart) -> String {
    let parts = format!(
        "32 bits: activations {}, interpreter {}",
        need.head_bytes, need.tail_bytes
    );
    match need.unknown.is_empty() {
        true => parts,
        false => format!("{parts}; may need more: {}", need.unknown.join(", ")),
    }
}

/// One figure, or two: before and after.
fn card(id: &str, title: &str, figures: &[u64], about: &str) -> Markup {
    let (Some(&before), Some(&after)) = (figures.first(), figures.last()) else {
        return markup! {};
    };
    markup! {
        div.card id=(id) {
            h2 { (title) }
            p.figures {
                @if figures.len() > 1 {
                    span.before data-bytes=(before) { (kib(before)) }
                    " → "
                }
                strong.after data-bytes=(after) { (kib(after)) }
            }
            p.quiet {
                @if figures.len() > 1 { (before) " → " }
                (after) " bytes"
                @if after != before && before > 0 { ", " (share(before, after)) }
                @if !about.is_empty() { br; (about) }
            }
        }
    }
}

fn kib(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.2} MiB", bytes as f64 / 1_048_576.0),
    }
}

fn share(before: u64, after: u64) -> String {
    let change = (after as f64 - before as f64) / before as f64 * 100.0;
    format!("{change:+.1} %").replace('-', "−")
}

fn sections(data: &PageData) -> Markup {
    markup! {
        section #memory {
            h2 { "Memory over steps" }
            p.quiet.hint { "Each band is a tensor while it is live. Point at a step, click to keep it; arrow keys, Home, End and Escape work." }
            div.charts { @for (at, side) in data.sides.iter().enumerate() { (chart("memory", at, side.label)) } }
            div.panel #alive aria-live="polite" {}
        }
        section #arenas {
            h2 { "Arena map" }
            p.quiet { "Steps across, offsets up, a box a tensor. Hatched: bytes below something live that hold nothing." }
            p.controls { label { input #at-peak type="checkbox"; " alive at the peak only" } }
            div.charts #maps {}
        }
        section #graph {
            h2 { "Graph" }
            p.controls {
                span.sides role="group" aria-label="Order" {}
                input #search type="search" placeholder="search by name" aria-label="Search operators and tensors";
                span #found.quiet {}
                button #fold type="button" { "Fold all" }
                button #unfold type="button" { "Unfold all" }
                button #smaller type="button" aria-label="Smaller" { "−" }
                button #larger type="button" aria-label="Larger" { "+" }
            }
            div #drawing tabindex="0" role="figure" aria-label="Operators in their order" {}
        }
        section #tables { h2 { "Tables" } }
        noscript { p { "The pictures and tables need JavaScript; the figures above do not." } }
    }
}

fn chart(kind: &str, at: usize, label: &str) -> Markup {
    markup! {
        figure {
            figcaption { (label) }
            canvas id=(format!("{kind}-{at}")) tabindex="0" role="img" aria-label=(format!("{kind}, {label}")) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::html;
    use crate::report::OptimizeReport;
    use crate::report::page::{PageData, pictures};
    use crate::{Format, Model, OptimizeOptions, optimize};

    const EVIL: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";

    fn evil() -> PageData {
        let text = r#"{"tensors": [{"name": "NAME x", "bytes": 8, "kind": "input"},
            {"name": "NAME y", "bytes": 8, "kind": "output"}],
            "ops": [{"name": "NAME op", "type": "NAME", "inputs": ["NAME x"], "outputs": ["NAME y"]}]}"#;
        let text = text.replace("NAME", EVIL);
        let model = Model::from_bytes(EVIL, text.into(), Format::Json).unwrap();
        let optimized = optimize(&model, &OptimizeOptions::default()).unwrap();
        PageData::of_optimize(&optimized, &OptimizeReport::new(&optimized, None))
    }

    #[test]
    fn names_stay_text() {
        let page = html(&evil());
        assert_eq!(
            page.matches("<script").count(),
            2,
            "the data and the script"
        );
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("<img"));
        for file in pictures(&evil()) {
            let svg = file.name.ends_with(".svg");
            assert!(!(svg && (file.text.contains("<script") || file.text.contains("<img"))));
        }
    }

    #[test]
    fn the_same_data_make_the_same_page() {
        assert_eq!(html(&evil()), html(&evil()));
    }
}
