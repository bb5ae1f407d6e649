const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * What PowerShell said on its error output, for people. When that is no console it writes XML there (`#< CLIXML`), with errors as `S`
 * elements, and what XML cannot hold as `_xHHHH_`. Anything else is given as it is.
 */
export function readableErrors(stderr: string): string {
  const at = stderr.indexOf('#< CLIXML');
  if (at < 0) return stderr.trim();
  const errors = [...stderr.slice(at).matchAll(/<S S="Error">([^<]*)<\/S>/g)].map(([, text = '']) =>
    unescaped(text),
  );
  return `${stderr.slice(0, at)}${errors.join('')}`.trim();
}

function unescaped(text: string): string {
  return text
    .replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g, (whole, name, decimal, hex) =>
      name === undefined
        ? codePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal), whole)
        : (entities[name] ?? whole),
    )
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const codePoint = (value: number, otherwise: string): string =>
  value <= 0x10ffff ? String.fromCodePoint(value) : otherwise;
