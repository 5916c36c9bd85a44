// A headless Chromium and a page in it that keeps what it asked for and what it complained of.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

const PATIENCE = 30_000;

/** A browser in which nothing plays with sound before somebody has clicked, as people have it. */
export async function start() {
    const userDataDir = await mkdtemp(join(tmpdir(), "shotlist-page-"));
    const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--mute-audio", "--autoplay-policy=document-user-activation-required"];
    const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, headless: true, args, userDataDir });
    const end = async () => {
        await browser.close();
        await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    };
    return { browser, end };
}

/** Opens the page in an output folder. What it asks for and says wrong is kept in `asked` and `wrong`. */
export async function open(browser, folder, { hash = "", width = 1440, height = 900, scheme = "light" } = {}) {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
    const [asked, wrong] = [[], []];
    page.on("request", (request) => asked.push(decodeURI(request.url())));
    page.on("console", (message) => ["error", "warn"].includes(message.type()) && wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(error.stack));
    const url = `${pathToFileURL(join(folder, "report.html"))}${hash}`;
    await page.goto(url, { waitUntil: "load" });
    return Object.assign(page, { asked, wrong, folder });
}

/** What the program put into the page. */
export const given = (page) => page.$eval("#data", (node) => JSON.parse(node.textContent));

export const text = (page, selector) => page.$eval(selector, (node) => node.textContent);

/** What is on the page, in sight or not, without what is hidden. */
export const texts = (page, selector) =>
    page.$$eval(selector, (nodes) => nodes.filter((node) => node.checkVisibility()).map((node) => node.textContent));

/** Waits until this holds in the page. */
export const until = (page, test, ...args) => page.waitForFunction(test, { polling: 50 }, ...args);

/** The card of a clip, brought into view. */
export async function card(page, address) {
    const { clips } = await given(page);
    const index = clips.findIndex((clip) => clip.address === address);
    const board = await page.evaluateHandle((name) => [...document.querySelectorAll(".board")].find((node) => node.textContent.includes(name)), clips[index].address.split("/")[0].split(/[@+]/)[0]);
    await board.asElement().evaluate((node) => node.querySelector(".clips").scrollIntoView());
    const selector = `.card[data-clip="${index}"]`;
    await page.waitForSelector(selector);
    await page.$eval(selector, (node) => node.scrollIntoView({ block: "center" }));
    return { clip: clips[index], index, selector, poster: `${selector} .poster` };
}

/** The player's picture: what plays, and where it stands. */
export const playing = (page) =>
    page.$eval(".player video", (video) => ({ file: decodeURI(video.currentSrc), at: video.currentTime, paused: video.paused, width: video.videoWidth }));

export const isOpen = (page) => page.$eval(".player", (dialog) => dialog.open);
