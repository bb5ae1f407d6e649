import { describe, expect, it } from 'vitest';
import { parseFile, quoteWord } from '../../../../../electron/providers/endpoints/nginx/tokens.ts';

const parse = (text: string) => parseFile('/etc/nginx/nginx.conf', Buffer.from(text));
const shape = (text: string) => parse(text).map((one) => [one.name, ...one.args.map((arg) => arg.text)]);

describe('the nginx tokenizer', () => {
  it('separates words by white space and ends directives at semicolons', () => {
    expect(shape('user www-data;worker_processes\t4 ;\r\npid /run/x.pid;')).toEqual([
      ['user', 'www-data'],
      ['worker_processes', '4'],
      ['pid', '/run/x.pid'],
    ]);
  });

  it('takes # for a comment only at the start of a word', () => {
    expect(shape('a b#c; # d; {\n#}\ne f;')).toEqual([
      ['a', 'b#c'],
      ['e', 'f'],
    ]);
  });

  it('resolves quotes and escapes as nginx does', () => {
    expect(shape(String.raw`a "b c;{}" 'd "e"' "f\"g" h\;i "j\.k" "";`)).toEqual([
      ['a', 'b c;{}', 'd "e"', 'f"g', String.raw`h\;i`, String.raw`j\.k`, ''],
    ]);
  });

  it('keeps braces of variables in a word and ends words at other braces', () => {
    expect(shape(`a \${b}c "\${d}";`)).toEqual([['a', `\${b}c`, `\${d}`]]);
    const [block] = parse('location /x{ return 200; }');
    expect(block?.args.map((arg) => arg.text)).toEqual(['/x']);
    expect(block?.block?.[0]?.name).toBe('return');
  });

  it('goes on after a quoted word that a bracket follows', () => {
    const [block] = parse('if ($a = "b") { return 403; }');
    expect(block?.args.map((arg) => arg.text)).toEqual(['($a', '=', 'b', ')']);
  });

  it.each([
    ['a plain one', 'geo $x {\n1.2.3.0/24 1;\n  default\t0 ;\ninclude more;}\nlast;', 5],
    ['quotes, braces and comments', 'map $a $b {\n"~^/x{2};$" \'}\'; # }\n\\; 1; include more;\n}\nlast;', 5],
    [
      'lists beside it',
      'deny 1.2.3.0/24;\nallow\tall ;\ntypes { a/b c d; include more; }\n"deny" x; last;',
      4,
    ],
  ])('passes over values and lists, and tells what they include: %s', (_what, text, line) => {
    const [block, last, ...more] = parse(text);
    expect(block?.block?.map(({ name, args }) => [name, args[0]?.text])).toEqual([['include', 'more']]);
    expect([last?.name, last?.line, more]).toEqual(['last', line, []]);
  });

  it('nests blocks', () => {
    const [http] = parse('http { server { listen 80; } server { listen 81; } }');
    expect(http?.block?.map((server) => server.block?.[0]?.args[0]?.text)).toEqual(['80', '81']);
  });

  it('passes over Lua with braces in strings, comments and long brackets', () => {
    const lua =
      'content_by_lua_block { local a = "}" -- }\n --[[ } ]] local b = [==[ }} ]==] if a then c({}) end } a b;';
    expect(shape(lua)).toEqual([['content_by_lua_block'], ['a', 'b']]);
  });

  it('gives byte offsets that allow to replace just one argument', () => {
    const text = 'server {\n  # größe\n  ssl_certificate "/tmp/ü x.crt" ;\n}\n';
    const content = Buffer.from(text);
    const word = parseFile('x', content)[0]?.block?.[0]?.args[0];
    expect(word).toMatchObject({ text: '/tmp/ü x.crt', line: 3 });
    expect(content.subarray(word?.start, word?.end).toString()).toBe('"/tmp/ü x.crt"');
  });

  it('counts lines and knows where a block begins and a directive ends', () => {
    const text = 'a;\n\nserver {\n}\n';
    const server = parse(text)[1];
    expect(server?.line).toBe(3);
    expect(text.slice(server?.bodyStart)).toBe('\n}\n');
    expect(text.slice(server?.start, server?.end)).toBe('server {\n}');
  });

  it.each([
    ['http {', 'a closing "}" is missing'],
    ['a b ', 'a ";" is missing'],
    ['}', 'an extra "}"'],
    ['a "b', 'ends inside a word'],
  ])('says what is wrong with %j', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it('quotes what would not stay one word', () => {
    for (const text of ['/etc/a.crt', '/a b/c.crt', '/a"b', String.raw`/a\b`, '/a;b{c}#d'])
      expect(shape(`x ${quoteWord(text)};`)).toEqual([['x', text]]);
    expect(quoteWord('/etc/a.crt')).toBe('/etc/a.crt');
  });
});
