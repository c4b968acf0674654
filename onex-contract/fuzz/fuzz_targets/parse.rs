//! Any bytes give a valid contract or located faults, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onex_contract::{Diagnostics, Source, parse};

fuzz_target!(|bytes: &[u8]| {
    let faults = match Source::from_bytes("contract.yaml", bytes) {
        Ok(source) => match parse(&source).map(onex_contract::Contract::executable) {
            Ok(Ok(_)) => return,
            Ok(Err(unexecuted)) => unexecuted,
            Err(faults) => faults,
        },
        Err(faults) => faults,
    };
    judge(&faults);
});

/// There is a fault, each has a place in the text, they stand in the order of the file, and all can be shown.
fn judge(faults: &Diagnostics) {
    assert!(!faults.list().is_empty());
    assert!(faults.list().is_sorted_by_key(|fault| fault.primary.span.start));
    let end = faults.source().text().len();
    for fault in faults.list() {
        for label in std::iter::once(&fault.primary).chain(&fault.secondary) {
            assert!(label.span.start <= label.span.end && label.span.end <= end, "{fault:?}");
        }
        assert!(!fault.render_plain(faults.source()).is_empty());
        assert!(!fault.render_for_compile_error(faults.source()).is_empty());
    }
}
