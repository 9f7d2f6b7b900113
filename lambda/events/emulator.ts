/** Whether AWS is an emulator: it has one endpoint for all services. */
export function isEmulated(): boolean {
  return process.env.AWS_ENDPOINT_URL !== undefined;
}
