//! `data-quality` looks at four batches of its own; `data-quality FILE..` at yours.

use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use anyhow::Context as _;
use data_quality::quality::{BatchArrived, Quality, Scoring, Warehouse};
use data_quality::stores::Stores;
use onex::Runtime;

const OWN: [(&str, &str); 4] = [
    ("spotless", include_str!("../data/spotless.csv")),
    ("gaps", include_str!("../data/gaps.csv")),
    ("rubbish", include_str!("../data/rubbish.csv")),
    ("broken", include_str!("../data/broken.csv")),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let files: Vec<String> = env::args().skip(1).collect();
    let batches = if files.is_empty() {
        OWN.map(|(id, csv)| BatchArrived { batch_id: id.to_owned(), csv: csv.to_owned() }).into()
    } else {
        files.iter().map(|file| batch(Path::new(file))).collect::<anyhow::Result<Vec<_>>>()?
    };

    let stores = Arc::new(Stores::default());
    let runtime = Runtime::builder(Warehouse { stores: Arc::clone(&stores) }).mount::<Scoring>().build()?;
    let mut reports = runtime.reports();
    for batch in batches {
        runtime.publish(batch).await?;
    }
    runtime.settled().await;

    let contents = stores.contents();
    while let Some(report) = reports.try_recv() {
        let id = report.key.to_string();
        match (report.output::<Quality>("quality"), contents.get(&id)) {
            (Ok(quality), Some((place, rows))) => {
                println!("{id}: scored {:.2}, {place:?}, {rows} rows", quality.score);
            }
            _ => {
                let why = report.steps.iter().find_map(|step| step.error.as_deref());
                println!("{id}: {:?}, {}", report.state, why.unwrap_or("nothing is known"));
            }
        }
    }
    Ok(())
}

fn batch(file: &Path) -> anyhow::Result<BatchArrived> {
    let csv = fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    Ok(BatchArrived { batch_id: file.display().to_string(), csv })
}
