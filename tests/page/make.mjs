// Makes the stages, so that every test file finds them.

import { everyState, hostile, thousands } from "./stage.mjs";

const { SHOTLIST, ROOT, STAGE } = process.env;

await everyState(SHOTLIST, ROOT, STAGE);
await thousands(SHOTLIST, ROOT, STAGE, 5000);
await hostile(SHOTLIST, ROOT, STAGE);
