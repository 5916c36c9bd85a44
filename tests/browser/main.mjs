// Renders every storyboard on the simulator, plays the clips, decodes them, and says what is wrong with them.
// Exits with 1 where anything is. What the colours have to be is in palettes.json, which a test of the simulator holds to.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { play } from "./chromium.mjs";
import { render } from "./clips.mjs";
import { complaints } from "./ffmpeg.mjs";
import { problems } from "./judge.mjs";

const [shotlist, chromium, ffmpeg] = process.argv.slice(2);
const here = new URL(".", import.meta.url).pathname;

const scratch = await mkdtemp(join(tmpdir(), "shotlist-videos-"));
try {
    const shipped = await render(shotlist, join(here, "../.."), join(scratch, "shipped"));
    const shapes = await render(shotlist, here, join(scratch, "shapes"));
    const clips = [...shipped, ...shapes];
    const [seen, decoded] = await Promise.all([play(chromium, clips, scratch), complaints(ffmpeg, clips)]);
    const palettes = JSON.parse(await readFile(join(here, "palettes.json"), "utf8"));
    const found = [...clips.flatMap((clip, index) => problems(clip, seen[index], palettes)), ...decoded];
    found.forEach((problem) => console.error(problem));
    const cuts = clips.reduce((sum, clip) => sum + clip.shots.length - 1, 0);
    console.log(`${clips.length} clips with ${cuts} cuts played and decoded, ${found.length} problems`);
    process.exitCode = found.length > 0 ? 1 : 0;
} catch (error) {
    console.error(error.stderr || error.message);
    process.exitCode = 1;
} finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}
