use std::future::poll_fn;
use std::sync::atomic::AtomicUsize;
use std::task::{Poll, Wake};

use shuttle::future::block_on;
use shuttle::thread;

use super::*;
use crate::engine::sync::tests::{in_every_order, in_order};

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_driver_is_woken_once_and_finds_all_orders_in_order() {
    in_order(|| {
        let (woken, control) = (Arc::new(Woken::default()), Control::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut orders = Vec::new();
        control.poll(&mut Context::from_waker(&waker), &mut orders);
        let (reply, _answer) = oneshot::channel();
        control.give(Order::Resume { reply });
        assert!(control.cancel("first".into()));
        assert!(!control.cancel("second".into()));
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        control.poll(&mut Context::from_waker(&waker), &mut orders);
        assert!(
            matches!(&orders[..], [Order::Resume { .. }, Order::Cancel { reason }] if &**reason == "first")
        );
    });
}

/// The driver sleeps over an order where it lets go of the lock before it says how it is woken, or where `give` looks for who is
/// to be woken before the order is there.
#[test]
fn a_driver_hears_every_order() {
    in_every_order(|| {
        let control = Arc::new(Control::default());
        let asked = [(); 2].map(|()| {
            let control = Arc::clone(&control);
            thread::spawn(move || control.cancel("asked".into()))
        });
        control_is_told(&control, |order| matches!(order, Order::Cancel { .. }));
        let firsts = asked.map(|asked| asked.join().expect("it does not panic"));
        assert!(firsts[0] != firsts[1], "one of the two is the first");
        assert!(!control.has_orders(), "nobody is told twice");
    });
}

/// It does not where `kill` is for those alone who have not been cancelled.
#[test]
fn who_kills_comes_through_behind_who_cancels_at_the_same_time() {
    in_every_order(|| {
        let control = Arc::new(Control::default());
        let of_others = Arc::clone(&control);
        let cancels = thread::spawn(move || of_others.cancel("cancelled".into()));
        assert!(control.kill("killed".into()));
        let cancelled = cancels.join().expect("it does not panic");
        let (mut orders, mut cx) = (Vec::new(), Context::from_waker(Waker::noop()));
        control.poll(&mut cx, &mut orders);
        assert_eq!(orders.len(), 1 + usize::from(cancelled), "{orders:?}");
        assert!(orders.iter().any(|order| matches!(order, Order::Kill { .. })));
    });
}

/// As a driver does: waits for orders until there is such a one.
fn control_is_told(control: &Control, is_it: impl Fn(&Order) -> bool) {
    let mut orders = Vec::new();
    block_on(poll_fn(|cx| {
        control.poll(cx, &mut orders);
        if orders.iter().any(&is_it) { Poll::Ready(()) } else { Poll::Pending }
    }));
}
