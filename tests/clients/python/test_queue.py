"""The queue, as fal-client drives it."""

import unittest

import fal_client

from simulator import MODEL, ONE_SHOT, THREE_SHOTS, Case, audit, unlike, video


class Queue(Case):
    def test_subscribe_follows_a_request_with_its_logs_to_the_video(self):
        seen, ids = [], []
        result = fal_client.subscribe(
            MODEL, ONE_SHOT, with_logs=True, interval=0.02, on_enqueue=ids.append, on_queue_update=seen.append
        )
        self.assert_plays(result)
        self.assertIsInstance(seen[-1], fal_client.Completed)
        self.assertTrue(any(isinstance(status, fal_client.InProgress) for status in seen))
        self.assertTrue(seen[-1].logs and all("message" in line for line in seen[-1].logs))
        self.assertGreater(seen[-1].metrics["inference_time"], 0)
        self.assertEqual(len(audit("submitted", ids[0])), 1)

    def test_several_shots_make_one_clip_that_is_billed_by_their_sum(self):
        handle = fal_client.submit(MODEL, THREE_SHOTS)
        self.assert_plays(handle.get())
        self.assertEqual(audit("completed", handle.request_id)[0]["units"], 11)

    def test_submit_gives_a_handle_and_its_addresses_under_the_app(self):
        handle = fal_client.submit(MODEL, ONE_SHOT)
        base = f"/fal-ai/kling-video/requests/{handle.request_id}"
        self.assertTrue(handle.response_url.endswith(base))
        self.assertTrue(handle.status_url.endswith(base + "/status"))
        self.assertTrue(handle.cancel_url.endswith(base + "/cancel"))
        self.assert_plays(handle.get())

    def test_a_request_is_found_again_by_its_id_alone(self):
        request_id = fal_client.submit(MODEL, ONE_SHOT).request_id
        self.assert_plays(fal_client.result(MODEL, request_id))
        status = fal_client.status(MODEL, request_id, with_logs=True)
        self.assertIsInstance(status, fal_client.Completed)
        self.assertIsNone(status.error)
        self.assertIsNone(fal_client.status(MODEL, request_id).logs)

    def test_what_has_no_place_waits_in_the_order_of_its_arrival(self):
        self.account(concurrency=1)
        handles = [fal_client.submit(MODEL, ONE_SHOT) for _ in range(4)]
        last = handles[-1].status()
        self.assertIsInstance(last, fal_client.Queued)
        self.assertIn(last.position, (1, 2))
        for handle in handles:
            self.assert_plays(handle.get(interval=0.02))

    def test_a_low_priority_lets_others_pass(self):
        self.account(concurrency=1)
        running = fal_client.submit(MODEL, ONE_SHOT)
        low = fal_client.submit(MODEL, ONE_SHOT, priority="low")
        normal = fal_client.submit(MODEL, ONE_SHOT)
        for handle in (running, low, normal):
            handle.get(interval=0.02)
        started = {line["request_id"]: line["at"] for line in audit("started")}
        self.assertLess(started[normal.request_id], started[low.request_id])

    def test_cancel_takes_out_what_waits_and_only_asks_what_runs(self):
        self.account(concurrency=1)
        running, waiting = fal_client.submit(MODEL, ONE_SHOT), fal_client.submit(MODEL, ONE_SHOT)
        waiting.cancel()
        running.cancel()
        with self.assertRaises(fal_client.FalClientHTTPError) as gone:
            waiting.get(interval=0.02)
        self.assertEqual(gone.exception.status_code, 499)
        self.assert_plays(running.get(interval=0.02))
        self.assertEqual(audit("completed", waiting.request_id)[0]["units"], 0)

    def test_cancel_comes_too_late_for_what_is_done(self):
        handle = fal_client.submit(MODEL, ONE_SHOT)
        handle.get(interval=0.02)
        with self.assertRaises(fal_client.FalClientHTTPError) as late:
            handle.cancel()
        self.assertEqual(late.exception.status_code, 400)
        self.assertEqual(late.exception.response.json(), {"status": "ALREADY_COMPLETED"})

    def test_an_id_that_was_never_given_is_not_found(self):
        for call in (fal_client.status, fal_client.cancel):
            with self.assertRaises(fal_client.FalClientHTTPError) as unknown:
                call(MODEL, "00000000-0000-4000-8000-000000000000")
            self.assertEqual(unknown.exception.status_code, 404)

    def test_the_file_is_the_same_for_whoever_asks_and_in_parts(self):
        result = fal_client.subscribe(MODEL, unlike("a file"), interval=0.02)
        self.assertEqual(video(result), video(result))


if __name__ == "__main__":
    unittest.main()
