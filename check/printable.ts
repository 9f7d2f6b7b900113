/** Longer texts are other people's, and nobody reads them to the end. */
const MAX_LENGTH = 2_000;

/**
 * A text that commands nothing where it is shown: control and format characters of any kind are written as escapes.
 * Records, names and messages are other people's.
 */
export function printable(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapeCharacter);
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}… (${text.length} characters)` : shown;
}

function escapeCharacter(character: string): string {
  const hex = character.codePointAt(0)!.toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}
