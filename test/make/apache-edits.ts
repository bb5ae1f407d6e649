import type { Configuration } from '../../electron/providers/endpoints/apache/commands.ts';
import { type Directive, walk } from '../../electron/providers/endpoints/apache/dump.ts';
import { ownFilesEdits } from '../../electron/providers/endpoints/apache/edits.ts';
import { evaluate } from '../../electron/providers/endpoints/apache/evaluate.ts';
import { type VirtualHost, virtualHostsOf } from '../../electron/providers/endpoints/apache/vhosts.ts';
import { applyLines } from '../../electron/providers/endpoints/common/configuration-lines.ts';
import type { Chance } from './random.ts';
import { type RandomApache, randomApache } from './random-apache.ts';

const main = '/etc/apache2/apache2.conf';
const more = '/etc/apache2/more.conf';
const paths = { certificate: '/etc/trustkeep/x.crt', key: '/etc/trustkeep/x y.key' };

/** What our own reading makes of these files. Apache would list the virtual hosts that are read. */
async function read(files: ReadonlyMap<string, Buffer>, includeLine: number) {
  const included = { path: main, line: null, files: [{ path: more, line: includeLine, files: [] }] };
  const tree = evaluate(included, {
    ...{ modules: new Set(['ssl_module']), version: '2.4.62', defines: [], serverRoot: '/etc/apache2' },
    content: (path) => files.get(path),
  });
  const listed = tree
    .filter(({ name }) => name === 'virtualhost')
    .flatMap(({ args, file, line }) =>
      args.split(' ').map((address) => {
        const [, host = '*', port = '0'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? [];
        return { host: host === '_default_' ? '*' : host, port: Number(port), file, line };
      }),
    );
  const configuration: Configuration = {
    ...{
      main: included,
      listed,
      tree,
      printed: false,
      whole: true,
      serverRoot: '/etc/apache2',
      files: [main, more],
    },
    ...{ pidPath: null, errorLogPath: null, defines: new Map() },
  };
  return { tree, hosts: await virtualHostsOf(configuration, (path) => path) };
}

const pairsOf = ({ pairs }: VirtualHost) => pairs.map(({ certificate, key }) => [certificate.path, key.path]);
/** Everything but the numbers of lines, which an edit moves. */
const plainly = ({ name, args, file }: Directive) =>
  `${file.replace(/line \d+/g, '')} ${name} ${args.replace(/\s+/g, ' ')}`;

/** One random configuration, one random edit. Gives what is wrong, with the texts; null: nothing. */
export async function apacheEditRound(chance: Chance): Promise<{ edited: boolean; wrong: string | null }> {
  const made = randomApache(chance);
  const files = new Map([
    [main, Buffer.from(made.main)],
    [more, Buffer.from(made.included)],
  ]);
  const { tree, hosts } = await read(files, made.includeLine);
  const choices = hosts.filter(({ directive }) => directive !== null);
  const own = choices[chance.int(Math.max(1, choices.length))];
  if (own === undefined) return { edited: false, wrong: null };
  const at = chance.int(Math.max(1, own.pairs.length));
  const edits = ownFilesEdits(own, own.pairs[at] ?? null, paths, (name) => files.get(name));
  if (edits === null) return { edited: false, wrong: null };
  const after = new Map(
    [...files].map(([name, content]) => [
      name,
      applyLines(
        content,
        edits.filter(({ file }) => file === name),
      ),
    ]),
  );
  const again = await read(after, made.includeLine + gained(files, after));
  const wrong =
    wrongPairs(hosts, again.hosts, own, at) ?? wrongDirectives(tree, again.tree) ?? wrongText(files, after);
  return { edited: true, wrong: wrong === null ? null : described(wrong, made, after) };
}

/** By how many lines the main file, above what it includes, has grown. */
function gained(files: ReadonlyMap<string, Buffer>, after: ReadonlyMap<string, Buffer>): number {
  const lines = (content: Buffer | undefined) => (content ?? Buffer.alloc(0)).toString().split('\n').length;
  return lines(after.get(main)) - lines(files.get(main));
}

function wrongPairs(
  before: readonly VirtualHost[],
  after: readonly VirtualHost[],
  own: VirtualHost,
  at: number,
): string | null {
  if (before.length !== after.length) return 'a virtual host came or went';
  for (const [index, host] of before.entries()) {
    const [then, now] = [pairsOf(host), pairsOf(after[index] ?? host)];
    if (host === own) then[at] = [paths.certificate, paths.key];
    if (JSON.stringify(then) !== JSON.stringify(now))
      return `the pairs of ${host.place} are ${JSON.stringify(now)}`;
  }
  return null;
}

/** Nothing but the lines of one pair comes or goes. */
function wrongDirectives(before: readonly Directive[], after: readonly Directive[]): string | null {
  const isPair = ({ name }: Directive) => name === 'sslcertificatefile' || name === 'sslcertificatekeyfile';
  const others = (tree: readonly Directive[]) =>
    [...walk(tree)]
      .filter((one) => !isPair(one))
      .map(plainly)
      .join('\n');
  if (others(before) !== others(after)) return 'another directive changed';
  const pairs = [before, after].map((tree) => [...walk(tree)].filter(isPair).length);
  return (pairs[1] ?? 0) - (pairs[0] ?? 0) > 2 ? 'more lines came than two' : null;
}

/** Every line that was there is there, in its order and to the byte, but for two at most; and no other line ends came. */
function wrongText(before: ReadonlyMap<string, Buffer>, after: ReadonlyMap<string, Buffer>): string | null {
  for (const [name, content] of before) {
    const [then, now] = [content, after.get(name) ?? content].map((one) => one.toString().split(/(?<=\n)/));
    let at = 0;
    const lost = (then ?? []).filter((line) => {
      const found = now?.indexOf(line, at) ?? -1;
      if (found >= 0) at = found + 1;
      return found < 0;
    });
    if (lost.length > 2) return `lines of ${name} are gone: ${JSON.stringify(lost)}`;
    const ends = (lines: readonly string[] = []) =>
      new Set(lines.filter((line) => line.endsWith('\n')).map((line) => line.endsWith('\r\n')));
    if (ends(now).size > ends(then).size) return `other line ends came into ${name}`;
  }
  return null;
}

const described = (wrong: string, made: RandomApache, after: ReadonlyMap<string, Buffer>): string =>
  `${wrong}\n--- before\n${made.main}---\n${made.included}\n--- after\n${[...after.values()].join('---\n')}`;
