//! Where the T-states go.

use std::collections::BTreeMap;

use super::{MEMORY_BYTES, Probe};

/// A probe that sums T-states by the address of the instruction.
pub struct Profile {
    t_states: Box<[u64]>,
}

/// A routine's part of a [`Profile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutineShare {
    /// The label.
    pub name: String,
    /// Its address.
    pub address: u16,
    /// T-states from this label up to the next.
    pub t_states: u64,
}

impl Default for Profile {
    fn default() -> Self {
        Self::new()
    }
}

impl Profile {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            t_states: vec![0; MEMORY_BYTES].into(),
        }
    }

    /// T-states of the instruction at `address`.
    #[must_use]
    pub fn at(&self, address: u16) -> u64 {
        self.t_states[usize::from(address)]
    }

    /// All T-states.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.t_states.iter().sum()
    }

    /// T-states between each label of `labels` (name and address) and the next, the largest first. What lies before the
    /// first label is listed under an empty name; routines that took nothing are left out. Of two labels at one
    /// address the first name counts.
    #[must_use]
    pub fn by_routine<'a>(
        &self,
        labels: impl IntoIterator<Item = (&'a str, u16)>,
    ) -> Vec<RoutineShare> {
        let mut names = BTreeMap::from([(0, "")]);
        for (name, address) in labels {
            let entry = names.entry(address).or_insert(name);
            if entry.is_empty() {
                *entry = name;
            }
        }
        let ends = names.keys().skip(1).map(|end| usize::from(*end));
        let ends: Vec<usize> = ends.chain([MEMORY_BYTES]).collect();
        let mut shares: Vec<RoutineShare> = names
            .iter()
            .zip(ends)
            .map(|((address, name), end)| RoutineShare {
                name: (*name).to_owned(),
                address: *address,
                t_states: self.t_states[usize::from(*address)..end].iter().sum(),
            })
            .filter(|share| share.t_states > 0)
            .collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.t_states));
        shares
    }
}

impl Probe for Profile {
    fn executed(&mut self, pc: u16, t_states: u32) {
        self.t_states[usize::from(pc)] += u64::from(t_states);
    }
}
