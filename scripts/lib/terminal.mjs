const CHARACTER = 7.9;
const LINE = 18;
const MARGIN = 18;
const BAR = 34;

const COLORS = [
  [/^(\$|▸)/, '#79c0ff'],
  [/^✓.*/, '#56d364'],
  [/(?<= )pass(?= )/, '#56d364'],
  [/(?<= )warn(?= )/, '#e3b341'],
  [/(?<= )FAIL(?= )/, '#ff7b72'],
];

/** A picture of a terminal, as SVG, in which a command has said something. */
export function terminal(command, output) {
  const lines = [`$ ${command}`, '', ...output.split('\n')];
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * MARGIN);
  const height = BAR + lines.length * LINE + MARGIN;
  const texts = lines.map((line, index) =>
    line ? `<text x="${MARGIN}" y="${BAR + (index + 1) * LINE - 4}">${coloured(line)}</text>\n` : '',
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="17" r="6" fill="#ff5f57"/><circle cx="40" cy="17" r="6" fill="#febc2e"/><circle cx="60" cy="17" r="6" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#e6edf3" xml:space="preserve">
${texts.join('')}</g>
</svg>
`;
}

function coloured(line) {
  for (const [pattern, color] of COLORS) {
    const match = pattern.exec(line);
    if (match) {
      const [text] = match;
      const before = line.slice(0, match.index);
      const after = line.slice(match.index + text.length);
      return `${escaped(before)}<tspan fill="${color}">${escaped(text)}</tspan>${escaped(after)}`;
    }
  }
  return escaped(line);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
