use shuttle::sync::mpsc;
use shuttle::thread;

use super::*;
use crate::engine::sync::tests::{in_many_orders, in_order};

type Work = Box<dyn FnOnce(&mut Worker) + Send>;

/// A thread of a runtime, as far as it matters to a line: who is called for this thread begins when what it does is done, who
/// is called for any begins whatever this one does.
struct Worker {
    line: Arc<Line<Work>>,
    called: VecDeque<Called<Work>>,
}

impl Worker {
    fn of(line: &Arc<Line<Work>>) -> Self {
        Worker { line: Arc::clone(line), called: VecDeque::new() }
    }

    fn join(&mut self, work: impl FnOnce(&mut Worker) + Send + 'static) {
        let called = self.line.join(Box::new(work));
        called.into_iter().for_each(|called| self.send(called));
    }

    fn send(&mut self, called: Called<Work>) {
        match called.by() {
            Call::Here => self.called.push_back(called),
            Call::Anywhere => {
                let mut other = Worker::of(&self.line);
                other.called.push_back(called);
                thread::spawn(move || other.work());
            }
        }
    }

    /// As `serve_in_a_row` of [`ready`](crate::engine::ready), with two in a row.
    fn work(&mut self) {
        while let Some(called) = self.called.pop_front() {
            called.begin();
            for _ in 0..2 {
                let Some((work, called)) = self.line.next(false) else { break };
                called.into_iter().for_each(|called| self.send(called));
                work(self);
            }
        }
    }
}

/// What joins, and how the worker is called that is to be sent on its way.
fn join(line: &Arc<Line<char>>, item: char) -> (Option<Call>, Option<Called<char>>) {
    let called = line.join(item);
    (called.as_ref().map(Called::by), called)
}

#[test]
fn somebody_is_called_exactly_while_something_waits() {
    in_order(|| {
        for alone in [false, true] {
            let line = Arc::<Line<char>>::default();
            let other = if alone { Call::Here } else { Call::Anywhere };
            let (by, called) = join(&line, 'a');
            assert_eq!(by, Some(Call::Here));
            assert!(line.join('b').is_none());
            called.expect("it is called").begin();
            let (item, called) = line.next(alone).expect("two wait");
            assert_eq!(
                (item, called.as_ref().map(Called::by)),
                ('a', Some(other)),
                "`b` does not wait for `a`"
            );
            assert!(line.join('c').is_none());
            assert!(matches!(line.next(alone), Some(('b', None))));
            assert!(matches!(line.next(alone), Some(('c', None))));
            assert!(line.next(alone).is_none());
            called.expect("it is called").begin();
            let (by, called) = join(&line, 'd');
            assert_eq!(by, Some(Call::Here));
            drop(called);
            assert!(line.next(alone).is_none(), "`d` went with who was to serve it");
            assert_eq!(join(&line, 'e').0, Some(Call::Here));
        }
    });
}

#[test]
fn who_was_called_for_this_thread_is_not_enough_for_who_keeps_it() {
    in_order(|| {
        let line = Arc::<Line<char>>::default();
        line.join('a').expect("it is called").begin();
        let _ = line.next(false);
        // What `a` sends: first for this thread, and for any as soon as it turns to `b`.
        let (by, _for_this_thread) = join(&line, 'b');
        assert_eq!((by, line.join('c').is_none()), (Some(Call::Here), true));
        let (item, called) = line.next(false).expect("two wait");
        assert_eq!((item, called.as_ref().map(Called::by)), ('b', Some(Call::Anywhere)));
    });
}

/// Nobody is called where `next` looks for more before it takes one away, or where `join` puts its item in after it has let
/// go of the lock: something is not served, and the test waits for it in vain.
#[test]
fn whoever_joins_is_served() {
    in_many_orders(|| {
        let line = Arc::default();
        let (served, all) = mpsc::channel();
        for items in [1, 2] {
            let (mut worker, served) = (Worker::of(&line), served.clone());
            thread::spawn(move || {
                for _ in 0..items {
                    let served = served.clone();
                    worker.join(move |_| served.send(()).expect("the test waits"));
                }
                worker.work();
            });
        }
        (0..3).for_each(|_| all.recv().expect("it is served"));
    });
}

/// What stands behind does not wait for what a worker is busy with: the first waits here for the second, as one that blocks its
/// thread does.
///
/// Nobody else serves the second where `next` takes whoever was called for this thread for enough.
#[test]
fn nothing_waits_for_what_a_worker_is_busy_with() {
    in_many_orders(|| {
        let line = Arc::default();
        let (second, done) = mpsc::channel();
        let mut worker = Worker::of(&line);
        worker.join(|worker| {
            let (second, done) = mpsc::channel();
            // Whoever was called for this thread is on its way while it turns to the first of the two.
            worker.join(move |_| done.recv().expect("the second is served"));
            worker.join(move |_| second.send(()).expect("the first waits"));
        });
        worker.join(move |_| second.send(()).expect("the test waits"));
        worker.work();
        done.recv().expect("it is served");
    });
}

/// A runtime that ends drops who is called. What waits is dropped with it, so that nothing waits for nobody.
///
/// It does where who is dropped stays counted, or leaves what waits in the line.
#[test]
fn who_is_called_and_never_begins_leaves_nothing_behind() {
    in_many_orders(|| {
        let line = Arc::<Line<Work>>::default();
        let (item, over) = mpsc::channel::<()>();
        for begins in [true, true, false] {
            let (mut worker, item) = (Worker::of(&line), item.clone());
            thread::spawn(move || {
                worker.join(move |_| drop(item));
                if begins {
                    worker.work();
                }
            });
        }
        drop(item);
        assert!(over.recv().is_err(), "each is served or dropped");
    });
}
