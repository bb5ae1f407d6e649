import { Button, Spinner } from '@fluentui/react-components';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import type { FailureData } from '#shared/failure.ts';
import { checkName } from '../../parts/check-name.ts';
import { Checks } from '../../parts/checks.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { VerifyIcon } from '../../parts/icons.ts';
import { Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { failingStep } from './store-text.ts';

export interface StoreTest {
  run(): void;
  busy: boolean;
  failure: FailureData | null;
}

export function TestButton({ test, primary = false }: { test: StoreTest; primary?: boolean }) {
  return (
    <Button
      appearance={primary ? 'primary' : 'secondary'}
      icon={test.busy ? <Spinner size="tiny" /> : <VerifyIcon />}
      disabled={test.busy}
      onClick={test.run}
    >
      {test.busy ? en.credentialStores.testing : en.credentialStores.test}
    </Button>
  );
}

/** What the last test found: the step it stopped at first, then every step in order. */
export function TestSheet({ store, test }: { store: CredentialStoreRow; test: StoreTest }) {
  const { report } = store;
  const failing = report === null ? null : failingStep(report.checks);
  if (report === null)
    return (
      <>
        <FailureBar failure={test.failure} />
        <Empty title={en.credentialStores.neverTested} actions={<TestButton test={test} />}>
          {en.credentialStores.neverTestedHint}
        </Empty>
      </>
    );
  return (
    <>
      <FailureBar failure={test.failure} />
      {failing !== null && (
        <Notice intent="error" title={`${en.credentialStores.stopsAt(checkName(failing.name))}.`}>
          {failing.sentence}
        </Notice>
      )}
      <Section title={report.ok ? en.credentialStores.works : en.credentialStores.state}>
        <Checks checks={report.checks} />
        <p>
          {en.credentialStores.tested} <Time at={report.at} />
        </p>
      </Section>
    </>
  );
}
