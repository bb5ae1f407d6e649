import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useNow } from '../../bridge/time.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { expiryLevel, nameOf } from '../../parts/format.ts';
import { mono } from '../../parts/hash.tsx';
import { AgainIcon, CertificatesIcon, LookIcon, RenewIcon } from '../../parts/icons.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level } from '../../parts/level.tsx';
import { Notice } from '../../parts/notice.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Section } from '../../parts/section.tsx';
import { servedShade } from '../../parts/shades.ts';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Names, Some } from '../../parts/some.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { Restart } from './more-actions.tsx';

export function NodePanel(props: { nodeId: string; onRequest(node: EndpointNode): void; onClose(): void }) {
  const { nodeId, onRequest, onClose } = props;
  const { queries } = useBridge();
  const query = useQuery(queries.nodes.show.queryOptions({ input: { node: nodeId } }));
  const node = query.data?.node;
  return (
    <SidePanel
      title={node?.name ?? en.nodes.one}
      onClose={onClose}
      foot={node !== undefined && <NodeActions node={node} onRequest={onRequest} />}
    >
      <Answer query={query}>{(answer) => <NodeBody node={answer.node} renewal={answer.renewal} />}</Answer>
    </SidePanel>
  );
}

function NodeActions({ node, onRequest }: { node: EndpointNode; onRequest(node: EndpointNode): void }) {
  const { client } = useBridge();
  const verify = useCommand(() => client.nodes.verify({ node: node.id }));
  const renew = useCommand(() => client.certificates.renew({ node: node.id }));
  const renewNow = async (): Promise<void> => {
    const answer = await renew.run(undefined);
    if (answer !== undefined) go('tasks', answer.taskId);
  };
  const can = node.notInstallable === null && node.missingSince === null;
  return (
    <>
      <FailureBar failure={verify.failure ?? renew.failure} />
      {node.restartRequired && <RestartButton node={node} />}
      <Button
        appearance={node.restartRequired ? 'secondary' : 'primary'}
        icon={<CertificatesIcon />}
        disabled={!can}
        onClick={() => onRequest(node)}
      >
        {en.nodes.requestLong}
      </Button>
      {node.orderNumber !== null && (
        <Button icon={<RenewIcon />} disabled={renew.busy || !can} onClick={() => void renewNow()}>
          {en.nodes.renew}
        </Button>
      )}
      <Button icon={<LookIcon />} disabled={verify.busy} onClick={() => void verify.run(undefined)}>
        {verify.busy ? en.nodes.verifying : en.nodes.verify}
      </Button>
    </>
  );
}

/** What was seen before a new certificate was installed says nothing of that one. */
function ServedPart({ node }: { node: EndpointNode }) {
  if (node.restartRequired) return <Level shade="attention">{en.nodes.restartRequired}</Level>;
  return (
    <>
      <Level shade={servedShade[node.served.state]}>{en.served[node.served.state]}</Level>
      <p style={{ marginBottom: 0 }}>{node.served.sentence}</p>
      {node.served.state !== 'unknown' && (
        <p style={{ marginBottom: 0 }}>
          {en.nodes.verified} <Time at={node.served.at} />
        </p>
      )}
    </>
  );
}

/** What is installed here waits for it. */
function RestartButton({ node }: { node: EndpointNode }) {
  const [open, setOpen] = useState(false);
  const endpoint = { id: node.endpointId, name: node.endpointName };
  return (
    <>
      <OpenButton appearance="primary" icon={<AgainIcon />} onClick={() => setOpen(true)}>
        {en.nodes.restart}
      </OpenButton>
      <Restart endpoint={endpoint} open={open} onClose={() => setOpen(false)} />
    </>
  );
}

function NodeBody({ node, renewal }: { node: EndpointNode; renewal: Renewal | null }) {
  return (
    <>
      {node.notInstallable !== null && <Notice intent="warning">{node.notInstallable}</Notice>}
      {node.restartRequired && <Notice intent="warning">{en.nodes.restartRequiredText}</Notice>}
      <Section title={en.nodes.served}>
        <ServedPart node={node} />
      </Section>
      <Section title={en.nodes.place}>
        <Facts facts={placeFacts(node)} />
      </Section>
      <Section title={en.nodes.certificate}>
        {node.certificate === null ? (
          en.nodes.noCertificate
        ) : (
          <CertificatePart node={node} certificate={node.certificate} />
        )}
      </Section>
      {renewal !== null && (
        <Section title={en.nodes.renewal}>
          <p style={{ marginTop: 0 }}>{renewal.sentence}</p>
          <Facts
            facts={[
              [en.nodes.nextAt, <Time key="next" at={renewal.nextAt} />],
              [en.nodes.because, en.nodes.becauses[renewal.because]],
              [en.nodes.failures, renewal.failures === 0 ? null : String(renewal.failures)],
            ]}
          />
          <FailureBar failure={renewal.lastFailure} />
        </Section>
      )}
    </>
  );
}

function placeFacts(node: EndpointNode): Fact[] {
  return [
    [en.nodes.alias, node.alias === null ? null : <Names key="a" names={node.alias.split(', ')} most={4} />],
    [en.nodes.protocol, en.nodes.protocols[node.protocol]],
    [
      en.nodes.bindings,
      <Some key="b" all={node.bindings} draw={(one) => <div key={one.configured}>{bindingText(one)}</div>} />,
    ],
    [en.nodes.serverNames, <Names key="n" names={node.serverNames} most={4} />],
    [en.nodes.where, mono(node.place)],
    [en.nodes.certificatePath, mono(node.certificatePath)],
    [en.nodes.keyPath, mono(node.keyPath)],
    [en.nodes.webRoot, mono(node.webRoot)],
    [en.nodes.managedBy, node.managedBy && en.nodes.managedByText(node.managedBy)],
    [en.nodes.missingSince, node.missingSince === null ? null : <Time key="m" at={node.missingSince} />],
  ];
}

function bindingText(binding: EndpointNode['bindings'][number]): string {
  return binding.isDefault ? en.nodes.defaultBinding(binding.configured) : binding.configured;
}

function CertificatePart({ node, certificate }: { node: EndpointNode; certificate: CertificateFacts }) {
  const now = useNow();
  return (
    <Facts
      facts={[
        [
          en.certificates.source,
          node.orderNumber === null ? en.nodes.external : en.certificates.order(node.orderNumber),
        ],
        [en.certificates.names, <Names key="n" names={certificate.names} most={4} />],
        [en.certificates.issuer, nameOf(certificate.issuer)],
        [
          en.certificates.expires,
          <Level key="e" shade={expiryLevel(certificate, now)}>
            <Time at={certificate.notAfter} date />
          </Level>,
        ],
        [
          en.certificates.more,
          <InnerLink key="l" place={['certificates', certificate.fingerprint]}>
            {en.certificates.open}
          </InnerLink>,
        ],
      ]}
    />
  );
}
