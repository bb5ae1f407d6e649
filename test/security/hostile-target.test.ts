/**
 * The attack: a managed host belongs to somebody else now. What its nginx prints, what its files are called and what its
 * programs say is made to hang the agent, to eat its memory, to run something, or to write on the administrator's terminal.
 */
import { describe, expect, test } from 'vitest';
import { makeLog } from '#kit/log.ts';
import { asFailure, Failure, failureData } from '#shared/failure.ts';
import { busy } from '#test/make/busy.ts';
import { endpointTools } from '#test/make/endpoints.ts';
import { sumsOf } from '#test/make/nginx-dump.ts';
import { aTask } from '#test/make/task-rows.ts';
import { printed } from '../../electron/cli/print/index.ts';
import { plain, plainJson } from '../../electron/cli/table.ts';
import { hashesOf } from '../../electron/providers/connections/common/hashes.ts';
import type { HostConnection, HostExec } from '../../electron/providers/connections/connection.ts';
import { matchesGlob } from '../../electron/providers/endpoints/common/globs.ts';
import { blockFor, matchesRegex } from '../../electron/providers/endpoints/nginx/choice.ts';
import { filesPrinted } from '../../electron/providers/endpoints/nginx/dump.ts';
import { nodesOf } from '../../electron/providers/endpoints/nginx/nodes.ts';
import { resolveConfiguration } from '../../electron/providers/endpoints/nginx/parse.ts';
import { serversOf } from '../../electron/providers/endpoints/nginx/servers.ts';
import { makeEndpoint } from '../../electron/providers/endpoints/registry.ts';

const config = '/etc/nginx/nginx.conf';

/** A host on which nginx prints `dump`, with files like that; everything else that is run ends well and says nothing. */
function hostPrinting(dump: Buffer, stderr = '', code = 0): HostConnection {
  const result = (stdout: Buffer | string, error = '', exit = 0) => ({
    code: exit,
    stdout: Buffer.from(stdout as string),
    stderr: Buffer.from(error),
    timedOut: false,
  });
  const files = Object.fromEntries(sectionsOf(dump));
  const nothing = () => Promise.reject(new Failure('file.missing', 'There is no such file.'));
  return {
    description: 'ssh root@evil:22',
    dialAddress: '203.0.113.9',
    credentialUsed: 'user root, private key',
    async exec({ argv }: HostExec) {
      if (argv.includes('-V'))
        return result('', `nginx version: nginx/1.22.1\nconfigure arguments: --conf-path=${config}`);
      if (argv.includes('-T')) return result(dump, stderr, code);
      if (argv[0] === 'sha256sum') return sumsOf(files, argv);
      return result('');
    },
    stat: async () => null,
    read: nothing,
    hash: nothing,
    hashes(paths) {
      return hashesOf(this, paths);
    },
    sums: nothing,
    rights: nothing,
    flags: nothing,
    write: nothing,
    writeAll: nothing,
    copy: nothing,
    copyAll: nothing,
    rename: nothing,
    remove: async () => {},
    removeLeftovers: async () => {},
    list: async () => [],
    close: async () => {},
  };
}

