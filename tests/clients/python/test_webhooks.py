"""Callbacks, verified as fal's documentation says, and what the platform tells of a request."""

import base64
import hashlib
import json

import fal_client
import httpx
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from simulator import MODEL, ONE_SHOT, ORIGIN, Case, Receiver, audit, platform, unlike


def keys():
    for key in httpx.get(f"{ORIGIN}/.well-known/jwks.json").json()["keys"]:
        x = key["x"]
        yield VerifyKey(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def is_signed(headers, body):
    lower = {name.lower(): value for name, value in headers.items()}
    parts = [lower[f"x-fal-webhook-{name}"] for name in ("request-id", "user-id", "timestamp")]
    message = "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
    for key in keys():
        try:
            key.verify(message, bytes.fromhex(lower["x-fal-webhook-signature"]))
            return True
        except BadSignatureError:
            continue
    return False


class Webhooks(Case):
    def test_a_callback_is_signed_and_brings_the_output(self):
        with Receiver() as receiver:
            handle = fal_client.submit(MODEL, ONE_SHOT, webhook_url=receiver.url)
            headers, body = receiver.next()
        told = json.loads(body)
        self.assertTrue(is_signed(headers, body))
        self.assertFalse(is_signed(headers, body + b" "))
        self.assertEqual((told["request_id"], told["status"]), (handle.request_id, "OK"))
        self.assert_plays(told["payload"])
        self.assertEqual(told["payload"], handle.get())

    def test_a_callback_tells_of_bad_input(self):
        with Receiver() as receiver:
            fal_client.submit(MODEL, {**ONE_SHOT, "aspect_ratio": "4:3"}, webhook_url=receiver.url)
            told = json.loads(receiver.next()[1])
        self.assertEqual((told["status"], told["error"]), ("ERROR", "Invalid status code: 422"))
        self.assertEqual(told["payload"]["detail"][0]["loc"], ["body", "aspect_ratio"])

    def test_a_callback_that_was_not_taken_comes_again(self):
        with Receiver(503) as receiver:
            handle = fal_client.submit(MODEL, ONE_SHOT, webhook_url=receiver.url)
            first, second = receiver.next(), receiver.next()
        self.assertEqual(first[1], second[1])
        self.assertEqual(len(audit("called_back", handle.request_id)) >= 1, True)


class Platform(Case):
    def test_the_history_lists_a_request_with_what_was_sent_and_what_came(self):
        wanted = unlike("for the record")
        handle = fal_client.submit(MODEL, wanted)
        output = handle.get(interval=0.02)
        page = platform("models/requests/by-endpoint", endpoint_id=MODEL, expand="payloads", limit=100)
        item = next(item for item in page["items"] if item["request_id"] == handle.request_id)
        self.assertEqual((item["json_input"], item["json_output"]), (wanted, output))
        self.assertEqual(item["status_code"], 200)

    def test_the_price_times_the_length_is_what_is_billed(self):
        price = platform("models/pricing", endpoint_id=MODEL)["prices"][0]
        handle = fal_client.submit(MODEL, ONE_SHOT)
        handle.get(interval=0.02)
        self.assertEqual(audit("completed", handle.request_id)[0]["usd"], "1.26")
        self.assertAlmostEqual(price["unit_price"] * 3, 1.26)
