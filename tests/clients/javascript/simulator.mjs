// What the tests share: the client, pointed at the simulator as at any proxy of fal's, the simulator's own calls, and inputs.
import { fal } from "@fal-ai/client";

export const ORIGIN = process.env.SIM_ORIGIN;
export const MODEL = "fal-ai/kling-video/o3/4k/text-to-video";
export const ONE_SHOT = { prompt: "a lighthouse in the rain", duration: "3", aspect_ratio: "16:9" };
export const THREE_SHOTS = {
  multi_prompt: [
    { prompt: "the skyline at dusk", duration: "4" },
    { prompt: "a mecha lands on one knee", duration: "4" },
    { prompt: "she lifts her visor", duration: "3" },
  ],
  duration: "11",
};

fal.config({ proxyUrl: { url: `${ORIGIN}/fal`, when: "always" } });
export { fal };

export async function admin(method, path, body) {
  const answer = await fetch(`${ORIGIN}/_sim/${path}`, {
    method,
    headers: { authorization: `Key ${process.env.FAL_KEY}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

/** What goes wrong until the end of the test. */
export async function faults(test, ...rules) {
  await admin("PUT", "faults", { rules });
  test.after(() => admin("DELETE", "faults"));
}

/** How the account is until the end of the test. */
export async function account(test, changes) {
  const before = JSON.parse(await admin("GET", "account"));
  await admin("PATCH", "account", changes);
  const restored = Object.fromEntries(Object.keys(changes).map((name) => [name, before[name]]));
  test.after(() => admin("PATCH", "account", restored));
}

/** The lines of the audit about one event of one request. */
export async function audit(event, requestId) {
  const text = await admin("GET", "audit");
  const lines = text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  return lines.filter((line) => line.event === event && line.request_id === requestId);
}

/** The bytes of the video, fetched as anybody can, without the key. */
export async function video(data) {
  const answer = await fetch(data.video.url);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok || bytes.length !== data.video.file_size) throw new Error(`${answer.status} ${data.video.url}`);
  return bytes;
}

export async function plays(data) {
  return (await video(data)).subarray(4, 8).toString() === "ftyp";
}

/** An input that no other test sends, so that faults meet it alone. */
export function unlike(prompt) {
  return { ...ONE_SHOT, prompt: `${prompt} ${process.hrtime.bigint()}` };
}
