import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATIONS } from './mutations';

describe('a bug that is put into the handler', () => {
  it.each(MUTATIONS.map(({ name, file, from }) => [name, file, from]))('has one place to go: %s', (_, file, from) => {
    const source = readFileSync(join(__dirname, '../../lambda', file), 'utf8');

    expect(source.split(from)).toHaveLength(2);
  });
});
