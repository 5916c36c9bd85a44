//! The simulator's certificate: kept from one start to the next as long as clients will accept it, else made anew together
//! with the authority behind it. That authority's key is never written: nobody can have it vouch for anything more.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{RootCertStore, ServerConfig};

use super::Identity;
use crate::sim::private;

/// What clients are to trust.
const CA: &str = "ca.pem";
/// The certificate and its key.
const SERVER: &str = "server.pem";
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// macOS accepts no certificate of more than 825 days (support.apple.com/103769).
const VALID: SignedDuration = SignedDuration::from_hours(800 * 24);
/// For clients whose clock is behind.
const BACKDATED: SignedDuration = SignedDuration::from_hours(24);
/// What is left must last longer than any run.
const LEFT: Duration = Duration::from_hours(30 * 24);

/// Why there can be no https.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the simulator cannot write its certificate to {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the simulator cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    #[error("the simulator's certificate in {} is of no use at once; is this machine's clock right?", .0.display())]
    Useless(PathBuf),
}

/// The one in the folder, or a new one.
pub(super) fn identity(dir: &Path, now: Timestamp) -> Result<Identity, TlsError> {
    if let Some(kept) = kept(dir, now) {
        return Ok(kept);
    }
    let made = make(now)?;
    let failed = |path: &Path, source| TlsError::Write { path: path.to_owned(), source };
    private::write(&dir.join(SERVER), &made.server).map_err(|source| failed(&dir.join(SERVER), source))?;
    std::fs::write(dir.join(CA), &made.ca).map_err(|source| failed(&dir.join(CA), source))?;
    kept(dir, now).ok_or_else(|| TlsError::Useless(dir.join(SERVER)))
}

/// None where anything is missing, damaged, or would not be accepted for much longer.
fn kept(dir: &Path, now: Timestamp) -> Option<Identity> {
    let ca = CertificateDer::from_pem_file(dir.join(CA)).ok()?;
    let server = CertificateDer::from_pem_file(dir.join(SERVER)).ok()?;
    let key = PrivateKeyDer::from_pem_file(dir.join(SERVER)).ok()?;
    let provider = Arc::new(ring::default_provider());
    is_accepted(ca, &server, now, Arc::clone(&provider)).then_some(())?;
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    let mut config = config.with_no_client_auth().with_single_cert(vec![server], key).ok()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(Identity { config: Arc::new(config), ca: std::path::absolute(dir.join(CA)).ok()? })
}

/// Will a client that trusts this authority take the certificate for every name, also some weeks from now?
fn is_accepted(
    ca: CertificateDer<'static>,
    server: &CertificateDer<'_>,
    now: Timestamp,
    provider: Arc<CryptoProvider>,
) -> bool {
    let mut roots = RootCertStore::empty();
    let is_root = roots.add(ca).is_ok();
    let Ok(verifier) = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build() else {
        return false;
    };
    let then = Duration::from_secs(now.as_second().try_into().unwrap_or(0)) + LEFT;
    let then = UnixTime::since_unix_epoch(then);
    let mut names = NAMES.into_iter().map(ServerName::try_from);
    let takes = |name: &ServerName| verifier.verify_server_cert(server, &[], name, &[], then).is_ok();
    is_root && names.all(|name| name.is_ok_and(|name| takes(&name)))
}

/// Both files' text.
struct Made {
    ca: String,
    server: String,
}

fn make(now: Timestamp) -> Result<Made, rcgen::Error> {
    let (ca_params, ca_key) = (authority(now), KeyPair::generate()?);
    let ca = ca_params.self_signed(&ca_key)?.pem();
    let key = KeyPair::generate()?;
    let server = server(now)?.signed_by(&key, &Issuer::new(ca_params, ca_key))?.pem();
    Ok(Made { ca, server: server + &key.serialize_pem() })
}

/// Stricter clients want every one of these extensions (RFC 5280, section 4.2.1).
fn authority(now: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(this_machine());
    named(params, "shotlist simulator, this machine only", now)
}

fn server(now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(named(params, "localhost", now))
}

fn this_machine() -> NameConstraints {
    let addresses =
        [CidrSubnet::from_v4_prefix([127, 0, 0, 1], 32), CidrSubnet::from_v6_prefix(LOOPBACK_V6, 128)];
    let mut permitted_subtrees = vec![GeneralSubtree::DnsName("localhost".to_owned())];
    permitted_subtrees.extend(addresses.map(GeneralSubtree::IpAddress));
    NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() }
}

const LOOPBACK_V6: [u8; 16] = std::net::Ipv6Addr::LOCALHOST.octets();

fn named(mut params: CertificateParams, name: &str, now: Timestamp) -> CertificateParams {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, "shotlist simulator");
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    let midnight = |at: Timestamp| {
        let day = at.to_zoned(TimeZone::UTC).date();
        date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
    };
    (params.not_before, params.not_after) = (midnight(now - BACKDATED), midnight(now + VALID));
    params
}

#[cfg(test)]
mod tests;
