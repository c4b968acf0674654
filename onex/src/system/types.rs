//! Both ends of a topic mean the same type: by the names in the contracts, and by what these names are in Rust.

use super::facts::{End, Set};
use super::report::Report;
use super::said::Carried;
use super::topic::{same, starts_with};
use crate::message::RustType;

/// A node at a topic, and the type that it names there.
#[derive(Clone, Copy)]
struct Bearer {
    node: usize,
    produces: bool,
    carries: Carried,
}

pub(super) const fn check(set: &Set<'_>, report: &mut Report) {
    let mut topic = 0;
    while topic < set.topic_count {
        on_topic(set, topic, report);
        topic += 1;
    }
}

/// The ends of a topic, one after the other: who produces a topic says what travels on it.
const fn first_end(set: &Set<'_>, topic: usize) -> Option<(bool, End)> {
    match set.producer(topic) {
        Some(end) => Some((true, end)),
        None => consumer(set, topic),
    }
}

const fn end_after(set: &Set<'_>, topic: usize, produces: bool, end: &End) -> Option<(bool, End)> {
    match set.after(end) {
        Some(end) => Some((produces, end)),
        None if produces => consumer(set, topic),
        None => None,
    }
}

const fn consumer(set: &Set<'_>, topic: usize) -> Option<(bool, End)> {
    match set.consumer(topic) {
        Some(end) => Some((false, end)),
        None => None,
    }
}

/// What an end says of its type, if it does.
const fn bearer(produces: bool, end: &End) -> Option<Bearer> {
    match end.used.carries {
        Some(carries) => Some(Bearer { node: end.node, produces, carries }),
        None => None,
    }
}

const fn on_topic(set: &Set<'_>, topic: usize, report: &mut Report) {
    let mut named: Option<Bearer> = None;
    // The first may leave its module to the others.
    let mut placed: Option<Bearer> = None;
    let mut next = first_end(set, topic);
    while let Some((produces, end)) = next {
        if let Some(bearer) = bearer(produces, &end) {
            let first = match named {
                Some(first) => first,
                None => bearer,
            };
            named = Some(first);
            if placed.is_none() && path(&bearer.carries).is_some() && !differ(&first.carries, &bearer.carries)
            {
                placed = Some(bearer);
            }
        }
        next = end_after(set, topic, produces, &end);
    }
    let Some(named) = named else { return };
    let mut index = 0;
    let mut next = first_end(set, topic);
    while let Some((produces, end)) = next {
        if let Some(end) = bearer(produces, &end)
            && let Some(known) = known(set, named, placed, &end)
            && !is_reported(set, topic, named, placed, &end, known, index)
        {
            if is_other_in_rust(&known.carries, &end.carries) && !differ_by_name(&known.carries, &end.carries)
            {
                report_rust(set, topic, &known, &end, report);
            } else {
                report_names(set, topic, &known, &end, report);
            }
        }
        index += 1;
        next = end_after(set, topic, produces, &end);
    }
}

/// The end that another one differs from.
const fn known(set: &Set<'_>, named: Bearer, placed: Option<Bearer>, end: &Bearer) -> Option<Bearer> {
    let known = if differ(&named.carries, &end.carries) {
        named
    } else {
        match placed {
            Some(placed) if differ(&placed.carries, &end.carries) => placed,
            _ => return None,
        }
    };
    if set.first_of(known.node) == set.first_of(end.node) { None } else { Some(known) }
}

/// One message for each other type: who name the same one are wrong or right together.
const fn is_reported(
    set: &Set<'_>,
    topic: usize,
    named: Bearer,
    placed: Option<Bearer>,
    end: &Bearer,
    of_end: Bearer,
    index: usize,
) -> bool {
    let mut before = 0;
    let mut next = first_end(set, topic);
    while let Some((produces, other)) = next
        && before < index
    {
        if let Some(other) = bearer(produces, &other)
            && let Some(of_other) = known(set, named, placed, &other)
            && is_same_type(&other.carries, &of_other.carries, &end.carries, &of_end.carries)
        {
            return true;
        }
        before += 1;
        next = end_after(set, topic, produces, &other);
    }
    false
}

/// Whether two types are the same beside those that they differ from.
const fn is_same_type(one: &Carried, known: &Carried, other: &Carried, of_other: &Carried) -> bool {
    if differ_by_name(one, other) {
        return false;
    }
    let (in_module, other_in_module) = (have_other_modules(one, known), have_other_modules(other, of_other));
    if let (Some(one), Some(other)) = (one.rust, other.rust)
        && !is_one(&one, &other)
    {
        return false;
    }
    match (in_module, other_in_module) {
        (false, false) => true,
        (true, true) => match (path(one), path(other)) {
            (Some(one), Some(other)) => one.len() == other.len() && is_start(one, other),
            _ => true,
        },
        _ => false,
    }
}

