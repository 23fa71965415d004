//! The wait for devices, beside other calls.

use crate::support::Made;
use std::thread;
use yinxin_skf::{Call, Code, Event, Library};

#[test]
fn a_wait_is_cancelled_while_other_calls_go_on() {
    let made = Made::new();
    let library = made.library();
    let mut waiter = library.waiter().unwrap();
    assert!(library.waiter().is_none(), "one thread waits");
    let thread = thread::spawn(move || (waiter.wait(), waiter.wait()));
    while !made.waits() {
        thread::yield_now();
    }
    assert_eq!(library.devices(true).unwrap().len(), 1);
    library.cancel_wait().unwrap();
    // For good: nobody waits again after it.
    assert_eq!(
        thread.join().unwrap(),
        (Ok(Event::Cancelled), Ok(Event::Cancelled))
    );
}

#[test]
fn the_end_of_a_library_ends_its_wait() {
    let made = Made::new();
    let library = made.library();
    let mut waiter = library.waiter().unwrap();
    let thread = thread::spawn(move || waiter.wait());
    while !made.waits() {
        thread::yield_now();
    }
    drop(library);
    assert_eq!(thread.join().unwrap(), Ok(Event::Cancelled));
}

#[test]
fn events_are_told() {
    let made = Made::new();
    let library = made.library();
    let mut waiter = library.waiter().unwrap();
    made.fault("event");
    assert_eq!(waiter.wait(), Ok(Event::In(b"key 1".to_vec())));
    made.fault("no-event-name");
    assert_eq!(waiter.wait(), Ok(Event::Other));
    made.fault("cannot-wait");
    assert_eq!(waiter.wait().unwrap_err().code(), Some(Code::NOT_SUPPORTED));
}

#[test]
fn a_library_without_the_wait_has_no_waiter() {
    let made = Made::of("list.c", &[]);
    let library = Library::load_function_list(&made.path).unwrap();
    assert!(!library.has(Call::WaitForDevEvent));
    assert!(library.waiter().is_none());
}
