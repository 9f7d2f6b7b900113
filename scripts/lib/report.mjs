const WIDTH = 80;
const INDENT = 4;

/** Prints lines under a title. What is too wide is continued on the next line, further in. */
export function section(title, lines) {
  console.log(`\n  ${title}`);
  for (const line of lines) {
    for (const part of wrap(line)) {
      console.log(`${' '.repeat(INDENT)}${part}`);
    }
  }
}

function wrap(line) {
  const cut = line.lastIndexOf(' ', WIDTH - INDENT);
  const indent = line.match(/^ */)[0];
  if (line.length <= WIDTH - INDENT || cut <= indent.length) {
    return [line];
  }
  return [line.slice(0, cut), ...wrap(`${indent}${line.slice(cut + 1)}`)];
}
