import { CONTENDERS } from './contenders.mjs';
import { digits } from './format.mjs';
import { caseName, COUNTS } from './synth-time.mjs';

const WIDTH = 480;
const AREA = { left: 62, right: 460, top: 62, bottom: 330 };
const LEGEND = { top: 400, line: 27 };

/** Colours that are told apart in both schemes and with colour-blind eyes; the markers differ too. */
const STYLE = `
  text { font: 16px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 18px }
  .small { font-size: 14px; fill: #59636e }
  .grid { stroke: #d1d9e0 }
  .ours { --c: #0969da } .emailIdentity { --c: #bc4c00 }
  .verifySesDomain { --c: #8250df } .dnsValidated { --c: #1a7f37 }
  .line { fill: none; stroke: var(--c); stroke-width: 2.5 }
  .ours.line { stroke-width: 4 }
  .mark, .spread { fill: var(--c); stroke: var(--c) }
  .spread { stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d }
    .ours { --c: #4493f8 } .emailIdentity { --c: #f0883e }
    .verifySesDomain { --c: #ab7df8 } .dnsValidated { --c: #3fb950 }
  }`;

const MARKS = {
  ours: (x, y) => `<circle class="ours mark" cx="${x}" cy="${y}" r="5"/>`,
  emailIdentity: (x, y) => `<rect class="emailIdentity mark" x="${x - 4.5}" y="${y - 4.5}" width="9" height="9"/>`,
  verifySesDomain: (x, y) => `<path class="verifySesDomain mark" d="M${x} ${y - 6}l6 10h-12z"/>`,
  dnsValidated: (x, y) => `<path class="dnsValidated mark" d="M${x} ${y - 6}l6 6-6 6-6-6z"/>`,
};

/** Construct and synth by the number of domains, as an SVG for light and dark pages. */
export function plot({ bare }) {
  const series = CONTENDERS.map(({ key, name }) => ({
    key,
    name,
    points: COUNTS.map((count) => ({ count, ...bare[caseName(key, count)].total })),
  })).sort((a, b) => b.points.at(-1).median - a.points.at(-1).median);
  const { step, top } = axis(Math.max(...series.flatMap(({ points }) => points.map(({ high }) => high))));
  const x = (count) => round(AREA.left + ((AREA.right - AREA.left) * count) / COUNTS.at(-1));
  const y = (ms) => round(AREA.bottom - ((AREA.bottom - AREA.top) * ms) / top);
  const height = LEGEND.top + LEGEND.line * (series.length - 1) + 22;

  const grid = Array.from({ length: top / step + 1 }, (_, index) => index * step).flatMap((ms) => [
    `<path class="grid" d="M${AREA.left} ${y(ms)}H${AREA.right}"/>`,
    `<text class="small" x="${AREA.left - 8}" y="${y(ms) + 5}" text-anchor="end">${digits(ms)}</text>`,
  ]);
  const ticks = COUNTS.map(
    (count) => `<text class="small" x="${x(count)}" y="${AREA.bottom + 22}" text-anchor="middle">${count}</text>`,
  );
  const lines = series.flatMap(({ key, points }) => [
    `<path class="${key} line" d="M${points.map(({ count, median }) => `${x(count)} ${y(median)}`).join('L')}"/>`,
    ...points.map(({ count, low, high }) => `<path class="${key} spread" d="M${x(count)} ${y(low)}V${y(high)}"/>`),
    ...points.map(({ count, median }) => MARKS[key](x(count), y(median))),
  ]);
  const legend = series.flatMap(({ key, name, points }, index) => {
    const line = LEGEND.top + index * LEGEND.line;
    return [
      MARKS[key](22, line - 5),
      `<text x="38" y="${line}">${name}</text>`,
      `<text x="${AREA.right}" y="${line}" text-anchor="end">${digits(points.at(-1).median)} ms</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">`,
    '<title id="title">Construct and synth time by the number of domains in a stack</title>',
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="14" y="26">Construct and synth, without validation</text>`,
    `<text class="small" x="14" y="48">milliseconds: medians, bars between the quartiles</text>`,
    ...grid,
    ...ticks,
    `<text class="small" x="${(AREA.left + AREA.right) / 2}" y="${AREA.bottom + 42}" text-anchor="middle">domains in the stack</text>`,
    ...lines,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

/** Round steps, at most five of them. */
function axis(most) {
  const magnitude = 10 ** Math.floor(Math.log10(most / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => most / candidate <= 5);
  return { step, top: Math.ceil(most / step) * step };
}

function round(value) {
  return Math.round(value * 10) / 10;
}
