import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import { type EndpointType, endpointTypes } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { connectTools } from '#test/make/connection.ts';
import { type EndpointShape, listing, type MadeEndpoint, open, type Way } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { shapesOf } from './shapes.ts';

const tools = connectTools;

async function overSsh(sshd: Sshd): Promise<HostConnection> {
  const { host, port, user, hostKeyFingerprint: hostKey } = sshd;
  const place = { host, port, user, hostKey, auth: 'private-key' as const };
  const settings = { type: 'ssh' as const, ...place, store: null, storeCredentialId: null };
  return connect(settings, { privateKey: Secret.of(sshd.privateKeyPem) }, tools);
}

/** Each gives a connection and what to stop afterwards. */
const here: Way = 'this machine';
const ways: Record<Way, () => Promise<{ connection: HostConnection; stop: () => Promise<void> }>> = {
  'this machine': async () => ({
    connection: await connect({ type: 'local' }, {}, tools),
    stop: async () => {},
  }),
  'SSH as root': async () => {
    const sshd = await startSshd();
    return { connection: await overSsh(sshd), stop: sshd.stop };
  },
  'SSH with sudo': async () => {
    const sshd = await startSshd({ user: { sudo: 'nopasswd' } });
    return { connection: await overSsh(sshd), stop: sshd.stop };
  },
};

const isRoot = process.getuid?.() === 0;
const shapes = await shapesOf<EndpointType, EndpointShape>('endpoints', endpointTypes);

/** What a test is given: one endpoint, new for each. */
interface Subject {
  made(): MadeEndpoint;
  connection(): HostConnection;
  /** Its adapter, a new one with each call. */
  endpoint(): Endpoint;
  /** Whether private keys for it are made where they are used. */
  makesKeys: boolean;
  /** Every file of it as it was before the test. */
  before(): Record<string, string>;
}

/**
 * What every endpoint made of files promises, held over every way in which every type installs and is reached. Those that take
 * long run in the files that may.
 */
export function eachEndpoint(suite: (subject: Subject) => void): void {
  const isLong = expect.getState().testPath?.endsWith('.long.test.ts') === true;
  for (const [way, reach] of Object.entries(ways)) {
    const chosen = shapes.flatMap(([, { needs, cases, noKeys }]) =>
      Object.entries(cases)
        .filter(
          ([, { also, long = false }]) =>
            long === isLong && (way === here || also.some((one) => one === way)),
        )
        .map(([name, { make, inStore = false }]) => ({
          ...{ name, make, needs },
          makesKeys: noKeys === undefined && !inStore,
        })),
    );
    if (chosen.length === 0) continue;
    const usable = isRoot && (way === here || canRunSshd());
    describe.skipIf(!usable)(`over ${way}`, () => {
      let reached: Awaited<ReturnType<typeof reach>>;
      beforeAll(async () => {
        reached = await reach();
      });
      afterAll(async () => {
        await reached?.connection.close();
        await reached?.stop();
      });
      for (const { name, make, needs, makesKeys } of chosen)
        describe.skipIf(!needs.every(have))(name, () =>
          suite({ ...subjectOf(make, () => reached.connection), makesKeys }),
        );
    });
  }
}

function subjectOf(make: () => Promise<MadeEndpoint>, connection: () => HostConnection) {
  let made: MadeEndpoint;
  let before: Record<string, string>;
  beforeEach(async () => {
    made = await make();
    before = await listing(made.dir);
  });
  afterEach(() => made.stop());
  return { made: () => made, before: () => before, connection, endpoint: () => open(made, connection()) };
}

export const filesOf = (plan: InstallPlan): FileChange[] => changesOf(plan.changes, 'file');

/** Content, owner and mode of a file as it is. */
export async function stateOnDisk(file: FileChange) {
  const local = await connect({ type: 'local' }, {}, tools);
  const facts = await local.stat(file.path);
  return {
    sha256: await local.hash(file.path),
    ...{ owner: facts?.owner, group: facts?.group, mode: facts?.mode },
  };
}

/** The same of a file as the plan wants it, with the content that was foretold. */
export function expectedState(file: FileChange, hashes: Record<string, string>) {
  const { ownership } = file.after;
  if (ownership.system !== 'posix') throw new Error('the tests run on a POSIX system');
  const { owner, group, mode } = ownership;
  return { sha256: hashes[file.path], owner, group, mode };
}
