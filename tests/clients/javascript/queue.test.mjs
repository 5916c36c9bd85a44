// The queue, as @fal-ai/client drives it through its proxyUrl.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFalClient } from "@fal-ai/client";
import { MODEL, ONE_SHOT, ORIGIN, THREE_SHOTS, account, audit, fal, plays } from "./simulator.mjs";

test("subscribe polls a request with its logs to the video", async () => {
  const seen = [];
  const ids = [];
  const { data, requestId } = await fal.subscribe(MODEL, {
    input: ONE_SHOT,
    logs: true,
    pollInterval: 20,
    onEnqueue: (id) => ids.push(id),
    onQueueUpdate: (status) => seen.push(status),
  });
  assert.ok(await plays(data));
  assert.deepEqual(ids, [requestId]);
  assert.ok(seen.some(({ status }) => status === "IN_PROGRESS"));
  assert.equal(seen.at(-1).status, "COMPLETED");
  assert.ok(seen.at(-1).logs.length > 0 && seen.at(-1).metrics.inference_time > 0);
});

// Connected by the client itself, the stream does not go through the proxy, but straight to fal with a token for the way.
const straight = createFalClient({
  proxyUrl: { url: `${ORIGIN}/fal`, when: "always" },
  fetch: (url, init) => fetch(String(url).replace("https://queue.fal.run", ORIGIN), init),
});

for (const [connectionMode, client] of [["server", fal], ["client", straight]]) {
  test(`subscribe follows the stream of a request with its logs, connected by the ${connectionMode}`, async () => {
    const seen = [];
    const { data } = await client.subscribe(MODEL, {
      input: ONE_SHOT,
      mode: "streaming",
      connectionMode,
      logs: true,
      onQueueUpdate: (status) => seen.push(structuredClone(status)),
    });
    assert.ok(await plays(data));
    const last = seen.at(-1);
    assert.equal(last.status, "COMPLETED");
    const messages = last.logs.map(({ message }) => message);
    assert.ok(messages.length > 0);
    assert.deepEqual(messages, [...new Set(messages)], "a stream brings every line once");
  });
}

test("streamStatus gives every state once and ends with the request", async () => {
  const { request_id: requestId } = await fal.queue.submit(MODEL, { input: ONE_SHOT });
  const stream = await fal.queue.streamStatus(MODEL, { requestId, connectionMode: "server" });
  const seen = [];
  for await (const { status } of stream) seen.push(status);
  assert.equal((await stream.done()).status, "COMPLETED");
  assert.deepEqual(seen.filter((state) => state === "COMPLETED"), ["COMPLETED"]);
});

test("several shots make one clip that is billed by their sum", async () => {
  const { data, requestId } = await fal.subscribe(MODEL, { input: THREE_SHOTS, pollInterval: 20 });
  assert.ok(await plays(data));
  assert.equal((await audit("completed", requestId))[0].units, 11);
});

test("submit, status and result work by id", async () => {
  const submitted = await fal.queue.submit(MODEL, { input: ONE_SHOT });
  assert.equal(submitted.status, "IN_QUEUE");
  const requestId = submitted.request_id;
  assert.match(submitted.status_url, new RegExp(`/fal-ai/kling-video/requests/${requestId}/status$`));
  const done = await fal.queue.subscribeToStatus(MODEL, { requestId, pollInterval: 20 });
  assert.equal(done.status, "COMPLETED");
  const { data, requestId: told } = await fal.queue.result(MODEL, { requestId });
  assert.equal(told, requestId);
  assert.ok(await plays(data));
});

test("cancel takes out what waits and comes too late for what is done", async (t) => {
  await account(t, { concurrency: 1 });
  const first = await fal.queue.submit(MODEL, { input: ONE_SHOT });
  const second = await fal.queue.submit(MODEL, { input: ONE_SHOT });
  await fal.queue.cancel(MODEL, { requestId: second.request_id });
  const cancelled = { name: "ApiError", status: 499 };
  await assert.rejects(fal.queue.result(MODEL, { requestId: second.request_id }), cancelled);
  await fal.queue.subscribeToStatus(MODEL, { requestId: first.request_id, pollInterval: 20 });
  await assert.rejects(fal.queue.cancel(MODEL, { requestId: first.request_id }), {
    status: 400,
    body: { status: "ALREADY_COMPLETED" },
  });
  assert.equal((await audit("completed", second.request_id))[0].units, 0);
});

test("an id that was never given is not found", async () => {
  const requestId = "00000000-0000-4000-8000-000000000000";
  const unknown = { status: 404, body: { status: "NOT_FOUND" } };
  await assert.rejects(fal.queue.status(MODEL, { requestId }), unknown);
  await assert.rejects(fal.queue.cancel(MODEL, { requestId }), unknown);
});

test("run gives the video on the same connection", async () => {
  for (const input of [ONE_SHOT, THREE_SHOTS]) {
    const { data, requestId } = await fal.run(MODEL, { input });
    assert.ok(await plays(data));
    assert.equal((await audit("completed", requestId)).length, 1);
  }
});

test("a page of another origin may ask, with the headers that the client sends", async () => {
  const answer = await fetch(`${ORIGIN}/fal`, {
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:3000",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-fal-target-url,x-fal-queue-priority",
    },
  });
  assert.ok(answer.ok);
  assert.ok(["*", "http://localhost:3000"].includes(answer.headers.get("access-control-allow-origin")));
  assert.match(answer.headers.get("access-control-allow-headers"), /\*|x-fal-target-url/i);
});
