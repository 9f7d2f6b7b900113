import { soak } from './soak';

const SEED = 20_000;

describe('lives of a domain and its replicas', () => {
  it.each([0, 1])('break no promise (part %i)', async (part) => {
    const { failure } = await soak({ seed: SEED + part, runs: 50, replicas: true, shrink: true });

    expect(
      failure && `npm run soak -- --replicas --seed ${failure.seed} --path ${failure.path}\n${failure.message}`,
    ).toBe(undefined);
  });
});