/** What a host that lies, but always the same, says is in its files. */
function sectionsOf(dump: Buffer): [string, Buffer][] {
  const parts = `\n${dump.toString('latin1')}`.split(/\n# configuration file (?=[/A-Za-z])([^\n]*):\n/);
  return parts.slice(1).flatMap((name, i, all) => {
    const last = i + 2 >= all.length;
    const text = all[i + 1] ?? '';
    return i % 2 === 1
      ? []
      : [[Buffer.from(name, 'latin1').toString(), Buffer.from(last ? text.slice(0, -1) : text, 'latin1')]];
  });
}

const nginx = (connection: HostConnection) =>
  makeEndpoint({ type: 'nginx', nginxConfigPath: null, nginxPath: null }, connection, endpointTools);

const file = (text: string, name = config) => `# configuration file ${name}:\n${text}\n`;
const servers = (text: string) =>
  serversOf(resolveConfiguration(new Map([[config, Buffer.from(text)]]), config, '/'), {
    real: (path) => path,
    addresses: () => null,
  });

/** Nodes or one clear failure, within so much time of the processor. */
async function survives(dump: string | Buffer, ms: number): Promise<Failure | number> {
  const { took, outcome } = await busy(() =>
    nginx(hostPrinting(Buffer.from(dump as string)))
      .nodes()
      .then((nodes) => nodes.length, asFailure),
  );
  expect(took).toBeLessThan(ms);
  if (outcome instanceof Failure) {
    expect(outcome.code).not.toBe('internal');
    expect(failureData.safeParse(outcome.toData()).success).toBe(true);
  }
  return outcome;
}

describe('what nginx -T prints', () => {
  test.each([
    ['nothing', ''],
    ['binary', Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) & 255))],
    ['only braces', file('{'.repeat(1_000_000))],
    ['blocks nested without end', file('a{'.repeat(500_000))],
    ['nested blocks that are closed', file(`${'a{'.repeat(50_000)}${'}'.repeat(50_000)}`)],
    ['a word without end', file(`a "${'x'.repeat(4_000_000)}`)],
    ['millions of directives', file('a;'.repeat(4_000_000))],
    ['millions of words', file(`a ${'b '.repeat(4_000_000)};`)],
    ['a Lua block without end', file(`http { content_by_lua_block { ${'['.repeat(300_000)}`)],
    ['a file that includes itself', file(`include ${config};`)],
    ['includes that become more and more', multiplying()],
    ['a hundred thousand files and globs', manyFiles()],
    ['markers upon markers', '# configuration file '.repeat(400_000)],
  ])('%s ends in one failure, soon', async (_what, dump) => {
    const outcome = await survives(dump, 20_000);
    expect(outcome).toBeInstanceOf(Failure);
    expect((outcome as Failure).code).toMatch(/^endpoint\./);
  });

  test('ten thousand server blocks are nodes within seconds', async () => {
    const block = (i: number) =>
      `server { listen 443 ssl; server_name s${i}.example *.w${i}.example; ssl_certificate /a; ssl_certificate_key /b; }`;
    const text = `http {\n${Array.from({ length: 10_000 }, (_, i) => block(i)).join('\n')}\n}`;
    const { took } = await busy(() =>
      expect(nodesOf(servers(text), '203.0.113.9', () => null)).toHaveLength(10_000),
    );
    expect(took).toBeLessThan(15_000);
  });

  test('a name that is a regular expression made to hang takes a moment and matches nothing', async () => {
    const bombs = Array.from(
      { length: 300 },
      (_, i) => `server { listen 443 ssl; server_name ~^(a+)+${i}$; }`,
    );
    const name = `${'a'.repeat(60)}.example`;
    const all = servers(`http { ${bombs.join(' ')} server { listen 443 ssl; server_name last.example; } }`);
    const { took } = await busy(() => {
      expect(blockFor(all, 'http', '*:443', name)?.index).toBe(0);
      expect(blockFor(all, 'http', '*:443', 'last.example')?.index).toBe(300);
    });
    expect(took).toBeLessThan(5_000);
  });

  test('an expression cannot reach anything of ours', () => {
    expect(matchesRegex('~(?<x>a)|constructor', 'process')).toBe(false);
    expect(Object.keys(globalThis)).not.toContain('pattern');
  });

  test('a glob made to hang does not', async () => {
    const { took } = await busy(() => {
      expect(matchesGlob(`/${'*a'.repeat(2_000)}b`, `/${'a'.repeat(20_000)}`)).toBe(false);
      expect(matchesGlob('/[z-a]*', '/x')).toBe(false);
    });
    expect(took).toBeLessThan(5_000);
  });

  test('a dump of files with hostile names is taken as names and nothing else', async () => {
    const names = ['/etc/$(touch x)', "/etc/a'b", '/etc/-rf', '/etc/\u001b[2J'];
    const dump = Buffer.from(names.map((name) => file('a;', name)).join(''));
    expect([...(await filesPrinted(hostPrinting(dump), dump)).keys()]).toEqual(names);
  });

  test('megabytes of complaint become one short sentence without control characters', async () => {
    const evil = `nginx: [emerg] \u001b]0;owned\u0007${'\u009b31m\u202e'.repeat(2_000_000)} in /x:1\n`;
    const failure = asFailure(
      await nginx(hostPrinting(Buffer.alloc(0), evil, 1))
        .nodes()
        .catch((thrown: unknown) => thrown),
    );
    expect(failure.code).toBe('endpoint.configuration-invalid');
    expect(failure.message.length).toBeLessThan(1_000);
    expect(JSON.stringify(failure.toData())).not.toMatch(controls);
  });
});

const controls = /[^\P{Cc}\n]|\\u00[019]|[\u202a-\u202e\u2066-\u2069]/u;

describe('what a peer called itself', () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egpj.exe\r\nroot# ';

  test('moves no cursor in a table, page or JSON', () => {
    const { task } = aTask({ nodeName: evil, endpointName: evil });
    const paper = { columns: 80, unicode: true, now: 0 };
    for (const path of ['tasks.list', 'tasks.show']) {
      const output = path === 'tasks.list' ? [task] : { task, plan: null };
      const lines = printed({ path }, output, paper).map(plain);
      expect(lines.join('')).not.toMatch(controls);
      expect(plainJson(output)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
      expect(JSON.parse(plainJson(output))).toEqual(output);
    }
  });

  test('stays on its own line of the log and moves nothing there', () => {
    const lines: string[] = [];
    const log = makeLog(
      (line) => lines.push(line),
      'debug',
      () => 0,
    ).in(evil);
    log.info(evil, { evil, error: new Error(evil) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/\p{Cc}/u);
  });

  test('is no control character in a failure, whoever made it', () => {
    const failure = new Failure('internal', evil, { hint: evil, peerSaid: evil });
    expect(`${failure.message}${failure.hint}${failure.peerSaid}`).not.toMatch(controls);
  });
});

function multiplying(): string {
  const files = Array.from({ length: 12 }, (_, i) =>
    file(i === 11 ? 'a;' : `include /f${i + 1};\n`.repeat(10), i === 0 ? config : `/f${i}`),
  );
  return files.join('');
}

function manyFiles(): string {
  const globs = Array.from({ length: 20_000 }, (_, i) => `include /x*${i}*;`).join('\n');
  const files = Array.from({ length: 50_000 }, (_, i) => file('', `/x${i}`)).join('');
  return file(globs) + files;
}
