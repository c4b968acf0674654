//! Valid contracts in every shape in which one may say who answers what, from a list of choices.

/// A valid contract, and the comments in it, each of which is there once.
pub(crate) fn contract(choices: &[u8]) -> (String, Vec<String>) {
    let mut writer = Writer { choices, text: String::new(), comments: Vec::new() };
    writer.contract();
    (writer.text, writer.comments)
}

struct Writer<'a> {
    choices: &'a [u8],
    text: String,
    comments: Vec<String>,
}

impl Writer<'_> {
    fn choose(&mut self, from: usize) -> usize {
        let Some((first, rest)) = self.choices.split_first() else { return 0 };
        self.choices = rest;
        usize::from(*first) % from
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.choose(from.len())]
    }

    /// A line, perhaps below a comment, perhaps with one behind it.
    fn line(&mut self, indent: usize, text: &str) {
        if self.choose(6) == 1 {
            let comment = self.comment();
            self.text.push_str(&format!("{:indent$}{comment}\n", ""));
        }
        let behind = if self.choose(6) == 1 { format!(" {}", self.comment()) } else { String::new() };
        self.text.push_str(&format!("{:indent$}{text}{behind}\n", ""));
    }

    fn comment(&mut self) -> String {
        let comment = format!("# comment {}.", self.comments.len());
        self.comments.push(comment.clone());
        comment
    }

    fn contract(&mut self) {
        let kind = self.pick(&["effect", "EFFECT", "\"effect_generic\"", "EFFECT_GENERIC"]);
        self.line(0, "name: node_shop_effect");
        self.line(0, &format!("node_type: {kind}"));
        self.line(0, "contract_version: 1.0.0");
        let topics = match self.choose(5) {
            0 => self.only_handler(),
            1 => self.single_handler(),
            2 => self.entries(&["payload_type_match", "PAYLOAD_TYPE_MATCH"], Self::payload),
            3 => {
                self.entries(&["operation_match", "operation_type_match", "Operation_Match"], Self::operation)
            }
            _ => self.entries(&["topic_match", "TOPIC_PATTERN", "\"topic_pattern\""], Self::topic),
        };
        self.line(0, "event_bus:");
        self.line(2, "subscribe_topics:");
        for at in 0..topics {
            self.line(2, &format!("- onex.evt.shop.asked{at}.v1"));
        }
    }

    fn only_handler(&mut self) -> usize {
        let name = self.pick(&["name", "class", "function"]);
        let mut keys = vec![format!("{name}: HandlerAsked0")];
        if self.choose(2) == 1 {
            keys.push("module: shop.handlers".to_owned());
        }
        if self.choose(2) == 1 {
            let model = self.model(0);
            keys.push(format!("input_model: {model}"));
        }
        if self.choose(4) == 1 {
            keys.push("description: All of it.".to_owned());
        }
        self.mapping(0, "handler:", keys);
        1 + self.choose(3)
    }

    fn single_handler(&mut self) -> usize {
        self.line(0, "handler_routing:");
        self.line(2, "routing_strategy: single_handler");
        self.line(2, "handlers:");
        let mut keys = self.operation(0);
        let topics = 1 + self.choose(3);
        keys.retain(|key| topics == 1 || !key.starts_with("event_type"));
        self.entry(keys);
        topics
    }

    fn entries(&mut self, strategies: &[&'static str], keys: fn(&mut Self, usize) -> Vec<String>) -> usize {
        let count = 1 + self.choose(3);
        let strategy = self.pick(strategies);
        self.line(0, "handler_routing:");
        if self.choose(4) == 1 {
            let path = self.pick(&["shop:HandlerAsked0", "shop.a.HandlerAsked0", "HandlerAsked0", "null"]);
            self.line(2, &format!("default_handler: {path}"));
        }
        self.line(2, &format!("routing_strategy: {strategy}"));
        self.line(2, "handlers:");
        for at in 0..count {
            let keys = keys(self, at);
            self.entry(keys);
        }
        count
    }

    fn payload(&mut self, at: usize) -> Vec<String> {
        let key = self.pick(&["event_model", "input_model"]);
        let model = self.model(at);
        let mut keys = vec![format!("{key}: {model}"), format!("event_type: shop.asked{at}")];
        if self.choose(3) == 1 {
            let key = self.pick(&["operation", "routing_key"]);
            keys.push(format!("{key}: ask{at}"));
        }
        keys.extend(self.handler(at));
        keys
    }

    fn operation(&mut self, at: usize) -> Vec<String> {
        let key = self.pick(&["operation", "routing_key"]);
        let mut keys = vec![format!("{key}: shop.ask{at}")];
        if at > 0 || self.choose(2) == 1 {
            keys.push(format!("event_type: onex.evt.shop.asked{at}.v1"));
        } else {
            keys.push("event_type: shop.asked0".to_owned());
        }
        if self.choose(2) == 1 {
            let key = self.pick(&["event_model", "input_model"]);
            let model = self.model(at);
            keys.push(format!("{key}: {model}"));
        }
        keys.extend(self.handler(at));
        keys
    }

    fn topic(&mut self, at: usize) -> Vec<String> {
        let mut keys = vec![format!("topic: onex.evt.shop.asked{at}.v1")];
        if self.choose(2) == 1 {
            let key = self.pick(&["event_model", "input_model"]);
            let model = self.model(at);
            keys.push(format!("{key}: {model}"));
        }
        keys.extend(self.handler(at));
        keys
    }

    fn model(&mut self, at: usize) -> String {
        let name = format!("ModelAsked{at}");
        match self.choose(5) {
            0 => format!("shop.models.{name}"),
            1 => format!("crate::models::{name}"),
            2 => format!("\"{name}\""),
            3 => format!("{{module: shop.models, name: {name}}}"),
            _ => format!("{{ name: {name}, description: 'Asked.' }}"),
        }
    }

    fn handler(&mut self, at: usize) -> Vec<String> {
        let name = if self.choose(2) == 0 { format!("HandlerAsked{at}") } else { format!("asked{at}") };
        let mut keys = match self.choose(5) {
            0 => vec![format!("handler_class: {name}")],
            1 => vec![format!("handler_key: {name}")],
            2 => vec![format!("handler: {{ class: {name}, module: shop }}")],
            3 => vec![format!("handler: {{type: async, function: '{name}'}}")],
            _ => vec![format!("handler: {{ module: a.b, name: {name} }}")],
        };
        if self.choose(3) == 1 && !keys[0].starts_with("handler:") {
            keys.push("handler_module: shop.handlers".to_owned());
        }
        if self.choose(3) == 1 {
            let category = self.pick(&["event", "EVENT", "Event"]);
            keys.push(format!("message_category: {category}"));
        }
        if self.choose(4) == 1 {
            keys.push("description: Answers.".to_owned());
        }
        keys
    }

    /// The keys in some order, in either notation.
    fn entry(&mut self, keys: Vec<String>) {
        self.mapping(2, "-", keys);
    }

    fn mapping(&mut self, indent: usize, start: &str, mut keys: Vec<String>) {
        let first = self.choose(keys.len());
        keys.rotate_left(first);
        if self.choose(3) == 1 {
            self.line(indent, &format!("{start} {{{}}}", keys.join(",  ")));
            return;
        }
        self.line(indent, start);
        for key in keys {
            self.line(indent + 3, &key);
        }
    }
}
