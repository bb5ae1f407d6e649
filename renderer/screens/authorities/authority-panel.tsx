import { Button, Spinner } from '@fluentui/react-components';
import { useState } from 'react';
import type { z } from 'zod';
import type { authorityTest } from '#shared/contract/authorities.ts';
import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { saveText } from '../../bridge/desktop.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Checks } from '../../parts/checks.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Hash } from '../../parts/hash.tsx';
import { EditIcon, RemoveIcon, SaveIcon, VerifyIcon } from '../../parts/icons.ts';
import { OpenButton } from '../../parts/open-button.tsx';
import { Section } from '../../parts/section.tsx';
import { settingFacts } from '../../parts/setting-facts.ts';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { AccountSection } from './account-section.tsx';

type Test = z.infer<typeof authorityTest>;

export function AuthorityPanel({
  authority,
  onEdit,
  onClose,
}: {
  authority: Authority;
  onEdit(): void;
  onClose(): void;
}) {
  const { client } = useBridge();
  const [asking, setAsking] = useState(false);
  const remove = useCommand(() => client.authorities.remove({ authority: authority.id }));
  const removed = async (): Promise<void> => {
    if ((await remove.run(undefined)) !== undefined) onClose();
  };
  return (
    <SidePanel
      title={authority.name}
      onClose={onClose}
      foot={
        <>
          <OpenButton icon={<EditIcon />} onClick={onEdit}>
            {en.authorities.edit}
          </OpenButton>
          <OpenButton icon={<RemoveIcon />} onClick={() => setAsking(true)}>
            {en.authorities.remove}
          </OpenButton>
        </>
      }
    >
      <Facts facts={authorityFacts(authority)} />
      <TestSection authority={authority} />
      {authorityDefinition(authority).account && <AccountSection authority={authority} />}
      {authorityDefinition(authority).ownRoot !== null && <RootSection authority={authority} />}
      <Confirm
        open={asking}
        title={en.authorities.removeTitle(authority.name)}
        yes={en.authorities.remove}
        busy={remove.busy}
        failure={remove.failure}
        onYes={() => void removed()}
        onClose={() => setAsking(false)}
      >
        {en.authorities.removeText}
      </Confirm>
    </SidePanel>
  );
}

function authorityFacts(authority: Authority): Fact[] {
  const { short, facts } = authorityDefinition(authority);
  return [
    [en.authorities.kind, short],
    [en.authorities.default, authority.isDefault ? en.authorities.isDefault : en.authorities.notDefault],
    ...settingFacts(facts(authority.settings)),
    [en.endpoints.addedAt, <Time key="t" at={authority.createdAt} date />],
  ];
}

function TestSection({ authority }: { authority: Authority }) {
  const { client } = useBridge();
  const [result, setResult] = useState<Test | null>(null);
  const test = useCommand(() => client.authorities.test({ authority: authority.id }));
  const run = async (): Promise<void> => setResult((await test.run(undefined)) ?? null);
  const profiles = Object.entries(result?.profiles ?? {});
  return (
    <Section
      title={en.authorities.test}
      actions={
        <Button
          icon={test.busy ? <Spinner size="tiny" /> : <VerifyIcon />}
          disabledFocusable={test.busy}
          onClick={() => void run()}
        >
          {test.busy ? en.authorities.testing : en.authorities.testNow}
        </Button>
      }
    >
      <FailureBar failure={test.failure} />
      {result === null && test.failure === null && <span>{en.authorities.testHint}</span>}
      {result !== null && <Checks checks={result.checks} />}
      {profiles.length > 0 && (
        <>
          <h3>{en.authorities.profiles}</h3>
          <Facts facts={profiles} />
        </>
      )}
    </Section>
  );
}

function RootSection({ authority }: { authority: Authority }) {
  const { client } = useBridge();
  const [root, setRoot] = useState<{ pem: string; fingerprint: string } | null>(null);
  const fetch = useCommand(() => client.authorities.root({ authority: authority.id }));
  const show = async (): Promise<void> => setRoot((await fetch.run(undefined)) ?? null);
  return (
    <Section title={en.authorities.root}>
      <FailureBar failure={fetch.failure} />
      <p style={{ marginTop: 0 }}>{en.authorities.rootMeaning}</p>
      {root === null ? (
        <Button disabledFocusable={fetch.busy} onClick={() => void show()}>
          {en.authorities.showRoot}
        </Button>
      ) : (
        <>
          <Facts
            facts={[
              [
                en.certificates.fingerprint,
                <Hash key="f" value={root.fingerprint} what={en.certificates.fingerprint} whole />,
              ],
            ]}
          />
          <p style={{ display: 'flex', gap: 8, marginBottom: 0 }}>
            <Button icon={<SaveIcon />} onClick={() => saveText(`${authority.name}-root.pem`, root.pem)}>
              {en.authorities.saveRoot}
            </Button>
            <CopyButton text={root.pem} what={en.authorities.root} label={en.authorities.copyRoot} />
          </p>
        </>
      )}
    </Section>
  );
}
