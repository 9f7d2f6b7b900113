import type { Proxy } from '../../scripts/lib/http-proxy.mjs' with { 'resolution-mode': 'import' };
import { E2E } from './support';

/** The emulator with the calls of SES that it lacks. */
export async function startSesExtras(): Promise<Proxy> {
  const { startSesExtras } = await import('../../scripts/lib/ses-extras.mjs');
  return startSesExtras(E2E!.AWS_ENDPOINT_URL!);
}
