import { soak } from './soak';

// A run of `npm run soak` plays many more; a seed of the day would make a red build that nobody can repeat.
const SEED = 20_000;

describe('lives of stacks, with faults, kills and others who act in between', () => {
  it.each([0, 1, 2, 3, 4, 5])('break no promise (part %i)', async (part) => {
    const { failure } = await soak({ seed: SEED + part, runs: 50, shrink: true });

    expect(failure && `npm run soak -- --seed ${failure.seed} --path ${failure.path}\n${failure.message}`).toBe(
      undefined,
    );
  });
});
