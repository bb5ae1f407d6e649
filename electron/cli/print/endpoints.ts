import { usualEndpoint } from '#shared/catalog/endpoints/index.ts';
import { secretFacts } from '#shared/catalog/endpoints/secrets.ts';
import type { EndpointView } from '#shared/contract/endpoints.ts';
import { connectionDefinition, described, told } from '#shared/model/connection.ts';
import { type Endpoint, endpointDefinition, type StoredReport } from '#shared/model/endpoint.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated } from '../when.ts';

function mark(ok: boolean, { unicode }: Paper): string {
  return ok ? (unicode ? '✓' : 'ok') : unicode ? '✗' : 'NO';
}

/** How it logs in, never with what. */
function loginWords({ connection, storeName }: EndpointView): string | null {
  const { login } = told(connection);
  if (login === null) return null;
  const { way, store, storeCredentialId, user } = login;
  if (way !== 'credential-store') return way === 'password' ? 'its own password' : 'its own private key';
  const name = user === '' ? ' with its user name' : '';
  const from =
    storeName === null
      ? `a credential store that no longer exists (${store ?? ''})`
      : `credential store "${storeName}"`;
  return `credential "${storeCredentialId ?? ''}"${name} of ${from}`;
}

function probeWord(probe: StoredReport | null): string {
  if (probe === null) return 'not probed';
  const wrong = probe.checks.filter(({ ok }) => !ok).length;
  return probe.ok ? (probe.version ?? 'ok') : `${wrong} problem${wrong === 1 ? '' : 's'}`;
}

export function endpointTable(endpoints: readonly Endpoint[], paper: Paper): string[] {
  if (endpoints.length === 0)
    return [`There are no endpoints yet. Add one: trustkeep tls add ${usualEndpoint.id} --name NAME`];
  return table(
    endpoints,
    [
      { head: 'name', value: ({ name }) => name, whole: true },
      { head: 'type', value: ({ type }) => type },
      { head: 'connection', value: ({ connection }) => described(connection) },
      { head: 'probe', value: ({ probe }) => probeWord(probe) },
      { head: 'instance ID', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

export function endpointPage(endpoint: EndpointView, paper: Paper): string[] {
  const { connection, settings, policy } = endpoint;
  const { identity } = connectionDefinition(connection);
  const unverified = connectionDefinition(connection).unverified(connection);
  const definition = endpointDefinition(endpoint);
  const nameOf = (store: string): string | null => endpoint.secretStores[store] ?? null;
  const facts = [...definition.facts(settings), ...secretFacts(definition.fields, settings, nameOf)];
  return [
    ...pairs([
      ['Name', endpoint.name],
      ['Instance ID', endpoint.id],
      ['Type', endpoint.type],
      ['Connection', described(connection)],
      ['Logs in with', loginWords(endpoint)],
      ...(identity === null ? [] : [[identity.label, told(connection).pinned] as const]),
      ...(unverified === null
        ? []
        : [['Not verified', `until ${unverified.until}: ${unverified.reason}`] as const]),
      ...facts.map(({ label, value, none }) => [label, value ?? none] as const),
      ['Auto-approve', policy.autoApprove ? 'yes' : 'no'],
      ['Auto-renew', policy.autoRenew ? 'yes' : 'no'],
      ['Restart', policy.restarts ?? null],
      ['Authority', endpoint.authorityName ?? 'default'],
      ['Fall-back authority', endpoint.fallbackName],
      ['Key type', policy.keyType ?? 'same as the current certificate'],
      ['Discovered', dated(endpoint.discoveredAt, paper.now)],
      ['To clean up', endpoint.toCleanUp],
    ]),
    ...(endpoint.probe === null ? [] : ['', ...probePage(endpoint.probe, paper)]),
  ];
}

export function checkLines(checks: StoredReport['checks'], paper: Paper): string[] {
  return checks.map(({ name, ok, sentence }) => `  ${mark(ok, paper)} ${name}: ${sentence}`);
}

export function probePage(report: StoredReport, paper: Paper): string[] {
  const version = report.version === null ? '' : ` (${report.version})`;
  const head = report.ok ? `No problems found${version}.` : `Problems found${version}:`;
  return [head, ...checkLines(report.checks, paper)];
}

/** After `add` and `update` only what is wrong is worth a line. */
function wrongs(report: StoredReport, paper: Paper): string[] {
  const wrong = report.checks.filter(({ ok }) => !ok);
  return wrong.length === 0 ? [] : ['Fix on the endpoint:', ...checkLines(wrong, paper)];
}

export function addedPage(
  { endpoint, probe, taskId }: { endpoint: Endpoint; probe: StoredReport; taskId: string | null },
  paper: Paper,
): string[] {
  const looking = taskId === null ? [] : [`Discovering its nodes (task ${taskId}).`];
  const done = `Endpoint ${endpoint.name} was added. Instance ID: ${endpoint.id}`;
  return [done, ...wrongs(probe, paper), ...looking];
}

export function updatedPage(
  { endpoint, probe }: { endpoint: Endpoint; probe: StoredReport },
  paper: Paper,
): string[] {
  return [`Endpoint ${endpoint.name} was changed. Instance ID: ${endpoint.id}`, ...wrongs(probe, paper)];
}
