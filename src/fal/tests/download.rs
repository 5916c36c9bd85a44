//! Files: what comes, what goes on, what is gone, and what is never fetched.

use super::server::{Reply, Server, answer, say};
use super::*;
use crate::take::Trouble;

const FILE: &str = "/files/b/1/output.mp4";

async fn whole(client: &Client, url: &str, from: Option<&Resume>) -> Result<(u64, Vec<u8>), DownloadError> {
    let mut download = client.open(url, from).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = download.chunk().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok((download.start(), bytes))
}

async fn fetch(
    script: impl IntoIterator<Item = Reply>,
    from: Option<&Resume>,
) -> Result<(u64, Vec<u8>), DownloadError> {
    let server = Server::start(script).await;
    whole(&client(&server), &format!("{}{FILE}", server.origin), from).await
}

fn half() -> Resume {
    Resume { offset: 4, etag: Some("\"v1\"".to_owned()) }
}

#[tokio::test]
async fn a_file_comes_whole_with_its_length_and_edition() {
    let server = Server::start([say(200, "etag: \"v1\"\r\n", "12345678")]).await;
    let mut download = client(&server).open(&format!("{}{FILE}", server.origin), None).await.unwrap();
    assert_eq!((download.start(), download.total(), download.etag()), (0, Some(8), Some("\"v1\"")));
    assert_eq!(download.chunk().await.unwrap().unwrap(), "12345678");
    assert!(!server.seen()[0].head.contains("range"));
}

#[tokio::test]
async fn the_rest_is_asked_for_from_where_it_stopped_and_of_the_same_edition_only() {
    let rest = say(206, "etag: \"v1\"\r\ncontent-range: bytes 4-7/8\r\n", "5678");
    let server = Server::start([rest]).await;
    let client = client(&server);
    let url = format!("{}{FILE}", server.origin);
    let mut download = client.open(&url, Some(&half())).await.unwrap();
    assert_eq!((download.start(), download.total()), (4, Some(8)));
    assert_eq!(download.chunk().await.unwrap().unwrap(), "5678");
    let head = &server.seen()[0].head;
    assert!(head.contains("\r\nrange: bytes=4-\r\n") && head.contains("if-range: \"v1\""), "{head}");
}

#[tokio::test]
async fn a_server_without_ranges_or_with_another_edition_starts_anew() {
    let anew = say(200, "etag: \"v2\"\r\n", "12345678");
    let scripts = [
        vec![anew.clone()],
        vec![say(206, "etag: \"v2\"\r\ncontent-range: bytes 4-7/8\r\n", "5678"), anew.clone()],
        vec![say(206, "etag: \"v1\"\r\ncontent-range: bytes 0-3/8\r\n", "1234"), anew.clone()],
        vec![say(206, "", "5678"), anew.clone()],
        vec![say(416, "", ""), anew.clone()],
    ];
    for script in scripts {
        assert_eq!(fetch(script, Some(&half())).await, Ok((0, b"12345678".to_vec())));
    }
}

#[tokio::test]
async fn a_rest_that_ends_early_or_late_is_no_whole_file() {
    for (range, body) in [("bytes 4-5/8", "56"), ("bytes 4-7/8", "56789")] {
        let rest = say(206, &format!("etag: \"v1\"\r\ncontent-range: {range}\r\n"), body);
        let error = fetch([rest], Some(&half())).await.unwrap_err();
        assert!(error.trouble() == Trouble::Download, "{range}: {error:?}");
    }
    let endless = say(206, "etag: \"v1\"\r\ncontent-range: bytes 4-7/*\r\n", "5678");
    assert_eq!(fetch([endless], Some(&half())).await, Ok((4, b"5678".to_vec())));
}

#[tokio::test]
async fn without_a_strong_etag_nothing_is_resumed() {
    for etag in [None, Some("W/\"v1\""), Some("v1"), Some("\"")] {
        let server = Server::start([say(200, "", "12345678")]).await;
        let from = Resume { offset: 4, etag: etag.map(str::to_owned) };
        whole(&client(&server), &format!("{}{FILE}", server.origin), Some(&from)).await.unwrap();
        assert!(!server.seen()[0].head.contains("range"), "{etag:?}");
    }
}