const fn differ(one: &Carried, other: &Carried) -> bool {
    differ_by_name(one, other)
        || match (one.rust, other.rust) {
            // What the types are decides, and not by which module each is named.
            (Some(one), Some(other)) => !is_one(&one, &other),
            _ => have_other_modules(one, other),
        }
}

const fn differ_by_name(one: &Carried, other: &Carried) -> bool {
    !same(without_model(one.name.text), without_model(other.name.text))
}

const fn is_other_in_rust(one: &Carried, other: &Carried) -> bool {
    matches!((one.rust, other.rust), (Some(one), Some(other)) if !is_one(&one, &other))
}

const fn is_one(one: &RustType, other: &RustType) -> bool {
    same(one.path, other.path) && same(one.at, other.at)
}

/// Whether one name stands in two modules. A type is often also named in the modules around its own, so these are no
/// other modules.
const fn have_other_modules(one: &Carried, other: &Carried) -> bool {
    if differ_by_name(one, other) {
        return false;
    }
    match (path(one), path(other)) {
        (Some(one), Some(other)) => !is_start(one, other) && !is_start(other, one),
        _ => false,
    }
}

/// The module, if it is the same one for every contract: `crate` is another one in each crate.
const fn path(carried: &Carried) -> Option<&'static [&'static str]> {
    match carried.module {
        Some(module) if !module.is_empty() => {
            let first = module[0];
            if same(first, "crate") || same(first, "self") || same(first, "super") {
                None
            } else {
                Some(module)
            }
        }
        _ => None,
    }
}

const fn is_start(module: &[&str], of: &[&str]) -> bool {
    if module.len() > of.len() {
        return false;
    }
    each!(index, segment in module => {
        if !same(segment, of[index]) {
            return false;
        }
    });
    true
}

const fn without_model(name: &str) -> &str {
    if name.len() > 5 && starts_with(name, "Model") && name.as_bytes()[5].is_ascii_uppercase() {
        name.split_at(5).1
    } else {
        name
    }
}

const fn verb(end: &Bearer) -> &'static str {
    if end.produces { "` publishes `" } else { "` takes `" }
}

const fn report_names(set: &Set<'_>, topic: usize, known: &Bearer, end: &Bearer, report: &mut Report) {
    let with_modules = have_other_modules(&known.carries, &end.carries);
    report.fault();
    report.add(&["two types are named for `", set.topic(topic), "`: `"]);
    name(known, with_modules, report);
    report.add(&["` and `"]);
    name(end, with_modules, report);
    report.add(&["`"]);
    report.code("0811", end.carries.name.at);
    report.add(&["`", set.nodes[end.node].name.text, verb(end)]);
    name(end, with_modules, report);
    report.add(&["`"]);
    report.also(known.carries.name.at);
    report.add(&["`", set.nodes[known.node].name.text, verb(known)]);
    name(known, with_modules, report);
    report.add(&["`"]);
    if with_modules {
        // One type may be found in two modules.
        report.note(&["a copy of a type is another type, and one of the two changes first"]);
        report.help(&["if it is one type, name it by the same module in both contracts"]);
    } else {
        report.note(&[
            "what is written as one type and read as another is refused, or read with fields missing",
        ]);
        report.help(&[
            "name one type in both contracts; what is another message travels on a topic of its own",
        ]);
    }
}

const fn name(end: &Bearer, with_module: bool, report: &mut Report) {
    if with_module && let Some(module) = path(&end.carries) {
        each!(_, segment in module => {
            report.add(&[segment, "::"]);
        });
    }
    report.add(&[end.carries.name.text]);
}

/// The contracts have one name for what are two types.
const fn report_rust(set: &Set<'_>, topic: usize, known: &Bearer, end: &Bearer, report: &mut Report) {
    let (Some(of_known), Some(of_end)) = (known.carries.rust, end.carries.rust) else { return };
    report.fault();
    report.add(&[
        "two types travel on `",
        set.topic(topic),
        "`: `",
        of_known.path,
        "` and `",
        of_end.path,
        "`",
    ]);
    report.code("0811", end.carries.name.at);
    report.add(&["`", set.nodes[end.node].name.text, verb(end), of_end.path, "`"]);
    report.also(known.carries.name.at);
    report.add(&["`", set.nodes[known.node].name.text, verb(known), of_known.path, "`"]);
    report.note(&["they are defined in ", of_end.at, ", and in ", of_known.at]);
    report.note(&["what is written as one type and read as another is refused, or read with fields missing"]);
    report.help(&["let both nodes use one type: import it where the other copy is now"]);
}
