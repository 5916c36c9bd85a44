// Callbacks, verified with nothing but what Node brings and the published keys.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { MODEL, ONE_SHOT, ORIGIN, fal, plays } from "./simulator.mjs";

async function receiver(t) {
  const calls = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.end();
    calls.push({ headers: request.headers, body: Buffer.concat(pieces) });
    server.emit("told");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const next = async () => calls.shift() ?? (await once(server, "told"), calls.shift());
  return { url: `http://127.0.0.1:${server.address().port}/done`, next };
}

async function isSigned({ headers, body }) {
  const { keys } = await (await fetch(`${ORIGIN}/.well-known/jwks.json`)).json();
  const parts = ["request-id", "user-id", "timestamp"].map((name) => headers[`x-fal-webhook-${name}`]);
  const message = Buffer.from([...parts, createHash("sha256").update(body).digest("hex")].join("\n"));
  const signature = Buffer.from(headers["x-fal-webhook-signature"], "hex");
  return keys.some((jwk) => verify(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature));
}

test("a callback is signed and brings the output", async (t) => {
  const { url, next } = await receiver(t);
  const { request_id: requestId } = await fal.queue.submit(MODEL, { input: ONE_SHOT, webhookUrl: url });
  const call = await next();
  const told = JSON.parse(call.body);
  assert.ok(await isSigned(call));
  assert.ok(!(await isSigned({ ...call, body: Buffer.from("{}") })));
  assert.equal(told.request_id, requestId);
  assert.equal(told.status, "OK");
  assert.ok(await plays(told.payload));
});
