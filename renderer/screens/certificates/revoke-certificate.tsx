import { Field, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { revocation } from '#shared/contract/certificates.ts';
import { type Certificate, type RevocationReason, revocationReasons } from '#shared/model/certificate.ts';
import { firstOf } from '#shared/model/first-of.ts';
import { usesCertificate } from '#shared/model/node.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { Facts } from '../../parts/facts.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { nameOf } from '../../parts/format.ts';
import { Hash } from '../../parts/hash.tsx';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';

type Revoked = z.infer<typeof revocation>;

/** Asks whether this very certificate is to be revoked and why, then shows where it is still served. */
export function RevokeCertificate({ certificate, onClose }: { certificate: Certificate; onClose(): void }) {
  const { client } = useBridge();
  const [reason, setReason] = useState<RevocationReason>('unspecified');
  const [revoked, setRevoked] = useState<Revoked | null>(null);
  const { fingerprint } = certificate;
  const name = certificate.names[0] ?? nameOf(certificate.subject);
  const revoke = useCommand(() =>
    client.certificates.revoke({ certificate: fingerprint, reason, fingerprint }),
  );
  const send = async (): Promise<void> => setRevoked((await revoke.run(undefined)) ?? null);
  const flags = { reason, fingerprint: fingerprint.slice(0, 16) };
  return (
    <FormDialog
      title={revoked === null ? en.revocation.title(name) : en.revocation.doneTitle(name)}
      submit={revoked === null ? en.revocation.yes : null}
      busy={revoke.busy}
      failure={revoke.failure}
      closeLabel={revoked === null ? en.dialog.cancel : en.dialog.close}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      {revoked === null ? (
        <>
          <Question certificate={certificate} />
          <Field label={en.revocation.reason} hint={en.revocation.reasonHint}>
            <Select value={reason} onChange={(_, data) => setReason(data.value as RevocationReason)}>
              {revocationReasons.map((one) => (
                <option key={one} value={one}>
                  {en.revocation.reasons[one]}
                </option>
              ))}
            </Select>
          </Field>
          <CommandBox line={commandLine('certificates revoke', fingerprint.slice(0, 16), flags)} />
        </>
      ) : (
        <Done revoked={revoked} />
      )}
    </FormDialog>
  );
}

function Question({ certificate }: { certificate: Certificate }) {
  const { queries } = useBridge();
  const nodes = useQuery(queries.nodes.list.queryOptions({ input: {} }));
  const users = nodes.data?.filter((node) => usesCertificate(node, certificate.fingerprint)) ?? [];
  return (
    <>
      <span>{en.revocation.text}</span>
      {users.length > 0 && (
        <Notice intent="warning">
          {en.revocation.inUse(firstOf(users.map((node) => `${node.endpointName} / ${node.name}`)))}
        </Notice>
      )}
      <Facts
        facts={[
          [
            en.certificates.fingerprint,
            <Hash key="f" value={certificate.fingerprint} what={en.certificates.fingerprint} whole />,
          ],
        ]}
      />
    </>
  );
}

function Done({ revoked: { authority, already, inUse } }: { revoked: Revoked }) {
  const stillServed = inUse.some(({ served }) => served);
  return (
    <>
      <Notice intent={stillServed ? 'warning' : 'success'}>
        {already ? en.revocation.already(authority) : en.revocation.done(authority)}
        {inUse.length === 0 && ` ${en.revocation.unused}`}
      </Notice>
      {inUse.length > 0 && (
        <Facts
          facts={inUse.map(({ name, served, sentence }) => [
            name,
            `${served ? en.revocation.served : en.revocation.notServed}: ${sentence}`,
          ])}
        />
      )}
      {stillServed && <span>{en.revocation.next}</span>}
    </>
  );
}
