// The contact sheet of a folder in which a clip is in every state, used as people use it.

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { card, given, isOpen, open, playing, start, text, texts, until } from "./browser.mjs";

const renders = join(process.env.STAGE, "my film & more", "renders");
const [harbor, ride, trailer] = ["neon-harbor/rooftop/cold-open", "last-letter/coast-road/ride", "emberfall-trailer/fight/rising"];
let started = null;

before(async () => { started = await start(); });
after(() => started.end());

/** Runs on a page of its own. */
const onPage = (name, use, options) => test(name, async () => {
    const page = await open(started.browser, renders, options);
    await use(page);
    await leave(page);
});

/** A page that is done with has complained of nothing and asked for nothing but its own clips. */
async function leave(page) {
    assert.deepEqual(page.wrong, []);
    const own = decodeURI(pathToFileURL(page.folder).href);
    const foreign = page.asked.filter((url) => !url.startsWith(`${own}/report.html`) && !url.startsWith(`${own}/takes/`));
    assert.deepEqual(foreign, []);
    await page.close();
}

const opened = async (page, address) => {
    const found = await card(page, address);
    await page.click(found.poster);
    await until(page, () => document.querySelector(".player").open);
    return found;
};

onPage("every clip stands in its storyboard with its state told by a word and by a shape", async (page) => {
    const { clips, states } = await given(page);
    for (const { id, word } of states) {
        const { address } = clips.find((clip) => clip.state === id);
        const { selector } = await card(page, address);
        assert.equal(await text(page, `${selector} .badge`), word);
    }
    const shapes = await page.$$eval(".chip path", (paths) => paths.map((path) => path.getAttribute("d")));
    assert.equal(new Set(shapes).size, states.length);
});

onPage("a landed clip shows its picture, and one without a file what it waits for", async (page) => {
    const { selector } = await card(page, harbor);
    await page.waitForSelector(`${selector} canvas[data-painted="yes"]`);
    // What is painted comes onto the screen with one of the next frames, on a busy machine with a late one.
    let picture = "";
    for (let tries = 0; tries < 60 && picture.length < 8000; tries += 1) picture = await (await page.$(`${selector} .poster`)).screenshot();
    assert.ok(picture.length >= 8000, `${picture.length} bytes of a picture that should show something`);
    const waiting = await card(page, ride);
    assert.equal(await text(page, `${waiting.selector} .waits`), "not rendered yet");
    assert.equal(await text(page, `${waiting.selector} .length`), "10 s planned");
    assert.equal(await page.$(`${waiting.selector} canvas`), null);
});

onPage("strips are to scale, with the pictures of their shots", async (page) => {
    await card(page, "last-letter/stairs");
    await page.waitForSelector('.block[data-clip] canvas[data-painted="yes"]');
    const { clips } = await given(page);
    const blocks = await page.$$eval(".block", (nodes) => nodes.map((node) => [Number(node.dataset.clip), node.offsetWidth, node.offsetLeft]));
    const own = blocks.filter(([index]) => clips[index].address.startsWith("last-letter"));
    const scale = own[0][1] / clips[own[0][0]].seconds;
    assert.equal(own.length, 5);
    own.forEach(([index, width, left]) => {
        assert.ok(Math.abs(width - clips[index].seconds * scale) < 2, `${clips[index].address} is ${width} wide`);
        assert.ok(Math.abs(left - clips[index].start * scale) < 2, `${clips[index].address} is at ${left}`);
    });
});

onPage("a click plays the clip's own file", async (page) => {
    const { clip } = await opened(page, "neon-harbor/rooftop/cold-open");
    await until(page, () => document.querySelector(".player video").currentTime > 0.3);
    const seen = await playing(page);
    assert.ok(seen.file.endsWith(decodeURI(clip.takes[clip.chosen].file)), seen.file);
    assert.equal(seen.paused, false);
    assert.ok(seen.width > 0);
});

