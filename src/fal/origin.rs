//! Which servers are spoken to, and which addresses may be asked with the key or fetched at all.
//! Opens no connection.

use url::{Host, Url};

const QUEUE: &str = "https://queue.fal.run";
const PLATFORM: &str = "https://api.fal.ai";
/// What the record calls the built-in simulator, whose port changes by the day.
const SIMULATOR: &str = "sim";

/// The queue that is bought from, and the platform that is asked for prices and history.
#[derive(Clone, Debug)]
pub struct Origins {
    queue: Url,
    platform: Option<Url>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Queue,
    Simulator,
}

/// Why a text is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error("`{0}` is no address of a server; write one such as {QUEUE}")]
    NotAnOrigin(String),
    #[error("`{0}` is plain http, which is for this machine only; write https://")]
    PlainHttp(String),
}

impl Origins {
    /// Where nothing is overridden, fal's own. A queue of the user's own comes without a platform unless one is given,
    /// so that the key goes where the user pointed it and nowhere else.
    ///
    /// # Errors
    /// A text is no `https://host[:port]`, nor plain http to this machine.
    pub fn new(queue: Option<&str>, platform: Option<&str>) -> Result<Self, OriginError> {
        let set = |text: Option<&str>| text.filter(|text| !text.trim().is_empty()).map(origin).transpose();
        let (queue, platform) = (set(queue)?, set(platform)?);
        let platform = match (&queue, platform) {
            (_, Some(platform)) => Some(platform),
            (None, None) => Some(origin(PLATFORM)?),
            (Some(_), None) => None,
        };
        let queue = queue.map_or_else(|| origin(QUEUE), Ok)?;
        Ok(Self { queue, platform, kind: Kind::Queue })
    }

    /// The built-in simulator, wherever it listens today.
    ///
    /// # Errors
    /// The text is no address on this machine.
    pub fn simulator(queue: &str) -> Result<Self, OriginError> {
        let queue = origin(queue)?;
        if !is_loopback(&queue) {
            return Err(OriginError::NotAnOrigin(queue.to_string()));
        }
        Ok(Self { platform: Some(queue.clone()), queue, kind: Kind::Simulator })
    }

    /// How the record calls the queue: `https://queue.fal.run`, or `sim`.
    #[must_use]
    pub fn recorded(&self) -> String {
        match self.kind {
            Kind::Queue => self.queue.origin().ascii_serialization(),
            Kind::Simulator => SIMULATOR.to_owned(),
        }
    }

    /// Is there anybody to ask for prices and history?
    #[must_use]
    pub fn has_platform(&self) -> bool {
        self.platform.is_some()
    }

    /// Nobody has pointed it elsewhere.
    pub(super) fn is_fals_own(&self) -> bool {
        self.kind == Kind::Queue && self.recorded() == QUEUE
    }

    pub(super) fn queue(&self) -> &Url {
        &self.queue
    }

    pub(super) fn platform(&self) -> Option<&Url> {
        self.platform.as_ref()
    }

    /// The address as it is recorded: the simulator's own as a path, any other as given.
    #[must_use]
    pub fn portable(&self, address: &str) -> String {
        let own = Url::parse(address).ok().filter(|url| self.kind == Kind::Simulator && self.is_own(url));
        own.map_or_else(|| address.to_owned(), |url| url[url::Position::BeforePath..].to_owned())
    }

    /// The address that a recorded one means today; none where it means none.
    pub(super) fn resolve(&self, recorded: &str) -> Option<Url> {
        let url = match self.kind {
            Kind::Simulator => self.queue.join(recorded),
            Kind::Queue => Url::parse(recorded),
        };
        url.ok()
    }

    /// The queue or the platform: where the key may go.
    pub(super) fn is_trusted(&self, url: &Url) -> bool {
        self.is_own(url) || self.platform.as_ref().is_some_and(|platform| platform.origin() == url.origin())
    }

    /// On the queue's own origin, and saying nothing of a user.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.queue.origin() && url.username().is_empty() && url.password().is_none()
    }
}

