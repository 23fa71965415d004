//! Judging, off the threads that talk to clients: so much at once, so much waiting, and no more. Large requests have a lane of
//! their own, so that small ones don't wait behind them.

use crate::limits::Limits;
use crate::refusal::Refusal;
use hyper::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use yinxin_calls::Error;

/// Both lanes.
pub struct Lanes {
    small: Lane,
    large: Lane,
    queue: Duration,
    work: Duration,
}

struct Lane {
    /// For what is judged, or waits.
    places: Arc<Semaphore>,
    /// For what is judged.
    jobs: Arc<Semaphore>,
}

impl Lane {
    fn new(jobs: usize, waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(jobs + waiting)),
            jobs: Arc::new(Semaphore::new(jobs)),
        }
    }
}

impl Lanes {
    pub fn new(limits: &Limits) -> Self {
        let jobs = limits.jobs.max(1);
        Self {
            small: Lane::new(jobs, limits.waiting),
            large: Lane::new(jobs.div_ceil(2), limits.waiting),
            queue: limits.queue,
            work: limits.work,
        }
    }

    /// Runs a job for a request that holds so many bytes.
    ///
    /// # Errors
    /// `server-busy`; `request-timed-out`, while the job goes on and keeps its place, since nothing stops it.
    pub async fn run<T: Send + 'static>(
        &self,
        held: usize,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let lane = match held >= Limits::LARGE {
            true => &self.large,
            false => &self.small,
        };
        let place = lane.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Refusal::busy())?;
        let permit = timeout(self.queue, lane.jobs.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(Refusal::busy());
        };
        let running = spawn_blocking(move || {
            let result = job();
            drop((permit, place));
            result
        });
        match timeout(self.work, running).await {
            Ok(Ok(result)) => Ok(result),
            // It panicked.
            Ok(Err(_)) => Err(Refusal::from(Error::Internal {
                detail: String::new(),
            })),
            Err(_) => Err(Refusal::timed_out(
                StatusCode::SERVICE_UNAVAILABLE,
                self.work,
            )),
        }
    }

    /// Requests that wait.
    pub fn waiting(&self, limits: &Limits) -> usize {
        [&self.small, &self.large]
            .into_iter()
            .map(|lane| {
                limits
                    .waiting
                    .saturating_sub(lane.places.available_permits())
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Lanes;
    use crate::limits::Limits;
    use hyper::StatusCode;
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;
    use yinxin_calls::Error;

    /// Lanes for one job, and how many may wait.
    fn lanes(waiting: usize, change: impl FnOnce(&mut Limits)) -> (Arc<Lanes>, Limits) {
        let mut limits = Limits {
            jobs: 1,
            waiting,
            ..Limits::default()
        };
        change(&mut limits);
        (Arc::new(Lanes::new(&limits)), limits)
    }

    /// Begins a job that ends when it is told to; once it runs.
    async fn busy(lanes: &Arc<Lanes>, held: usize) -> (Sender<()>, tokio::task::JoinHandle<bool>) {
        let (end, ended) = channel();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let lanes = lanes.clone();
        let job = move || {
            let _ = begun.send(());
            let _ = ended.recv();
        };
        let task = tokio::spawn(async move { lanes.run(held, job).await.is_ok() });
        begins.await.unwrap();
        (end, task)
    }

    #[tokio::test]
    async fn large_requests_wait_for_large_ones_only() {
        let (lanes, _) = lanes(0, |_| {});
        let (end, task) = busy(&lanes, Limits::LARGE).await;
        let refused = lanes.run(Limits::LARGE, || ()).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.error, Error::ServerBusy {});
        assert_eq!(lanes.run(Limits::LARGE - 1, || 1).await.unwrap(), 1);
        drop(end);
        assert!(task.await.unwrap());
        assert_eq!(lanes.run(Limits::LARGE, || 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn as_many_wait_as_may() {
        let (lanes, limits) = lanes(1, |_| {});
        let (end, task) = busy(&lanes, 0).await;
        assert_eq!(lanes.waiting(&limits), 0);
        let waiting = lanes.clone();
        let second = tokio::spawn(async move { waiting.run(0, || 2).await.unwrap() });
        while lanes.waiting(&limits) == 0 {
            tokio::task::yield_now().await;
        }
        assert!(lanes.run(0, || 3).await.is_err());
        drop(end);
        assert!(task.await.unwrap());
        assert_eq!(second.await.unwrap(), 2);
        assert_eq!(lanes.waiting(&limits), 0);
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_and_what_runs_keeps_its_place() {
        let short = Duration::from_millis(10);
        let (lanes, _) = lanes(1, |limits| {
            limits.queue = short;
            limits.work = short;
        });
        let (end, task) = busy(&lanes, 0).await;
        let refused = lanes.run(0, || ()).await.unwrap_err();
        assert_eq!(refused.error, Error::ServerBusy {});
        // Its own client has heard that it takes too long, and still nothing else runs.
        assert!(!task.await.unwrap());
        let refused = lanes.run(0, || ()).await.unwrap_err();
        assert_eq!(refused.error, Error::ServerBusy {});
        drop(end);
        while lanes.run(0, || ()).await.is_err() {}
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_one_request() {
        let (lanes, _) = lanes(0, |_| {});
        let job = || panic!("what was judged");
        let refused = lanes.run::<()>(0, job).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::INTERNAL_SERVER_ERROR);
        let detail = String::new();
        assert_eq!(refused.error, Error::Internal { detail });
        assert_eq!(lanes.run(0, || 1).await.unwrap(), 1);
    }
}
