//! What is counted, as Prometheus reads it. Labels are our own words, never a request's.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Which requests are counted together.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Requests {
    /// The function; empty where none was found.
    call: &'static str,
    status: u32,
    /// `valid` or `invalid`, as the verdict is; `answered`, where there is none; `aborted`; or the code of the error.
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    call: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Load {
    result: &'static str,
}

/// All that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<Requests, Counter>,
    seconds: Family<Call, Histogram>,
    /// Requests whose head was read and whose answer was not given yet.
    pub in_flight: Gauge,
    pub waiting: Gauge,
    pub held: Gauge,
    pub connections: Gauge,
    pub refused_connections: Counter,
    pub ready: Gauge,
    pub policy_loaded: Gauge,
    pub crls_until: Gauge,
    reloads: Family<Load, Counter>,
}

/// From a login's half millisecond to a document of many pages.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0,
];

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("yinxin_verifier");
        let requests = Family::<Requests, Counter>::default();
        registry.register(
            "requests",
            "Requests by function, status and outcome",
            requests.clone(),
        );
        let seconds = Family::<Call, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register_with_unit(
            "request_duration",
            "From the head of a request to its answer",
            Unit::Seconds,
            seconds.clone(),
        );
        let reloads = Family::<Load, Counter>::default();
        registry.register(
            "policy_loads",
            "Loads of the policy, the first one too",
            reloads.clone(),
        );
        let refused_connections = Counter::default();
        registry.register(
            "refused_connections",
            "Connections beyond the limit",
            refused_connections.clone(),
        );
        let mut gauge = |name: &str, help: &str| {
            let gauge: Gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let in_flight = gauge("requests_in_flight", "Requests that are read or judged");
        let waiting = gauge("requests_waiting", "Requests that wait to be judged");
        let held = gauge("held_bytes", "Bytes of large requests that are held");
        let connections = gauge("connections", "Open connections");
        let ready = gauge("ready", "1 until the service is told to stop");
        let policy_loaded = gauge(
            "policy_loaded_timestamp_seconds",
            "When the policy in use was loaded",
        );
        let crls_until = gauge(
            "crl_next_update_timestamp_seconds",
            "When the first of the policy's revocation lists becomes stale; 0, if none does",
        );
        Self {
            requests,
            seconds,
            in_flight,
            waiting,
            held,
            connections,
            refused_connections,
            ready,
            policy_loaded,
            crls_until,
            reloads,
            registry,
        }
    }

    /// Counts a request.
    pub fn request(&self, call: &'static str, status: u16, outcome: &'static str, took: Duration) {
        let labels = Requests {
            call,
            status: status.into(),
            outcome,
        };
        self.requests.get_or_create(&labels).inc();
        let seconds = self.seconds.get_or_create(&Call { call });
        seconds.observe(took.as_secs_f64());
    }

    /// Counts a load of the policy.
    pub fn load(&self, result: &'static str) {
        self.reloads.get_or_create(&Load { result }).inc();
    }

    /// All of it, as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // A string takes whatever is written.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
