//! Who may make the simulator's own calls and the platform's: programs, and pages of this machine. The web's may not: such
//! a call changes what goes wrong, or tells what others asked for. Does not look at the key.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use url::{Host, Url};

/// Names that nobody on the web can have (RFC 6761, RFC 6762, and ICANN's `.internal`).
const PRIVATE: [&str; 4] = ["localhost", "test", "local", "internal"];

/// Where the platform is at fal, for who has its name in a hosts file. No page lies there.
const PLATFORM: &str = "api.fal.ai";

/// By the page that calls, and by the name that was called: a page can make its own name mean this machine, and is then
/// told nothing of another origin.
pub(super) fn are_open_to(headers: &HeaderMap) -> bool {
    let holds = |name: HeaderName, test: fn(&str) -> bool| {
        headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(test))
    };
    holds(ORIGIN, is_of_this_machine) && holds(HOST, is_no_name_of_the_web)
}

fn is_of_this_machine(origin: &str) -> bool {
    match host_of(origin) {
        Some(Host::Domain(name)) => last_label(&name) == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_no_name_of_the_web(host: &str) -> bool {
    match host_of(&format!("http://{host}")) {
        Some(Host::Domain(name)) => {
            !name.contains('.') || name == PLATFORM || PRIVATE.contains(&last_label(&name))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

fn host_of(address: &str) -> Option<Host> {
    Some(Url::parse(address).ok()?.host()?.to_owned())
}

fn last_label(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_may_call_and_no_others() {
        for origin in
            ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:80", "http://app.localhost"]
        {
            assert!(is_of_this_machine(origin), "{origin}");
        }
        for origin in ["https://studio.example", "null", "", "http://localhost.example", "http://192.168.0.7"]
        {
            assert!(!is_of_this_machine(origin), "{origin}");
        }
    }

    #[test]
    fn the_simulator_is_called_by_an_address_or_a_name_that_no_page_of_the_web_can_have() {
        for host in [
            "127.0.0.1:8420",
            "localhost",
            "[::1]:8420",
            "192.168.0.7",
            "sim:8420",
            "host.docker.internal",
            "api.fal.ai",
        ] {
            assert!(is_no_name_of_the_web(host), "{host}");
        }
        for host in ["rebound.example:8420", "queue.fal.run", "localhost.example", ""] {
            assert!(!is_no_name_of_the_web(host), "{host}");
        }
    }
}
