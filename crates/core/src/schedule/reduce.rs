//! Making the problem smaller without changing its optimum, and finding where it falls apart.

mod cuts;
mod glue;
mod lean;
mod modules;
mod parts;

use cuts::forced_downsets;
use glue::glue;
use lean::{decide, lean};

pub(super) use modules::linearise;
pub(super) use parts::{Part, split};
