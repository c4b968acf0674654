//! What a value looks like, on its own.

use super::{Section, Word};

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string.
    Text(&'static Text),
    /// `true` or `false`.
    Boolean,
    /// An integer within bounds, both included.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number within bounds, both included.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// One of some words, in any case.
    Word(&'static [Word]),
    /// A list.
    List(&'static Shape),
    /// A mapping whose keys are the contract's own.
    Table {
        /// What its keys are.
        keys: &'static Text,
        /// What its values are.
        values: &'static Shape,
    },
    /// A mapping whose keys are the language's.
    Section(&'static Section),
    /// One of several shapes.
    Either(&'static [Shape]),
    /// `null`, which says the same as no key.
    Null,
    /// Any value, not looked into.
    Anything,
}

/// A kind of string.
#[derive(Debug)]
pub struct Text {
    /// What it is, to be put behind "a" or "an": `topic`, `intent type`.
    pub name: &'static str,
    /// What is demanded of it, in a sentence; empty if nothing is.
    pub rule: &'static str,
    /// A regular expression (ECMA 262) that every valid one matches, for editors; the reader may demand more.
    pub pattern: Option<&'static str>,
}

impl Shape {
    /// Any string.
    pub const TEXT: Self = Self::Text(&text::FREE);
    /// A list of any strings.
    pub const TEXTS: Self = Self::List(&Self::TEXT);
    /// An integer from 0 on that fits 32 bits.
    pub const COUNT: Self = Self::Integer { min: 0, max: u32::MAX as i64 };
}

impl Shape {
    /// The shape of a list's entries, for a shape that is or has a list.
    pub(crate) fn of_entries(&'static self) -> &'static Self {
        self.find(|shape| match shape {
            Self::List(entries) => Some(*entries),
            _ => None,
        })
        .unwrap_or(&Self::Anything)
    }

    /// The shape of a table's values, for a shape that is or has a table.
    pub(crate) fn of_values(&'static self) -> &'static Self {
        self.find(|shape| match shape {
            Self::Table { values, .. } => Some(*values),
            _ => None,
        })
        .unwrap_or(&Self::Anything)
    }

    /// The bounds of an integer.
    pub(crate) fn integers(&'static self) -> (i64, i64) {
        let bounds = self.find(|shape| match shape {
            Self::Integer { min, max } => Some((*min, *max)),
            _ => None,
        });
        debug_assert!(bounds.is_some(), "an integer is read where the table has {self:?}");
        bounds.unwrap_or((i64::MIN, i64::MAX))
    }

    /// The bounds of a number.
    pub(crate) fn numbers(&'static self) -> (f64, f64) {
        let bounds = self.find(|shape| match shape {
            Self::Number { min, max } => Some((*min, *max)),
            _ => None,
        });
        debug_assert!(bounds.is_some(), "a number is read where the table has {self:?}");
        bounds.unwrap_or((f64::MIN, f64::MAX))
    }

    /// Whether a text is among what is taken.
    pub(crate) fn takes_text(&'static self) -> bool {
        self.find(|shape| matches!(shape, Self::Text(_)).then_some(())).is_some()
    }

    fn find<T>(&'static self, wanted: impl Fn(&'static Self) -> Option<T>) -> Option<T> {
        match self {
            Self::Either(shapes) => shapes.iter().find_map(wanted),
            shape => wanted(shape),
        }
    }
}

/// The kinds of strings.
pub mod text {
    use super::Text;

    /// Any string.
    pub static FREE: Text = Text { name: "string", rule: "", pattern: None };
    /// The name of a node.
    pub static NODE_NAME: Text = Text {
        name: "node's name",
        rule: "a lower-case letter, then lower-case letters, digits and `_`",
        pattern: Some("^[a-z][a-z0-9_]*$"),
    };
    /// A Rust type, without its path.
    pub static TYPE_NAME: Text = Text {
        name: "type's name",
        rule: "a Rust identifier that is no keyword",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_]*$"),
    };
    /// A module.
    pub static MODULE: Text =
        Text { name: "module", rule: "identifiers joined by `.` or by `::`", pattern: None };
    /// A handler's name.
    pub static HANDLER: Text = Text {
        name: "handler's name",
        rule: "`HandlerOrderPlaced` and `order_placed` both stand for the function `order_placed`",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_]*$"),
    };
    /// A handler with the module that it is in.
    pub static HANDLER_PATH: Text = Text {
        name: "path of a handler",
        rule: "a handler's name, with or without `module:` before it",
        pattern: None,
    };
    /// A type with the module that it is in.
    pub static TYPE_PATH: Text = Text {
        name: "path of a type",
        rule: "a type's name, with or without its module in front: `orders.events.OrderPlaced`, `crate::OrderPlaced`",
        pattern: None,
    };
    /// What the envelope of an event says it is.
    pub static WIRE_TYPE: Text = Text {
        name: "event type on the wire",
        rule: "`orders.order-placed`: producer and event name of a topic; or the topic itself",
        pattern: None,
    };
    /// The name of a step or of a compensation.
    pub static STEP_NAME: Text = Text {
        name: "step's name",
        rule: "a Rust identifier; `-` stands for `_`, a keyword is allowed, `input` is not",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_-]*$"),
    };
    /// A field of a message.
    pub static FIELD: Text = Text {
        name: "field",
        rule: "a field of the event, or of a field of it: `order_id`, `customer.id`",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$"),
    };
    /// A topic.
    pub static TOPIC: Text = Text {
        name: "topic",
        rule: "`onex.{cmd|evt|intent|dlq|snapshot}.{producer}.{event-name}.v{n}`, or the template form `{env}.{namespace}.{service}.{evt|cmd|intent}.{event-name}.v{n}`",
        pattern: None,
    };
    /// An intent type.
    pub static INTENT_TYPE: Text = Text {
        name: "intent type",
        rule: "lower-case words joined by `.`: `payment.process`",
        pattern: None,
    };
    /// A version as a string.
    pub static VERSION: Text = Text {
        name: "version",
        rule: "`\"1.0.0\"`: three numbers joined by `.`",
        pattern: Some("^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)$"),
    };
    /// What an event's wire type matches.
    pub static EVENT_PATTERN: Text = Text {
        name: "pattern of events",
        rule: "`orders.order-placed` or `order-placed`, each with or without `.v1` behind it; `*` stands for any characters",
        pattern: None,
    };
    /// An output of a step, or a field of it.
    pub static OUTPUT: Text = Text {
        name: "step's output",
        rule: "`step`, `step.field` or `step.field.of.field`; `input` stands for what the run was started with",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$"),
    };
    /// Which intents are meant.
    pub static INTENT_PATTERN: Text = Text {
        name: "pattern of intents",
        rule: "an intent type; `*` stands for any characters: `payment.*`",
        pattern: None,
    };
    /// A condition in words of its own.
    pub static EXPRESSION: Text = Text { name: "expression", rule: "at most 500 characters", pattern: None };
    /// When something starts by itself.
    pub static SCHEDULE: Text = Text {
        name: "schedule",
        rule: "five or six fields as for cron: `*/5 * * * *`",
        pattern: Some("^ *[A-Za-z0-9*/,?#-]+( +[A-Za-z0-9*/,?#-]+){4,5} *$"),
    };
    /// The name of a state.
    pub static STATE_NAME: Text = Text {
        name: "state's name",
        rule: "words joined by `_`, `-` or spaces, in any case; a variant of a Rust enumeration stands for it: `closing_out` is `ClosingOut`",
        pattern: Some("^[A-Za-z][A-Za-z0-9_ -]*$"),
    };
    /// The name of a state, or `*`.
    pub static FROM_STATE: Text = Text {
        name: "state's name, or `*`",
        rule: "the name of a state, or `*` for any",
        pattern: Some("^([*]|[A-Za-z][A-Za-z0-9_ -]*)$"),
    };
    /// What makes a machine move.
    pub static TRIGGER: Text = Text {
        name: "trigger",
        rule: "words joined by `_`, `-` or spaces, in any case; a variant of a Rust enumeration stands for it",
        pattern: Some("^[A-Za-z][A-Za-z0-9_ -]*$"),
    };
    /// A condition.
    pub static GUARD: Text = Text {
        name: "condition",
        rule: "a field, an operator, and what the operator is compared with: `total greater_than 100`, `order_id exists`, `state in [open, paid]`",
        pattern: Some("^\\s*\\S+\\s+\\S"),
    };
    /// A variable of the environment.
    pub static VARIABLE: Text = Text {
        name: "variable of the environment",
        rule: "letters, digits and `_`, no digit first",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_]*$"),
    };
    /// A universally unique identifier.
    pub static UUID: Text = Text {
        name: "UUID",
        rule: "five groups of hexadecimal digits joined by `-`",
        pattern: Some("^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"),
    };
}
