import { X509Certificate } from 'node:crypto';
import { afterAll } from 'vitest';
import { makeTestAcme, type TestAcme } from '../../make/acme.ts';
import { have } from '../../servers/available.ts';

/** Can a real CA be run here, and its answers be judged? */
export const canRunPebble = have('pebble') && have('pebble-challtestsrv') && have('openssl');

export const namesIn = (chain: string) => new X509Certificate(chain).subjectAltName;

/** What makes authorities for the tests of a file; they are closed when its tests are over. */
export function acmeMaker(): (...args: Parameters<typeof makeTestAcme>) => TestAcme {
  const open: { close(): Promise<void> }[] = [];
  afterAll(() => Promise.all(open.map((one) => one.close())));
  return (...args) => {
    const made = makeTestAcme(...args);
    open.push(made);
    return made;
  };
}
