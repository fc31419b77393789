//! What each name promises: the operators, the peak of the order in the file, and the bytes.

use lowtide::{Model, Target, zoo};
use lowtide_core::compile::measure;

/// Name, operators, peak in file order, and a hash of the file. In float32 there are as many operators and four times
/// the peak.
#[rustfmt::skip]
const GOLDEN: &[(&str, usize, u64, u64)] = &[
    ("swiftnet", 85, 351_232, 0xe9fe_2706_2ebe_6ec3),
    ("swiftnet-cell-a", 28, 351_232, 0x9fcb_652e_2b75_69cb),
    ("swiftnet-cell-b", 23, 147_392, 0xfdd5_8e5a_2b00_3aa8),
    ("swiftnet-cell-c", 24, 53_900, 0xbe3d_bd3c_c6fe_0624),
    ("darts-cifar", 629, 442_368, 0x480f_e2c3_8ffd_e876),
    ("darts-imagenet", 437, 451_584, 0x03c9_458e_ed9b_22d1),
    ("darts-imagenet-cell", 35, 225_792, 0x370a_63d6_3528_a171),
    ("nasnet-a-mobile", 495, 517_440, 0xb813_b5a3_e00a_89ef),
    ("amoebanet-a-mobile", 471, 470_400, 0xc91a_d0f5_d105_1491),
    ("pnasnet5-mobile", 569, 423_360, 0x1037_b3ca_be66_b15d),
    ("randwire-ws", 343, 1_161_888, 0x435a_b5d4_f090_4a54),
    ("randwire-er", 481, 1_467_648, 0x9517_de62_cb7f_076d),
    ("randwire-ba", 544, 1_284_192, 0x3ee3_f02b_beac_faee),
    ("randwire-ws-cifar", 228, 622_592, 0xa5dd_7e67_dc7b_bde4),
    ("randwire-cifar10", 228, 379_392, 0x5372_0787_c48d_f0d1),
    ("randwire-cifar100", 342, 379_392, 0x64b1_d8b8_66f7_fa08),
    ("randwire-cell-a", 113, 379_392, 0x7db2_2480_34b6_1524),
    ("randwire-cell-b", 111, 179_712, 0x43d9_b8c0_1aa4_a290),
    ("randwire-cell-c", 114, 84_864, 0x5651_ee2f_b982_cb2d),
    ("inception-like", 124, 89_304, 0xaac7_e80a_5018_56d4),
    ("densenet-like", 61, 196_608, 0x44ff_92cc_a573_deb6),
    ("unet", 35, 1_048_576, 0x685e_71cb_09c1_83b9),
    ("unetpp", 55, 893_952, 0x9982_d597_3f25_bde8),
    ("hrnet-like", 72, 491_520, 0x8746_3cb0_8e3d_69c2),
    ("resnet8", 15, 49_152, 0xfb83_8d40_57be_87b4),
    ("resnet18", 31, 1_003_520, 0x4911_3a79_d91a_2b30),
    ("mobilenetv2", 64, 1_505_280, 0xe6a2_dca5_6654_c594),
    ("mobilenetv2-035-96", 64, 138_240, 0x9a0a_af92_cc17_e87c),
];

/// FNV-1a over 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Operators and peak of a network.
fn figures(name: &str) -> (usize, u64) {
    let model = Model::open(&format!("zoo:{name}")).expect("a network of the zoo");
    let peak = measure(model.graph(), &Target::TFLM).peak.get();
    (model.graph().ops().len(), peak)
}

#[test]
fn every_network_is_what_it_was() {
    let names = zoo::list()
        .iter()
        .filter(|network| network.element == zoo::Element::Int8);
    let found = names.map(|&zoo::Network { name, .. }| {
        let (operators, peak) = figures(name);
        (name, operators, peak, hash(&zoo::build(name).unwrap()))
    });
    let found: Vec<_> = found.collect();
    assert_eq!(found, GOLDEN, "this is the new table:\n{}", table(&found));
}

fn table(rows: &[(&str, usize, u64, u64)]) -> String {
    let row = |(name, operators, peak, hash): &(&str, usize, u64, u64)| {
        format!("    ({name:?}, {operators}, {peak}, {hash:#018x}),\n")
    };
    rows.iter().map(row).collect()
}

#[test]
fn floats_have_four_times_the_bytes() {
    for (name, operators, peak, _) in GOLDEN {
        assert_eq!(
            figures(&format!("{name}-f32")),
            (*operators, 4 * peak),
            "{name}"
        );
    }
}

/// A float network's bytes, too, are the same everywhere.
#[test]
fn a_float_network_is_what_it_was() {
    let bytes = zoo::build("resnet8-f32").unwrap();
    assert_eq!(hash(&bytes), 0xee0d_7008_4c4e_df02);
}

#[test]
fn names_are_unique() {
    let mut names: Vec<&str> = zoo::list().iter().map(|network| network.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), zoo::list().len());
}

#[test]
fn a_seed_can_be_named() {
    let plain = zoo::build("randwire-ws-cifar").unwrap();
    let seeded = |seed| zoo::build(&format!("randwire-ws-cifar@{seed}")).unwrap();
    assert_eq!(seeded(zoo::SEED), plain);
    assert_ne!(seeded(zoo::SEED + 1), plain);
    assert_ne!(figures("randwire-ws-cifar"), figures("randwire-ws-cifar@2"));
}

#[test]
fn unknown_names_give_nothing() {
    for name in [
        "atlantis",
        "resnet8@",
        "resnet8@-1",
        "@1",
        "",
        "resnet8:n=3",
        "randwire-ws:m=3",
        "randwire-ws:n=1000000",
        "randwire-er:p=0,n=9",
        "randwire-ws:channels=1024,stages=4,n=512",
    ] {
        assert!(zoo::build(name).is_err(), "{name}");
    }
}

#[test]
fn a_wiring_can_be_asked_for() {
    let wired = |parameters: &str| figures(&format!("randwire-ws-cifar{parameters}"));
    assert_eq!(
        wired(":n=32,k=4,p=0.75,channels=32,size=32,stages=2@1"),
        wired("")
    );
    // Each node of a ring without shortcuts reads one other, but for the first and the last.
    let ring = wired(":n=8,k=2,p=0,stages=1");
    // Stem and head are four operators, a node three, the last node adds two.
    assert_eq!(ring.0, 4 + 8 * 3);
    assert!(wired(":n=8").0 < wired("").0);
    assert_eq!(
        figures("randwire-ba:n=12,m=2,size=32"),
        figures("randwire-ba:m=2,n=12,size=32@1")
    );
}

/// The outline costs what the model file costs.
#[test]
fn outlines_are_the_graphs_of_the_files() {
    for network in zoo::list() {
        let outline = zoo::outline(network.name).unwrap();
        let peak = measure(&outline, &Target::TFLM).peak.get();
        assert_eq!(
            (outline.ops().len(), peak),
            figures(network.name),
            "{}",
            network.name
        );
    }
}
