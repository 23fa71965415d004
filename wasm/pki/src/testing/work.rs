//! How often something that costs was done: what a test says of cost, whatever machine it runs on.

use std::cell::RefCell;

thread_local! {
    static DONE: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Notes that it was done.
pub fn done(what: &'static str) {
    DONE.with_borrow_mut(|done| done.push(what));
}

/// What something gives, and what was done for it.
pub fn of<T>(run: impl FnOnce() -> T) -> (T, Work) {
    DONE.take();
    let given = run();
    (given, Work(DONE.take()))
}

/// What was done.
pub struct Work(Vec<&'static str>);

impl Work {
    /// How often this was.
    pub fn count(&self, what: &str) -> usize {
        self.0.iter().filter(|done| **done == what).count()
    }
}
