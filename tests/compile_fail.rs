//! Wrong wiring does not compile: one fault a case, and the message that its author reads.
//!
//! `TRYBUILD=overwrite cargo test -p onex-tests --test compile_fail` blesses; read the difference before you commit it.

#[test]
fn wrong_wiring_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("compile_fail/right.rs");
    cases.compile_fail("compile_fail/[a-z]*_*.rs");
}
