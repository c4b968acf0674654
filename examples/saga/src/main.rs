//! Books a trip for each trouble there is, all at once, and says what stands in the end.

use std::sync::Arc;

use onex::Runtime;
use onex::run::{CompensationState, StepState};
use saga::companies::Companies;
use saga::trip::{Agency, BookTrip, Trip};
use saga::troubles::Trouble;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let companies = Arc::new(Companies::default());
    let agency = Agency { companies: Arc::clone(&companies) };
    let runtime = Runtime::builder(agency).mount::<Trip>().build()?;

    let mut runs = Vec::new();
    for (number, (trouble, called)) in (1..).zip(Trouble::ALL) {
        let trip = BookTrip { trip_id: format!("trip-{number}"), cents: 12_500, trouble };
        runs.push((called, runtime.start::<Trip>(trip, None).await?));
    }
    for (called, run) in runs {
        let report = run.await?;
        println!("{}, {called}: {:?}, undone: {:?}", report.key, report.state, report.compensation);
        for step in report.steps.iter().filter(|step| step.state != StepState::NotRun) {
            let tried =
                if step.attempts > 1 { format!(", {} attempts", step.attempts) } else { String::new() };
            let undone = match step.compensation {
                CompensationState::None => "",
                CompensationState::Pending => ", still to be undone",
                CompensationState::Done => ", undone",
                CompensationState::Failed => ", cannot be undone",
            };
            let why = step.compensation_error.as_deref().or(step.error.as_deref());
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            println!("    {:8} {:?}{tried}{undone}{why}", step.id, step.state);
        }
        println!("    what stands: {:?}", companies.standing(&report.key.to_string()));
    }
    Ok(())
}
