import type { EndpointNode, ServedFact } from '#shared/model/node.ts';
import type { Look, LookAt } from './step.ts';

/** One handshake per address and name of a node (at most 20). */
export async function lookAtNode(lookAt: LookAt, node: EndpointNode): Promise<Look[]> {
  if (node.protocol !== 'https' || node.certificate === null) return [];
  const name = node.serverNames.find((text) => /^[a-z0-9.-]+$/i.test(text) && text !== '_') ?? null;
  const keyAlgorithm = node.certificate.keyType.startsWith('rsa')
    ? ('rsa' as const)
    : node.certificate.keyType.startsWith('ec')
      ? ('ecdsa' as const)
      : undefined;
  return Promise.all(
    node.bindings.slice(0, 20).map((binding) =>
      lookAt({
        address: binding.address,
        port: binding.port,
        serverName: name,
        timeoutMs: 5000,
        ...(keyAlgorithm ? { keyAlgorithm } : {}),
      }),
    ),
  );
}

/** What was seen, compared with the certificate on disk. Pure; the worst address decides. */
export function judgeServed(node: EndpointNode, looks: readonly Look[], now: number): ServedFact {
  if (looks.length === 0)
    return {
      state: 'unknown',
      fingerprint: null,
      sentence:
        node.protocol === 'http' ? 'Serves plain HTTP.' : 'No address is known at which it is served.',
      at: now,
    };
  const silent = looks.find((look) => look.kind === 'no-answer');
  if (silent?.kind === 'no-answer')
    return { state: 'unreachable', fingerprint: null, sentence: silent.sentence, at: now };
  const expected = node.certificate?.fingerprint;
  const other = looks.find((look) => look.kind === 'certificate' && look.leafFingerprint !== expected);
  if (other?.kind === 'certificate')
    return {
      state:
        other.leafFingerprint === node.served.fingerprint && node.served.state === 'same'
          ? 'previous'
          : node.served.state === 'previous' && other.leafFingerprint === node.served.fingerprint
            ? 'previous'
            : 'other',
      fingerprint: other.leafFingerprint,
      sentence: `It serves certificate ${other.leafFingerprint.slice(0, 16)}…, not the one on disk.`,
      at: now,
    };
  return {
    state: 'same',
    fingerprint: expected ?? null,
    sentence: 'It serves the certificate on disk.',
    at: now,
  };
}
