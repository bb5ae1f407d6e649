import { useQuery } from '@tanstack/react-query';
import { agentFields, intervalFields, notificationFields } from '#shared/catalog/settings.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Mono } from '../../parts/hash.tsx';
import { BellIcon, ClockIcon, KeyIcon, SettingsIcon } from '../../parts/icons.ts';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { BackupSection } from '../backups/backup-section.tsx';
import { ChannelsSection } from '../channels/channels-section.tsx';
import { SecretsState } from '../secrets/secrets-state.tsx';
import { AboutSection } from './about-section.tsx';
import { PauseButtons } from './pause-buttons.tsx';
import { SettingsSection } from './settings-section.tsx';

export function SettingsScreen() {
  const { queries } = useBridge();
  const status = useQuery(queries.agent.status.queryOptions({ input: {} }));
  return (
    <Page title={en.settings.title} subtitle={en.settings.subtitle}>
      <Section title={en.settings.secrets} icon={<KeyIcon />}>
        <SecretsState />
      </Section>
      <BackupSection />
      <SettingsSection
        title={en.settings.notifications}
        icon={<BellIcon />}
        fields={notificationFields}
        text={en.settings.notificationsText}
      />
      <ChannelsSection />
      <SettingsSection title={en.settings.name} icon={<SettingsIcon />} fields={agentFields} />
      <SettingsSection title={en.settings.intervals} icon={<ClockIcon />} fields={intervalFields} />
      <Section title={en.settings.agent} icon={<SettingsIcon />}>
        <Answer query={status}>
          {(agent) => (
            <Facts
              facts={[
                [en.settings.face, en.settings.faces[agent.face]],
                [en.settings.running, <Time key="t" at={agent.startedAt} />],
                [en.settings.data, <Mono key="d">{agent.dataDirectory}</Mono>],
                [en.settings.process, String(agent.pid)],
                [en.pause.renewals, <Checked key="r" at={agent.renewals.lastCheckAt} />],
              ]}
            />
          )}
        </Answer>
        {status.data?.pause === null && <PauseButtons />}
      </Section>
      <AboutSection />
      <Section title={en.settings.commandLine}>
        <p style={{ marginTop: 0 }}>{en.settings.commandLineText}</p>
        <Mono>trustkeep --help</Mono>
      </Section>
    </Page>
  );
}

/** When the agent last checked what is due for renewal. */
function Checked({ at }: { at: number | null }) {
  if (at === null) return en.pause.notChecked;
  return (
    <>
      {en.pause.checked} <Time at={at} />
    </>
  );
}