#[tokio::test]
async fn a_dead_address_is_told_apart_from_a_bad_day() {
    for status in [403, 404, 410] {
        assert_eq!(fetch([say(status, "", "")], None).await, Err(DownloadError::Gone { status }));
        assert_eq!(fetch([say(status, "", "")], Some(&half())).await, Err(DownloadError::Gone { status }));
    }
    assert_eq!(fetch([say(401, "", "")], None).await, Err(DownloadError::Refused { status: 401 }));
    let scripts = [
        say(500, "", ""),
        say(503, "", ""),
        say(429, "", ""),
        Reply::Say(Vec::new()),
        Reply::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n1234567".to_vec()),
        Reply::Say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n1234\r\n".to_vec()),
        say(302, "", ""),
    ];
    for reply in scripts {
        let error = fetch([reply.clone()], None).await.unwrap_err();
        assert!(error.trouble() == Trouble::Download, "{reply:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_file_that_falls_silent_is_tried_again() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n1234".to_vec();
    for reply in [Reply::Hang(Vec::new()), Reply::Hang(half)] {
        let server = Server::start([reply]).await;
        let silent = whole(&hurried_client(&server), &format!("{}{FILE}", server.origin), None).await;
        assert!(silent.unwrap_err().trouble() == Trouble::Download);
    }
}

#[tokio::test]
async fn a_file_without_a_length_comes_as_it_is() {
    let reply = Reply::Say(b"HTTP/1.1 200 OK\r\n\r\n1234".to_vec());
    assert_eq!(fetch([reply], None).await, Ok((0, b"1234".to_vec())));
}

#[tokio::test]
async fn a_file_longer_than_any_clip_is_not_fetched_to_its_end() {
    let announced = Reply::Endless(b"HTTP/1.1 200 OK\r\ncontent-length: 4294967297\r\n\r\n".to_vec());
    assert!(matches!(fetch([announced], None).await, Err(DownloadError::Forbidden { .. })));
    // No length is told, and one byte is left to the cap.
    let from = Resume { offset: (4 << 30) - 1, etag: half().etag };
    let rest = |bytes: &str| say(206, "etag: \"v1\"\r\ncontent-range: bytes 4294967295-*/*\r\n", bytes);
    assert_eq!(fetch([rest("1")], Some(&from)).await, Ok((from.offset, b"1".to_vec())));
    assert!(matches!(fetch([rest("12")], Some(&from)).await, Err(DownloadError::Forbidden { .. })));
}

#[tokio::test]
async fn redirects_are_followed_hop_by_hop_and_not_for_ever() {
    let server = Server::start([say(302, "location: /moved.mp4\r\n", ""), say(200, "", "1234")]).await;
    let found = whole(&client(&server), &format!("{}{FILE}", server.origin), None).await;
    assert_eq!(found, Ok((0, b"1234".to_vec())));
    assert_eq!(server.seen()[1].line(), "get /moved.mp4 http/1.1");
    let circle = std::iter::repeat_n(say(302, "location: /again\r\n", ""), 20);
    assert!(fetch(circle, None).await.unwrap_err().trouble() == Trouble::Download);
}

#[tokio::test]
async fn nothing_is_fetched_in_plain_or_from_another_place_than_the_web() {
    let places = [
        "http://files.example/x",
        "file:///etc/passwd",
        "ftp://files.example/x",
        "data:video/mp4,x",
        "gopher://x",
    ];
    for place in places {
        let server = Server::start([say(302, &format!("location: {place}\r\n"), "")]).await;
        let client = client(&server);
        let direct = whole(&client, place, None).await;
        assert!(matches!(direct, Err(DownloadError::Forbidden { .. })), "{place}: {direct:?}");
        let through = whole(&client, &format!("{}{FILE}", server.origin), None).await;
        assert!(matches!(through, Err(DownloadError::Forbidden { .. })), "{place}: {through:?}");
    }
}

#[tokio::test]
async fn where_the_queue_is_elsewhere_no_file_is_on_this_machine() {
    let server = Server::start([say(200, "", "secret")]).await;
    let client = client_of(Origins::new(None, None).unwrap());
    let local = whole(&client, &format!("{}{FILE}", server.origin), None).await;
    assert!(matches!(local, Err(DownloadError::Forbidden { .. })), "{local:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_recorded_path_is_fetched_from_the_simulator_of_today() {
    let server = Server::start([Reply::Say(answer(200, "", "1234"))]).await;
    let client = client_of(Origins::simulator(&server.origin).unwrap());
    assert_eq!(whole(&client, FILE, None).await, Ok((0, b"1234".to_vec())));
    assert_eq!(server.seen()[0].line(), format!("get {FILE} http/1.1"));
}
