//! Where a call that names one of fal's hosts leads under the simulator's one origin. Pure.

/// Of the official proxies (`@fal-ai/server-proxy`).
const PROXY: &str = "/api/fal/proxy";
/// The simulator's own calls, and the platform's: no model's, so that no proxy of fal's passes them on.
pub(super) const PRIVATE: [&str; 2] = ["/_sim", "/v1/"];

/// Where a call is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// The path that it came with.
    Here,
    /// This path and query, by its `Host`.
    There(String),
    /// This path and query, by a client that takes the simulator for its proxy.
    Through(String),
    /// A proxy's call that names no host of fal's.
    Nowhere,
}

/// `host` and `path` are the call's own, `target` what its header says, `origins` the simulator's.
pub(super) fn meant(host: Option<&str>, path: &str, target: Option<&str>, origins: &[&str]) -> Meant {
    let Some(target) = target else {
        return match host.and_then(|host| place(host, path)) {
            Some(place) => Meant::There(place),
            None if path == PROXY || path.starts_with("/api/fal/proxy?") => Meant::Nowhere,
            None => Meant::Here,
        };
    };
    let own =
        origins.iter().find_map(|origin| target.strip_prefix(origin).filter(|rest| rest.starts_with('/')));
    let through = own.map(str::to_owned).or_else(|| elsewhere(target));
    let is_model = |path: &String| !PRIVATE.iter().any(|start| path.starts_with(start));
    through.filter(is_model).map_or(Meant::Nowhere, Meant::Through)
}

/// An address on one of fal's hosts.
fn elsewhere(target: &str) -> Option<String> {
    let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"))?;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    place(host, if path.starts_with('/') { path } else { "/" })
}

/// The place of a path on one of fal's hosts; the second name of two is the backup's.
fn place(host: &str, path: &str) -> Option<String> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    // Anything else behind the colon means that the name before it is a user's, and the host another.
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "fal.run" | "falrun.com" => Some(format!("/run{path}")),
        "queue.fal.run" | "queue.falrun.com" | "api.fal.ai" | "rest.fal.ai" | "rest.alpha.fal.ai" => {
            Some(path.to_owned())
        }
        media if media.ends_with(".fal.media") => Some(path.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIM: [&str; 1] = ["http://127.0.0.1:7000"];

    fn by_host(host: &str, path: &str) -> Meant {
        meant(Some(host), path, None, &SIM)
    }

    fn through(target: &str) -> Meant {
        meant(Some("127.0.0.1:7000"), PROXY, Some(target), &SIM)
    }

    #[test]
    fn each_of_fals_hosts_has_its_place() {
        for (host, place) in [
            ("fal.run", "/run/a/b?x=1"),
            ("falrun.com", "/run/a/b?x=1"),
            ("queue.fal.run", "/a/b?x=1"),
            ("QUEUE.fal.run:443", "/a/b?x=1"),
            ("rest.fal.ai", "/a/b?x=1"),
            ("v3b.fal.media", "/a/b?x=1"),
        ] {
            assert_eq!(by_host(host, "/a/b?x=1"), Meant::There(place.to_owned()), "{host}");
            let target = format!("https://{host}/a/b?x=1");
            assert_eq!(through(&target), Meant::Through(place.to_owned()), "{host}");
        }
    }

    #[test]
    fn other_hosts_have_none() {
        for host in ["localhost:7000", "127.0.0.1", "notfal.run", "fal.run.evil.example", "fal.media"] {
            assert_eq!(by_host(host, "/a"), Meant::Here, "{host}");
            assert_eq!(through(&format!("https://{host}/a")), Meant::Nowhere, "{host}");
        }
        for odd in [
            "",
            "fal.run/a",
            "ftp://fal.run/a",
            "https://fal.run@evil.example/a",
            "https://fal.run:443@evil.example/a",
            "https://api.fal.ai/_sim/faults",
        ] {
            assert_eq!(through(odd), Meant::Nowhere, "{odd}");
        }
    }

    #[test]
    fn addresses_that_the_simulator_gave_out_lead_back_to_it() {
        assert_eq!(through("http://127.0.0.1:7000/a/b"), Meant::Through("/a/b".to_owned()));
        assert_eq!(through("http://127.0.0.1:70001/a/b"), Meant::Nowhere);
        assert_eq!(through("http://127.0.0.1:7000/_sim/account"), Meant::Nowhere);
    }

    #[test]
    fn a_proxys_path_without_a_target_is_nowhere() {
        assert_eq!(meant(None, PROXY, None, &SIM), Meant::Nowhere);
        assert_eq!(meant(None, "/a/b", None, &SIM), Meant::Here);
    }
}
