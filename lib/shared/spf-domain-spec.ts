import { hostName, isDnsName } from './host-name';

/** `c`, `r` and `t` are for explanations only (RFC 7208, section 7.2). */
const MACRO = /%(?:\{([slodiphv])(0*[1-9]\d*)?(r)?([.\-+,/_=]*)\}|[%_-])/giy;
const EXPLANATION_MACRO = /%(?:\{([slodiphvcrt])(0*[1-9]\d*)?(r)?([.\-+,/_=]*)\}|[%_-])/giy;
const LITERALS = /[!-$&-~]+/gy;

/** With a letter or an inner hyphen, so that an IP address is no name (RFC 7208, section 7.1, "toplabel"). */
const TOP_LABEL = /^(?=.*[a-z-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

/** What `%%`, `%_` and `%-` stand for. */
const FIXED: { readonly [macro: string]: string } = { '%%': '%', '%_': ' ', '%-': '%20' };

/** The domains that macros stand for, whatever the message. */
export interface MacroDomains {
  /** `%{o}`: the domain of the sender. */
  readonly sender: string;
  /** `%{d}`: the domain whose record is read. */
  readonly current: string;
}

interface Piece {
  readonly text: string;
  readonly letter?: string;
  readonly digits?: string;
  readonly reverse?: boolean;
  readonly delimiters?: string;
  readonly isMacro: boolean;
}

/**
 * Whether a text is a domain-spec: a name that may have macros in it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208#section-7.1
 */
export function isDomainSpec(text: string): boolean {
  const last = piecesOf(text)?.at(-1);
  if (last === undefined) return false;
  if (last.isMacro) return true;
  const labels = last.text.split('.');
  const top = labels.at(-1) === '' ? labels.at(-2) : labels.at(-1);
  return labels.length > (labels.at(-1) === '' ? 2 : 1) && top !== undefined && TOP_LABEL.test(top);
}

/**
 * Whether a text is a macro-string, as an unknown modifier has one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208#section-7.1
 */
export function isMacroString(text: string): boolean {
  return piecesOf(text, EXPLANATION_MACRO) !== undefined;
}

/**
 * The name that a domain-spec stands for; undefined when it depends on the message, or is no name that DNS has.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208#section-7.3
 */
export function expandDomainSpec(spec: string, domains: MacroDomains): string | undefined {
  const parts = piecesOf(spec)?.map((piece) => expandPiece(piece, domains)) ?? [undefined];
  if (parts.includes(undefined)) return undefined;
  const name = hostName(parts.join(''));
  return isDnsName(name) ? name : undefined;
}

/** Whether the name that a domain-spec stands for depends on the message. */
export function dependsOnMessage(spec: string): boolean {
  return piecesOf(spec)?.some(({ letter }) => letter !== undefined && !/^[do]$/i.test(letter)) ?? false;
}

function expandPiece({ text, isMacro, letter, ...transformers }: Piece, domains: MacroDomains): string | undefined {
  if (!isMacro) return text;
  switch (letter?.toLowerCase()) {
    case undefined:
      return FIXED[text];
    case 'd':
      return transform(domains.current, transformers);
    case 'o':
      return transform(domains.sender, transformers);
    default:
      return undefined;
  }
}

function transform(value: string, { digits, reverse, delimiters }: Omit<Piece, 'text' | 'isMacro'>): string {
  const splitAt = delimiters || '.';
  const parts = [''];
  for (const char of value) {
    if (splitAt.includes(char)) {
      parts.push('');
    } else {
      parts[parts.length - 1] += char;
    }
  }
  const ordered = reverse ? parts.reverse() : parts;
  return ordered.slice(digits === undefined ? 0 : -Number(digits)).join('.');
}

/** Its macros and the text between them; undefined when it is neither. */
function piecesOf(text: string, macro = MACRO): Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const pattern = text[at] === '%' ? macro : LITERALS;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [found, letter, digits, reverse, delimiters] = match;
    const isMacro = pattern === macro;
    pieces.push({ text: found, isMacro, letter, digits, reverse: reverse !== undefined, delimiters });
    at += found.length;
  }
  return pieces;
}
