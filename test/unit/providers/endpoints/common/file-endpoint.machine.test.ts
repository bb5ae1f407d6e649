import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Change, OwnChange } from '#shared/model/changes/index.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { endpointTools, inAgent } from '#test/make/endpoints.ts';
import type { Piece } from '../../../../../electron/providers/endpoints/common/content.ts';
import { FileEndpoint } from '../../../../../electron/providers/endpoints/common/file-endpoint.ts';
import type { Drift } from '../../../../../electron/providers/endpoints/common/states.ts';
import type { Material } from '../../../../../electron/providers/endpoints/endpoint.ts';
import { plannedFiles } from '../../../../make/planned-files.ts';

let files: ReturnType<typeof plannedFiles>;
let endpoint: Endpoint;
let plan: InstallPlan;
const leaf = makeLeaf(makeCa(), { names: ['shop.example'] });
const read = (name: string): string => readFileSync(files.at(name), 'utf8');
const drifted = expect.objectContaining({ code: 'endpoint.drifted' });

/** What a sibling has to say, and what was asked of it. */
class Endpoint extends FileEndpoint {
  readonly asked: string[] = [];
  refusal: Error | null = null;
  further: Drift[] = [];

  probe = () => Promise.reject(new Error('not asked for'));
  nodes = () => Promise.reject(new Error('not asked for'));
  plan = () => Promise.reject(new Error('not asked for'));
  restart = () => Promise.resolve({ settled: false });
  canMakeKeys = () => Promise.resolve({ yes: true, why: '' });

  protected remembered() {
    return { keepDir: files.directory, keyName: 'shop', previousFingerprint: 'aa' };
  }
  protected async piecesFor({ holds }: { holds: string }, { chainPem, key }: Material): Promise<Piece[]> {
    if (holds === 'certificate') return [Buffer.from(chainPem)];
    return key.where === 'agent' ? [key.pem] : [{ onEndpoint: key.path }];
  }
  protected directories = () => Promise.resolve([files.directory]);
  protected override refuseMaterial(): void {
    if (this.refusal !== null) throw this.refusal;
  }
  protected override async furtherDrift(_plan: InstallPlan, own: readonly OwnChange[]) {
    this.asked.push(`${own.length} own changes`);
    return this.further;
  }
  running: string[] | undefined = undefined;
  protected override startAgain = () => Promise.resolve(this.running);
  protected override startCommands = () => [['start', 'shop']];
  protected override async testInstalled(): Promise<string> {
    this.asked.push(`test of ${read('site.crt') === leaf.chainPem ? 'the new' : 'another'} certificate`);
    return 'It was tested.';
  }
}

beforeEach(async () => {
  files = plannedFiles();
  files.put('site.crt', 'old certificate');
  files.put('site.key', 'old key', 0o600);
  endpoint = new Endpoint(files.connection, endpointTools);
  const changes: Change[] = [
    { kind: 'directory', path: files.at('new'), like: files.directory },
    await files.planned('site.crt'),
    await files.planned('site.key', 'private-key'),
  ];
  plan = {
    ...{ nodeKey: 'shop', changes, standsOn: [], shares: [], proofs: [], warnings: [] },
    remembers: { by: 'test', version: 1, facts: [] },
  };
});
afterEach(() => files.remove());

const install = () => endpoint.install(plan, inAgent(leaf));
const untouched = () => {
  expect([read('site.crt'), read('site.key')]).toEqual(['old certificate', 'old key']);
  expect(files.names()).toEqual(['site.crt', 'site.key']);
};

describe('an install', () => {
  test('makes directories, writes certificate and key, and ends with the test of what was written', async () => {
    expect(await install()).toBe('It was tested.');
    expect([read('site.crt'), read('site.key')]).toEqual([leaf.chainPem, leaf.keyPem]);
    expect(files.names()).toEqual(['new', 'site.crt', 'site.key']);
    expect(endpoint.asked).toEqual(['test of the new certificate']);
  });

  test('changes nothing when the material is not to be installed here', async () => {
    endpoint.refusal = new Error('an EC key, and its ciphers are RSA');
    await expect(install()).rejects.toThrow('its ciphers are RSA');
    untouched();
  });

  test('changes nothing when key and certificate do not belong together', async () => {
    const { keyPem } = makeLeaf(makeCa(), { names: ['shop.example'] });
    await expect(endpoint.install(plan, inAgent({ ...leaf, keyPem }))).rejects.toMatchObject({
      code: 'certificate.key-mismatch',
    });
    untouched();
  });

  test('changes nothing when a file would not hold what the plan says that it will', async () => {
    const [directory, certificate, key] = plan.changes as [Change, FileChange, FileChange];
    const after = { ...certificate.after, sha256: 'b'.repeat(64) };
    plan = { ...plan, changes: [directory, { ...certificate, after }, key] };
    await expect(install()).rejects.toMatchObject({
      code: 'install.other-content',
      message: expect.stringContaining(certificate.path),
    });
    untouched();
  });

  test('goes through when every file will hold what the plan says', async () => {
    const will = await endpoint.afterHashes(plan, inAgent(leaf));
    const filled = plan.changes.map((change) =>
      change.kind === 'file'
        ? { ...change, after: { ...change.after, sha256: will[change.path] ?? '' } }
        : change,
    );
    plan = { ...plan, changes: filled };
    await install();
    expect(read('site.crt')).toBe(leaf.chainPem);
  });

  test('changes nothing, not even its first file, when another one was changed since the plan', async () => {
    files.put('site.key', 'a key of someone else', 0o600);
    await expect(install()).rejects.toEqual(drifted);
    expect(read('site.crt')).toBe('old certificate');
    expect(files.names()).toEqual(['site.crt', 'site.key']);
  });

  test('run again after it was cut off in the middle comes to the same end', async () => {
    files.put('site.crt', leaf.chainPem);
    await install();
    expect([read('site.crt'), read('site.key')]).toEqual([leaf.chainPem, leaf.keyPem]);
  });
});

