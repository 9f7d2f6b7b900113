let runs = 0;
let usual = Error.stackTraceLimit;

/** Runs the handler. The SDK throws many errors to itself, and their stacks would take half of the time. */
export async function withoutStackTraces<T>(run: () => Promise<T>): Promise<T> {
  if (runs++ === 0) usual = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    if (--runs === 0) Error.stackTraceLimit = usual;
  }
}
