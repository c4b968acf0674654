//! The numbers: how lines ended, and what happened on the way. Plain data.

use std::fmt;

use serde::Serialize;

/// How a line ended. Each line ends in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// `OrderCompleted` was published for it.
    Completed,
    /// Its run failed, and what the run had done was undone.
    Compensated,
    /// Its run failed before there was anything to undo.
    Failed,
    /// The orchestrator's handler answered `OrderRejected`.
    Rejected,
    /// A run for this order id existed already.
    Duplicate,
    /// It was a message, and the runtime could not handle it: JSON that is no order, a handler that panicked.
    DeadLettered,
    /// The source could not make a message of it: too long, no UTF-8, no JSON, blank.
    Malformed,
}

impl End {
    /// All of them, from the best to the worst.
    pub const ALL: [End; 7] = [
        End::Completed,
        End::Compensated,
        End::Failed,
        End::Rejected,
        End::Duplicate,
        End::DeadLettered,
        End::Malformed,
    ];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            End::Completed => "completed",
            End::Compensated => "compensated",
            End::Failed => "failed",
            End::Rejected => "rejected",
            End::Duplicate => "duplicate",
            End::DeadLettered => "dead-lettered",
            End::Malformed => "malformed",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            End::Completed => "paid for and sent",
            End::Compensated => "the run failed and was undone",
            End::Failed => "the run failed with nothing to undo",
            End::Rejected => "the order makes no sense",
            End::Duplicate => "a run for this order id exists",
            End::DeadLettered => "no order, or not to be handled",
            End::Malformed => "no message: not JSON, not UTF-8, too long",
        }
    }

    /// Whether lines that end like this are written to the dead-letter file.
    #[must_use]
    pub fn is_set_aside(self) -> bool {
        matches!(self, End::Duplicate | End::DeadLettered | End::Malformed)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbers of one input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines read, blank ones too.
    pub lines: u64,
    /// Orders that made sense (`OrderValidated` was published), duplicates too.
    pub validated: u64,
    /// Orders whose card was charged, also those that got their money back.
    pub charged: u64,
    /// Orders whose card the bank refused.
    pub refused: u64,
    /// Attempts of steps that were not the first.
    pub retried: u64,
    ends: [u64; End::ALL.len()],
}

impl Counts {
    /// A line ended.
    pub fn end(&mut self, end: End) {
        self.ends[end as usize] += 1;
    }

    /// How many lines ended like this.
    #[must_use]
    pub fn of(&self, end: End) -> u64 {
        self.ends[end as usize]
    }

    /// How many lines ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.ends.iter().sum()
    }

    /// What happened on the way: each number with its name and meaning.
    #[must_use]
    pub fn on_the_way(&self) -> [(&'static str, u64, &'static str); 4] {
        [
            ("validated", self.validated, "orders that make sense, duplicates too"),
            ("charged", self.charged, "cards charged, also those refunded"),
            ("refused", self.refused, "cards that the bank refused"),
            ("retried", self.retried, "attempts of steps beyond the first"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_a_count_of_its_own() {
        let mut counts = Counts::default();
        for (more, end) in End::ALL.into_iter().enumerate() {
            (0..=more).for_each(|_| counts.end(end));
        }
        for (more, end) in End::ALL.into_iter().enumerate() {
            assert_eq!(counts.of(end), more as u64 + 1, "{end}");
        }
        assert_eq!(counts.ended(), 28);
    }
}
