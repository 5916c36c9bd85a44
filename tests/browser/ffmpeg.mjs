// Decodes every clip with ffmpeg, which is to say nothing.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What ffmpeg says, with the clip's address before it. */
export async function complaints(ffmpeg, clips) {
    const found = [];
    for (const { address, file } of clips) {
        const args = ["-v", "error", "-i", file, "-f", "null", "-"];
        const { stdout, stderr } = await promisify(execFile)(ffmpeg, args).catch((failed) => failed);
        const said = `${stdout}${stderr}`.trim();
        if (said) found.push(`${address}: ffmpeg says: ${said.split("\n")[0]}`);
    }
    return found;
}
