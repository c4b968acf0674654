//! What is formatted is the same contract, and formatting it again changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onex_contract::{Source, format, parse};

#[path = "../../tests/common/meaning.rs"]
mod meaning;

use meaning::meaning;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::from_bytes("contract.yaml", bytes) else { return };
    let Ok(out) = format(&source) else {
        // Nothing else than what the reader refuses is refused.
        assert!(parse(&source).is_err(), "a valid contract is not formatted");
        return;
    };
    let formatted = Source::new("formatted.yaml", out.as_str());
    assert_eq!(format(&formatted).ok().as_ref(), Some(&out), "formatted otherwise the second time");
    if let Ok(before) = parse(&source) {
        let after = parse(&formatted).unwrap_or_else(|faults| panic!("{faults}\n{out}"));
        assert_eq!(meaning(after), meaning(before), "another contract:\n{out}");
    }
});
