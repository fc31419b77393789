//! Decomposition: parts of what is unplaced that do not see each other are searched one after another.

use crate::arena::exact::search::{Frame, Search};

/// Unplaced buffers that only see each other, and the sections they are in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Where the members are in the search's list of members.
    pub(crate) members: (usize, usize),
    /// The first section and the one after the last.
    pub(crate) sections: (usize, usize),
}

impl Search<'_> {
    /// Begins the next part of the innermost split that has one. False if everything is placed.
    pub(crate) fn next_part(&mut self) -> bool {
        let count = self.frames.len();
        while let Some(split) = self.now.split {
            let Frame::Split {
                parts,
                next,
                base,
                outer,
            } = &mut self.frames[split]
            else {
                return false;
            };
            if let Some(&part) = parts.get(*next) {
                *next += 1;
                *base = count;
                self.now.part = part;
                // The ranks are new, so at the same offset every buffer has its turn again.
                self.now.position = (outer.position.0, 0);
                return true;
            }
            self.now.split = outer.split;
        }
        false
    }

    /// Splits the current part where no unplaced buffer crosses.
    pub(crate) fn split(&mut self) {
        let (from, to) = self.now.part.sections;
        let state = &self.state;
        let mut parts: Vec<Part> = Vec::new();
        let (mut start, mut open) = (from, false);
        for section in from..to {
            open |= state.open[section] > 0;
            if section + 1 == to || state.crossing[section] == 0 {
                if open {
                    parts.push(Part {
                        members: (0, 0),
                        sections: (start, section + 1),
                    });
                }
                (start, open) = (section + 1, false);
            }
        }
        if parts.len() < 2 {
            return;
        }
        for part in &mut parts {
            part.members = self.gather(part.sections);
            self.rank(part.members);
        }
        self.frames.push(Frame::Split {
            next: 0,
            base: 0,
            outer: self.now,
            parts,
        });
        self.now.split = Some(self.frames.len() - 1);
        self.next_part();
    }

    /// Copies the unplaced members within `sections` to the end of the member list.
    fn gather(&mut self, sections: (usize, usize)) -> (usize, usize) {
        let (from, to) = self.now.part.members;
        let start = self.members.len();
        for index in from..to {
            let member = self.members[index];
            let first = self.instance.sections.row(member as usize)[0] as usize;
            if !self.state.placed[member as usize] && sections.0 <= first && first < sections.1 {
                self.members.push(member);
            }
        }
        (start, self.members.len())
    }
}
