use std::pin::pin;
use std::task::{Context, Waker};

use shuttle::future::block_on;
use shuttle::thread;

use super::*;
use crate::engine::sync::tests::in_many_orders;

/// An engine with so many places, one of them for the runs of a workflow that is also a step of others.
fn places(of_all: usize) -> (Arc<Admission>, Arc<Admission>) {
    (Arc::new(Admission::new(of_all)), Arc::new(Admission::new(1)))
}

/// Counts who is driven.
#[derive(Debug, Default)]
struct Driven(AtomicUsize);

impl Driven {
    /// Is driven for a while, with its places.
    fn drive(&self, most: usize, admitted: Option<Admitted>) {
        let admitted = admitted.expect("nothing is closed");
        assert!(self.0.fetch_add(1, Ordering::SeqCst) < most, "more are driven than may be");
        self.0.fetch_sub(1, Ordering::SeqCst);
        drop(admitted);
    }
}

/// More are driven where a place is not kept for as long as its run; one waits for ever where who gives up does not leave the door.
#[test]
fn r26_no_more_runs_are_driven_than_may_be_and_each_is_in_the_end() {
    in_many_orders(|| {
        let ((of_all, of_workflow), driven) = (places(2), Arc::<Driven>::default());
        let gives_up = {
            let of_all = Arc::clone(&of_all);
            thread::spawn(move || {
                let mut entering = pin!(of_all.alone(None, Who::Begins));
                let _admitted = entering.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            })
        };
        let runs =
            [(Who::Begins, true), (Who::GoesOn, false), (Who::Begins, false)].map(|(who, is_bounded)| {
                let (of_all, of_workflow) = (Arc::clone(&of_all), Arc::clone(&of_workflow));
                let driven = Arc::clone(&driven);
                thread::spawn(move || {
                    let of_workflow = is_bounded.then_some(&*of_workflow);
                    driven.drive(2, block_on(of_all.alone(of_workflow, who)));
                })
            });
        gives_up.join().expect("it does not panic");
        runs.into_iter().for_each(|run| run.join().expect("it does not panic"));
        assert_eq!((of_all.taken(), of_all.waiting(), of_workflow.taken()), (0, 0, 0));
    });
}

/// They wait for each other where a run keeps the place of its workflow while it waits for one among all.
#[test]
fn r27_a_run_that_waits_for_its_step_gets_it_beside_runs_of_the_same_workflow() {
    in_many_orders(|| {
        let ((of_all, of_workflow), driven) = (places(1), Arc::<Driven>::default());
        let parent = {
            let (of_all, of_workflow) = (Arc::clone(&of_all), Arc::clone(&of_workflow));
            let driven = Arc::clone(&driven);
            thread::spawn(move || {
                let _parent = block_on(of_all.alone(None, Who::Begins)).expect("nothing is closed");
                driven.drive(1, block_on(as_step(Some(&of_workflow), Who::Begins)));
            })
        };
        let others = [Who::Begins, Who::GoesOn, Who::Begins].map(|who| {
            let (of_all, of_workflow) = (Arc::clone(&of_all), Arc::clone(&of_workflow));
            let driven = Arc::clone(&driven);
            thread::spawn(move || driven.drive(1, block_on(of_all.beside_sub_runs(&of_workflow, who))))
        });
        parent.join().expect("it does not panic");
        others.into_iter().for_each(|run| run.join().expect("it does not panic"));
        assert_eq!((of_all.taken(), of_workflow.taken(), of_workflow.waiting()), (0, 0, 0));
    });
}

/// One waits for ever where the door is closed and the places are not.
#[test]
fn r20_all_who_wait_learn_that_nothing_starts_any_more() {
    in_many_orders(|| {
        let (of_all, of_workflow) = places(1);
        let driven = block_on(of_all.alone(None, Who::Begins)).expect("nothing is closed");
        let waiting = [Who::Begins, Who::Begins, Who::GoesOn].map(|who| {
            let (of_all, of_workflow) = (Arc::clone(&of_all), Arc::clone(&of_workflow));
            thread::spawn(move || block_on(of_all.beside_sub_runs(&of_workflow, who)).is_none())
        });
        of_all.close();
        of_workflow.close();
        assert!(waiting.map(|run| run.join().expect("it does not panic")).iter().all(|stopped| *stopped));
        drop(driven);
        assert_eq!(of_workflow.waiting(), 0);
    });
}
