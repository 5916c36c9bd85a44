// Five thousand clips, and texts that attack the page.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { given, open, start, text, until } from "./browser.mjs";

const many = join(process.env.STAGE, "thousands", "animatics");
/** Elements on the page, however many clips there are. */
const MOST = 3000;
let started = null;

before(async () => { started = await start(); });
after(() => started.end());

const elements = (page) => page.evaluate(() => document.querySelectorAll("*").length);

test("five thousand clips scroll, and only those near the view are there", async () => {
    const page = await open(started.browser, many);
    const { clips } = await given(page);
    assert.equal(clips.length, 5000);
    const counts = [await elements(page)];
    await page.mouse.move(700, 600);
    for (let turn = 0; turn < 40; turn += 1) {
        await page.mouse.wheel({ deltaY: 4000 });
        await until(page, () => [...document.querySelectorAll(".chunk")].some((node) => node.childElementCount > 0 && node.getBoundingClientRect().bottom > 0 && node.getBoundingClientRect().top < innerHeight) || document.querySelector(".strips").getBoundingClientRect().bottom > 0);
        counts.push(await elements(page));
    }
    assert.ok(Math.max(...counts) < MOST, `up to ${Math.max(...counts)} elements`);
    await page.keyboard.press("End");
    await until(page, () => document.querySelector('.card[data-clip="4999"] .poster canvas[data-painted="yes"], .card[data-clip="4999"] .leader'));
    assert.ok((await elements(page)) < MOST);
    const { JSHeapUsedSize } = await page.metrics();
    console.log(`5,000 clips: at most ${Math.max(...counts)} elements, ${Math.round(JSHeapUsedSize / 1e6)} MB of script memory`);
    assert.deepEqual(page.wrong, []);
    await page.close();
});

test("the last of five thousand is found, opened and played", async () => {
    const page = await open(started.browser, many);
    await page.keyboard.press("/");
    await page.keyboard.type("two/s2499");
    await until(page, () => document.querySelectorAll(".card").length === 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await until(page, () => document.querySelector(".player").open && document.querySelector(".player video").currentTime > 0.1);
    assert.equal(await text(page, ".player .where code"), "two/s2499");
    await page.close();
});

test("walking with the keys goes past the end of what is filled", async () => {
    const page = await open(started.browser, many);
    await page.keyboard.press("j");
    for (let step = 0; step < 60; step += 1) await page.keyboard.press("j");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".card").dataset.clip), "60");
    const seen = await page.evaluate(() => document.activeElement.getBoundingClientRect().toJSON());
    assert.ok(seen.top >= 0 && seen.bottom <= 900, "the clip with the focus is in view");
    await page.close();
});

test("a strip of thousands holds only what is in view, at any zoom", async () => {
    const page = await open(started.browser, many);
    await page.waitForSelector(".block");
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("+");
    await page.$eval(".axis", (axis) => { axis.scrollLeft = axis.scrollWidth / 2; });
    await until(page, () => [...document.querySelectorAll(".board:first-of-type .block")].some((node) => Number(node.dataset.clip) > 1000));
    assert.ok((await page.$$(".block")).length < 600);
    await page.close();
});

test("what people wrote stays text", async () => {
    const page = await open(started.browser, join(process.env.STAGE, "hostile", "animatics"));
    await page.waitForSelector(".card");
    await page.click(".poster");
    await until(page, () => document.querySelector(".player").open);
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.$("#sheet img, #sheet b:not(.shots b), .player img, .player script"), null);
    assert.ok((await text(page, ".script .full")).includes("</script><script>window.pwned = 1</script><!--<img src=x onerror=window.pwned=1>"));
    assert.ok((await page.title()).startsWith("</title><script>"));
    assert.doesNotMatch(await text(page, "#masthead"), /null|undefined/);
    assert.deepEqual(page.wrong, []);
    await page.close();
});
