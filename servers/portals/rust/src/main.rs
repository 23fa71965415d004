//! A reference portal. Its processes keep nothing, so that any number of them serve one origin where they share a
//! store.
//!
//! Settings are variables of the environment: `PORT`, `ORIGIN`, `POLICY`, `STORE` and `PUBLIC`, as the README above
//! this folder has them.

mod http;
mod portal;
mod store;

use http::{Origin, site};
use portal::{Portal, TENDER, now, routes};
use std::env;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use yinxin_calls::{Policy, error_json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let policy = Policy::open(Path::new(&given("POLICY")?), now());
    let portal = Arc::new(Portal {
        origin: Origin(given("ORIGIN")?),
        policy: policy.map_err(|error| error_json(&error))?,
        store: Store::open(&given("STORE").unwrap_or("memory:".into())).await?,
    });
    portal.check()?;
    let cleaned = portal.clone();
    tokio::spawn(async move {
        loop {
            // What is not forgotten now is forgotten later.
            let _ = cleaned.store.clean(now().0).await;
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    });
    let port: u16 = given("PORT").unwrap_or("8080".into()).parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    #[allow(clippy::print_stdout)] // Whoever starts it waits for this line.
    {
        println!("http://{}", listener.local_addr()?);
    }
    let page = given("PUBLIC").unwrap_or("public".into());
    let site = site(routes(), Path::new(&page), TENDER).with_state(portal);
    Ok(axum::serve(listener, site).await?)
}
