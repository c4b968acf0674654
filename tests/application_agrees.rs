//! The proof of a closed application and `onex check` are two implementations of one set of rules, since the compiler has
//! no `onex-contract` while it evaluates constants. Each set of contracts in `onex-contract/tests/systems` is judged by
//! both: the same faults, by the same codes, at the same places, in the same words.

use std::fs;
use std::path::{Path, PathBuf};

use onex::__private::system::{
    Carried, JoinedBy, Mark, NamedNode, OwnWorkflow, Receiver, Said, Sent, StepNeed, SubWorkflow, TopicUse,
    WhatFor, check, room,
};
use onex::plan::Kind;
use onex_contract::system::{self, Facts};
use onex_contract::{Contract, Coverage, Diagnostic, NodeKind, Source, Span, Spanned, check_system, load};

/// Enough for each set.
const ROOM: usize = 2048;

/// For the length of the test.
fn kept(text: impl Into<String>) -> &'static str {
    String::leak(text.into())
}

/// What the node's macro writes, at run time.
struct Scribe<'c>(&'c Contract);

impl Scribe<'_> {
    fn at(&self, span: Span) -> &'static str {
        kept(self.0.excerpt(span))
    }

    fn mark(&self, text: Spanned<&str>) -> Mark {
        Mark { text: kept(text.value), at: self.at(text.span) }
    }

    fn used(&self, used: &system::TopicUse<'_>) -> TopicUse {
        let carries = used.carries.map(|carried| {
            let module = carried
                .module
                .map(|module| -> &'static [&'static str] { Vec::leak(module.iter().map(kept).collect()) });
            Carried { name: self.mark(carried.name), module, rust: None }
        });
        TopicUse {
            topic: self.mark(used.topic.map(onex_contract::Topic::as_str)),
            elsewhere: used.elsewhere,
            in_entry: used.in_entry,
            by: match used.by {
                system::JoinedBy::Name => JoinedBy::Name,
                system::JoinedBy::Request => JoinedBy::Request,
                system::JoinedBy::Intent(intent) => JoinedBy::Intent(kept(intent)),
            },
            carries,
        }
    }

    fn used_all(&self, used: &[system::TopicUse<'_>]) -> &'static [TopicUse] {
        Vec::leak(used.iter().map(|used| self.used(used)).collect())
    }

    fn need(&self, need: &system::StepNeed<'_>) -> StepNeed {
        StepNeed {
            step: kept(need.step),
            kind: need.kind.map(kind),
            asked_at: need.asked_at.map(|at| self.at(at)),
        }
    }

    fn said(&self) -> Said {
        let facts = Facts::of_one(self.0);
        let node = &facts.nodes[0];
        let sent = facts.sent.iter().map(|sent| Sent {
            intent: self.mark(sent.intent),
            to: match sent.to {
                system::Receiver::Executor(to) => Receiver::Executor(self.mark(to)),
                system::Receiver::Target(to) => Receiver::Target(self.mark(to)),
                system::Receiver::Any => Receiver::Any,
            },
        });
        let named = facts.named.iter().map(|named| NamedNode {
            name: self.mark(named.name),
            what_for: match &named.what_for {
                system::WhatFor::Intent(intent) => WhatFor::Intent(kept(*intent)),
                system::WhatFor::Step(need) => WhatFor::Step(self.need(need)),
                system::WhatFor::Choice(need) => WhatFor::Choice(self.need(need)),
                system::WhatFor::Dependency => WhatFor::Dependency,
            },
        });
        Said {
            broken: false,
            name: self.mark(node.name),
            kind: kind(node.kind.value),
            kind_at: self.at(node.kind.span),
            group: node.group.map(|group| self.mark(group)),
            takes_anything: node.takes_anything,
            consumed: self.used_all(&facts.consumed),
            produced: self.used_all(&facts.produced),
            patterns: Vec::leak(facts.patterns.iter().map(|pattern| kept(*pattern)).collect()),
            sent: Vec::leak(sent.collect()),
            executed: Vec::leak(facts.executed.iter().map(|done| self.mark(done.intent)).collect()),
            named: Vec::leak(named.collect()),
            workflow: node.workflow.as_ref().map(|own| OwnWorkflow {
                name: self.mark(own.name),
                max_depth: own.max_depth,
                max_depth_at: own.max_depth_at.map(|at| self.at(at)),
            }),
            sub_workflows: Vec::leak(
                facts
                    .sub_workflows
                    .iter()
                    .map(|of| SubWorkflow { step: kept(of.step), workflow: self.mark(of.workflow) })
                    .collect(),
            ),
        }
    }
}

fn kind(kind: NodeKind) -> Kind {
    match kind {
        NodeKind::Compute => Kind::Compute,
        NodeKind::Effect => Kind::Effect,
        NodeKind::Reducer => Kind::Reducer,
        NodeKind::Orchestrator => Kind::Orchestrator,
    }
}

/// A fault as the compiler's message has it.
fn as_proven(fault: &Diagnostic, source: &Source) -> String {
    let mut text = format!("{} [{}]", fault.message, fault.code.as_str());
    for label in std::iter::once(&fault.primary).chain(&fault.secondary) {
        text += &format!("\n{} {}", source.excerpt(label.span), label.text);
    }
    // By which include a file came is not told.
    for note in fault.notes.iter().filter(|note| !note.contains("` is included at ")) {
        text += &format!("\n   = note: {note}");
    }
    if let Some(help) = &fault.help {
        text += &format!("\n   = help: {}", help.text);
    }
    text
}

fn systems() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../onex-contract/tests/systems");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the sets of contracts")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

