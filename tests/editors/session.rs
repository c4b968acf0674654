//! One file in one rust-analyzer, over its standard input and output, as the Language Server Protocol has it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A rust-analyzer that has read a package, and whose editor shows `src/main.rs`.
pub(crate) struct Session {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    uri: String,
    text: String,
    /// Requests, and versions of the text, are numbered.
    number: u64,
    ready: bool,
}

/// A range in a file: the end of its path, the line and the columns, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(String, usize, usize, usize);

impl Place {
    /// Where a text stands in `main.rs`.
    pub(crate) fn of(text: &str, needle: &str) -> Self {
        Self::of_in(text, needle, needle)
    }

    /// Where a text stands within another.
    pub(crate) fn of_in(text: &str, around: &str, needle: &str) -> Self {
        let (line, column) = position(text, around, needle);
        Self("src/main.rs".to_owned(), line, column, column + needle.len())
    }
}

/// Line and column of a text within another. The texts are ASCII.
fn position(text: &str, around: &str, needle: &str) -> (usize, usize) {
    let start = text.find(around).unwrap_or_else(|| panic!("`{around}` is in the text"));
    let at = start + around.find(needle).unwrap_or_else(|| panic!("`{needle}` is in `{around}`"));
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (text[..at].matches('\n').count(), at - line_start)
}

