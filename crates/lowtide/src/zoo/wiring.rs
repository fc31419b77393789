//! Random graphs as in RandWire (Xie et al., arXiv 1904.01569, section 3): drawn undirected until connected, then every
//! edge runs from the lower to the higher number.

use super::random::Random;

/// A family of random graphs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wiring {
    /// A ring in which each node knows its `neighbours` nearest, each edge moved with this chance (Watts, Strogatz).
    WattsStrogatz { neighbours: usize, percent: usize },
    /// Each pair is an edge with this chance (Erdős, Rényi).
    ErdosRenyi { percent: usize },
    /// Each further node knows `edges` others, the more likely the more edges those have (Barabási, Albert).
    BarabasiAlbert { edges: usize },
}

impl Wiring {
    /// Whether draws of so many nodes are connected often enough to wait for one: 500 draws of a fixed seed say so.
    pub(super) fn can_connect(self, nodes: usize) -> bool {
        let mut random = Random::new(0, 0);
        (0..500).any(|_| self.try_draw(nodes, &mut random).is_some())
    }

    fn try_draw(self, nodes: usize, random: &mut Random) -> Option<Vec<Vec<usize>>> {
        let graph = match self {
            Self::WattsStrogatz {
                neighbours,
                percent,
            } => watts_strogatz(nodes, neighbours, percent, random),
            Self::ErdosRenyi { percent } => erdos_renyi(nodes, percent, random),
            Self::BarabasiAlbert { edges } => barabasi_albert(nodes, edges, random),
        };
        let below = || (0..nodes).map(|node| graph.below(node)).collect();
        graph.is_connected().then(below)
    }

    /// For each of `nodes` nodes the lower ones that it reads, ascending.
    pub(super) fn draw(self, nodes: usize, random: &mut Random) -> Vec<Vec<usize>> {
        loop {
            if let Some(graph) = self.try_draw(nodes, random) {
                return graph;
            }
        }
    }
}

/// An undirected graph: a symmetric matrix.
struct Undirected(Vec<Vec<bool>>);

impl Undirected {
    fn new(nodes: usize) -> Self {
        Self(vec![vec![false; nodes]; nodes])
    }

    fn set(&mut self, a: usize, b: usize, edge: bool) {
        self.0[a][b] = edge;
        self.0[b][a] = edge;
    }

    fn degree(&self, node: usize) -> usize {
        self.0[node].iter().filter(|&&edge| edge).count()
    }

    /// The lower nodes that this one knows.
    fn below(&self, node: usize) -> Vec<usize> {
        (0..node).filter(|&other| self.0[node][other]).collect()
    }

    fn is_connected(&self) -> bool {
        let mut reached = vec![false; self.0.len()];
        let mut open = vec![0];
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut reached[node], true) {
                open.extend((0..self.0.len()).filter(|&other| self.0[node][other]));
            }
        }
        reached.into_iter().all(|reached| reached)
    }
}

fn watts_strogatz(
    nodes: usize,
    neighbours: usize,
    percent: usize,
    random: &mut Random,
) -> Undirected {
    let mut graph = Undirected::new(nodes);
    let ring = || {
        (1..=neighbours / 2)
            .flat_map(|hop| (0..nodes).map(move |node| (node, (node + hop) % nodes)))
    };
    ring().for_each(|(a, b)| graph.set(a, b, true));
    for (a, b) in ring() {
        if random.chance(percent) && graph.degree(a) < nodes - 1 {
            let other = loop {
                let other = random.below(nodes);
                if other != a && !graph.0[a][other] {
                    break other;
                }
            };
            graph.set(a, b, false);
            graph.set(a, other, true);
        }
    }
    graph
}

fn erdos_renyi(nodes: usize, percent: usize, random: &mut Random) -> Undirected {
    let mut graph = Undirected::new(nodes);
    for b in 0..nodes {
        (0..b).for_each(|a| graph.set(a, b, random.chance(percent)));
    }
    graph
}

fn barabasi_albert(nodes: usize, edges: usize, random: &mut Random) -> Undirected {
    let mut graph = Undirected::new(nodes);
    // Each node as often as it has edges: a uniform draw prefers those with many.
    let mut ends: Vec<usize> = (0..edges).collect();
    for node in edges..nodes {
        let mut known = Vec::new();
        while known.len() < edges {
            let other = if node == edges {
                known.len()
            } else {
                ends[random.below(ends.len())]
            };
            if !known.contains(&other) {
                known.push(other);
            }
        }
        for &other in &known {
            graph.set(node, other, true);
            ends.extend([node, other]);
        }
    }
    graph
}

#[cfg(test)]
mod tests {
    use super::Wiring;
    use crate::zoo::random::Random;

    #[test]
    fn edges_are_as_many_as_the_family_says() {
        let count = |wiring: Wiring| {
            let graph = wiring.draw(32, &mut Random::new(5, 0));
            assert!(
                graph
                    .iter()
                    .enumerate()
                    .all(|(node, read)| read.iter().all(|&r| r < node))
            );
            graph.iter().map(Vec::len).sum::<usize>()
        };
        let [neighbours, percent] = [4, 75];
        assert_eq!(
            count(Wiring::WattsStrogatz {
                neighbours,
                percent
            }),
            64
        );
        assert_eq!(count(Wiring::BarabasiAlbert { edges: 5 }), 27 * 5);
        let edges = count(Wiring::ErdosRenyi { percent: 20 });
        assert!((60..140).contains(&edges), "{edges}");
    }

    #[test]
    fn the_seed_decides() {
        let draw = |seed| Wiring::ErdosRenyi { percent: 20 }.draw(32, &mut Random::new(seed, 0));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
