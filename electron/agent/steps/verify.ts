import { type EndpointNode, type ServedFact, speaksTls } from '#shared/model/node.ts';
import { probeInLane } from './lanes.ts';
import type { ProbeTls, TlsAnswer } from './step.ts';

/** A node of a thousand addresses is known by some of them; `judgeServed` says how many were asked. */
const mostAddresses = 20;

/** One handshake with each address of a node, at most 20 of them. */
export async function probeNodeTls(probeTls: ProbeTls, node: EndpointNode): Promise<TlsAnswer[]> {
  if (!speaksTls(node) || node.certificate === null) return [];
  const name = askedName(node);
  const keyAlgorithm = keyAlgorithmOf(node.certificate.keyType);
  return Promise.all(
    node.bindings.slice(0, mostAddresses).map((binding) =>
      probeInLane(probeTls, {
        address: binding.address,
        port: binding.port,
        serverName: name,
        proxyProtocol: binding.proxyProtocol,
        startTls: binding.startTls,
        timeoutMs: 5000,
        ...(keyAlgorithm ? { keyAlgorithm } : {}),
      }),
    ),
  );
}

/** Which of a dual-certificate server's certificates to ask for; undefined: whichever it shows. */
export function keyAlgorithmOf(keyType: string | undefined): 'rsa' | 'ecdsa' | undefined {
  if (keyType?.startsWith('rsa')) return 'rsa';
  return keyType?.startsWith('ec-') ? 'ecdsa' : undefined;
}

/** A name this node answers for: the first plain one, else one below a wildcard; null when it has neither. */
function askedName(node: EndpointNode): string | null {
  const names = node.serverNames.filter((text) => text !== '_');
  const plain = names.find((text) => /^[a-z0-9][a-z0-9.-]*$/i.test(text));
  const wildcard = names.find((text) => /^\*?\.[a-z0-9.-]+$/i.test(text));
  return plain ?? (wildcard === undefined ? null : `trustkeep${wildcard.replace(/^\*/, '')}`);
}

/** What was seen, compared with the certificate on disk. Pure; the worst address decides. */
export function judgeServed(node: EndpointNode, answers: readonly TlsAnswer[], now: number): ServedFact {
  if (answers.length === 0)
    return {
      state: 'unknown',
      fingerprint: null,
      sentence: speaksTls(node) ? 'The addresses that serve it are not known.' : 'Serves without TLS.',
      at: now,
    };
  const silent = answers.find((answer) => answer.kind === 'no-answer');
  if (silent?.kind === 'no-answer')
    return { state: 'unreachable', fingerprint: null, sentence: silent.sentence, at: now };
  const unasked = node.bindings.length - answers.length;
  const some =
    unasked > 0 ? ` The other ${unasked} of its ${node.bindings.length} addresses were not asked.` : '';
  const expected = node.certificate?.fingerprint;
  const other = answers.find(
    (answer) => answer.kind === 'certificate' && answer.leafFingerprint !== expected,
  );
  if (other?.kind === 'certificate')
    return {
      state:
        other.leafFingerprint === node.served.fingerprint && node.served.state === 'same'
          ? 'previous'
          : node.served.state === 'previous' && other.leafFingerprint === node.served.fingerprint
            ? 'previous'
            : 'other',
      fingerprint: other.leafFingerprint,
      sentence: `It serves certificate ${other.leafFingerprint.slice(0, 16)}…, not the one on disk.${some}`,
      at: now,
    };
  return {
    state: 'same',
    fingerprint: expected ?? null,
    sentence: `It serves the certificate on disk.${some}`,
    at: now,
  };
}
