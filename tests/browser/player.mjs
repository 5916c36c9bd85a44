// In the browser: plays every clip to its end, looks at the first and the last frame of its shots, and reports.

/** Faster than it is watched, and no faster than Chromium plays. */
const RATE = 16;
const PATIENCE = 30_000;
/** Half a frame: the middle of a shot's first frame, and of its last. */
const INSIDE = 1 / 48;

/** Clips watched at once. */
const SCREENS = 4;

const clips = await (await fetch("/clips")).json();
const seen = [];
const waiting = clips.entries();
await Promise.all(Array.from({ length: SCREENS }, screen));
await fetch("/seen", { method: "POST", body: JSON.stringify(seen) });

/** Watches whatever clip is next, until none is. */
async function screen() {
    for (const [index, clip] of waiting) {
        seen[index] = await watch(`/clip/${index}`, clip).catch((error) => ({ error: error.message }));
    }
}

async function watch(address, clip) {
    const video = document.createElement("video");
    video.muted = true;
    video.preload = "auto";
    video.src = address;
    await heard(video, "loadeddata");
    const { videoWidth, videoHeight, duration } = video;
    video.playbackRate = RATE;
    await Promise.all([heard(video, "ended"), video.play()]);
    const ended = video.currentTime;
    const grounds = [];
    for (const { from, to } of clip.shots) {
        grounds.push([await ground(video, from + INSIDE), await ground(video, to - INSIDE)]);
    }
    video.removeAttribute("src");
    video.load();
    return { size: [videoWidth, videoHeight], duration, ended, grounds };
}

/** The colour in the corner, where nothing but the ground is. */
async function ground(video, time) {
    const there = [heard(video, "seeked"), shown(video, time - INSIDE)];
    video.currentTime = time;
    await Promise.all(there);
    const canvas = new OffscreenCanvas(8, 8).getContext("2d");
    canvas.drawImage(video, 0, 0, 8, 8, 0, 0, 8, 8);
    return [...canvas.getImageData(4, 4, 1, 1).data.slice(0, 3)];
}

/** A seek may be over before its frame is there to be drawn. */
function shown(video, time) {
    return new Promise((resolve, reject) => {
        const look = (_, { mediaTime }) => {
            if (Math.abs(mediaTime - time) < INSIDE) resolve();
            else video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
        setTimeout(() => reject(new Error(`no frame of ${time} s within ${PATIENCE} ms`)), PATIENCE);
    });
}

function heard(video, event) {
    return new Promise((resolve, reject) => {
        const fail = () => reject(new Error(`does not play: ${video.error?.message || "the browser says no more"}`));
        video.addEventListener(event, resolve, { once: true });
        video.addEventListener("error", fail, { once: true });
        setTimeout(() => reject(new Error(`no ${event} within ${PATIENCE} ms`)), PATIENCE);
    });
}