impl Session {
    /// Opens a copy of a package of this workspace, with a workspace of its own: an editor reads everything that belongs to one.
    /// `None`: there is no rust-analyzer.
    pub(crate) fn open(package: &str) -> Option<Self> {
        let installed = Command::new("rust-analyzer").arg("--version").output();
        if !installed.is_ok_and(|output| output.status.success()) {
            return None;
        }
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editors");
        copy(&root.join(package), &folder);
        for file in ["Cargo.lock", "rust-toolchain.toml"] {
            std::fs::copy(root.join(file), folder.join(file)).expect("the workspace has it");
        }
        let manifest = include_str!("Cargo.toml.in").replace("{root}", &root.display().to_string());
        std::fs::write(folder.join("Cargo.toml"), manifest).expect("the folder is writable");

        let mut process = Command::new("rust-analyzer")
            .current_dir(&folder)
            // What this workspace has built of others' crates need not be built again.
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target folder"),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it was started just now");
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let main = folder.join("src/main.rs");
        let text = std::fs::read_to_string(&main).expect("the package has a program");
        let uri = format!("file://{}", main.display());
        let mut session = Session { process, input, output, uri, text, number: 0, ready: false };
        session.start(&format!("file://{}", folder.display()));
        Some(session)
    }

    fn start(&mut self, root: &str) {
        let parameters = json!({
            "processId": std::process::id(),
            "rootUri": root,
            "workspaceFolders": [{ "uri": root, "name": "package" }],
            "initializationOptions": { "checkOnSave": false, "cachePriming": { "enable": false } },
            "capabilities": {
                "experimental": { "serverStatusNotification": true },
                "textDocument": { "hover": { "contentFormat": ["markdown"] }, "diagnostic": {} },
            },
        });
        self.request("initialize", &parameters);
        self.send(&json!({ "method": "initialized", "params": {} }));
        let document = json!({ "uri": self.uri, "languageId": "rust", "version": 0, "text": self.text });
        self.send(&json!({ "method": "textDocument/didOpen", "params": { "textDocument": document } }));
        while !self.ready {
            let message = self.receive();
            self.serve(&message);
        }
    }

    /// What the editor shows.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Types another text.
    pub(crate) fn edit(&mut self, text: &str) {
        self.number += 1;
        text.clone_into(&mut self.text);
        let document = json!({ "uri": self.uri, "version": self.number });
        let parameters = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
        self.send(&json!({ "method": "textDocument/didChange", "params": parameters }));
    }

    /// The messages of all errors in the file that rust-analyzer finds by itself.
    pub(crate) fn errors(&mut self) -> Vec<String> {
        let report = self.request("textDocument/diagnostic", &json!({ "textDocument": { "uri": self.uri } }));
        let errors = report["items"].as_array().into_iter().flatten().filter(|item| item["severity"] == 1);
        errors.map(|error| error["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn definitions(&mut self, around: &str, needle: &str) -> Vec<Place> {
        self.places("textDocument/definition", around, needle)
    }

    pub(crate) fn implementations(&mut self, around: &str, needle: &str) -> Vec<Place> {
        self.places("textDocument/implementation", around, needle)
    }

    pub(crate) fn references(&mut self, around: &str, needle: &str) -> Vec<Place> {
        self.places("textDocument/references", around, needle)
    }

    fn places(&mut self, method: &str, around: &str, needle: &str) -> Vec<Place> {
        let found = self.at(method, position(&self.text, around, needle));
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap_or(0)).unwrap_or(0);
        let place = |place: &Value| {
            let path = place["uri"].as_str().unwrap_or_default();
            let path: Vec<&str> = path.rsplit('/').take(2).collect();
            let (start, end) = (&place["range"]["start"], &place["range"]["end"]);
            Place(
                format!("{}/{}", path[1], path[0]),
                number(&start["line"]),
                number(&start["character"]),
                number(&end["character"]),
            )
        };
        found.as_array().into_iter().flatten().map(place).collect()
    }

    /// What is shown over a name.
    pub(crate) fn hover(&mut self, around: &str, needle: &str) -> String {
        let hover = self.at("textDocument/hover", position(&self.text, around, needle));
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// What is offered behind a text, which stands within another, by name.
    pub(crate) fn completions(&mut self, around: &str, behind: &str) -> Vec<String> {
        let (line, column) = position(&self.text, around, behind);
        let offered = self.at("textDocument/completion", (line, column + behind.len()));
        let items = offered["items"].as_array().or(offered.as_array()).cloned().unwrap_or_default();
        let names: BTreeSet<String> =
            items.iter().filter_map(|item| item["label"].as_str()).map(str::to_owned).collect();
        names.into_iter().collect()
    }

    /// The items of the file, by name.
    pub(crate) fn symbols(&mut self) -> Vec<String> {
        let symbols =
            self.request("textDocument/documentSymbol", &json!({ "textDocument": { "uri": self.uri } }));
        let names = symbols.as_array().into_iter().flatten().filter_map(|symbol| symbol["name"].as_str());
        names.map(str::to_owned).collect()
    }

    fn at(&mut self, method: &str, (line, character): (usize, usize)) -> Value {
        let parameters = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": line, "character": character },
            "context": { "includeDeclaration": true, "triggerKind": 1 },
        });
        self.request(method, &parameters)
    }

    fn request(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let id = self.number;
        self.send(&json!({ "id": id, "method": method, "params": parameters }));
        loop {
            let mut message = self.receive();
            if message["id"] == id && message["method"].is_null() {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.serve(&message);
        }
    }

    /// Answers what the server asks of its editor: nothing is configured.
    fn serve(&mut self, message: &Value) {
        match message["method"].as_str() {
            Some("experimental/serverStatus") => self.ready = message["params"]["quiescent"] == true,
            Some("workspace/configuration") => {
                let asked = message["params"]["items"].as_array().map_or(0, Vec::len);
                self.send(&json!({ "id": message["id"], "result": vec![Value::Null; asked] }));
            }
            Some(_) if !message["id"].is_null() => {
                self.send(&json!({ "id": message["id"], "result": null }));
            }
            _ => {}
        }
    }

    fn send(&mut self, message: &Value) {
        let mut message = message.clone();
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut header = String::new();
            assert_ne!(
                self.output.read_line(&mut header).expect("the server writes"),
                0,
                "the server has gone"
            );
            match header.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a whole message");
        serde_json::from_slice(&body).expect("a message is JSON")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It holds nothing that is worth a farewell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Copies a folder's files; of what is there already, those that have changed.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder is writable");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the folder is writable");
        }
    }
}
