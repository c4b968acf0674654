//! YAML in all notations and with comments everywhere, and contracts in all shapes, from a list of choices.

/// Texts, each in a notation of one line that may stand anywhere.
const SCALARS: [&str; 22] = [
    "word",
    "two words",
    "'single'",
    "\"double\"",
    "\"no\"",
    "'on'",
    "no",
    "~",
    "1",
    "\"1.0\"",
    "1.0.0",
    "'it''s'",
    "\"a\\\\b\\tc\"",
    "'#3B82F6'",
    "\"a: b\"",
    "\"\"",
    "'\"'",
    "!!str 5",
    "\"\\u00e9\"",
    "a#b",
    "\"ä, ö\"",
    "http://x/y?z",
];
const KEYS: [&str; 12] = [
    "name",
    "\"quoted key\"",
    "'on'",
    "handler",
    "a.b",
    "handlers",
    "ä",
    "\"no\"",
    "topic",
    "x-y",
    "module",
    "'k: v'",
];

struct Writer<'a> {
    choices: &'a [u8],
    text: String,
    comments: usize,
    anchors: usize,
    /// The last anchor whose value has ended.
    complete: usize,
    shape: Option<&'static [&'static str]>,
}

/// A document.
pub(super) fn yaml(choices: &[u8]) -> String {
    let mut writer =
        Writer { choices, text: String::new(), comments: 0, anchors: 0, complete: 0, shape: None };
    writer.above(0);
    if writer.choose(8) == 0 {
        writer.text.push_str("---");
        writer.behind();
    }
    writer.mapping(0, 0);
    writer.above(0);
    writer.text
}

/// A document with the keys of routing entries, in any combination.
pub(super) fn contract(choices: &[u8]) -> String {
    const ROUTE: [&str; 14] = [
        "operation",
        "handler",
        "handler_class",
        "handler_module",
        "handler_key",
        "routing_key",
        "event_model",
        "input_model",
        "message_category",
        "output_events",
        "payload_type",
        "priority",
        "topic",
        "intent_model",
    ];
    const HANDLER: [&str; 5] = ["module", "class", "function", "input_model", "name"];
    let mut writer =
        Writer { choices, text: String::new(), comments: 0, anchors: 0, complete: 0, shape: Some(&ROUTE) };
    let strategy = ["operation_match", "EVENT_TYPE_MATCH", "topic_pattern"][writer.choose(3)];
    if writer.choose(4) == 0 {
        writer.shape = Some(&HANDLER);
        writer.above(0);
        writer.text.push_str("handler:");
        writer.behind();
        writer.mapping(2, 3);
        return writer.text;
    }
    writer.text.push_str(&format!("handler_routing:\n  routing_strategy: {strategy}\n  handlers:"));
    writer.behind();
    writer.list(4, 3);
    writer.text.push_str("  default_handler: a.b:C");
    writer.behind();
    writer.text
}

