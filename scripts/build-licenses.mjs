// Writes down the licences of what the bundles contain.
import { writeFile } from 'node:fs/promises';
import { licensesOf } from './lib/licenses.mjs';

const intro = 'The handler in dist/handler and the check in dist/check contain code of these packages.';
await writeFile('THIRD-PARTY-LICENSES', `${intro}\n\n${await licensesOf(['handler', 'check'])}`);
