//! Whether a message that may have ended its process is called for again. Knows nothing of envelopes, locks or journals.

/// What becomes of a message that was left to this process by the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its handler is called.
    Call {
        /// How many calls have begun with this one that may never come back: to be committed before it is made.
        calls: u32,
        /// Nothing else is called meanwhile that was left to this process. What ends the process is then known, as far as it is
        /// among these.
        alone: bool,
    },
    /// It has ended as many processes as it may.
    GiveUp,
}

/// `ended`: how many calls of its handler were counted and never came back; `limit`: how many may.
///
/// The first call after the one that nobody counted is made beside others, so that a process that was ended by one of many is not
/// long in coming back. Who did not come back from that may be innocent. So each call after it, and the one that decides, is made
/// alone: who was merely beside comes back from it, and is suspected no more.
pub(super) fn judge(ended: u32, limit: u32) -> Verdict {
    if ended >= limit {
        return Verdict::GiveUp;
    }
    let calls = ended + 1;
    Verdict::Call { calls, alone: ended > 0 || calls >= limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn call(calls: u32, alone: bool) -> Verdict {
        Verdict::Call { calls, alone }
    }

    #[test]
    fn r14_a_message_ends_as_many_processes_as_it_may_and_no_more() {
        let verdicts = [0, 1, 2, 3, 4, u32::MAX].map(|ended| judge(ended, 3));
        let given_up = Verdict::GiveUp;
        assert_eq!(verdicts, [call(1, false), call(2, true), call(3, true), given_up, given_up, given_up]);
    }

    /// Whatever ends the process while several are called, none of them is given up for that alone.
    #[test]
    fn r14_what_is_given_up_was_alone_at_least_once() {
        for limit in 1..9 {
            let alone = |ended: u32| matches!(judge(ended, limit), Verdict::Call { alone: true, .. });
            assert!(alone(limit - 1), "limit {limit}: the call that decides");
            assert_eq!((0..limit).filter(|ended| !alone(*ended)).count(), usize::from(limit > 1));
        }
    }
}