fn origin(text: &str) -> Result<Url, OriginError> {
    let not = || OriginError::NotAnOrigin(without_user(text));
    let url = Url::parse(text.trim()).map_err(|_| not())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        _ if !bare || !anonymous || url.host().is_none() => Err(not()),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(OriginError::PlainHttp(without_user(text))),
        _ => Err(not()),
    }
}

/// As it is shown: who puts a key into an address puts it before the `@`.
fn without_user(text: &str) -> String {
    let (scheme, rest) = text.trim().split_once("://").unwrap_or(("", text.trim()));
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}"),
        None => text.trim().to_owned(),
    }
}

/// This machine, reached over no network: plain http is for it alone.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(queue: Option<&str>, platform: Option<&str>) -> Origins {
        Origins::new(queue, platform).unwrap()
    }

    #[test]
    fn a_queue_of_the_users_own_has_no_platform_unless_one_is_given() {
        assert_eq!(new(None, None).platform().unwrap().as_str(), "https://api.fal.ai/");
        assert_eq!(new(Some(" "), None).recorded(), "https://queue.fal.run");
        assert_eq!(new(Some("http://127.0.0.1:80"), None).platform(), None);
        let given = new(Some("http://[::1]:8080"), Some("https://prices.example"));
        assert_eq!(given.platform().unwrap().as_str(), "https://prices.example/");
        assert_eq!(given.recorded(), "http://[::1]:8080");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in
            ["http://queue.fal.run", "http://10.0.0.1", "http://localhost.example", "http://128.0.0.1"]
        {
            assert_eq!(Origins::new(Some(text), None).unwrap_err(), OriginError::PlainHttp(text.to_owned()));
        }
        for text in ["http://localhost:3000/", "http://127.8.9.1", "http://[::1]"] {
            assert!(Origins::new(Some(text), None).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for text in ["queue.fal.run", "ftp://x", "https://x/path", "https://x/?q", "file:///etc", "https://"]
        {
            assert!(matches!(Origins::new(Some(text), None), Err(OriginError::NotAnOrigin(_))), "{text}");
        }
        assert!(Origins::simulator("https://queue.fal.run").is_err());
    }

    #[test]
    fn a_key_in_an_address_is_refused_and_not_repeated() {
        for text in ["https://id:secret@queue.fal.run", "https://id:secret@", "secret@queue.fal.run"] {
            let error = Origins::new(Some(text), None).unwrap_err().to_string();
            assert!(error.contains("…@") && !error.contains("secret"), "{error}");
        }
        assert!(!Origins::new(Some("http://a/secret@b"), None).unwrap_err().to_string().contains("secret"));
    }

    #[test]
    fn the_simulators_own_addresses_are_recorded_as_paths_and_found_again_on_another_port() {
        let one = Origins::simulator("http://127.0.0.1:4001").unwrap();
        let two = Origins::simulator("http://127.0.0.1:4002").unwrap();
        let path = one.portable("http://127.0.0.1:4001/files/a.mp4?x=1");
        assert_eq!(path, "/files/a.mp4?x=1");
        assert_eq!(two.resolve(&path).unwrap().as_str(), "http://127.0.0.1:4002/files/a.mp4?x=1");
        assert_eq!(one.portable("http://127.0.0.1:4002/x"), "http://127.0.0.1:4002/x");
        assert_eq!((one.recorded(), two.recorded()), ("sim".to_owned(), "sim".to_owned()));
        let queue = new(None, None);
        assert_eq!(queue.portable("https://queue.fal.run/x"), "https://queue.fal.run/x");
        assert_eq!(queue.resolve("/x"), None);
    }

    #[test]
    fn an_address_is_own_only_on_the_same_scheme_host_and_port_and_without_a_user() {
        let origins = new(None, None);
        let own = |text: &str| origins.is_own(&Url::parse(text).unwrap());
        assert!(own("https://queue.fal.run/a/b") && own("https://queue.fal.run:443/a"));
        for text in [
            "http://queue.fal.run/",
            "https://queue.fal.run.evil.example/",
            "https://queue.fal.run@evil.example/",
            "https://me@queue.fal.run/",
            "https://queue.fal.run:444/",
            "file:///queue.fal.run",
        ] {
            assert!(!own(text), "{text}");
        }
    }
}
