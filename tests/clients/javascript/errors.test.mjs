// What goes wrong, as @fal-ai/client tells it and deals with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFalClient } from "@fal-ai/client";
import { MODEL, ONE_SHOT, ORIGIN, account, audit, fal, faults, plays, unlike } from "./simulator.mjs";

test("bad input is accepted and told at the result, field by field", async () => {
  const { request_id: requestId } = await fal.queue.submit(MODEL, { input: { ...ONE_SHOT, duration: "99" } });
  await fal.queue.subscribeToStatus(MODEL, { requestId, pollInterval: 20 });
  await assert.rejects(fal.queue.result(MODEL, { requestId }), (error) => {
    assert.equal(error.name, "ValidationError");
    assert.equal(error.status, 422);
    assert.equal(error.getFieldErrors("duration").length, 1);
    assert.equal(error.requestId, requestId);
    return true;
  });
});

test("run tells bad input at once", async () => {
  const nothing = { name: "ValidationError", status: 422 };
  await assert.rejects(fal.run(MODEL, { input: { ...ONE_SHOT, prompt: "" } }), nothing);
});

test("words in place of the list of errors are read as one", async (t) => {
  await faults(t, "end.words");
  await assert.rejects(fal.subscribe(MODEL, { input: unlike("words"), pollInterval: 20 }), (error) => {
    assert.equal(error.fieldErrors.length, 1);
    assert.deepEqual(error.fieldErrors[0].loc, ["body"]);
    return true;
  });
});

test("a server error is told with fal's type", async (t) => {
  await faults(t, "end.server");
  const failed = fal.subscribe(MODEL, { input: unlike("server"), pollInterval: 20 });
  await assert.rejects(failed, (error) => error.status === 500 && error.body.error_type === "internal_error");
});

test("a start that comes too late is told as the user's own timeout and not tried again", async (t) => {
  await account(t, { concurrency: 1 });
  const first = await Promise.all(
    Array.from({ length: 6 }, () => fal.queue.submit(MODEL, { input: ONE_SHOT })),
  );
  const late = await fal.queue.submit(MODEL, { input: ONE_SHOT, startTimeout: 1.1 });
  await fal.queue.subscribeToStatus(MODEL, { requestId: late.request_id, pollInterval: 20 });
  await assert.rejects(fal.queue.result(MODEL, { requestId: late.request_id }), (error) => error.isUserTimeout);
  for (const { request_id: requestId } of first) {
    await fal.queue.subscribeToStatus(MODEL, { requestId, pollInterval: 20 });
  }
});

test("busy answers are tried again by the client", async (t) => {
  await faults(t, "status.busy:code=503,first=1", "result.busy:code=502,first=1");
  const { data } = await fal.subscribe(MODEL, { input: unlike("busy"), pollInterval: 20 });
  assert.ok(await plays(data));
});

test("a locked account is refused", async (t) => {
  await account(t, { lock: "admin" });
  const locked = (error) => error.status === 403 && error.body.detail.startsWith("User is locked.");
  await assert.rejects(fal.queue.submit(MODEL, { input: ONE_SHOT }), locked);
  await assert.rejects(fal.run(MODEL, { input: ONE_SHOT }), locked);
});

test("a wrong key is not let in where no proxy adds one", async () => {
  const toTheSimulator = (request) => {
    const { host, pathname, search } = new URL(request.url);
    return { ...request, url: `${ORIGIN}${host === "fal.run" ? "/run" : ""}${pathname}${search}` };
  };
  const stranger = createFalClient({ credentials: "some:body", requestMiddleware: toTheSimulator });
  await assert.rejects(stranger.queue.submit(MODEL, { input: ONE_SHOT }), { status: 401 });
  const owner = createFalClient({ credentials: process.env.FAL_KEY, requestMiddleware: toTheSimulator });
  const { request_id: requestId } = await owner.queue.submit(MODEL, { input: ONE_SHOT });
  assert.equal((await audit("submitted", requestId)).length, 1);
});

test("an input that is streamed to is refused, since no video model streams", async () => {
  const streaming = async () => {
    const stream = await fal.stream(MODEL, { input: ONE_SHOT, connectionMode: "server" });
    return stream.done();
  };
  await assert.rejects(streaming(), { status: 404 });
});
