import { join } from 'node:path';
import { ensureVenv } from './venv.mjs';

export const MINISTACK_VERSION = '1.5.33';

/** Makes MiniStack's virtual environment and returns the path of its Python. */
export async function ensureMinistack(python) {
  return join(
    await ensureVenv(python, { name: 'ministack', title: 'MiniStack', version: MINISTACK_VERSION }),
    'python',
  );
}
