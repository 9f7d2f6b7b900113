import { Problem } from './problem.mjs';

/** Announces a step while it runs and, in the end, the time that it took. */
export async function step(title, work) {
  const started = performance.now();
  process.stdout.write(`▸ ${title} … `);
  try {
    const result = await work();
    process.stdout.write(`${duration(started)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${duration(started)}\n`);
    throw error;
  }
}

/** Runs a script; a failure is shown with its cause and makes the process exit with 1. */
export async function script(work) {
  try {
    await work();
  } catch (error) {
    process.exitCode = 1;
    const isProblem = error instanceof Problem;
    console.error(`\n✗ ${isProblem ? error.message : error?.stack}`);
    if (isProblem && error.details) {
      console.error(`\n${error.details.replace(/^(?=.)/gm, '  ')}`);
    }
  }
}

export function duration(started) {
  const seconds = (performance.now() - started) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
