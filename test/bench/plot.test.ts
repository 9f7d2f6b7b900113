import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(__dirname, '..', '..', 'docs');
const KEYS = ['ours', 'emailIdentity', 'verifySesDomain', 'dnsValidated'];
const COUNTS = [1, 50, 150];

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the points of a contender are, from left to right; without the one of the legend. */
function pointsOf(svg: string, key: string): Point[] {
  const groups = [...svg.matchAll(/<g [^>]*class="(\w+)" aria-label="dot">(.*?)<\/g>/gs)];
  const [dots] = groups.filter(([, name]) => name === key).map(([, , content]) => content);
  const places = dots.matchAll(/translate\(([\d.]+),([\d.]+)\)|cy="([\d.]+)" cx="([\d.]+)"/g);
  return [...places].map(([, x, y, cy, cx]) => ({ x: Number(x ?? cx), y: Number(y ?? cy) }));
}

/** The share of the axis from 1 domain to 150 that lies left of the middle point. */
const middle = ([first, second, last]: Point[]) => (second.x - first.x) / (last.x - first.x);

describe.each(KEYS)('the points of %s', (key) => {
  test('stand at the numbers of domains, not of samples, and as high as the medians', async () => {
    const { plot } = await import('../../bench/plot.mjs');
    const cases = KEYS.flatMap((each) => COUNTS.map((domains) => [`${each} ${domains}`, 100 + 2 * domains] as const));
    const bare = cases.map(([name, median]) => [
      name,
      { total: { median, low: median - 10, high: median + 10, count: 9 } },
    ]);

    const points = pointsOf(plot({ bare: Object.fromEntries(bare) as Parameters<typeof plot>[0]['bare'] }), key);

    expect(points).toHaveLength(3);
    expect(middle(points)).toBeCloseTo(49 / 149);
    const [low, between, high] = points.map(({ y }) => y);
    expect((low - between) / (low - high)).toBeCloseTo(49 / 149);
  });

  test('stand so in the picture of the documentation', () => {
    const points = pointsOf(readFileSync(join(DOCS, 'performance.svg'), 'utf8'), key);

    expect(points).toHaveLength(3);
    expect(middle(points)).toBeCloseTo(49 / 149);
  });
});