describe('the comparison with the plan', () => {
  test('finds nothing where nothing changed', async () => {
    await endpoint.checkDrift(plan);
  });

  test('finds a file that changed', async () => {
    files.put('site.crt', 'another certificate');
    await expect(endpoint.checkDrift(plan)).rejects.toEqual(drifted);
  });

  test('finds a link that leads elsewhere', async () => {
    symlinkSync(files.directory, files.at('link'));
    plan.standsOn = [{ what: 'link', name: files.at('link'), leadsTo: files.directory }];
    await endpoint.checkDrift(plan);
    plan.standsOn = [{ what: 'link', name: files.at('link'), leadsTo: '/srv/before' }];
    await expect(endpoint.checkDrift(plan)).rejects.toEqual(drifted);
  });

  test('finds what the sibling knows, who is told what other tasks changed', async () => {
    endpoint.further = [{ path: null, sentence: 'nginx.conf has another server' }];
    const own: OwnChange = { kind: 'file', place: '/etc/nginx.conf', before: 'a', after: 'b' };
    await expect(endpoint.checkDrift(plan, [own])).rejects.toThrow('nginx.conf has another server');
    expect(endpoint.asked).toEqual(['1 own changes']);
  });

  test('says once what the sibling knows too', async () => {
    const path = files.put('site.crt', 'another certificate');
    endpoint.further = [
      { path, sentence: `${path} is no longer as it was` },
      { path: files.at('site'), sentence: `${files.at('site')} is missing` },
    ];
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(
      `${path} has other content; ${files.at('site')} is missing.`,
    );
  });
});

test('The hashes of what will be written are those of what is written, and are read without a change', async () => {
  const hashes = await endpoint.afterHashes(plan, inAgent(leaf));
  untouched();
  await install();
  for (const [path, hash] of Object.entries(hashes)) expect(await files.connection.hash(path)).toBe(hash);
  expect(Object.keys(hashes)).toEqual([files.at('site.crt'), files.at('site.key')]);
});

test('A snapshot notes the directory that will be new, and not one that was made meanwhile', async () => {
  const kept = async (tag: string) =>
    (await endpoint.snapshot(plan, tag)).kept.filter(({ kind }) => kind === 'directory');
  expect(await kept('tag1')).toEqual([{ kind: 'directory', path: files.at('new') }]);
  await files.connection.exec({ argv: ['mkdir', files.at('new')] });
  expect(await kept('tag2')).toEqual([]);
});

test('A snapshot notes how to start the server only when the plan knows it so', async () => {
  expect(await endpoint.snapshot(plan, 'tag1')).not.toHaveProperty('startAgain');
  endpoint.running = ['start', 'shop'];
  expect(await endpoint.snapshot(plan, 'tag2')).toMatchObject({ startAgain: ['start', 'shop'] });
  endpoint.running = ['start', 'another'];
  const snapshot = await endpoint.snapshot(plan, 'tag3');
  expect(snapshot).not.toHaveProperty('startAgain');
  await endpoint.checkSnapshot(plan, snapshot, 'tag3');
});

test('What was kept is gone when a change has ended, and away for a while where the files are not there either', async () => {
  const snapshot = await endpoint.snapshot(plan, 'tag4');
  await endpoint.checkSnapshot(plan, snapshot, 'tag4');
  await endpoint.discard(snapshot, 'tag4');
  await expect(endpoint.checkSnapshot(plan, snapshot, 'tag4')).rejects.toMatchObject({
    code: 'snapshot.gone',
  });
  rmSync(files.at('site.crt'));
  await expect(endpoint.checkSnapshot(plan, snapshot, 'tag4')).rejects.toMatchObject({
    ...{ code: 'file.missing', retry: 'later', message: expect.stringContaining('site.crt') },
  });
});