/// The contracts of a folder; `None`, if one of them has faults of its own.
fn contracts(folder: &Path) -> Option<Vec<Contract>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a set of contracts")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files.iter().map(|path| load(path, path.file_name().expect("a file").to_string_lossy()).ok()).collect()
}

/// What the proof says and what the set check says, each fault once, in one order.
fn judged(contracts: &[Contract]) -> (Vec<String>, Vec<String>) {
    let said: Vec<&'static Said> =
        contracts.iter().map(|contract| &*Box::leak(Box::new(Scribe(contract).said()))).collect();
    assert!(room(&said) <= ROOM);
    let report = check::<ROOM>(&said, &[]);
    let mut proven: Vec<String> =
        report.as_str().split("\n\n").filter(|fault| !fault.is_empty()).map(str::to_owned).collect();
    assert_eq!(proven.len(), report.faults());
    // Where an application runs is asked of applications only, and has no code.
    proven.retain(|fault| fault.contains(" [ONEX"));
    let mut checked: Vec<String> = check_system(contracts, Coverage::Whole)
        .map(|found| found.list().iter().map(|fault| as_proven(fault, found.source())).collect())
        .unwrap_or_default();
    proven.sort();
    checked.sort();
    (proven, checked)
}

#[test]
fn the_proof_and_the_set_check_say_the_same_of_each_set() {
    let (mut sound, mut faulty) = (0, 0);
    for folder in systems() {
        let Some(contracts) = contracts(&folder) else { continue };
        // The set check says nothing of a single contract, which may be alone for now; an application is all there is.
        if contracts.len() < 2 {
            continue;
        }
        let (proven, checked) = judged(&contracts);
        assert_eq!(proven.join("\n\n"), checked.join("\n\n"), "{}", folder.display());
        *(if checked.is_empty() { &mut sound } else { &mut faulty }) += 1;
    }
    assert!(sound >= 10 && faulty >= 30, "{sound} sound and {faulty} faulty sets were judged");
}

#[test]
fn the_order_of_the_nodes_changes_no_verdict() {
    for folder in systems() {
        let Some(mut contracts) = contracts(&folder).filter(|contracts| contracts.len() > 1) else {
            continue;
        };
        contracts.reverse();
        let (proven, checked) = judged(&contracts);
        assert_eq!(proven.join("\n\n"), checked.join("\n\n"), "{}", folder.display());
    }
}

#[test]
fn a_message_that_is_too_long_is_cut_and_still_a_text() {
    let folder =
        systems().into_iter().find(|path| path.ends_with("topic_of_no_producer")).expect("it is there");
    let contracts = contracts(&folder).expect("they are valid");
    let said = Scribe(&contracts[0]).said();
    let many: Vec<TopicUse> = (0..150)
        .map(|number| TopicUse {
            topic: Mark { text: kept(format!("onex.evt.a.b-{number}.v1")), ..said.consumed[0].topic },
            ..said.consumed[0]
        })
        .collect();
    let said = Said { consumed: Vec::leak(many), ..said };
    let report = check::<ROOM>(&[Box::leak(Box::new(said))], &[]);
    assert_eq!(report.faults(), 150);
    assert!(report.as_str().len() > 30_000 && report.as_str().len() < 40_000);
}

/// Real contracts of a public project, which are no part of this repository: where they lie beside it, as in
/// `onex-contract/tests/real_contracts.rs`.
#[test]
fn real_contracts_are_judged_alike() {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    if files.is_empty() {
        eprintln!("skipped: there is no folder `../shared/corpus` beside the workspace");
        return;
    }
    files.sort();
    let contracts: Vec<Contract> =
        files.iter().filter_map(|path| load(path, path.to_string_lossy()).ok()).collect();
    // So many that all of their faults have room in one message.
    for set in contracts.chunks(12) {
        let (proven, checked) = judged(set);
        assert_eq!(proven.join("\n\n"), checked.join("\n\n"));
    }
}
