//! What a node does about its failures: names that stand once, and errors that exist.

use std::collections::HashMap;

use super::unique;
use crate::contract::ErrorPolicy;
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::read::Declarations;
use crate::source::Spanned;
use crate::syntax::Shortened;

/// A name is compared with no more names than this.
const COMPARED: usize = 200;

pub(super) fn check(declared: &Declarations, sink: &mut Sink) {
    let Ok(Some(policy)) = &declared.errors else { return };
    unique::names(
        "error types",
        policy.types.iter().map(|known| (known.name.value.as_str(), known.name.span)),
        sink,
    );
    let codes = policy.types.iter().filter_map(|known| known.code.as_ref());
    unique::names("error codes", codes.map(|code| (code.value.as_str(), code.span)), sink);
    check_codes(policy, sink);
    for known in &policy.types {
        if let (Some(recoverable), Some(strategy)) = (known.recoverable, &known.retry_strategy)
            && !recoverable.value
            && !strategy.value.eq_ignore_ascii_case("none")
        {
            let message = format!(
                "the error `{}` is not recoverable, and is retried by `{}`",
                Shortened(&known.name.value),
                Shortened(&strategy.value)
            );
            let fault = Diagnostic::new(Code::Contradiction, message, strategy.span, "retried")
                .also(recoverable.span, "not recoverable");
            sink.report(fault.replace("write", strategy.span, "none"));
        }
    }
    if let Some(breaker) = &policy.breaker {
        let names = breaker.backends.iter().map(|backend| (backend.name.value.as_str(), backend.name.span));
        unique::names("backends", names, sink);
    }
    if let Some(retry) = &policy.retry {
        unique::entries("retry_on", retry.retry_on.iter().map(|name| (name.value.as_str(), name.span)), sink);
        let known = Known::of(policy);
        for name in &retry.retry_on {
            known.check(name, sink);
        }
    }
    unique::entries(
        "sanitize_patterns",
        policy.sanitized.iter().map(|pattern| (pattern.value.as_str(), pattern.span)),
        sink,
    );
}

/// One code may stand for several backends and operations, once for each.
fn check_codes(policy: &ErrorPolicy, sink: &mut Sink) {
    let full: Vec<String> = policy
        .codes
        .iter()
        .map(|code| {
            let parts = [Some(&code.code.value), code.backend.as_ref(), code.operation.as_ref()];
            parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" / ")
        })
        .collect();
    let places = policy.codes.iter().map(|code| code.code.span);
    unique::names("error codes", full.iter().map(String::as_str).zip(places), sink);
}

/// The errors that a contract lists, by every name that it has for them.
struct Known<'p> {
    types: HashMap<&'p str, Option<Spanned<bool>>>,
    names: Vec<&'p str>,
    /// It makes up names in capitals.
    shouts: bool,
}

impl<'p> Known<'p> {
    fn of(policy: &'p ErrorPolicy) -> Self {
        let types = policy.types.iter().map(|known| (known.name.value.as_str(), known.recoverable));
        let of_types = policy.types.iter().filter_map(|known| known.code.as_ref());
        let codes =
            of_types.chain(policy.codes.iter().map(|code| &code.code)).map(|code| code.value.as_str());
        let names: Vec<&str> =
            policy.types.iter().map(|known| known.name.value.as_str()).chain(codes).collect();
        let shouts = names.iter().any(|name| shouts(name));
        Self { types: types.collect(), names, shouts }
    }

    /// A name in capitals is one that the contract has made up; others are types of the program or of its libraries.
    fn check(&self, name: &Spanned<String>, sink: &mut Sink) {
        match self.types.get(name.value.as_str()) {
            Some(Some(recoverable)) if !recoverable.value => {
                let message = format!("`{}` is retried, and is not recoverable", Shortened(&name.value));
                let fault = Diagnostic::new(Code::Contradiction, message, name.span, "retried here")
                    .also(recoverable.span, "not recoverable")
                    .help("remove it from `retry_on`, or say that it is recoverable");
                sink.report(fault);
            }
            Some(_) => {}
            None if self.shouts && shouts(&name.value) && !self.names.contains(&name.value.as_str()) => {
                sink.report(self.unknown(name));
            }
            None => {}
        }
    }

    fn unknown(&self, name: &Spanned<String>) -> Diagnostic {
        let message = format!("there is no error `{}`", Shortened(&name.value));
        let fault = Diagnostic::new(Code::UnknownError, message, name.span, "unknown error")
            .note("a name in capitals is one of `error_types` or of `error_codes`");
        match closest(&name.value, self.names.iter().copied().take(COMPARED)) {
            Some(meant) => fault.replace(format!("there is an error `{meant}`"), name.span, meant),
            None => fault.help("list it in `error_types`, or remove it here"),
        }
    }
}

fn shouts(name: &str) -> bool {
    name.contains('_') && !name.contains(|found: char| found.is_lowercase())
}
