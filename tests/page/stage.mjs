// Projects in every state that a contact sheet can show, made by the program itself against its simulator.
// What goes wrong there is asked of the simulator; nothing is written into a record by hand.

import { execFile, spawn } from "node:child_process";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const bare = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(FAL|SHOTLIST)_/.test(name)));

/** The shipped storyboards, in a folder of their own. */
export async function project(root, folder, ...boards) {
    await mkdir(join(folder, "storyboards"), { recursive: true });
    await cp(join(root, "templates"), join(folder, "templates"), { recursive: true });
    await cp(join(root, "storyboards/shared"), join(folder, "storyboards/shared"), { recursive: true });
    for (const board of boards) await cp(join(root, `storyboards/${board}.yaml`), join(folder, `storyboards/${board}.yaml`));
    return folder;
}

/** Runs the program there, and returns what it said; a clip that failed is no error of the stage. */
export async function run(shotlist, cwd, args, env = {}) {
    const options = { cwd, env: { ...bare, ...env }, maxBuffer: 1 << 28 };
    const { stdout, stderr } = await promisify(execFile)(shotlist, args, options).catch((error) => {
        if ([3, 5, 6].includes(error.code)) return error;
        throw new Error(`shotlist ${args.join(" ")}: exit ${error.code}\n${error.stderr}`);
    });
    return { stdout, stderr };
}

/** Changes a storyboard as its author would. */
async function edit(folder, board, before, after) {
    const path = join(folder, `storyboards/${board}.yaml`);
    const text = await readFile(path, "utf8");
    if (!text.includes(before)) throw new Error(`${board} does not hold: ${before}`);
    await writeFile(path, text.replace(before, () => after));
}

/**
 * Every state in one folder: current with a second take, to buy with changed words, to fetch, in flight, held, lost, failed,
 * unknown, and a take that no clip uses. Returns the folder of the page.
 */
export async function everyState(shotlist, root, scratch) {
    const folder = await project(root, join(scratch, "my film & more"), "aurora-line", "emberfall-key-frames", "emberfall-trailer", "last-letter", "neon-harbor", "night-bloom");
    const stage = { shotlist, folder, port: await freePort() };
    let sim = await simulator(stage);
    await render(stage);
    await render(stage, "--only", "neon-harbor/rooftop", "--force", "neon-harbor/rooftop");
    await lose(stage, "emberfall-key-frames/avatar");
    await stop(sim);
    sim = await simulator(stage);
    await render(stage, "--only", "emberfall-key-frames/avatar");
    await refuse(stage);
    await leaveUnknown(stage);
    await leaveInFlight(stage);
    await stop(sim);
    await lose(stage, "emberfall-trailer/title");
    await edit(folder, "last-letter", "streetlamps passing as amber streaks", "lamps passing as long amber streaks");
    await edit(folder, "night-bloom", "budget: 24.00", "budget: 20.00");
    await edit(folder, "night-bloom", "an enormous moon", "an enormous red moon");
    await edit(folder, "emberfall-key-frames", "  - id: phone-poster", "  - id: phone-cover");
    await edit(folder, "emberfall-key-frames", "sword upright before her face", "sword low at her side");
    await run(shotlist, folder, ["report", "--out", "renders"]);
    return folder;
}

/** The content filter refuses what was changed. */
async function refuse(stage) {
    await edit(stage.folder, "emberfall-trailer", "standing up out of the lava", "bursting out of the lava");
    await faults(stage, "end.policy:first=1");
    await render(stage, "--only", "emberfall-trailer/fight/rising");
    await faults(stage);
}

/** The answer to a purchase is lost. */
async function leaveUnknown(stage) {
    await edit(stage.folder, "last-letter", "the only light. Boots", "the one light. Boots");
    await faults(stage, "submit.lost:first=1");
    await render(stage, "--only", "last-letter/stairs", "--unknown-timeout", "1");
    await faults(stage);
}

