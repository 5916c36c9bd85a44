"""The synchronous endpoint, and the asynchronous client."""

import asyncio
import threading
import unittest

import fal_client
import httpx_sse

from simulator import MODEL, ONE_SHOT, THREE_SHOTS, Case, audit


class Run(Case):
    def test_run_gives_the_video_on_the_same_connection(self):
        self.assert_plays(fal_client.run(MODEL, ONE_SHOT))
        self.assert_plays(fal_client.run(MODEL, THREE_SHOTS))

    def test_run_tells_bad_input_at_once(self):
        with self.assertRaises(fal_client.FalClientHTTPError) as refused:
            fal_client.run(MODEL, {"prompt": ""})
        self.assertEqual(refused.exception.status_code, 422)
        self.assertEqual(refused.exception.response.json()["detail"][0]["loc"], ["body", "prompt"])

    def test_run_over_the_limit_is_refused_and_the_client_waits_for_a_place(self):
        self.account(concurrency=1)
        done = []
        threads = [
            threading.Thread(target=lambda: done.append(fal_client.run(MODEL, ONE_SHOT))) for _ in range(2)
        ]
        refused = len([line for line in audit("refused") if line["status_code"] == 429])
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(done), 2)
        self.assertGreater(len([line for line in audit("refused") if line["status_code"] == 429]), refused)

    def test_stream_is_refused_since_no_video_model_streams(self):
        # The client does not look at the status, but at what kind of answer it is.
        with self.assertRaises(httpx_sse.SSEError):
            list(fal_client.stream(MODEL, ONE_SHOT))


class Asynchronous(unittest.IsolatedAsyncioTestCase, Case):
    async def test_many_requests_are_followed_at_once(self):
        client = fal_client.AsyncClient()

        async def one(number):
            seen = []
            arguments = {**ONE_SHOT, "prompt": f"take {number}"}
            result = await client.subscribe(MODEL, arguments, with_logs=True, on_queue_update=seen.append)
            return result, seen[-1]

        done = await asyncio.gather(*(one(number) for number in range(12)))
        self.assertEqual(len({result["video"]["url"] for result, _ in done}), 12)
        self.assertTrue(all(isinstance(last, fal_client.Completed) for _, last in done))

    async def test_submit_status_result_and_cancel_work_by_id(self):
        client = fal_client.AsyncClient()
        handle = await client.submit(MODEL, ONE_SHOT)
        await client.status(MODEL, handle.request_id)
        self.assert_plays(await client.result(MODEL, handle.request_id))
        with self.assertRaises(fal_client.FalClientHTTPError):
            await client.cancel(MODEL, handle.request_id)

    async def test_run_gives_the_video_asynchronously(self):
        self.assert_plays(await fal_client.AsyncClient().run(MODEL, ONE_SHOT))