impl Writer<'_> {
    fn choose(&mut self, from: usize) -> usize {
        let Some((first, rest)) = self.choices.split_first() else { return from - 1 };
        self.choices = rest;
        usize::from(*first) % from
    }

    fn comment(&mut self) {
        self.comments += 1;
        let text = ["# ", "#", "#! \t", "# ä: - { "][self.choose(4)];
        self.text.push_str(&format!("{text}{}", self.comments));
    }

    /// The rest of a line.
    fn behind(&mut self) {
        if self.choose(4) == 0 {
            let space = ["  ", " ", "   ", "          "][self.choose(4)];
            self.text.push_str(space);
            self.comment();
        }
        self.text.push('\n');
    }

    /// Blank lines, and comments on lines of their own.
    fn above(&mut self, indent: usize) {
        for _ in 0..3 {
            match self.choose(8) {
                0 => self.text.push('\n'),
                1 => self.text.push_str("  \n"),
                2 => {
                    let column = [indent, 0, indent + 2, indent + 1][self.choose(4)];
                    self.text.push_str(&" ".repeat(column));
                    self.comment();
                    self.text.push('\n');
                }
                _ => {}
            }
        }
    }

    fn mapping(&mut self, indent: usize, depth: usize) {
        let (count, first) = (self.choose(4) + 1, self.choose(12));
        for at in 0..count {
            let key = match self.shape {
                Some(keys) => keys[(first + 3 * at) % keys.len()],
                None => KEYS[(first + at) % KEYS.len()],
            };
            // The first may stand behind a dash.
            if at > 0 || self.text.is_empty() || self.text.ends_with('\n') {
                self.above(indent);
                self.text.push_str(&" ".repeat(indent));
            }
            self.text.push_str(key);
            self.text.push(':');
            self.value(indent, depth, true);
        }
    }

    fn list(&mut self, indent: usize, depth: usize) {
        for at in 0..=self.choose(3) {
            if at > 0 || self.text.ends_with('\n') {
                self.above(indent);
                self.text.push_str(&" ".repeat(indent));
            }
            self.text.push('-');
            self.value(indent, depth, false);
        }
    }

    /// A value behind a key or a dash that stands at `indent`, with the end of its line.
    fn value(&mut self, indent: usize, depth: usize, key: bool) {
        if self.choose(12) == 0 {
            self.anchors += 1;
            let anchor = self.anchors;
            self.text.push_str(&format!(" &a{anchor}"));
            self.below_or_scalar(indent, depth);
            self.complete = anchor;
            return;
        }
        let deeper = indent + 1 + self.choose(4);
        match self.choose(if depth > 4 { 9 } else { 14 }) {
            0 => self.behind(),
            1 => self.block_scalar(deeper, indent),
            2 => self.folded(deeper),
            3 if self.complete > 0 => {
                self.text.push_str(&format!(" *a{}", self.complete));
                self.behind();
            }
            4 | 5 => {
                self.text.push(' ');
                self.flow(deeper, depth);
                self.behind();
            }
            9..=11 => self.below(deeper, depth),
            12 if !key => {
                // On the line of the dash.
                self.text.push(' ');
                if self.choose(2) == 0 {
                    self.mapping(indent + 2, depth + 1);
                } else {
                    self.list(indent + 2, depth + 1);
                }
            }
            13 if key => {
                // A list may stand under its key.
                self.behind();
                self.list(indent, depth + 1);
            }
            _ => {
                let scalar = SCALARS[self.choose(SCALARS.len())];
                let below = self.choose(10) == 0;
                if below {
                    self.behind();
                    self.above(deeper);
                    self.text.push_str(&" ".repeat(deeper));
                } else {
                    self.text.push(' ');
                }
                self.text.push_str(scalar);
                self.behind();
            }
        }
    }

    fn below_or_scalar(&mut self, indent: usize, depth: usize) {
        if depth > 4 || self.choose(2) == 0 {
            self.text.push_str(" anchored");
            self.behind();
        } else {
            self.below(indent + 2, depth);
        }
    }

    fn below(&mut self, indent: usize, depth: usize) {
        self.behind();
        if self.choose(2) == 0 { self.mapping(indent, depth + 1) } else { self.list(indent, depth + 1) }
    }

    fn block_scalar(&mut self, indent: usize, parent: usize) {
        let style = ["|", ">", "|-", ">+"][self.choose(4)];
        let space = self.choose(4) == 0;
        self.text.push_str(&format!(" {style}"));
        if space {
            self.text.push_str(&(indent - parent).to_string());
        }
        self.behind();
        for at in 0..=self.choose(4) {
            let line = ["text", "# no comment", "a: b ", "  deeper", "", "\ttab", "   "][self.choose(7)];
            let line = if at == 0 { ["first", "  first"][usize::from(space)] } else { line };
            self.text.push_str(&format!(
                "{}{line}\n",
                if line.is_empty() { String::new() } else { " ".repeat(indent) }
            ));
        }
    }

    fn folded(&mut self, indent: usize) {
        let space = " ".repeat(indent);
        let text = [
            format!(" plain\n{space}goes on\n\n{space}- and on"),
            format!(" \"double \\\n{space}  goes\\ \n\n{space}on\""),
            format!(" 'single'' \n{space}goes # on'"),
        ];
        let text = &text[self.choose(3)];
        self.text.push_str(text);
        self.behind();
    }

    fn flow(&mut self, indent: usize, depth: usize) {
        let mapping = self.choose(2) == 0;
        self.text.push(if mapping { '{' } else { '[' });
        self.flow_space(indent);
        let count = self.choose(4);
        let first = self.choose(6);
        for at in 0..count {
            if mapping {
                self.text.push_str(["a", "\"b c\"", "c", "'on'", "e", "f"][(first + at) % 6]);
                self.text.push_str(": ");
            }
            match self.choose(if depth > 4 { 6 } else { 8 }) {
                0 if mapping => {}
                6 | 7 => self.flow(indent, depth + 1),
                1 if !mapping => self.text.push_str("pair: b"),
                2 => self.text.push_str(&format!("\"folded\n{}text\"", " ".repeat(indent))),
                _ => {
                    let scalar = SCALARS[self.choose(SCALARS.len() - 1)];
                    self.text.push_str(scalar);
                }
            }
            self.flow_space(indent);
            if at + 1 < count || self.choose(3) == 0 {
                self.text.push(',');
                self.flow_space(indent);
            }
        }
        self.text.push(if mapping { '}' } else { ']' });
    }

    fn flow_space(&mut self, indent: usize) {
        match self.choose(10) {
            0 => self.behind(),
            1 => {
                self.text.push('\n');
                self.above(indent);
            }
            _ => return self.text.push(' '),
        }
        self.text.push_str(&" ".repeat(indent));
    }
}
