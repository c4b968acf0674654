//! A program as it is run: configured by a file and variables, watched step by step, and asked how it is.
//!
//! With `--metrics 127.0.0.1:9000` it serves its metrics until it has ended.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use onex::config::{Config, Source};
use onex::engine::{Disclose, RunProgress};
use onex::{Ctx, Runtime, handler, orchestrator};
use tokio::time::sleep;

#[orchestrator(contract = "contract.yaml")]
struct Report;

#[handler(step = report::sales)]
async fn sales() -> u64 {
    sleep(Duration::from_millis(400)).await;
    670
}

#[handler(step = report::stock)]
async fn stock() -> u64 {
    sleep(Duration::from_millis(600)).await;
    70
}

#[handler(step = report::join)]
fn join(sales: &u64, stock: &u64) -> (u64, u64) {
    (*sales, *stock)
}

/// The printer is out of paper the first time.
#[handler(step = report::print)]
async fn print(join: &(u64, u64), ctx: Ctx) -> Result<String, String> {
    sleep(Duration::from_millis(200)).await;
    if ctx.attempt == 1 {
        Err("out of paper".to_owned())
    } else {
        Ok(format!("{} sold, {} left", join.0, join.1))
    }
}

/// A bar that follows a run. Where nobody sees it, since the output goes into a file, each line of it is written.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{bar:40} {msg}");
        Bar(ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// How many of the steps have ended, and which are at work.
    fn line(progress: &RunProgress) -> String {
        let at_work = progress.at_work().map(|step| match step.attempts {
            1 => format!(" {}", step.id),
            attempt => format!(" {} (attempt {attempt})", step.id),
        });
        format!("{}/{}{}", progress.ended(), progress.steps.len(), at_work.collect::<String>())
    }

    fn show(&self, progress: &RunProgress) {
        let line = Bar::line(progress);
        if self.0.is_hidden() {
            eprintln!("{line}");
            return;
        }
        self.0.set_length(progress.steps.len() as u64);
        self.0.set_position(progress.ended() as u64);
        self.0.set_message(line);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("onex.toml");
    let config = Config::load(Source::new().file(file).variables("ONEX"))?;
    // Before the runtime is built, which registers its metrics.
    let _metrics = metrics_address()?.map(onex::prometheus::serve).transpose()?;
    let runtime = Runtime::builder(()).config(&config).mount::<Report>().build()?;

    let run = runtime.start::<Report>((), None).await?;
    let mut watch = runtime.watch(run.id()).await?;
    let bar = Bar::new();
    while let Some(progress) = watch.next().await {
        bar.show(&progress);
    }
    bar.0.finish_and_clear();

    let report = run.await?;
    // To a person who may see it all; what goes into a log has `config.disclose()`.
    let output = report.to_output(Disclose { outputs: true, messages: true, ..config.disclose() });
    println!("{}", serde_json::to_string_pretty(&output)?);
    println!("{}", serde_json::to_string(&runtime.health().await)?);
    Ok(())
}

/// What follows `--metrics`.
fn metrics_address() -> anyhow::Result<Option<SocketAddr>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--metrics").skip(1);
    Ok(arguments.next().map(|address| address.parse()).transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_bar_says_how_many_steps_have_ended_and_which_are_at_work() -> anyhow::Result<()> {
        let runtime = Runtime::builder(()).mount::<Report>().build()?;
        let run = runtime.start::<Report>((), None).await?;
        let mut watch = runtime.watch(run.id()).await?;
        let mut lines = Vec::new();
        while let Some(progress) = watch.next().await {
            lines.push(Bar::line(&progress));
        }
        lines.dedup();
        assert_eq!(
            lines,
            ["0/4 sales stock", "1/4 stock", "3/4 print", "3/4", "3/4 print (attempt 2)", "4/4"]
        );
        Ok(())
    }
}
