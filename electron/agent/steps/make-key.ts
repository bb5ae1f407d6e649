import { Failure } from '#shared/failure.ts';
import type { Plan } from '#shared/model/plan.ts';
import { buildCsr } from '../../pki/csr.ts';
import { generateKey, signWithKeyPem } from '../../pki/key.ts';
import type { Secret } from '../../secrets/secret.ts';
import { quickRetries } from '../tasks/retry.ts';
import { planOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';
import { tagOf } from './tag.ts';

/** Name under which a key made in the agent is sealed, with the task's id as owner. */
export const sealedKeyName = 'private-key';

export const makeKeyStep: Step = {
  name: 'make-key',
  ifInterrupted: 'check',
  retries: quickRetries,
  async run(context) {
    const { plan } = context.output('plan', planOutput);
    return plan.keyPlace.where === 'target' ? onTarget(context, plan) : inAgent(context, plan);
  },
};

async function onTarget(context: StepContext, plan: Plan): Promise<Outcome> {
  const { endpoint } = await context.tools.session();
  const key = await endpoint.makeKey(plan.install, plan.keyType, tagOf(context.task));
  const csr = await buildCsr({
    names: plan.names,
    spki: key.spki,
    keyType: plan.keyType,
    sign: (data) => endpoint.signWithKey(key.path, plan.keyType, data),
  });
  return {
    kind: 'done',
    output: {
      where: 'target',
      path: key.path,
      spki: key.spki.toString('base64'),
      csr: csr.toString('base64'),
    },
    sentence: 'Key pair and CSR were made on the target; the private key stays there.',
  };
}

async function inAgent(context: StepContext, plan: Plan): Promise<Outcome> {
  const { secrets } = context.tools.database;
  const { pem, spki } = await generateKey(plan.keyType);
  const csr = await buildCsr({
    names: plan.names,
    spki,
    keyType: plan.keyType,
    sign: async (data) => signWithKeyPem(pem, plan.keyType, data),
  });
  return {
    kind: 'done',
    output: { where: 'agent', path: null, spki: spki.toString('base64'), csr: csr.toString('base64') },
    sentence: 'Key pair and CSR were made in the agent; the private key is sealed until it is installed.',
    store: () => {
      secrets.put(context.task.id, sealedKeyName, pem);
      pem.wipe();
    },
  };
}

/** Opens the sealed private key of a task. */
export function sealedKey(context: StepContext): Secret {
  const key = context.tools.database.secrets.open(context.task.id, sealedKeyName);
  if (key !== null) return key;
  throw new Failure('key.lost', 'The private key made for this request is not in the store any more.', {
    hint: 'Request the certificate again.',
    retry: 'never',
  });
}
