//! Two workflows are steps of each other.

use onex::{Call, handler, orchestrator};

#[orchestrator(contract = "./application_workflow_in_itself.d/circle_1.yaml")]
pub struct Circle1;

#[handler(call = circle1::other)]
fn one() -> Call<Circle2> {
    Call::with(())
}

#[handler(step = circle1::end)]
fn end_of_one(other: &u8) -> u8 {
    *other
}

#[orchestrator(contract = "./application_workflow_in_itself.d/circle_2.yaml")]
pub struct Circle2;

#[handler(call = circle2::other)]
fn two() -> Call<Circle1> {
    Call::with(())
}

#[handler(step = circle2::end)]
fn end_of_two(other: &u8) -> u8 {
    *other
}

#[onex::application(container = (), nodes = [Circle1, Circle2])]
pub struct Circles;

fn main() {
    let _ = Circles::builder(()).build();
}
