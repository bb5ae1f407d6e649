import { Failure } from '#shared/failure.ts';

/** Fields of a head as bytes. Refuses what would end a line: a name or value must not become a field of its own. */
export function writeHead(
  method: string,
  uri: string,
  fields: readonly (readonly [name: string, value: string])[],
): Buffer {
  const lines = [`${method} ${uri} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const broken = lines.some((line) => /[\0-\x08\x0a-\x1f\x7f]/.test(line));
  const named = fields.every(([name]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
  if (broken || !named || !/^[A-Z]+$/.test(method) || !/^[!-~]+$/.test(uri))
    throw new Failure(
      'proxy.bad-request',
      'A request to the proxy contains characters that HTTP does not allow.',
      {
        hint: 'Check user name and address for line breaks and other control characters.',
      },
    );
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
