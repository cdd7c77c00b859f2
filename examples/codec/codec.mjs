// Reads events with the codec, which jco has transpiled: node codec.mjs FILE
import { readFileSync } from "node:fs";
import { codec } from "./codec/codec.js";

for (const event of codec.readEvents(readFileSync(process.argv[2]))) {
    console.log(`JavaScript: ${event.comm} (${event.pid}) ${event.filename || event.exitCode}`);
}
