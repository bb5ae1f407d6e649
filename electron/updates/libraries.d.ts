// The parts that we use of two libraries that bring no types.
declare module 'js-yaml' {
  export const JSON_SCHEMA: object;
  export function load(text: string, options?: { schema?: object }): unknown;
  export function dump(value: unknown, options?: { lineWidth?: number }): string;
}

declare module 'semver/functions/compare.js' {
  function compare(one: string, other: string): -1 | 0 | 1;
  export = compare;
}

declare module 'semver/functions/valid.js' {
  function valid(version: string): string | null;
  export = valid;
}
