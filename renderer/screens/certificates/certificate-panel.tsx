import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Certificate } from '#shared/model/certificate.ts';
import { useBridge } from '../../bridge/context.tsx';
import { saveText } from '../../bridge/desktop.ts';
import { useNow } from '../../bridge/time.ts';
import { Answer } from '../../parts/answer.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Facts } from '../../parts/facts.tsx';
import { dateOf, expiryLevel, nameOf } from '../../parts/format.ts';
import { Hash, Mono } from '../../parts/hash.tsx';
import { RemoveIcon, SaveIcon } from '../../parts/icons.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level } from '../../parts/level.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Section } from '../../parts/section.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Names } from '../../parts/some.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { keyTypeText } from './certificate-columns.tsx';
import { ExportCertificate } from './export-certificate.tsx';
import { RevokeCertificate } from './revoke-certificate.tsx';

export function CertificatePanel({ name, onClose }: { name: string; onClose(): void }) {
  const { queries } = useBridge();
  const [revoking, setRevoking] = useState(false);
  const [exporting, setExporting] = useState(false);
  const query = useQuery(queries.certificates.show.queryOptions({ input: { certificate: name } }));
  const certificate = query.data;
  return (
    <SidePanel
      title={certificate?.names[0] ?? en.certificates.one}
      onClose={onClose}
      foot={
        certificate !== undefined &&
        certificate.chainPem !== '' && (
          <>
            <ChainActions certificate={certificate} />
            <OpenButton icon={<SaveIcon />} onClick={() => setExporting(true)}>
              {en.exporting.open}
            </OpenButton>
            {certificate.orderNumber !== null && certificate.revoked === null && (
              <OpenButton icon={<RemoveIcon />} onClick={() => setRevoking(true)}>
                {en.revocation.open}
              </OpenButton>
            )}
          </>
        )
      }
    >
      <Answer query={query}>{(found) => <CertificateBody certificate={found} />}</Answer>
      {certificate !== undefined && exporting && (
        <ExportCertificate certificate={certificate} onClose={() => setExporting(false)} />
      )}
      {certificate !== undefined && revoking && (
        <RevokeCertificate certificate={certificate} onClose={() => setRevoking(false)} />
      )}
    </SidePanel>
  );
}

function ChainActions({ certificate }: { certificate: Certificate }) {
  const file = `${(certificate.names[0] ?? 'certificate').replaceAll('*', '_')}.pem`;
  return (
    <>
      <Button icon={<SaveIcon />} onClick={() => saveText(file, certificate.chainPem)}>
        {en.certificates.saveChain}
      </Button>
      <CopyButton
        text={certificate.chainPem}
        what={en.certificates.chain}
        label={en.certificates.copyChain}
      />
    </>
  );
}

function CertificateBody({ certificate }: { certificate: Certificate }) {
  const now = useNow();
  return (
    <>
      <Section title={en.certificates.validity}>
        <Level shade={expiryLevel(certificate, now)}>
          <span>
            {certificate.notAfter < now ? en.certificates.expiredWord : en.certificates.expires}{' '}
            <Time at={certificate.notAfter} />
          </span>
        </Level>
        {certificate.revoked !== null && <Revoked revoked={certificate.revoked} />}
        <p style={{ marginBottom: 0 }}>
          {en.certificates.range(dateOf(certificate.notBefore), dateOf(certificate.notAfter))}
        </p>
      </Section>
      <Section title={en.certificates.facts}>
        <Facts
          facts={[
            [
              en.certificates.source,
              certificate.orderNumber === null
                ? en.certificates.externalLong
                : en.certificates.order(certificate.orderNumber),
            ],
            [en.certificates.names, <Names key="n" names={certificate.names} />],
            [en.certificates.subject, certificate.subject],
            [
              en.certificates.issuer,
              certificate.selfSigned ? en.certificates.selfSigned : nameOf(certificate.issuer),
            ],
            [en.certificates.key, keyTypeText(certificate.keyType)],
            [en.certificates.serial, <Mono key="s">{certificate.serial}</Mono>],
            [
              en.certificates.fingerprint,
              <Hash key="f" value={certificate.fingerprint} what={en.certificates.fingerprint} whole />,
            ],
            [
              en.certificates.keyFingerprint,
              <Hash key="k" value={certificate.keyFingerprint} what={en.certificates.keyFingerprint} whole />,
            ],
            [en.certificates.firstSeen, <Time key="t" at={certificate.firstSeenAt} date />],
          ]}
        />
      </Section>
      <UsedBy fingerprint={certificate.fingerprint} />
    </>
  );
}

function Revoked({ revoked: { at, reason } }: { revoked: NonNullable<Certificate['revoked']> }) {
  return (
    <Level shade="danger">
      <span>
        {en.certificates.revoked} <Time at={at} />
        {reason !== null && `: ${en.revocation.reasons[reason]}`}
      </span>
    </Level>
  );
}

function UsedBy({ fingerprint }: { fingerprint: string }) {
  const { queries } = useBridge();
  const nodes = useQuery(queries.nodes.list.queryOptions({ input: {} }));
  const users = nodes.data?.filter((node) => node.certificate?.fingerprint === fingerprint) ?? [];
  return (
    <Section title={en.certificates.usedBy}>
      {users.length === 0 && en.certificates.unused}
      {users.map((node) => (
        <div key={node.id}>
          <InnerLink
            place={['endpoints', node.endpointId, node.id]}
          >{`${node.endpointName} / ${node.name}`}</InnerLink>
        </div>
      ))}
    </Section>
  );
}
