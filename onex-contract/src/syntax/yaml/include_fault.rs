//! What can be wrong with an `!include`, in words.

use super::include::{MAX_INCLUDES, MAX_NESTED};
use crate::diagnostic::{Code, Diagnostic, closest};
use crate::include::IncludeError;
use crate::source::{AskedFor, Link, PathFault, Span, Spanned, file_name};

const RELATIVE: &str = "a path is relative to the file that it is written in";

/// A path is shown as a whole, unless it was made so that nobody wants to see it.
fn shown(path: &str) -> String {
    const MAX: usize = 200;
    let printable =
        |character: char| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
    let shown: String = path.chars().take(MAX).map(printable).collect();
    if path.chars().nth(MAX).is_some() { format!("{shown}...") } else { shown }
}

pub(super) fn of_a_key(at: Span) -> Diagnostic {
    Diagnostic::new(Code::Include, "a key cannot be included from a file", at, "this is a key")
        .help("write the key here, and include its value")
}

/// What is included is no path but `found`.
pub(super) fn no_path(found: &str, at: Span) -> Diagnostic {
    Diagnostic::new(
        Code::Include,
        format!("`!include` takes the path of a file, found {found}"),
        at,
        "no path",
    )
    .help("write `!include parts/events.yaml`")
}

pub(super) fn path(written: Spanned<&str>, wrong: PathFault) -> Diagnostic {
    let refused = |why: &str, label: &str| {
        let message = format!("`{}` cannot be included: {why}", shown(written.value));
        Diagnostic::new(Code::Include, message, written.span, label)
    };
    match wrong {
        PathFault::Empty => no_path("nothing", written.span),
        PathFault::Absolute => refused("the path is absolute", "not a relative path")
            .note(RELATIVE)
            .help("keep the file in the same repository, so that the contract is the same on every machine"),
        PathFault::Url => refused("it is a URL", "not a path")
            .note(RELATIVE)
            .help("keep the file in the same repository, so that the contract is the same tomorrow"),
        PathFault::Backslash => refused("the path has a `\\`", "not portable").replace(
            "write `/` on every system",
            written.span,
            quoted_like(written, &written.value.replace('\\', "/")),
        ),
        PathFault::Folder => refused("the path is that of a folder", "not a file"),
    }
}

pub(super) fn unreadable(name: &str, written: Spanned<&str>, link: Link, error: &IncludeError) -> Diagnostic {
    let (done, label) = match link {
        Link::Include => ("included", "included here"),
        Link::Name => ("read", "named here"),
    };
    let message = format!("`{}` cannot be {done}: {error}", shown(name));
    let fault = Diagnostic::new(Code::Include, message, written.span, label);
    match error {
        IncludeError::Missing { neighbours } => {
            let fault = fault.note(RELATIVE);
            let missing = file_name(written.value);
            match closest(missing, neighbours.iter().map(String::as_str)) {
                Some(near) => {
                    let folder = &written.value[..written.value.len() - missing.len()];
                    let meant = quoted_like(written, &format!("{folder}{near}"));
                    fault.replace(format!("there is a file `{near}` in that folder"), written.span, meant)
                }
                None => fault,
            }
        }
        IncludeError::NoFiles => {
            fault.help("load the contract from its file, or write here what the other file says")
        }
        IncludeError::NotAFile | IncludeError::Io(_) => fault,
    }
}

/// A path in quotes, if the one that it replaces is.
fn quoted_like(written: Spanned<&str>, path: &str) -> String {
    let plain = written.span.end - written.span.start == written.value.len();
    if plain { path.to_owned() } else { format!("\"{path}\"") }
}

/// The links that lead around, each with the name of the file that it stands in.
pub(super) fn cycle(links: &[(&str, AskedFor)]) -> Diagnostic {
    let names = links.iter().map(|(name, _)| *name);
    let next = names.clone().cycle().skip(1);
    let verb = |link| match link {
        Link::Include => "includes",
        Link::Name => "names",
    };
    let mut labels = links.iter().zip(next).map(|((name, asked_for), next)| {
        (asked_for.at, format!("`{name}` {} `{next}`", verb(asked_for.link)))
    });
    let (at, label) = labels.next().expect("a circle has at least one link");
    let path: Vec<&str> = names.clone().chain(names.clone().take(1)).collect();
    let fault = match links {
        [(itself, asked_for)] => {
            let message = format!("`{itself}` {} itself", verb(asked_for.link));
            Diagnostic::new(Code::IncludeCycle, message, at, "this would never end")
        }
        _ => {
            let message = format!("files include each other in a circle: {}", path.join(" -> "));
            Diagnostic::new(Code::IncludeCycle, message, at, label)
        }
    };
    let mend = match links {
        [(_, AskedFor { link: Link::Name, .. })] => "name another file",
        _ => "remove one of these includes",
    };
    labels.fold(fault, |fault, (at, label)| fault.also(at, label)).help(mend)
}

pub(super) fn too_nested(at: Span) -> Diagnostic {
    let message = format!("files are included more than {MAX_NESTED} deep");
    Diagnostic::new(Code::Include, message, at, "this file is too deep")
}

pub(super) fn too_many(at: Span) -> Diagnostic {
    let message =
        format!("a contract has at most {MAX_INCLUDES} includes, with those of the files that it includes");
    Diagnostic::new(Code::Include, message, at, "the limit is exceeded here")
}

pub(super) fn too_large(at: Span, limit: usize) -> Diagnostic {
    let message = format!("the contract has more than {limit} bytes, with the files that it includes");
    Diagnostic::new(Code::FileTooLarge, message, at, "the limit is exceeded here")
        .note("a file counts as often as it is included")
}
