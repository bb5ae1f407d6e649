import { asFailure } from '#shared/failure.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Authority } from '../authority.ts';
import { permittedSubtrees } from './permitted.ts';
import { keySecret, knownRoot, type LocalOptions, rootKey } from './root.ts';

type Test = Awaited<ReturnType<Authority['test']>>;
type Check = Test['checks'][number];

const day = 86_400_000;

/** Looks whether an order could be issued now. Makes nothing: the root is for the first order to make. */
export function testLocal(options: LocalOptions): Test {
  const checks = [checked('key', () => keySentence(options)), checked('root', () => rootSentence(options))];
  return { ok: checks.every(({ ok }) => ok), checks, profiles: {} };
}

function checked(name: CheckName, work: () => Omit<Check, 'name'>): Check {
  try {
    return { name, ...work() };
  } catch (thrown) {
    return { name, ok: false, sentence: asFailure(thrown).message };
  }
}

function keySentence({ state, settings }: LocalOptions): Omit<Check, 'name'> {
  const root = knownRoot(state);
  if (root === null) {
    permittedSubtrees(settings.permittedNames);
    state.secret(keySecret); // throws while the keychain is locked
    return { ok: true, sentence: 'Keys can be stored; the key of the root is created with the first order.' };
  }
  rootKey(root, state);
  return { ok: true, sentence: 'The private key of the root is available and matches it.' };
}

function rootSentence({ state, clock, settings }: LocalOptions): Omit<Check, 'name'> {
  const root = knownRoot(state);
  if (root === null) return { ok: true, sentence: 'The root is created with the first order.' };
  const { subject, notAfter } = root.facts;
  const until = new Date(notAfter).toISOString().slice(0, 10);
  const left = notAfter - clock.now();
  if (left <= 0) return { ok: false, sentence: `The root ${subject} expired on ${until}.` };
  const shortened =
    left < settings.leafDays * day ? ' Certificates cannot outlive it: plan a new authority.' : '';
  return { ok: true, sentence: `The root ${subject} is valid until ${until}.${shortened}` };
}
