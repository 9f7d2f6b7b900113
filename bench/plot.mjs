import { axisX, axisY, dot, gridY, line, plot as draw, ruleX, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { CONTENDERS } from './contenders.mjs';
import { digits } from './format.mjs';
import { caseName, COUNTS } from './synth-time.mjs';

const SIZE = { width: 480, height: 520, marginLeft: 58, marginRight: 22, marginTop: 76, marginBottom: 178 };
/** Below the axis, from its left end. */
const LEGEND = { top: 76, line: 27, mark: -40, name: -26 };

/** Colours that are told apart in both schemes and with colour-blind eyes; the symbols differ too. */
const STYLE = `
  svg { font: 14px system-ui, sans-serif }
  text { fill: #59636e }
  .title { font-weight: 600; font-size: 18px }
  .title text, .name text { fill: #1f2328 }
  .name { font-size: 16px }
  .grid { stroke: #d1d9e0; stroke-opacity: 1 }
  .ours { fill: #0969da; stroke: #0969da } .emailIdentity { fill: #bc4c00; stroke: #bc4c00 }
  .verifySesDomain { fill: #8250df; stroke: #8250df } .dnsValidated { fill: #1a7f37; stroke: #1a7f37 }
  .line { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .title text, .name text { fill: #f0f6fc } .grid { stroke: #3d444d }
    .ours { fill: #4493f8; stroke: #4493f8 } .emailIdentity { fill: #f0883e; stroke: #f0883e }
    .verifySesDomain { fill: #ab7df8; stroke: #ab7df8 } .dnsValidated { fill: #3fb950; stroke: #3fb950 }
    .line { fill: none }
  }`;

const SYMBOLS = { ours: 'circle', emailIdentity: 'square', verifySesDomain: 'triangle', dnsValidated: 'diamond' };

/** Construct and synth by the number of domains, as an SVG for light and dark pages. */
export function plot({ bare }) {
  const series = CONTENDERS.map(({ key, name }) => ({
    key,
    name,
    points: COUNTS.map((domains) => ({ domains, time: bare[caseName(key, domains)].total })),
  })).sort((a, b) => last(b).median - last(a).median);
  const { document } = parseHTML('<html></html>');
  const svg = draw({
    ...SIZE,
    document,
    x: { domain: [0, COUNTS.at(-1)], label: null },
    y: { zero: true, nice: 5, label: null },
    marks: [
      gridY({ ticks: 5, className: 'grid' }),
      axisX(COUNTS, {
        label: 'domains in the stack',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 40,
        tickSize: 0,
      }),
      axisY({ ticks: 5, tickSize: 0 }),
      note('Construct and synth, without validation', 'title', -52),
      note('milliseconds: medians, bars between the quartiles', 'unit', -30),
      ...series.flatMap(curve),
      ...series.flatMap(legend),
    ],
  });
  return asFile(svg);
}

function curve({ key, points }) {
  const x = 'domains';
  const median = ({ time }) => time.median;
  return [
    line(points, { x, y: median, className: `${key} line`, strokeWidth: key === 'ours' ? 4 : 2.5 }),
    ruleX(points, { x, y1: ({ time }) => time.low, y2: ({ time }) => time.high, className: key, strokeWidth: 1.5 }),
    dot(points, { x, y: median, symbol: SYMBOLS[key], r: 5, className: key }),
  ];
}

function legend({ key, name, points }, index) {
  const dy = LEGEND.top + index * LEGEND.line;
  const end = `${digits(points.at(-1).time.median)} ms`;
  const below = { dy, lineAnchor: 'middle', className: 'name' };
  return [
    dot([0], { frameAnchor: 'bottom-left', dx: LEGEND.mark, dy, symbol: SYMBOLS[key], r: 5, className: key }),
    text([name], { frameAnchor: 'bottom-left', dx: LEGEND.name, ...below }),
    text([end], { frameAnchor: 'bottom-right', ...below }),
  ];
}

function note(words, className, dy) {
  return text([words], { frameAnchor: 'top-left', dx: 14 - SIZE.marginLeft, dy, className });
}

function last({ points }) {
  return points.at(-1).time;
}

/** A file of its own, which brings its colours along. */
function asFile(svg) {
  const document = svg.ownerDocument;
  const title = document.createElementNS(svg.namespaceURI, 'title');
  title.textContent = 'Construct and synth time by the number of domains in a stack';
  const style = svg.querySelector('style');
  style.textContent = STYLE;
  style.before(title);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  // A tag a line, so that a change shows what has changed.
  return `${svg.outerHTML.replaceAll('><', '>\n<')}\n`;
}
