//! Mutations of a corpus by a small generator, so that each run tries the same.

/// Makes inputs out of known ones.
pub(crate) struct Mutator {
    state: u64,
    words: &'static [&'static str],
}

/// The longest input that is made.
const LONGEST: usize = 16 * 1024;

impl Mutator {
    /// The mutations of a target.
    pub(crate) fn new(name: &str, words: &'static [&'static str]) -> Self {
        // FNV-1a, so that each target has a sequence of its own.
        let state = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { state, words }
    }

    fn number(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let number = usize::try_from(self.state >> 33).unwrap_or(0);
        if below == 0 { 0 } else { number % below }
    }

    fn byte(&mut self) -> u8 {
        self.state.to_le_bytes()[usize::from(self.number(2) == 1)]
    }

    /// One of the known inputs, changed in one to eight places.
    pub(crate) fn next(&mut self, known: &[Vec<u8>]) -> Vec<u8> {
        let mut data = known[self.number(known.len())].clone();
        for _ in 0..=self.number(8) {
            self.change(&mut data, known);
        }
        data.truncate(LONGEST);
        data
    }

    fn change(&mut self, data: &mut Vec<u8>, known: &[Vec<u8>]) {
        let at = self.number(data.len() + 1);
        let to = (at + 1 + self.number(32)).min(data.len());
        match self.number(8) {
            0 if at < data.len() => data[at] = self.byte(),
            1 if at < data.len() => data[at] ^= 1 << self.number(8),
            2 => data.insert(at, self.byte()),
            3 => drop(data.drain(at.min(to)..to)),
            4 => {
                let part = data[at.min(to)..to].to_vec();
                let there = self.number(data.len() + 1);
                data.splice(there..there, part);
            }
            5 => {
                let other = &known[self.number(known.len())];
                let from = self.number(other.len() + 1);
                data.truncate(at);
                data.extend_from_slice(&other[from..]);
            }
            6 => data.truncate(at),
            _ => {
                let word = self.words[self.number(self.words.len())];
                data.splice(at..at, word.bytes());
            }
        }
    }
}