/** The run is killed when fal has it. */
async function leaveInFlight(stage) {
    await edit(stage.folder, "aurora-line", "very slow push-in", "slow push-in");
    await faults(stage, "status.hang:for=60s");
    const args = ["render", "--out", "renders", "--yes", "--only", "aurora-line@aur-100"];
    const child = started(spawn(stage.shotlist, args, { cwd: stage.folder, env: { ...bare, ...queue(stage) }, stdio: ["ignore", "ignore", "pipe"] }));
    await says(child.stderr, "submitted");
    await stop(child);
}

/** Deletes the file of a clip. */
async function lose({ shotlist, folder, ...stage }, only) {
    const { stdout } = await run(shotlist, folder, ["ledger", "--out", "renders", "--json", "--only", only], queue(stage));
    const { file } = JSON.parse(stdout).takes[0];
    await rm(join(folder, "renders", file), { force: true });
}

const queue = ({ port }) => ({ SHOTLIST_QUEUE_URL: `http://127.0.0.1:${port}`, FAL_KEY: "any:key" });

const render = (stage, ...args) =>
    run(stage.shotlist, stage.folder, ["render", "--out", "renders", "--yes", "--accept-price", ...args], queue(stage));

async function faults({ port }, ...rules) {
    const answer = await fetch(`http://127.0.0.1:${port}/_sim/faults`, { method: "PUT", body: JSON.stringify({ rules }) });
    if (!answer.ok) throw new Error(`the simulator takes no ${rules}: ${await answer.text()}`);
}

/** What runs is ended with the stage, also where something goes wrong in between. */
function started(child) {
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    return child;
}

async function simulator({ shotlist, folder, port }) {
    const child = started(spawn(shotlist, ["sim", "--port", String(port), "--latency", "run=1ms"], { cwd: folder, env: bare, stdio: ["ignore", "pipe", "ignore"] }));
    await says(child.stdout, "listening");
    return child;
}

/** Waits for a word, and leaves the stream open: a program whose output nobody takes may end of it. */
function says(stream, word) {
    return new Promise((done) => stream.on("data", (text) => { if (String(text).includes(word)) done(); }));
}

async function stop(child) {
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
}

async function freePort() {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

/** So many clips of one shot, of which the first hundred are rendered. */
export async function thousands(shotlist, root, scratch, number) {
    const folder = await project(root, join(scratch, "thousands"));
    const scene = (_, index) => {
        const id = `s${String(index).padStart(4, "0")}`;
        return `  - id: ${id}\n    duration: ${3 + (index % 4)}\n    tags: [${index % 2 ? "odd" : "even"}]\n    prompt: "Picture number ${index}, a street in the rain, slow push-in."\n`;
    };
    const boards = ["one", "two"];
    for (const board of boards) {
        const scenes = Array.from({ length: number / boards.length }, scene).join("");
        await writeFile(join(folder, `storyboards/${board}.yaml`), `storyboard: ${board}\ntitle: Reel ${board}\nmodel: kling-o3-standard\naspect_ratio: "16:9"\nstyle: ${board}\nscenes:\n${scenes}`);
    }
    await run(shotlist, folder, ["render", "--sim", "--sim-pace", "0", "--only", "one/s000*,one/s003*,two/s249*"]);
    await run(shotlist, folder, ["report", "--sim"]);
    return folder;
}

/** A storyboard whose every text is an attack on the page. */
export async function hostile(shotlist, root, scratch) {
    const folder = await project(root, join(scratch, "hostile"));
    const attack = "</script><script>window.pwned = 1</script><!--<img src=x onerror=window.pwned=1>\\u2028 {% raw %}${'$'}{1}{% endraw %}";
    await writeFile(join(folder, "storyboards/hostile.yaml"), `storyboard: hostile\ntitle: "</title><script>window.pwned = 1</script>"\nnote: "<b>bold</b>"\nmodel: kling-o3-4k\naspect_ratio: "16:9"\nscenes:\n  - id: attack\n    duration: 4\n    prompt: "${attack}"\n`);
    await run(shotlist, folder, ["report", "--sim"]);
    return folder;
}

export const files = (folder) => readdir(folder);
