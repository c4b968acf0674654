//! `testing` and `monitoring`: how a node is tested and watched.

use super::values::{self, METRIC};
use crate::diagnostic::Sink;
use crate::document::{Alert, AlertSeverity, Metric, MetricKind, Testing};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::read::{Given, List};

pub(super) static TESTING: Table = Table::new(
    "`testing`",
    "How a node is tested.",
    &[
        Key::optional("unit_tests", Shape::Section(&UNIT_TESTS), "Tests of its parts.").documents(),
        Key::optional("integration_tests", Shape::Section(&INTEGRATION_TESTS), "Tests of the whole.")
            .documents(),
    ],
);

static UNIT_TESTS: Table = Table::new(
    "`unit_tests`",
    "Tests of a node's parts.",
    &[
        Key::optional(
            "coverage_minimum",
            Shape::Number { min: 0.0, max: 100.0 },
            "How much of the code they run, in percent.",
        )
        .documents(),
        Key::optional("test_files", Shape::TEXTS, "The files that they are in, each once.").documents(),
    ],
);

static INTEGRATION_TESTS: Table = Table::new(
    "`integration_tests`",
    "Tests of a whole node.",
    &[
        Key::optional("required", Shape::Boolean, "Whether there must be any.").documents(),
        Key::optional("test_scenarios", Shape::TEXTS, "What they try, each once.").documents(),
    ],
);

pub(super) static MONITORING: Table = Table::new(
    "`monitoring`",
    "How a node is watched.",
    &[
        Key::optional(
            "metrics",
            Shape::List(&Shape::Section(&METRIC_KEYS)),
            "What is measured, each under a name of its own.",
        )
        .documents(),
        Key::optional(
            "alerts",
            Shape::List(&Shape::Section(&ALERT)),
            "What somebody is told of, each under a name of its own.",
        )
        .documents(),
    ],
);

static METRIC_KEYS: Table = Table::new(
    "an entry of `metrics`",
    "Something that is measured.",
    &[
        Key::required("name", Shape::Text(&METRIC), "Its name.").documents(),
        Key::required("type", Shape::Word(MetricKind::WORDS), "How it is measured.").documents(),
        Key::optional("description", Shape::TEXT, "What it says.").documents(),
        Key::optional("labels", Shape::List(&Shape::Text(&METRIC)), "What it is told apart by, each once.")
            .documents(),
    ],
);

static ALERT: Table = Table::new(
    "an entry of `alerts`",
    "Something that somebody is told of.",
    &[
        Key::required("name", Shape::Text(&METRIC), "Its name.").documents(),
        Key::required("condition", Shape::TEXT, "When, in the words of whoever watches.").documents(),
        Key::required("severity", Shape::Word(AlertSeverity::WORDS), "How urgent it is.").documents(),
    ],
);

/// `monitoring`.
#[derive(Debug)]
pub(crate) struct Monitoring {
    pub(crate) metrics: List<Metric>,
    pub(crate) alerts: List<Alert>,
}

pub(super) fn testing(field: Field<'_>, sink: &mut Sink) -> Given<Testing> {
    let mut section = Section::open(field, &TESTING, sink)?;
    let units = section.optional("unit_tests", sink, unit_tests);
    let integration = section.optional("integration_tests", sink, integration_tests);
    section.close();
    let ((coverage_minimum, files), (integration_required, scenarios)) =
        (units?.unwrap_or_default(), integration?.unwrap_or_default());
    Ok(Testing { coverage_minimum, files, integration_required, scenarios })
}

fn unit_tests(field: Field<'_>, sink: &mut Sink) -> Given<(Option<f64>, Vec<String>)> {
    let mut section = Section::open(field, &UNIT_TESTS, sink)?;
    let coverage = section.optional("coverage_minimum", sink, field::number);
    let files = section.optional("test_files", sink, values::distinct);
    section.close();
    Ok((coverage?.map(|given| given.value), files?.unwrap_or_default()))
}

fn integration_tests(field: Field<'_>, sink: &mut Sink) -> Given<(Option<bool>, Vec<String>)> {
    let mut section = Section::open(field, &INTEGRATION_TESTS, sink)?;
    let required = section.optional("required", sink, field::boolean);
    let scenarios = section.optional("test_scenarios", sink, values::distinct);
    section.close();
    Ok((required?.map(|given| given.value), scenarios?.unwrap_or_default()))
}

pub(super) fn monitoring(field: Field<'_>, sink: &mut Sink) -> Given<Monitoring> {
    let mut section = Section::open(field, &MONITORING, sink)?;
    let monitoring = Monitoring {
        metrics: section.list("metrics", sink, metric),
        alerts: section.list("alerts", sink, alert),
    };
    section.close();
    Ok(monitoring)
}

fn metric(field: Field<'_>, sink: &mut Sink) -> Given<Metric> {
    let mut section = Section::open(field, &METRIC_KEYS, sink)?;
    let name = section.required("name", sink, values::metric);
    let kind = section.required("type", sink, field::word);
    let description = section.optional("description", sink, field::text);
    let labels =
        section.optional("labels", sink, |field, sink| values::distinct_of(field, sink, values::metric));
    section.close();
    Ok(Metric {
        name: name?,
        kind: kind?.value,
        description: description?,
        labels: labels?.unwrap_or_default(),
    })
}

fn alert(field: Field<'_>, sink: &mut Sink) -> Given<Alert> {
    let mut section = Section::open(field, &ALERT, sink)?;
    let name = section.required("name", sink, values::metric);
    let condition = section.required("condition", sink, values::words);
    let severity = section.required("severity", sink, field::word);
    section.close();
    Ok(Alert { name: name?, condition: condition?.value, severity: severity?.value })
}
