//! What a step returns is shared with the steps behind it: in memory, nobody writes it down.

use onex::run::{CompensationState, RunState};
use onex::{Container, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
struct Film {
    pixels: usize,
}

/// Whoever writes it as JSON is found out.
#[derive(Deserialize)]
struct Picture(Vec<u8>);

impl Serialize for Picture {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("a picture was serialised")
    }
}

/// Where a picture lies.
fn place(picture: &Picture) -> usize {
    picture.0.as_ptr().addr()
}

#[orchestrator(contract = "contracts/shared_outputs.yaml")]
struct Album;

#[handler(step = album::develop)]
fn develop(input: &Film) -> Picture {
    Picture(vec![7; input.pixels])
}

#[handler(step = album::print)]
async fn print(develop: &Picture) -> Picture {
    Picture(develop.0.clone())
}

#[handler(step = album::frame)]
fn frame(develop: &Picture, print: &Picture) -> [usize; 2] {
    [place(develop), place(print)]
}

#[handler(step = album::hang)]
async fn hang(frame: &[usize; 2]) -> Result<usize, String> {
    Err(format!("no wall for {} pictures", frame.len()))
}

#[handler(compensation = album::shred)]
async fn shred(print: Option<&Picture>) {
    assert!(print.is_some());
}

#[derive(Container)]
struct Nothing {}

#[tokio::test]
async fn r22_in_memory_an_output_is_shared_and_never_serialised() {
    let runtime = Runtime::builder(Nothing {}).mount::<Album>().build().unwrap();
    let report = runtime.run::<Album>(Film { pixels: 3 }, None).await.unwrap();
    assert_eq!(
        (report.state, report.compensation),
        (RunState::Failed, CompensationState::Done),
        "{:?}",
        report.cause
    );
    let error = report.step("hang").unwrap().error.as_deref();
    assert_eq!(error, Some("no wall for 2 pictures"));
    let [developed, printed] = *report.output::<[usize; 2]>("frame").unwrap();
    for (step, seen) in [("develop", developed), ("print", printed)] {
        let returned = report.output::<Picture>(step).unwrap();
        assert_eq!(place(&returned), seen, "what `{step}` returned is what the next step was given");
    }
    // Nor by who asks the journal.
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!(place(&status.output::<Picture>("print").unwrap()), printed);
}
