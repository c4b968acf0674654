//! Configuration: layers, bounds, places of what is wrong, and what it may not change.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::support::*;
use onex::config::{Config, Environment, Fault, JournalConfig, Origin, Source};
use onex::engine::{BuildProblem, Disclose, RunCause};
use onex::journal::Durability;
use onex::run::{RunState, StepState};
use onex::{Runtime, RuntimeBuilder};

/// A file that is gone with its test.
struct File(PathBuf);

impl File {
    fn new(text: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("onex-{}-{number}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn variables(named: &[(&str, &str)]) -> Vec<(String, String)> {
    named.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What is wrong, without the path of the file.
fn problems(text: &str, named: &[(&str, &str)]) -> Vec<String> {
    let file = File::new(text);
    let source = Source::new().file(&file.0).variables_of("APP", variables(named));
    let error = Config::load(source).unwrap_err();
    let path = file.0.display().to_string();
    error.problems.iter().map(|problem| problem.to_string().replace(&path, "app.toml")).collect()
}

#[test]
fn each_environment_has_its_own_and_development_is_the_default() {
    let numbers = |environment| {
        let config = Config::for_environment(environment);
        let (retry, parallel, timeout) = (config.retry, config.parallel, config.timeout);
        let factor = format!("{:?}", retry.backoff_multiplier);
        (
            (retry.max_retries, retry.retry_delay_ms, retry.exponential_backoff),
            (factor, retry.max_retry_delay_ms),
            (parallel.max_parallel_steps, parallel.batch_size),
            (timeout.global_timeout_ms, timeout.step_timeout_ms, timeout.shutdown_timeout_ms),
        )
    };
    // What no environment has a number of its own for is the specification's default.
    let longest = || ("2.0".to_owned(), 30_000);
    let [development, staging, production] =
        [Environment::Development, Environment::Staging, Environment::Production].map(numbers);
    assert_eq!(development, ((1, 100, false), longest(), (2, 10), (600_000, 60_000, 10_000)));
    assert_eq!(staging, ((3, 1000, true), longest(), (5, 10), (300_000, 30_000, 10_000)));
    assert_eq!(production, ((5, 500, true), longest(), (10, 10), (180_000, 20_000, 10_000)));
    let nothing = Config::load(Source::new()).unwrap();
    assert_eq!(nothing, Config::for_environment(Environment::Development));
    assert_eq!((nothing.max_actions_per_workflow, nothing.disclose()), (1000, Disclose::default()));
}

#[test]
fn a_later_layer_is_over_an_earlier_one_and_the_environment_is_under_all() {
    let first = File::new(
        "environment = \"production\"\n[retry_config]\nmax_retries = 7\nretry_delay_ms = 0x190\n\
         [timeout_config]\nstep_timeout_ms = 1_000\n[topics]\nenv = \"file\"\nnamespace = \"acme\"\n",
    );
    let second = File::new("[timeout_config]\nstep_timeout_ms = 2000\nglobal_timeout_ms = 3000");
    let named = [
        ("APP__TIMEOUT_CONFIG__GLOBAL_TIMEOUT_MS", " 4000 "),
        ("APP__RETRY_CONFIG__BACKOFF_MULTIPLIER", "3"),
        ("APP__TRACK_ACTIONS", "false"),
        ("APP__TOPICS__ENV", "variable"),
        ("APP_BLESS", "of somebody else"),
        ("APPLE__PIE", "too"),
    ];
    let source = Source::new().file(&first.0).file(&second.0).variables_of("APP", variables(&named));
    let config = Config::load(source.clone()).unwrap();
    assert_eq!(config.environment, Environment::Production);
    assert_eq!((config.retry.max_retries, config.retry.retry_delay_ms), (7, 400));
    assert_eq!((config.timeout.step_timeout_ms, config.timeout.global_timeout_ms), (2000, 4000));
    assert_eq!(config.parallel.max_parallel_steps, 10, "of the environment");
    assert!((config.retry.backoff_multiplier - 3.0).abs() < 1e-9);
    assert!(!config.disclose().actions);
    let topics: Vec<_> = config.topics.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(topics, [("env", "variable"), ("namespace", "acme")]);
    // Code is over variables and files: it has what they have come to, and changes it.
    let mut assigned = config.clone();
    assigned.timeout.global_timeout_ms = 5000;
    assigned.retry.max_retries = 8;
    let defaults = assigned.defaults();
    assert_eq!((defaults.run_timeout, defaults.max_retries), (Some(Duration::from_secs(5)), Some(8)));
    assert_eq!(defaults.step_timeout, Some(Duration::from_secs(2)), "of a file still");
    let staged = Config::load(source.environment(Environment::Staging)).unwrap();
    assert_eq!(
        (staged.environment, staged.retry.max_retries, staged.parallel.max_parallel_steps),
        (Environment::Staging, 7, 5)
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    let text = "environment = \"prod\"\n\n[retry_config]\nmax_retries = 11\n  retry_delay = 100\n\
                backoff_multiplier = 0.5\n[timeout_config]\nstep_timeout_ms = \"1s\"\nglobal_timeout_ms = [1]\n\
                [topics]\nenv = 1\n";
    let named = [
        ("APP__TIMEOUT_CONFIG__STEP_TIMEOUT_MS", "99"),
        ("APP__TIMEOUTS__STEP", "1"),
        ("APP__RETRY_CONFIG__MAX_RETRIES", "many"),
    ];
    assert_eq!(
        problems(text, &named),
        [
            "app.toml:5:3: there is no key `retry_config.retry_delay`; did you mean `retry_config.retry_delay_ms`?",
            "app.toml:9:21: `timeout_config.global_timeout_ms` is a single value, and this is a list",
            "app.toml:11:7: `topics.env` is a text, and this is a whole number",
            "the variable APP__RETRY_CONFIG__MAX_RETRIES: `retry_config.max_retries` is a whole number, and this is \"many\"",
            "the variable APP__TIMEOUTS__STEP: there is no key `timeouts.step`; did you mean `timeout_config.step_timeout_ms`?",
            "app.toml:1:15: `environment` is `development`, `staging` or `production`, and this is the text \"prod\"",
            "app.toml:4:15: `retry_config.max_retries` is 11, which is not from 0 to 10",
            "app.toml:6:22: `retry_config.backoff_multiplier` is 0.5, which is not from 1.0 to 5.0",
            "app.toml:8:19: `timeout_config.step_timeout_ms` is a whole number, and this is the text \"1s\"",
            "the variable APP__TIMEOUT_CONFIG__STEP_TIMEOUT_MS: `timeout_config.step_timeout_ms` is 99, which is not from 100 to 300000",
        ]
    );
}

#[test]
fn what_a_contract_decides_is_not_configured() {
    let text = "failure_strategy = \"retry\"\ndependency_resolution_enabled = false\ncycle_detection_enabled = false\n\
                [parallel_config]\nload_balancing_enabled = false\nstep_isolation = false\n";
    assert_eq!(
        problems(text, &[]),
        [
            "app.toml:1:20: `failure_strategy` cannot be \"retry\": a contract's strategy is the same wherever it runs; say \
             `failure_recovery_strategy` in its `coordination_rules`",
            "app.toml:2:33: `dependency_resolution_enabled` cannot be false: dependencies are resolved when the contract is \
             compiled; leave it out",
            "app.toml:3:27: `cycle_detection_enabled` cannot be false: a contract with a cycle does not compile; leave it out",
            "app.toml:5:26: `parallel_config.load_balancing_enabled` cannot be false: what a batch has to do always goes to \
             whichever of its workers is free, and nothing else has workers; leave it out",
            "app.toml:6:18: `parallel_config.step_isolation` cannot be false: what a step does wrong is always kept from the \
             others; leave it out",
        ]
    );
    // As it is, it may be said.
    let text = "dependency_resolution_enabled = true\ncycle_detection_enabled = true\n[parallel_config]\n\
                load_balancing_enabled = true\nstep_isolation = true\n";
    let file = File::new(text);
    assert_eq!(
        Config::load(Source::new().file(&file.0)),
        Ok(Config::for_environment(Environment::Development))
    );
}

#[test]
fn a_file_that_is_none_is_told_with_its_place() {
    assert!(
        problems("a = 1\nb = = 2\n", &[])[0].starts_with("app.toml:2:"),
        "{:?}",
        problems("a = 1\nb = = 2\n", &[])
    );
    let missing = Config::load(Source::new().file("/nowhere/onex.toml")).unwrap_err();
    assert!(matches!(
        &missing.problems[..],
        [problem] if matches!((&problem.origin, &problem.fault), (Origin::File { line: 0, .. }, Fault::Unreadable(_)))
    ));
}

#[test]
fn the_bounds_are_those_that_are_documented() {
    // No delay is longer than the longest: where that is at its most, it is not in the way.
    let longest = File::new("[retry_config]\nmax_retry_delay_ms = 300_000\n");
    let at = |key: &str, value: &str| {
        let name = format!("APP__{}", key.replace('.', "__").to_uppercase());
        let source = Source::new().file(&longest.0);
        Config::load(source.variables_of("APP", variables(&[(&name, value)]))).is_ok()
    };
    for (key, min, max) in [
        ("retry_config.max_retries", 0, 10),
        ("retry_config.retry_delay_ms", 100, 60_000),
        ("retry_config.max_retry_delay_ms", 1000, 300_000),
        ("parallel_config.max_parallel_steps", 1, 100),
        ("parallel_config.batch_size", 1, 1000),
        ("timeout_config.global_timeout_ms", 1000, 3_600_000),
        ("timeout_config.step_timeout_ms", 100, 300_000),
        ("timeout_config.shutdown_timeout_ms", 1000, 60_000),
        ("max_actions_per_workflow", 1, 100_000),
    ] {
        let within = [min, max].map(|value: i64| at(key, &value.to_string()));
        let beyond = [min - 1, max + 1].map(|value: i64| at(key, &value.to_string()));
        assert_eq!((within, beyond), ([true; 2], [false; 2]), "{key}");
    }
    for (value, allowed) in [("1.0", true), ("5.0", true), ("0.99", false), ("5.01", false), ("NaN", false)] {
        assert_eq!(at("retry_config.backoff_multiplier", value), allowed, "{value}");
    }
}

#[test]
fn the_journal_is_in_memory_until_a_path_is_said_and_what_is_no_durability_is_told() {
    let nothing = Config::load(Source::new()).unwrap().journal;
    assert_eq!(nothing, JournalConfig::default());
    let file = File::new("[journal]\npath = \"orders.db\"\ndurability = \"relaxed\"\n");
    let named = [("APP__JOURNAL__DURABILITY", " memory "), ("APP__JOURNAL__PATH", "123")];
    let source = Source::new().file(&file.0);
    let said =
        |path: &str, durability| JournalConfig { path: Some(path.into()), durability: Some(durability) };
    assert_eq!(Config::load(source.clone()).unwrap().journal, said("orders.db", Durability::Relaxed));
    let over = Config::load(source.variables_of("APP", variables(&named))).unwrap().journal;
    assert_eq!(over, said("123", Durability::Memory));
    assert_eq!(
        problems(
            "[journal]\npath = \"\"\ndurability = \"Strict\"\n",
            &[("APP__JOURNAL__DURABILITY", "eternal"), ("APP__JOURNAL__PTH", "x")]
        ),
        [
            "the variable APP__JOURNAL__PTH: there is no key `journal.pth`; did you mean `journal.path`?",
            "app.toml:2:8: `journal.path` is the path of a file, and this is the text \"\"",
            "app.toml:3:14: `journal.durability` is `strict`, `relaxed` or `memory`, and this is the text \"Strict\"",
            "the variable APP__JOURNAL__DURABILITY: `journal.durability` is `strict`, `relaxed` or `memory`, and this is the text \"eternal\"",
        ]
    );
}

#[test]
fn a_delay_is_no_longer_than_the_longest() {
    let text = "[retry_config]\nretry_delay_ms = 5000\nmax_retry_delay_ms = 4000\n";
    assert_eq!(
        problems(text, &[]),
        [
            "app.toml:3:22: `retry_config.retry_delay_ms` is 5000, and no delay is longer than `retry_config.max_retry_delay_ms`, 4000"
        ]
    );
}

#[test]
fn a_program_s_own_section_is_its_own_type() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Warehouse {
        shelves: u32,
        #[serde(default)]
        cities: Vec<String>,
    }
    let file = File::new("[domain_specific_config]\nshelves = 4\ncities = [\"Oslo\"]\n");
    let config = Config::load(Source::new().file(&file.0)).unwrap();
    let warehouse: Warehouse = config.domain_specific().unwrap();
    assert_eq!(warehouse, Warehouse { shelves: 4, cities: vec!["Oslo".into()] });
    Config::load(Source::new()).unwrap().domain_specific::<Warehouse>().unwrap_err();
}

workflow!(silent { said: Said::NOTHING, strategy: Strategy::Retry, mode: Mode::Parallel, } [
    a Effect [] { says_timeout: false }; b Effect [] { says_timeout: false };
    c Effect [] { says_timeout: false }
]);
workflow!(outspoken { strategy: Strategy::Retry, mode: Mode::Parallel, max_retries: 0, } [a Effect []]);

fn builder<N: onex::node::mount::Mount<World>>(world: &World) -> RuntimeBuilder<World> {
    Runtime::builder(world.clone()).mount::<N>()
}

#[tokio::test(start_paused = true)]
async fn r26_it_fills_what_a_contract_leaves_unset() {
    let mut config = Config::for_environment(Environment::Development);
    config.retry.max_retries = 2;
    config.retry.retry_delay_ms = 1000;
    config.timeout.step_timeout_ms = 300;
    let world = World::default();
    for step in ["b", "c"] {
        world.scripts.on(step, |_| async {
            tokio::time::sleep(ms(10)).await;
            Ok(1)
        });
    }
    world.scripts.on("a", |_| std::future::pending());
    let runtime = builder::<silent::Node>(&world).config(&config).build().unwrap();
    let report = run::<silent::Node>(&runtime).await;
    assert_eq!((report.state, report.steps[0].attempts), (RunState::Failed, 3));
    let calls = world.scripts.calls_of("a");
    // Two at once: the third waits for the second. 300 ms, then a delay of 500 to 1000 ms, which does not grow.
    assert_eq!(world.scripts.order()[..3], ["a", "b", "c"]);
    assert_eq!(world.scripts.calls_of("c")[0].began - calls[0].began, ms(10));
    for pair in calls.windows(2) {
        let between = pair[1].began - pair[0].began;
        assert!(between >= ms(800) && between <= ms(1300), "{between:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r26_delays_grow_by_the_configured_factor_up_to_the_longest() {
    let mut config = Config::for_environment(Environment::Production);
    config.retry.backoff_multiplier = 3.0;
    config.retry.max_retry_delay_ms = 20_000;
    let world = World::default();
    world.scripts.on("a", |_| async { Err(fail("busy")) });
    let runtime = builder::<silent::Node>(&world).config(&config).build().unwrap();
    run::<silent::Node>(&runtime).await;
    let calls = world.scripts.calls_of("a");
    let pauses: Vec<Duration> = calls.windows(2).map(|pair| pair[1].began - pair[0].began).collect();
    // Half of each is random. A factor of 2 would end at 8 s, and one of 3 without an end to it at 40.5 s.
    let expected = [500, 1_500, 4_500, 13_500, 20_000];
    assert_eq!(pauses.len(), expected.len());
    for (pause, longest) in pauses.iter().zip(expected) {
        assert!(*pause >= ms(longest / 2) && *pause <= ms(longest + 1), "{pause:?} of {longest} ms");
    }
}

workflow!(undone { strategy: Strategy::Compensate, } [a Effect [] undo undo_a; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r18_a_run_has_the_configured_time_to_stop_and_a_shutdown_twice_that() {
    let mut config = Config::for_environment(Environment::Development);
    config.timeout.shutdown_timeout_ms = 2000;
    let start = async || {
        let world = World::default();
        world.scripts.on("b", |_| std::future::pending());
        world.scripts.on("undo_a", |_| std::future::pending());
        let runtime = builder::<undone::Node>(&world).config(&config).build().unwrap();
        let handle = runtime.start::<undone::Node>(0_u64, None).await.unwrap();
        tokio::time::sleep(ms(10)).await;
        (runtime, handle, tokio::time::Instant::now(), world)
    };
    let (_runtime, handle, began, world) = start().await;
    assert!(handle.kill("it is not undone"));
    assert_eq!(handle.await.unwrap().step("b").unwrap().state, StepState::Indeterminate);
    assert_eq!((began.elapsed(), world.scripts.calls_of("undo_a").len()), (ms(2000), 0));

    // Once for what is in flight, and once for what undoes it.
    let (runtime, _handle, began, world) = start().await;
    let shutdown = runtime.shutdown(ms(300)).await;
    assert_eq!((shutdown.cancelled, shutdown.abandoned, began.elapsed()), (1, 1, ms(300 + 2 * 2000)));
    assert_eq!(world.scripts.calls_of("undo_a")[0].began - began, ms(300 + 2000));
}

#[tokio::test(start_paused = true)]
async fn r26_a_run_has_the_configured_time_unless_its_contract_says() {
    let mut config = Config::for_environment(Environment::Production);
    config.timeout.global_timeout_ms = 5000;
    let world = World::default();
    world.scripts.on("a", |ctx| async move {
        ctx.cancellation.cancelled().await;
        Ok(1)
    });
    let runtime = builder::<silent::Node>(&world).config(&config).build().unwrap();
    let report = run::<silent::Node>(&runtime).await;
    assert_eq!((report.state, report.duration), (RunState::TimedOut, Duration::from_secs(5)));
    assert_eq!(report.cause, Some(RunCause::TimedOut { after_ms: 5000 }));
}

#[tokio::test(start_paused = true)]
async fn r26_what_a_contract_says_stands() {
    let mut config = Config::for_environment(Environment::Production);
    config.timeout.step_timeout_ms = 100;
    config.timeout.global_timeout_ms = 1000;
    let world = World::default();
    world.scripts.on("a", |_| async {
        tokio::time::sleep(ms(2000)).await;
        Err(fail("busy"))
    });
    let runtime = builder::<outspoken::Node>(&world).config(&config).build().unwrap();
    let report = run::<outspoken::Node>(&runtime).await;
    assert_eq!((report.state, report.steps[0].attempts, report.duration), (RunState::Failed, 1, ms(2000)));
    assert_eq!(report.steps[0].error.as_deref(), Some("busy"));
}

#[test]
fn a_workflow_that_may_come_to_too_many_actions_is_not_built() {
    let mut config = Config::for_environment(Environment::Development);
    // Three steps, each with one retry.
    for (max, builds) in [(6, true), (5, false)] {
        config.max_actions_per_workflow = max;
        let built = builder::<silent::Node>(&World::default()).config(&config).build();
        assert_eq!(built.is_ok(), builds, "{max}");
        let problems = built.err().map(|error| error.problems).unwrap_or_default();
        assert!(problems.iter().all(|problem| {
            matches!(problem, BuildProblem::TooManyActions { actions: 6, max: 5, workflow: "silent", .. })
        }));
    }
    config.max_actions_per_workflow = 1;
    assert!(builder::<outspoken::Node>(&World::default()).config(&config).build().is_ok());
}

#[test]
fn what_a_program_sets_is_checked_when_the_runtime_is_built() {
    let mut config = Config::for_environment(Environment::Development);
    config.timeout.step_timeout_ms = 99;
    let error = builder::<silent::Node>(&World::default()).config(&config).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the setting `defaults.step_timeout` is 99 ms, which is not from 100 ms to 300000 ms"
    );
}

fn by_id(_: &onex::Payload) -> Option<String> {
    None
}

workflow!(placed entry(Ticket, "{env}.acme.desk.evt.ticket-opened.v1", NewRun, Some(crate::configuration::by_id)) {} [answer Effect [0]]);

#[tokio::test]
async fn the_placeholders_of_topics_are_filled() {
    let file = File::new("[topics]\nenv = \"dev\"\n");
    let config = Config::load(Source::new().file(&file.0)).unwrap();
    let world = World::default();
    let runtime = builder::<placed::Node>(&world).config(&config).build().unwrap();
    runtime.deliver(json("dev.acme.desk.evt.ticket-opened.v1", 1, r#"{"id":"t"}"#)).await.unwrap();
    runtime.settled().await;
    assert_eq!(world.scripts.order(), ["answer"]);
    let unfilled = builder::<placed::Node>(&world).build().unwrap_err().to_string();
    assert!(unfilled.contains("`{env}`"), "{unfilled}");
}
