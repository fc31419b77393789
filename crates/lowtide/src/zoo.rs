//! Generated networks: published topologies with seeded weights, so that every figure can be had without any download.

/// A network that [`build`] can generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The name behind `zoo:`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
}

/// All networks, by name.
#[must_use]
pub fn list() -> &'static [Network] {
    &[]
}

/// The model file of the network `name`; the same bytes every time.
#[must_use]
pub fn build(_name: &str) -> Option<Vec<u8>> {
    None
}
