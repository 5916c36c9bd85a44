// Whether everybody can use the contact sheet, and what of it comes out of a printer.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { card, given, open, start, until } from "./browser.mjs";

const renders = join(process.env.STAGE, "my film & more", "renders");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let started = null;

before(async () => { started = await start(); });
after(() => started.end());

/** What axe-core finds serious or critical. */
async function barriers(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.html} ${node.any[0]?.message ?? ""}`).join("; ")}`);
}

for (const scheme of ["light", "dark"]) {
    test(`axe finds no barrier on the sheet, in the player or among the keys, ${scheme}`, async () => {
        const page = await open(started.browser, renders, { scheme });
        await page.waitForSelector(".card");
        assert.deepEqual(await barriers(page), []);
        for (const address of ["last-letter/coast-road/ride", "emberfall-trailer/fight/rising"]) {
            const { poster } = await card(page, address);
            assert.deepEqual(await barriers(page), []);
            await page.click(poster);
            await until(page, () => document.querySelector(".player").open);
            assert.deepEqual(await barriers(page), []);
            await page.keyboard.press("Escape");
        }
        await page.keyboard.press("?");
        assert.deepEqual(await barriers(page), []);
        await page.close();
    });
}

test("axe finds no barrier on a phone", async () => {
    const page = await open(started.browser, renders, { width: 375, height: 740 });
    assert.deepEqual(await barriers(page), []);
    await card(page, "last-letter/coast-road/ride");
    assert.deepEqual(await barriers(page), []);
    await page.close();
});

test("headings come in order, and every control has a name and room for its words", async () => {
    const page = await open(started.browser, renders);
    await page.waitForSelector(".card");
    const levels = await page.$$eval("h1, h2, h3, h4", (nodes) => nodes.filter((node) => node.checkVisibility()).map((node) => Number(node.localName[1])));
    levels.forEach((level, at) => assert.ok(level <= (levels[at - 1] ?? 0) + 1, `h${level} after h${levels[at - 1]}`));
    const nameless = await page.$$eval("button, select, input", (nodes) => nodes.filter((node) => !node.textContent.trim() && !node.ariaLabel && !node.labels?.length).map((node) => node.outerHTML));
    assert.deepEqual(nameless, []);
    const cramped = await page.$$eval("#masthead button, #tools button", (nodes) => nodes.filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.textContent));
    assert.deepEqual(cramped, [], "words that run out of their buttons");
    await page.close();
});

test("where colours are forced every state can still be told", async () => {
    const page = await open(started.browser, renders);
    const session = await page.createCDPSession();
    await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
    const words = await page.$$eval(".chip", (chips) => chips.map((chip) => chip.checkVisibility() && chip.textContent.trim()));
    assert.equal(new Set(words.filter(Boolean)).size, 8, `${words}`);
    await page.close();
});

test("on paper it is a storyboard: pages with every shot's frame and no controls", async () => {
    const page = await open(started.browser, renders, { hash: "#board=last-letter" });
    const { clips } = await given(page);
    const shown = clips.filter(({ address }) => address.startsWith("last-letter/"));
    const frames = shown.filter(({ chosen }) => chosen !== null).flatMap((clip) => clip.shots).length;
    let pdf = "";
    // The frames are made ready while nobody waits for them.
    for (let tries = 0; tries < 60 && images(pdf) < frames; tries += 1) {
        await new Promise((wake) => setTimeout(wake, 250));
        pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true, printBackground: false })).toString("latin1");
    }
    assert.equal(images(pdf), frames);
    assert.ok(pages(pdf) >= 2 && pages(pdf) <= 6, `${pages(pdf)} pages`);
    if (process.env.KEEP) await writeFile(join(process.env.KEEP, "sheet.pdf"), pdf, "latin1");
    await page.emulateMediaType("print");
    assert.equal(await page.$eval("#tools", (node) => node.checkVisibility()), false);
    await page.close();
});

test("every storyboard begins a page of its own", async () => {
    const page = await open(started.browser, renders, { hash: "#q=first-look" });
    const one = pages(Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString("latin1"));
    assert.equal(one, 4, "four variants");
    await page.close();
});

/** Pictures in a PDF as Chromium writes it; their masks of transparency are not counted. */
const images = (pdf) => (pdf.match(/\/Subtype\s*\/Image/g) ?? []).length - (pdf.match(/\/SMask\s/g) ?? []).length;
const pages = (pdf) => (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
