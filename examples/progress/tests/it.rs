//! The program does what its first lines say.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::process::{Command, Output};

use serde_json::{Value, json};

fn run(variable: Option<(&str, &str)>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_progress"));
    command.envs(variable).output().unwrap()
}

#[test]
fn it_prints_what_the_run_came_to_and_how_the_runtime_is() {
    let output = run(None);
    assert!(output.status.success(), "{output:?}");
    let mut values = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let (run, health) = (values.next().unwrap().unwrap(), values.next().unwrap().unwrap());
    assert_eq!(run["execution_status"], "completed");
    assert_eq!(run["output_variables"], json!({ "print": "670 sold, 70 left" }));
    assert_eq!((&run["parallel_executions"], &run["metrics"]["retries_count"]), (&json!(1), &json!(1.0)));
    assert_eq!(health["status"], "healthy");
    // Nobody looks at a bar here: each line of it is written. Of what follows at once, the latest is seen.
    let stderr = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = stderr.lines().collect();
    for line in ["0/4 sales stock", "1/4 stock", "3/4 print", "3/4 print (attempt 2)"] {
        assert!(lines.contains(&line), "{stderr}");
    }
    assert_eq!(lines.last(), Some(&"4/4"));
}

#[test]
fn a_variable_is_over_the_file_and_a_wrong_one_is_told() {
    let timed_out = run(Some(("ONEX__TIMEOUT_CONFIG__STEP_TIMEOUT_MS", "500")));
    let stdout = String::from_utf8(timed_out.stdout).unwrap();
    assert!(
        stdout.contains("\"execution_status\": \"failed\"")
            && stdout.contains("attempt timed out after 500 ms"),
        "{stdout}"
    );
    let wrong = run(Some(("ONEX__TIMEOUT_CONFIG__STEP_TIMEOUT_MS", "50")));
    assert!(!wrong.status.success());
    let stderr = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        stderr.contains(
            "the variable ONEX__TIMEOUT_CONFIG__STEP_TIMEOUT_MS: `timeout_config.step_timeout_ms` is 50"
        ),
        "{stderr}"
    );
}
