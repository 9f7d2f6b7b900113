/**
 * A cold start, in a process of its own: `node start.mjs <options as JSON>` requires the modules, as
 * Lambda does before the first event, and prints the milliseconds and the bytes of memory that took.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { modules } = JSON.parse(process.argv[2]);
const require = createRequire(join(process.cwd(), 'start.js'));

const memory = process.memoryUsage.rss();
const start = performance.now();
modules.forEach((name) => require(name));
const end = performance.now();

console.log(JSON.stringify({ time: end - start, memory: process.memoryUsage.rss() - memory }));
