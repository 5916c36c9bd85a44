// Shows a page with every clip to a headless Chromium over loopback, and hears from the page what it saw.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const PATIENCE = 90_000;
const FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
];

/** What the page saw of each clip, in their order. */
export async function play(chromium, clips, scratch) {
    const { server, seen } = await serve(clips);
    const page = `http://127.0.0.1:${server.address().port}/player.html`;
    // A group of its own, so that the helpers of the browser end with it.
    const args = [...FLAGS, `--user-data-dir=${join(scratch, "profile")}`, page];
    const browser = spawn(chromium, args, { detached: true, stdio: "ignore" });
    const failed = once(browser, "exit").then(([code]) => Promise.reject(new Error(`Chromium ended with ${code}`)));
    const late = sleep(PATIENCE).then(() => Promise.reject(new Error(`the page saw nothing in ${PATIENCE} ms`)));
    try {
        return await Promise.race([seen, failed, late]);
    } finally {
        failed.catch(() => {});
        late.catch(() => {});
        end(browser);
        server.close();
        server.closeAllConnections?.();
    }
}

const sleep = (millis) => new Promise((wake) => setTimeout(wake, millis).unref());

function end(browser) {
    try {
        process.kill(-browser.pid, "SIGKILL");
    } catch {
        // It ended by itself.
    }
}

async function serve(clips) {
    let done;
    const seen = new Promise((resolve) => (done = resolve));
    const server = createServer(async (request, response) => {
        try {
            await answer(request, response, clips, done);
        } catch (error) {
            response.writeHead(404).end(String(error));
        }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { server, seen };
}

async function answer(request, response, clips, done) {
    if (request.url === "/seen") {
        let text = "";
        for await (const part of request) text += part;
        response.end();
        return done(JSON.parse(text));
    }
    if (request.url === "/clips") return response.end(JSON.stringify(clips));
    const clip = request.url.match(/^\/clip\/(\d+)$/);
    if (clip) return file(response, clips[clip[1]].file, "video/mp4", request.headers.range);
    const type = request.url.endsWith(".mjs") ? "text/javascript" : "text/html";
    return file(response, new URL(`.${request.url}`, import.meta.url), type);
}

/** The whole file or the range of it that is asked for: a browser seeks only where it may ask for ranges. */
async function file(response, path, type, range) {
    const bytes = await readFile(path);
    const asked = range?.match(/^bytes=(\d+)-(\d*)$/);
    if (!asked) return response.writeHead(200, { "content-type": type, "accept-ranges": "bytes" }).end(bytes);
    const [from, to] = [Number(asked[1]), asked[2] ? Number(asked[2]) : bytes.length - 1];
    const headers = { "content-type": type, "accept-ranges": "bytes", "content-range": `bytes ${from}-${to}/${bytes.length}` };
    response.writeHead(206, headers).end(bytes.subarray(from, to + 1));
}
