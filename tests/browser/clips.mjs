// Renders a project on the simulator and reads from its manifest what each clip has to be. Opens no clip.

import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const SIZES = { "16:9": [1280, 720], "9:16": [720, 1280], "1:1": [720, 720] };

/** The clips of the project in `cwd`: `{ address, scene, file, size, seconds, shots: [{ from, to }] }`, times in seconds. */
export async function render(shotlist, cwd, out) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(FAL|SHOTLIST)_/.test(name)));
    await promisify(execFile)(shotlist, ["render", "--sim", "--out", out], { cwd, env });
    const lines = (await readFile(join(out, "manifest.jsonl"), "utf8")).trim().split("\n");
    const takes = lines.map((line) => JSON.parse(line).take).filter((take) => take?.landed);
    const files = await readdir(join(out, "takes"));
    if (takes.length === 0 || takes.length !== files.length) {
        throw new Error(`${out}: ${takes.length} takes and ${files.length} files`);
    }
    return takes.map((take) => clip(take, join(out, "takes"), files));
}

function clip({ nonce, intent }, folder, files) {
    const { body } = intent.request;
    const lengths = (body.multi_prompt ?? [body]).map((shot) => Number(shot.duration));
    const [edition, scene] = intent.address.split("/");
    return {
        address: intent.address,
        scene: `${edition.split(/[@+]/)[0]}/${scene}`,
        file: join(folder, files.find((file) => file.endsWith(`-${nonce.slice(-8)}.mp4`))),
        size: SIZES[body.aspect_ratio],
        seconds: intent.seconds,
        shots: lengths.map((length, index) => {
            const from = lengths.slice(0, index).reduce((sum, before) => sum + before, 0);
            return { from, to: from + length };
        }),
    };
}