onPage("a click on a shot jumps there, and the shot that runs is marked", async (page) => {
    const { clip } = await opened(page, harbor);
    await until(page, () => document.querySelector(".player video").readyState >= 2);
    await page.click(".player .stage .track button:nth-child(3)");
    await until(page, (from) => document.querySelector(".player video").currentTime >= from, clip.shots[2].start);
    await page.waitForSelector(".player .stage .track button:nth-child(3)[aria-current]");
    await page.waitForSelector(".script > li:nth-child(3)[aria-current]");
    await page.keyboard.press("2");
    await page.waitForSelector(".player .stage .track button:nth-child(2)[aria-current]");
    await page.click(".script > li:nth-child(1) .in");
    await page.waitForSelector(".script > li:nth-child(1)[aria-current]");
});

onPage("an in point on a card opens the clip there", async (page) => {
    const { selector, clip } = await card(page, harbor);
    await page.click(`${selector} .shots li:nth-child(2) .in`);
    await until(page, () => document.querySelector(".player video").currentTime > 0);
    const { at } = await playing(page);
    assert.ok(at >= clip.shots[1].start, `it plays from ${at}`);
});

onPage("the keyboard is enough: search, walk, play, pause, step, close", async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("lighthouse");
    await until(page, () => document.querySelector(".count").textContent.startsWith("3 of"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const first = await page.evaluate(() => document.activeElement.closest(".card").dataset.clip);
    await page.keyboard.press("Enter");
    await until(page, () => document.querySelector(".player").open && document.querySelector(".player video").currentTime > 0.1);
    assert.equal(await page.evaluate(() => document.activeElement.className), "toggle");
    await page.keyboard.press("Space");
    await until(page, () => document.querySelector(".player video").paused);
    const name = await text(page, "#player-name");
    await page.keyboard.press("ArrowRight");
    await until(page, (name) => document.querySelector("#player-name").textContent !== name, name);
    await page.keyboard.press("ArrowLeft");
    await until(page, (name) => document.querySelector("#player-name").textContent === name, name);
    await page.keyboard.press("Escape");
    await until(page, () => !document.querySelector(".player").open);
    assert.equal(await page.evaluate(() => document.activeElement.closest(".card")?.dataset.clip), first);
});

onPage("the player keeps the focus, and gives it back to the clip that it came to", async (page) => {
    await opened(page, harbor);
    for (let press = 0; press < 25; press += 1) {
        await page.keyboard.press("Tab");
        const where = await page.evaluate(() => document.activeElement === document.body || document.querySelector(".player").contains(document.activeElement));
        assert.ok(where, "the focus left the player");
    }
    await page.click('.player button[aria-label="Next clip"]');
    const address = await text(page, ".player .where code");
    await page.keyboard.press("Escape");
    await until(page, (address) => document.activeElement.closest(".card")?.textContent.includes(address), address);
});

onPage("of several takes the chosen one plays, and another can be seen", async (page) => {
    const { clip } = await opened(page, harbor);
    assert.equal(clip.takes.length, 2);
    assert.equal(clip.chosen, 1);
    await until(page, () => document.querySelector(".player video").currentTime > 0.1);
    const first = await playing(page);
    await page.click('label[for="take-0"]');
    await until(page, (file) => !document.querySelector(".player video").currentSrc.endsWith(file), first.file.split("/").at(-1));
    assert.ok((await playing(page)).file.endsWith(decodeURI(clip.takes[0].file)));
    assert.equal(await text(page, ".notice"), "take 1, not in the film");
    await page.keyboard.press("t");
    await until(page, (file) => document.querySelector(".player video").currentSrc.endsWith(file), first.file.split("/").at(-1));
    assert.equal(await text(page, ".notice"), "");
});

onPage("a whole film plays on from clip to clip, and a gap stands in for what is missing", async (page) => {
    const { selector } = await card(page, "last-letter/post-office/counter");
    assert.ok(selector);
    await page.click('button[aria-label^="Play all of last-letter"]');
    await until(page, () => document.querySelector(".player video").currentTime > 0.1);
    assert.match(await text(page, ".place"), /^Playing all, 1 of 5$/);
    await page.focus('.player input[type="range"]');
    await page.keyboard.press("End");
    await until(page, () => document.querySelector(".place").textContent === "Playing all, 2 of 5");
    assert.equal(await text(page, ".stand .waits"), "not rendered yet");
    assert.equal(await page.$eval(".player video", (video) => video.hidden), true);
    await page.keyboard.press("Escape");
});

onPage("what changed in a prompt is marked word by word", async (page) => {
    const { selector } = await card(page, ride);
    assert.match(await text(page, `${selector} .reason`), /prompt of ride changed/);
    await page.click(`${selector} .poster`);
    const words = (kind) => texts(page, `.script ${kind}`);
    assert.deepEqual((await words("del")).map((word) => word.trim()), ["removed: streetlamps"]);
    assert.deepEqual((await words("ins")).map((word) => word.trim()), ["added: lamps", "added: long"]);
});

onPage("a card tells of a shot what its neighbours do not: what changed in it, or its subject", async (page) => {
    const told = async (address) => texts(page, `${(await card(page, address)).selector} .shots .prompt`);
    const [changed] = await told(ride);
    assert.match(changed, /^\u2026 .{0,40}removed: streetlamps/);
    const [subject] = await told(harbor);
    assert.match(subject, /^the harbor going dark/);
});

onPage("a clip tells fal's words, its money, its request id and its next command", async (page) => {
    const { clip } = await opened(page, trailer);
    const details = await text(page, ".details");
    const failed = clip.takes.find((take) => take.why);
    for (const said of [failed.why, clip.money, failed.request, clip.endpoint, "storyboards/emberfall-trailer.yaml:", `--only ${trailer} --failed`]) {
        assert.ok(details.includes(said), `the details lack: ${said}`);
    }
});

onPage("a command is copied with a click", async (page) => {
    const { clip } = await opened(page, harbor);
    await page.click(".command .copy");
    await until(page, () => document.querySelector(".command .copy").textContent.startsWith("Copied"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.keyboard.down("Control");
    await page.keyboard.press("KeyV");
    await page.keyboard.up("Control");
    assert.equal(await page.$eval("#search", (input) => input.value), clip.commands[0].command);
    await until(page, () => document.querySelector("#nothing").checkVisibility());
});

onPage("states filter and are counted, and a link keeps what is shown", async (page) => {
    await page.click('.chip[data-state="failed"]');
    await until(page, () => document.querySelectorAll(".card").length === 1);
    assert.equal(await text(page, ".count"), "1 of 26 clips");
    assert.match(page.url(), /#state=failed$/);
    await page.click('.chip[data-state="lost"]');
    await until(page, () => document.querySelectorAll(".board:not([hidden])").length === 2);
    const again = await open(started.browser, renders, { hash: new URL(page.url()).hash });
    assert.equal(await text(again, ".count"), "2 of 26 clips");
    assert.equal(await again.$eval('.chip[data-state="lost"]', (chip) => chip.getAttribute("aria-pressed")), "true");
    await again.close();
});

onPage("scene, variant and tag filter together, and say so where nothing matches", async (page) => {
    await page.select('select[aria-label="Variant"]', "9x16.window");
    await until(page, () => document.querySelector(".count").textContent === "2 of 26 clips");
    await page.select('select[aria-label="Scene"]', "bloom");
    await until(page, () => document.querySelector(".count").textContent === "1 of 26 clips");
    await page.click('.chip[data-state="current"]');
    await until(page, () => document.querySelector("#nothing").checkVisibility());
    assert.equal(await text(page, "#told"), "Nothing matches");
    await page.click("#nothing button");
    await until(page, () => document.querySelector(".count").textContent === "26 clips");
    assert.equal(new URL(page.url()).hash, "");
    await page.select('select[aria-label="Tag"]', "teaser");
    await until(page, () => document.querySelector(".count").textContent === "2 of 26 clips");
    assert.match(page.url(), /#tag=teaser$/);
});

onPage("a link to a clip opens it", async (page) => {
    await until(page, () => document.querySelector(".player").open);
    assert.equal(await text(page, ".player .where code"), ride);
    await page.keyboard.press("Escape");
    await until(page, () => location.hash === "");
}, { hash: `#clip=${ride}` });

onPage("the same clip of every variant stands side by side", async (page) => {
    const { selector } = await card(page, "night-bloom@9x16.window/hook/first-look");
    const shown = await page.$eval(selector, (node) => [...node.parentElement.querySelectorAll(".card .address")].map((one) => one.textContent));
    assert.deepEqual(shown, ["9x16.window", "9x16.rooftop", "1x1.window", "16x9.window"].map((variant) => `night-bloom@${variant}/hook/first-look`));
    const tops = await page.$eval(selector, (node) => [...node.parentElement.children].map((one) => one.offsetTop));
    assert.equal(new Set(tops).size, 1, `rows at ${tops}`);
});

onPage("money stands in words and to scale, and what no clip uses is listed", async (page) => {
    const { boards, money, leftovers } = await given(page);
    const shown = await page.$$eval(".money-bar", (bars) => bars.map((bar) => bar.textContent));
    [money, ...boards.map((board) => board.money)].forEach((bar, index) => bar.parts.forEach(({ word, usd }) => assert.ok(shown[index].includes(`${word}${usd}`), `${shown[index]} lacks ${word} ${usd}`)));
    const widths = await page.$$eval("#masthead .bar span", (spans) => spans.map((span) => span.offsetWidth));
    const whole = widths.reduce((sum, width) => sum + width, 0);
    money.parts.filter(({ share }) => share > 0).forEach(({ share }, index) => assert.ok(Math.abs(widths[index] / whole - share / 1000) < 0.01));
    assert.equal(leftovers.length, 1);
    assert.ok((await text(page, ".leftovers")).includes("emberfall-key-frames/phone-poster"));
});

const brightness = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0));

onPage("it is dark where the system is, and as chosen from then on", async (page) => {
    assert.ok((await brightness(page)) < 150);
    await page.select('select[aria-label="Light or dark"]', "light");
    assert.ok((await brightness(page)) > 600);
    await page.reload();
    assert.ok((await brightness(page)) > 600);
    await page.select('select[aria-label="Light or dark"]', "");
    assert.ok((await brightness(page)) < 150);
}, { scheme: "dark" });

onPage("on a phone nothing runs off the side, neither on the sheet nor in the player", async (page) => {
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && (!document.querySelector(".player").open || document.querySelector(".player").scrollWidth <= innerWidth));
    assert.ok(await fits());
    await opened(page, harbor);
    assert.ok(await fits());
    const buttons = await page.$$eval(".player header button", (nodes) => nodes.map((node) => node.getBoundingClientRect().right));
    assert.ok(buttons.every((right) => right <= 375), `${buttons}`);
}, { width: 375, height: 740 });

onPage("a tap plays on a phone", async (page) => {
    const { poster } = await card(page, harbor);
    await page.tap(poster);
    await until(page, () => document.querySelector(".player video").currentTime > 0.1);
}, { width: 375, height: 740 });

onPage("the keys are told, and the page that tells them closes", async (page) => {
    await page.keyboard.press("?");
    await until(page, () => document.querySelector(".help").open);
    await page.keyboard.press("Escape");
    await until(page, () => !document.querySelector(".help").open);
});

test("the folder can be moved as a whole", async () => {
    const moved = join(process.env.STAGE, "else where #1");
    await cp(renders, moved, { recursive: true });
    const page = await open(started.browser, moved);
    await opened(page, harbor);
    await until(page, () => document.querySelector(".player video").currentTime > 0.1);
    await leave(page);
});
