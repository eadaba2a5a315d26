// Several facts in one line.

/** Longer facts may break at their own spaces. Unit: characters. */
const SHORT = 12;

/** Facts with dots between, empty ones left out; a line breaks after a dot, never before one nor in a short fact. */
export function dotted(facts: string[]): string {
  return facts
    .filter((fact) => fact !== '')
    .map((fact) => (fact.length <= SHORT ? fact.replace(/ /g, '\u00a0') : fact))
    .join('\u00a0· ');
}
