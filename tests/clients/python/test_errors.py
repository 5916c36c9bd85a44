"""What goes wrong, as fal-client tells it and deals with it."""

import time

import fal_client

from simulator import MODEL, ONE_SHOT, Case, audit, unlike


class Errors(Case):
    def refused(self, status_code, call, *args, **kwargs):
        with self.assertRaises(fal_client.FalClientHTTPError) as refused:
            call(*args, **kwargs)
        self.assertEqual(refused.exception.status_code, status_code)
        return refused.exception

    def test_bad_input_is_accepted_and_told_at_the_result(self):
        handle = fal_client.submit(MODEL, {**ONE_SHOT, "duration": "99"})
        error = self.refused(422, handle.get, interval=0.02)
        detail = error.response.json()["detail"]
        self.assertEqual(detail[0]["loc"], ["body", "duration"])
        self.assertEqual(error.response_headers["x-fal-billable-units"], "0")
        self.assertEqual(handle.status().error, "Invalid status code: 422")

    def test_a_policy_refusal_is_typed(self):
        self.faults("end.policy")
        handle = fal_client.submit(MODEL, unlike("forbidden"))
        error = self.refused(422, handle.get, interval=0.02)
        self.assertEqual(error.response.json()["detail"][0]["type"], "content_policy_violation")
        self.assertEqual(handle.status().error_type, "content_policy_violation")

    def test_a_server_error_has_its_type_in_body_and_header(self):
        self.faults("end.server")
        error = self.refused(500, fal_client.subscribe, MODEL, unlike("broken"), interval=0.02)
        self.assertEqual(error.error_type, "internal_error")
        self.assertEqual(error.response_headers["x-fal-error-type"], "internal_error")

    def test_a_wrong_key_is_not_let_in(self):
        stranger = fal_client.SyncClient(key="some:body")
        self.refused(401, stranger.submit, MODEL, ONE_SHOT)

    def test_a_model_that_is_not_there_is_not_found(self):
        self.refused(404, fal_client.submit, "fal-ai/kling-video/o9/text-to-video", ONE_SHOT)

    def test_a_locked_account_is_refused_for_submits_alone(self):
        done = fal_client.submit(MODEL, ONE_SHOT)
        done.get(interval=0.02)
        self.account(lock="admin")
        for call in (fal_client.submit, fal_client.run):
            error = self.refused(403, call, MODEL, ONE_SHOT)
            self.assertTrue(error.message.startswith("User is locked. Reason: Admin lock."), error.message)
        self.assertIsInstance(done.status(), fal_client.Completed)

    def test_a_start_that_comes_too_late_is_told_as_the_users_own_timeout_and_not_tried_again(self):
        self.account(concurrency=1)
        first = [fal_client.submit(MODEL, ONE_SHOT) for _ in range(6)]
        late = fal_client.submit(MODEL, ONE_SHOT, start_timeout=1.1)
        error = self.refused(504, late.get, interval=0.02)
        self.assertEqual(error.response_headers["x-fal-request-timeout-type"], "user")
        self.assertEqual(audit("completed", late.request_id)[0]["units"], 0)
        for handle in first:
            handle.get(interval=0.02)

    def test_a_timeout_of_the_clients_own_cancels_the_request(self):
        self.account(concurrency=1)
        first = [fal_client.submit(MODEL, ONE_SHOT) for _ in range(8)]
        with self.assertWarns(UserWarning), self.assertRaises(fal_client.FalClientTimeoutError) as late:
            fal_client.subscribe(MODEL, ONE_SHOT, client_timeout=1.1, start_timeout=60, interval=0.02)
        for handle in first:
            handle.get(interval=0.02)
        self.assertEqual(audit("completed", late.exception.request_id)[0]["units"], 0)

    def test_what_breaks_off_or_never_arrives_is_tried_again_by_the_client(self):
        self.faults("submit.never-arrived:first=1", "status.reset:first=2", "result.reset:first=1")
        self.assert_plays(fal_client.subscribe(MODEL, unlike("gateway"), interval=0.02))

    def test_an_answer_that_is_lost_is_sent_again_by_the_client_and_bought_twice(self):
        self.faults("submit.lost:first=1")
        wanted = unlike("lost")
        fal_client.subscribe(MODEL, wanted, interval=0.02)
        time.sleep(0.5)
        bought = [line for line in audit("submitted") if line["input"] == wanted]
        self.assertEqual(len(bought), 2)
