//! A reason that a person can check: one operator during which so much is live, whatever the order.

use crate::ids::OpId;
use crate::memory::{Instance, profile};
use crate::plan::Order;
use crate::schedule::bound::{Floor, Valleys, around};
use crate::schedule::net::{Draft, Reach};
use crate::units::Bytes;

/// The operator at the peak of `order`, if no order at all runs it at less.
///
/// The search bounds a reduced problem, in which an operator may stand for a sequence that some best order runs back to
/// back; of single operators under any order that says nothing. So this asks again, of the graph as it was given.
pub(super) fn witness(instance: &Instance<'_>, order: &Order) -> Option<Floor> {
    let measured = profile(instance, order);
    let draft = Draft::from_instance(instance);
    let before = draft.reach();
    if !before.is_known() {
        return None;
    }
    let (net, members) = draft.seal(&before);
    let reach = Reach::new(net.len() as usize, |op| net.before(op));
    let mut valleys = Valleys::new(&net);
    let at_peak = measured
        .steps
        .iter()
        .zip(order.ops())
        .filter(|(live, _)| **live == measured.peak);
    at_peak.map(|(_, &op)| op).find_map(|op: OpId| {
        let own = (0..net.len()).find(|&v| members.of(v) == [op.0])?;
        let bar = measured.peak.get();
        let bytes = Bytes(around(&net, &reach, &mut valleys, own, bar)?);
        Some(Floor { op, bytes })
    })
}
