import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { inAgent } from '#test/make/endpoints.ts';
import { haveApache, type RunningApache } from '#test/servers/apache.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { readConfiguration } from '../../../electron/providers/endpoints/apache/commands.ts';
import { type Directive, walk } from '../../../electron/providers/endpoints/apache/dump.ts';
import { locate } from '../../../electron/providers/endpoints/apache/program.ts';
import { files, leafFor, prepareApache, start } from './real-apache.ts';
import { shapes } from './shapes.ts';

/** What Apache itself says of its configuration, without the numbers of lines, a directive on a line. */
async function dump(server: RunningApache, defines: readonly string[]): Promise<string[]> {
  const load = 'LoadModule info_module /usr/lib/apache2/modules/mod_info.so';
  const flags = defines.flatMap((name) => ['-D', name]);
  const { stdout, stderr, code } = await server.ask(...flags, '-C', load, '-t', '-D', 'DUMP_CONFIG');
  if (code !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .map((line) => line.trim());
}

/** Names and addresses by Apache's own list. */
async function listed(server: RunningApache, defines: readonly string[]): Promise<string[]> {
  const { stdout } = await server.ask(...defines.flatMap((name) => ['-D', name]), '-S');
  return [...stdout.matchAll(/^ *(?:\S+ +)?(?:port \d+ namevhost |)(\S+)? \(.*:\d+\)$/gm)].map(
    ([, name = '']) => name,
  );
}

const gained = (from: readonly string[], to: readonly string[]): string[] => {
  const left = [...from];
  return to.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

/** Carried out as they are read, which leaves nothing in Apache's dump. */
const onRead = new Set(['undefmacro', 'loadmodule', 'serverroot']);

const plainly = ({ name, args, file, line, block }: Directive) => [
  name,
  args.replace(/\s+/g, ' '),
  file,
  line,
  block === null,
];

describe.skipIf(!haveApache('info', 'rewrite'))('a configuration with', () => {
  prepareApache();

  test.each(shapes)('$what is read as Apache reads it, and changed where it is meant', async (shape) => {
    const [old, other, next] = [leafFor('a.test'), leafFor('b.test'), leafFor('a.test')];
    const chain = old.chainPem.slice(old.certPem.length);
    const { server, endpoint } = await start({
      ...shape.options,
      files: { ...files({ a: old, b: other }), 'tls/chain.pem': chain, ...shape.options.files },
      // only what the running one was started with is asked of it
      start: shape.options.defines !== undefined,
    });
    const defines = shape.options.defines ?? [];
    const connection = new LocalConnection(systemClock);
    const program = await locate(connection, { ...server.settings, path: server.settings.apachectlPath });
    const printed = await readConfiguration(connection, program);
    const own = await readConfiguration(connection, { ...program, infoModule: null });
    expect([printed.printed, own.printed]).toEqual([true, false]);
    // variables of the environment are all that our own reading does not know
    const known = (tree: readonly Directive[]) =>
      [...walk(tree)]
        .filter(({ file, name }) => !/apache2\.conf$/.test(file) && !onRead.has(name))
        .map(plainly);
    expect(known(own.tree)).toEqual(known(printed.tree));

    const nodes = await endpoint.nodes();
    const names = await listed(server, defines);
    for (const node of nodes)
      if (node.serverNames[0] !== undefined && node.place !== printed.main.path)
        expect(names).toContain(node.serverNames[0]);
    const wanted = shape.node.replace('{port2}', String(server.ports[1]));
    const node = nodes.find(({ name }) => name === wanted);
    expect(node, nodes.map(({ name }) => name).join()).toBeDefined();

    const before = await dump(server, defines);
    const text = await readFile(server.sitePath, 'utf8');
    const plan = await endpoint.plan(node?.key ?? '');
    const snapshot = await endpoint.snapshot(plan, 't');
    await endpoint.install(plan, inAgent(next));
    const after = await dump(server, defines);
    const changes = shape.changes === '=' ? { gone: [], come: [] } : shape.changes;
    const [gone, come] = [gained(after, before), gained(before, after)];
    expect([gone, come]).toEqual([
      changes.gone.map((one) => expect.stringMatching(one)),
      changes.come.map((one) => expect.stringMatching(one)),
    ]);
    const installed = (await endpoint.nodes()).find(({ key }) => key === node?.key);
    expect(installed?.certificate?.fingerprint).toBe(next.facts.fingerprint);
    expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
    expect(await readFile(server.sitePath, 'utf8')).toBe(text);
    expect(await dump(server, defines)).toEqual(before);
  });
});
