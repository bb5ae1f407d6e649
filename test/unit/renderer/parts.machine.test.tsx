import { FluentProvider, SSRProvider } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { Plan } from '#shared/model/plan.ts';
import { stepNames, taskState } from '#shared/model/task.ts';
import type { Bridge } from '../../../renderer/bridge/bridge.ts';
import { BridgeProvider } from '../../../renderer/bridge/context.tsx';
import { DescriptorForm } from '../../../renderer/parts/descriptor-form/descriptor-form.tsx';
import { startValues } from '../../../renderer/parts/descriptor-form/values.ts';
import { FailureBar } from '../../../renderer/parts/failure-bar.tsx';
import { Level } from '../../../renderer/parts/level.tsx';
import { PlanView } from '../../../renderer/parts/plan/plan-view.tsx';
import { taskShade } from '../../../renderer/parts/shades.ts';
import { Steps } from '../../../renderer/parts/steps.tsx';
import { en } from '../../../renderer/text/en.ts';

function draw(part: ReactNode): string {
  return renderToString(
    <SSRProvider>
      <FluentProvider>{part}</FluentProvider>
    </SSRProvider>,
  );
}

/** What a person reads, without marks. */
function read(part: ReactNode): string {
  return draw(part)
    .replace(/<wbr\/?>|<!-- -->/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replace(/\s+/g, ' ');
}

const hash = 'ab'.repeat(32);
const plan: Plan = {
  fingerprintVersion: 3,
  endpointId: 'ep_1',
  endpointName: 'shop',
  nodeId: 'node_1',
  nodeName: 'shop.example',
  reason: 'renewal',
  names: ['shop.example', 'www.shop.example'],
  keyType: 'ec-p384',
  keyPlace: { where: 'endpoint', why: 'openssl is there.' },
  authority: { id: 'ca_1', name: 'My CA', kind: 'acme' },
  terms: { profile: 'short', days: 6 },
  webRoot: '/srv/www',
  bound: { connection: 'ssh deploy@web1:22', endpoint: 'e'.repeat(64), authority: 'a'.repeat(64) },
  install: {
    nodeKey: 'k',
    changes: [
      {
        kind: 'file',
        path: '/etc/tls/key.pem',
        holds: 'private-key',
        before: { sha256: hash, size: 1704, ownership: posix('root', 'root', 0o600) },
        after: { sha256: null, ownership: posix('root', 'ssl', 0o640) },
      },
      {
        kind: 'file',
        path: '/etc/tls/new.pem',
        holds: 'certificate',
        before: null,
        after: { sha256: hash, ownership: posix('root', 'root', 0o644) },
      },
      {
        kind: 'configuration-line',
        path: '/etc/nginx/nginx.conf',
        line: 7,
        before: 'old line;',
        after: 'new line;',
        replaces: { path: '/etc/nginx/nginx.conf', start: 100, end: 108, text: 'new line' },
      },
      { kind: 'command', argv: ['/usr/sbin/nginx', '-s', 'reload'], why: 'Serves it.' },
    ],
    standsOn: [
      { what: 'content', name: '/etc/nginx/nginx.conf', sha256: hash },
      { what: 'link', name: '/etc/tls', leadsTo: '/srv/tls' },
    ],
    remembers: {
      by: 'nginx',
      version: 1,
      facts: [{ name: 'pidPath', label: 'Pid file', value: '/run/nginx.pid' }],
    },
    shares: [{ what: 'address', who: 'server blog', sentence: 'It listens there too.' }],
    proofs: [{ address: '2001:db8::1', port: 443, serverName: 'shop.example' }],
    takesOver: [
      {
        ...{ who: 'certbot', evidence: 'a renewal file', files: ['/etc/tls/key.pem'] },
        sentence: 'certbot will replace it again.',
      },
    ],
    coldStart: { proved: false, sentence: 'Not proved: nginx is not running.' },
    warnings: ['Read this first.'],
  },
  fingerprint: 'cd'.repeat(32),
};

describe('the plan a person reads before saying yes', () => {
  const words = read(<PlanView plan={plan} />);

  it.each([
    'Managed by certbot certbot will replace it again.',
    'Read this first.',
    'shop.example www.shop.example',
    'My CA (ACME)',
    '6 days, profile short',
    'Challenge files below /srv/www',
    'EC P-384',
    'Generated on the endpoint openssl is there.',
    '/etc/tls/key.pem private key',
    'abababab…abababab 1704 bytes root:root 0600',
    'known once the certificate is issued root:ssl 0640',
    'Does not exist yet',
    '/etc/nginx/nginx.conf, line 7 − old line; + new line;',
    '/usr/sbin/nginx -s reload Serves it.',
    'Bytes 100 to 107 of /etc/nginx/nginx.conf become: new line',
    '1 file that is read',
    '/etc/tls leads to /srv/tls',
    'Pid file /run/nginx.pid',
    'server blog (same address and port) It listens there too.',
    '[2001:db8::1]:443 as shop.example',
    'Cold start Not proved: nginx is not running.',
    'cd'.repeat(32),
  ])('shows: %s', (part) => {
    expect(words).toContain(part);
  });
});

describe('a failure', () => {
  it('shows sentence, hint and what the other side said', () => {
    const words = read(
      <FailureBar
        failure={{
          code: 'x.y',
          sentence: 'It failed.',
          hint: 'Do this.',
          retry: 'never',
          peerSaid: 'no <b>',
        }}
      />,
    );
    expect(words).toContain('It failed. Do this.');
    expect(words).toContain('no &lt;b&gt;');
  });
});

describe('states', () => {
  it('are said in words and by a sign, not by colour alone', () => {
    for (const state of taskState.options) {
      const html = draw(<Level shade={taskShade[state]}>{en.tasks.states[state]}</Level>);
      expect(html).toContain('<svg');
      expect(html).toContain(en.tasks.states[state]);
    }
  });

  it('has words for every step there is', () => {
    const steps = stepNames.map((name) => ({
      name,
      state: 'done' as const,
      attempt: 1,
      startedAt: 0,
      finishedAt: 400,
      sentence: null,
      failure: null,
    }));
    const words = read(<Steps steps={steps} />);
    for (const name of stepNames) expect(words).toContain(en.steps.names[name]);
    expect(words).toContain('0.4 s');
  });
});

describe('a form', () => {
  it('draws every field that is asked, hides what is not, and starts no secret with a value', () => {
    const { fields } = endpointCatalog.pem;
    const values = { ...startValues(fields), connection_type: 'ssh', password: '' };
    const words = read(
      <DescriptorForm
        fields={fields}
        values={values}
        problems={{ path: 'Path is wrong.' }}
        onChange={() => {}}
        editing
      />,
    );
    for (const label of ['Name', 'Path', 'Host', 'Password', 'Advanced']) expect(words).toContain(label);
    expect(words).toContain('Path is wrong.');
    expect(words).toContain(en.form.secretKept);
    const local = read(
      <DescriptorForm fields={fields} values={startValues(fields)} problems={{}} onChange={() => {}} />,
    );
    expect(local).not.toContain('Remote host name');
  });

  const { fields: store } = credentialStoreCatalog.cyberark;
  const form = (kept: boolean) => (
    <DescriptorForm
      fields={store}
      values={startValues(store)}
      problems={{}}
      onChange={() => {}}
      kept={() => kept}
    />
  );
  const desktop = (can: boolean) =>
    ({ canPickFile: () => can, pickFile: async () => null }) as unknown as Bridge;

  it.each([false, true])(
    'offers to browse for a file of this machine, by a name of its own (kept: %s)',
    (kept) => {
      const html = draw(<BridgeProvider bridge={desktop(true)}>{form(kept)}</BridgeProvider>);
      expect(html.match(/data-browse="[^"]*"/g)).toEqual(['data-browse="authcert"']);
      expect(html).toContain('aria-label="Browse… Authentication certificate"');
      expect(html).not.toContain('type="file"');
    },
  );

  it('offers it neither without a desktop nor without a bridge', () => {
    expect(draw(<BridgeProvider bridge={desktop(false)}>{form(false)}</BridgeProvider>)).not.toContain(
      'Browse',
    );
    expect(draw(form(false))).not.toContain('Browse');
  });
});
