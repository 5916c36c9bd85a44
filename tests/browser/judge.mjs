// Holds what was seen of a clip against what it has to be. Touches nothing.

/** Levels by which a colour may be off: limited range, chroma at half the size and a quantizer are between. */
const OFF = 8;
/** Levels of red, green and blue together by which shots must differ where they meet, so that the cut is seen. */
const CUT = 12;
const FRAME = 1 / 24;

/** What is wrong with a clip, in words. `palettes` has the ground of every shot by scene. */
export function problems(clip, seen, palettes) {
    if (seen.error) return [`${clip.address}: ${seen.error}`];
    const palette = palettes[clip.scene];
    if (!palette || palette.length < clip.shots.length) {
        return [`${clip.address}: palettes.json has not all the colours of ${clip.scene}`];
    }
    const found = [];
    const check = (holds, text) => holds || found.push(`${clip.address}: ${text}`);
    check(`${seen.size}` === `${clip.size}`, `is ${seen.size.join(" by ")}, not ${clip.size.join(" by ")}`);
    check(Math.abs(seen.duration - clip.seconds) < FRAME / 2, `lasts ${seen.duration} s, not ${clip.seconds} s`);
    check(Math.abs(seen.ended - clip.seconds) < FRAME, `stopped playing at ${seen.ended} s`);
    clip.shots.forEach((shot, index) => {
        const ground = rgb(palette[index]);
        const [first, last] = seen.grounds[index];
        check(near(first, ground), `shot ${index + 1} begins in ${hex(first)}, not ${hex(ground)}`);
        check(near(last, ground), `shot ${index + 1} ends in ${hex(last)}, not ${hex(ground)}`);
        const before = seen.grounds[index - 1]?.[1];
        check(!before || distance(before, first) >= CUT, `the cut at ${shot.from} s is not seen`);
    });
    return found;
}

const near = (one, other) => one.every((level, channel) => Math.abs(level - other[channel]) <= OFF);
const distance = (one, other) => one.reduce((sum, level, channel) => sum + Math.abs(level - other[channel]), 0);
const hex = (colour) => `#${colour.map((level) => level.toString(16).padStart(2, "0")).join("")}`;
const rgb = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
