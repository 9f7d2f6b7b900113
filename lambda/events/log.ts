/** One JSON line a step, for CloudWatch Logs Insights. Nothing secret goes in: no credentials, no response URL. */
export type Log = (step: string, details?: { readonly [name: string]: unknown }) => void;

/** A log whose every line carries the given context, such as the request id. */
export function createLog(context: { readonly [name: string]: unknown }): Log {
  return (step, details) => console.log(JSON.stringify({ step, ...context, ...details }));
}
