//! Certificates as a client of webpki judges them.

use super::*;

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

fn files(dir: &Path) -> [String; 2] {
    [CA, SERVER].map(|name| std::fs::read_to_string(dir.join(name)).unwrap())
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

#[test]
fn a_certificate_is_kept_until_a_month_before_its_end_and_then_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    identity(dir.path(), NOW).unwrap();
    let first = files(dir.path());
    identity(dir.path(), NOW + days(769)).unwrap();
    assert_eq!(files(dir.path()), first);
    identity(dir.path(), NOW + days(771)).unwrap();
    let second = files(dir.path());
    assert!(second[0] != first[0] && second[1] != first[1]);
}

#[test]
fn a_file_that_is_missing_cut_short_or_of_another_certificate_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    identity(dir.path(), NOW).unwrap();
    let other = make(NOW).unwrap();
    for (name, foreign) in [(CA, other.ca), (SERVER, other.server)] {
        let path = dir.path().join(name);
        let whole = std::fs::read_to_string(&path).unwrap();
        let damages = [&whole[..0], &whole[..whole.len() / 2], &whole[..whole.len() - 50], foreign.as_str()];
        for damage in damages {
            std::fs::write(&path, damage).unwrap();
            assert!(kept(dir.path(), NOW).is_none(), "{name}: {damage}");
            identity(dir.path(), NOW).unwrap();
        }
        std::fs::remove_file(&path).unwrap();
        identity(dir.path(), NOW).unwrap();
    }
}

#[test]
fn a_key_of_another_certificate_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    identity(dir.path(), NOW).unwrap();
    let [_, server] = files(dir.path());
    let (certificate, _) = server.split_at(server.find("-----BEGIN PRIVATE KEY").unwrap());
    let foreign = KeyPair::generate().unwrap().serialize_pem();
    std::fs::write(dir.path().join(SERVER), format!("{certificate}{foreign}")).unwrap();
    assert!(kept(dir.path(), NOW).is_none());
}

#[test]
fn the_authority_can_vouch_for_nothing_but_this_machine() {
    let (params, key) = (authority(NOW), KeyPair::generate().unwrap());
    let ca = params.self_signed(&key).unwrap().der().clone();
    let issuer = Issuer::new(params, key);
    for name in ["fal.run", "localhost.fal.run", "queue.fal.run", "127.0.0.2", "10.0.0.1", "::2"] {
        let mut server = CertificateParams::new([name.to_owned()]).unwrap();
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let server = named(server, name, NOW).signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(ca.clone()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let then = UnixTime::since_unix_epoch(Duration::from_secs(NOW.as_second().unsigned_abs()));
        let name = ServerName::try_from(name).unwrap();
        let error = verifier.verify_server_cert(server.der(), &[], &name, &[], then).unwrap_err();
        assert!(error.to_string().contains("NameConstraint"), "{name:?}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn the_key_is_its_owners_alone_and_the_authority_anybodys_to_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    identity(dir.path(), NOW).unwrap();
    let mode = |name| dir.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(SERVER), 0o600);
    assert_eq!(mode(CA) & 0o444, 0o444);
    assert!(!files(dir.path())[0].contains("PRIVATE"), "the authority's key is not kept");
}
