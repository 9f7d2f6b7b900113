/** Figures as the report shows them. */

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: true });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A median, with the quartiles that show its spread. */
export function spread(summary, unit, scale = 1) {
  const [median, low, high] = [summary.median, summary.low, summary.high].map((value) => digits(value / scale));
  return summary.count > 1 ? `${median} ${unit} (${low}–${high})` : `${median} ${unit}`;
}

/** Three digits that count. */
export function digits(value) {
  return value >= 1000 ? whole.format(value) : number.format(value);
}

export function integer(value) {
  return whole.format(value);
}

export function kilobytes(bytes) {
  return `${digits(bytes / 1000)} kB`;
}

/** A Markdown table. */
export function table(header, rows) {
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}
